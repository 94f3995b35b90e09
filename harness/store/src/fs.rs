//! The few file operations that must be done right: atomic writes, moving bad files aside, safe relative paths.
//!
//! Must not hash or fetch.

use std::io::Write;
use std::path::{Component, Path, PathBuf};

use crate::error::{At, Error};

/// Writes a file so that it is there whole or not at all: a temporary name in the same folder, fsync, rename.
/// Folders are made as needed.
///
/// # Errors
/// The folder or file cannot be written; a full disk is told as such.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut file = temporary_beside(path)?;
    file.write_all(bytes).at(path)?;
    persist(file, path)
}

/// A temporary file in the folder where `path` will lie. Folders are made as needed.
pub(crate) fn temporary_beside(path: &Path) -> Result<tempfile::NamedTempFile, Error> {
    let folder = base::files::folder_of(path);
    fs_err::create_dir_all(folder).at(folder)?;
    base::files::temporary_in(folder).at(folder)
}

/// Gives a temporary file its name, after an fsync. The mode is that of an ordinary new file.
pub(crate) fn persist(file: tempfile::NamedTempFile, path: &Path) -> Result<(), Error> {
    base::files::persist(file, path).at(path)
}

/// Renames, making the folder first; a rename across file systems becomes a copy.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), Error> {
    if let Some(folder) = to.parent() {
        fs_err::create_dir_all(folder).at(folder)?;
    }
    match fs_err::rename(from, to) {
        Err(error) if error.kind() == std::io::ErrorKind::CrossesDevices => {
            let mut temporary = temporary_beside(to)?;
            let mut source = fs_err::File::open(from).at(from)?;
            std::io::copy(&mut source, &mut temporary).at(to)?;
            persist(temporary, to)?;
            fs_err::remove_file(from).at(from)
        }
        other => other.at(to),
    }
}

/// Moves a bad file to `folder` as `<path>.bad`; None where it is gone already (another process was faster).
pub(crate) fn move_aside(file: &Path, folder: &Path, path: &str) -> Result<Option<PathBuf>, Error> {
    let to = folder.join(format!("{path}.bad"));
    match rename(file, &to) {
        Ok(()) => Ok(Some(to)),
        Err(_) if !file.exists() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Removes a file or a folder with all that is in it; nothing there is fine.
pub(crate) fn remove(path: &Path) -> Result<(), Error> {
    let done = match fs_err::symlink_metadata(path) {
        Ok(facts) if facts.is_dir() => fs_err::remove_dir_all(path),
        Ok(_) => fs_err::remove_file(path),
        Err(error) => Err(error),
    };
    match done {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        other => other.at(path),
    }
}

/// A relative path made only of plain names, with `.` left out; or why it is not one.
///
/// # Errors
/// A sentence fragment: what is wrong with the path.
pub fn safe_relative(path: &str) -> Result<String, &'static str> {
    if path.contains(['\0', '\n', '\r']) {
        return Err("it holds a control character");
    }
    if path.contains('\\') {
        return Err("it holds a backslash");
    }
    let mut names: Vec<&str> = Vec::new();
    for part in Path::new(path).components() {
        match part {
            Component::Normal(name) => names.push(name.to_str().ok_or("it is not UTF-8")?),
            Component::CurDir => {}
            Component::ParentDir => return Err("it climbs out with `..`"),
            Component::RootDir | Component::Prefix(_) => return Err("it is absolute"),
        }
    }
    if names.is_empty() {
        return Err("it is empty");
    }
    Ok(names.join("/"))
}

/// All regular files below a folder, as sorted relative paths with `/`. Symbolic links to files are followed, links to
/// folders are not.
///
/// # Errors
/// A folder cannot be read, or a name is not UTF-8.
pub fn files_below(folder: &Path) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    let mut open = vec![(folder.to_path_buf(), String::new())];
    while let Some((dir, prefix)) = open.pop() {
        for item in fs_err::read_dir(&dir).at(&dir)? {
            let item = item.at(&dir)?;
            let name = item.file_name().into_string().map_err(|name| Error::Text {
                path: dir.join(name),
                line: None,
                reason: "the file's name is not UTF-8: rename it".to_owned(),
            })?;
            let path = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
            let kind = item.file_type().at(item.path())?;
            if kind.is_dir() {
                open.push((item.path(), path));
            } else if kind.is_file() || (kind.is_symlink() && item.path().is_file()) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside() {
        assert_eq!(safe_relative("./a//b/c.txt").as_deref(), Ok("a/b/c.txt"));
        for bad in ["", ".", "/etc/passwd", "../x", "a/../../x", "a\\b", "a\nb", "a\0b"] {
            assert!(safe_relative(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn atomic_writes_replace_and_leave_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("sub/file");
        write_atomic(&path, b"one").unwrap();
        write_atomic(&path, b"two").unwrap();
        assert_eq!(fs_err::read(&path).unwrap(), b"two");
        assert_eq!(files_below(dir.path()).unwrap(), ["sub/file"]);
    }
}
