//! What is computed of pictures and would come out the same again: proposals, features, maps. Runs and processes share it.
//!
//! A file is named by the hash of everything that its numbers follow from, and is written under a temporary name and renamed: it is
//! whole or not there. Must not know what the numbers follow from: the caller says.

use std::path::{Path, PathBuf};

use tch::Tensor;

use crate::error::{Error, Result};

/// The name of a file's one tensor.
const NAME: &str = "value";

/// A folder of such files.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// That folder; it is made when something is kept.
    #[must_use]
    pub fn at(folder: &Path) -> Cache {
        Cache { folder: folder.to_path_buf() }
    }

    /// The tensor of that kind (`proposals`) which follows from these words alone; made where it is not kept yet. What cannot be
    /// read is made again.
    ///
    /// # Errors
    /// What `make` says, or a disk that is full.
    pub fn tensor(&self, kind: &str, follows_from: &[&str], make: impl FnOnce() -> Result<Tensor>) -> Result<Tensor> {
        let path = self.path(kind, follows_from);
        if let Some(kept) = read(&path) {
            return Ok(kept);
        }
        let made = make()?.f_contiguous()?;
        write(&path, &made)?;
        Ok(made)
    }

    /// Whether the tensor is kept that follows from these words; it may prove damaged.
    #[must_use]
    pub fn has(&self, kind: &str, follows_from: &[&str]) -> bool {
        self.path(kind, follows_from).is_file()
    }

    /// Bytes that are kept of a kind.
    #[must_use]
    pub fn kept(&self, kind: &str) -> u64 {
        let files = fs_err::read_dir(self.folder.join(kind)).into_iter().flatten().flatten();
        files.filter_map(|file| Some(file.metadata().ok()?.len())).sum()
    }

    /// Whether there is room for so many bytes beside what is kept: work of hours is not begun where the disk will be full in the
    /// middle of it. `what` they are, in words.
    ///
    /// # Errors
    /// There is not: how much it takes, how much is free, and where.
    pub fn has_room(&self, bytes: u64, what: &str) -> Result<()> {
        match base::files::free_below(&self.folder) {
            Some(free) if free < bytes => Err(Error::Disk(format!(
                "{what} take about {} more below {}, where {} are free: make room, or keep data elsewhere (REPLICATIONS_HOME)",
                base::words::bytes(bytes as f64),
                self.folder.display(),
                base::words::bytes(free as f64),
            ))),
            _ => Ok(()),
        }
    }

    /// Takes away what is kept of all kinds; nothing where nothing is.
    ///
    /// # Errors
    /// A file that cannot be taken away.
    pub fn clear(&self) -> Result<()> {
        match fs_err::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::Disk(error.to_string())),
            _ => Ok(()),
        }
    }

    /// Words are told apart by their lengths, so that no two lists of them make one name.
    fn path(&self, kind: &str, follows_from: &[&str]) -> PathBuf {
        let mut words = String::new();
        for word in follows_from {
            words.push_str(&format!("{}:{word}\n", word.len()));
        }
        self.folder.join(kind).join(format!("{}.safetensors", base::hash::sha256(words.as_bytes())))
    }
}

fn read(path: &Path) -> Option<Tensor> {
    if !path.is_file() {
        return None;
    }
    let mut tensors = Tensor::read_safetensors(path).ok()?;
    let (name, tensor) = tensors.pop()?;
    (tensors.is_empty() && name == NAME).then_some(tensor)
}

fn write(path: &Path, tensor: &Tensor) -> Result<()> {
    let disk = |error: std::io::Error| Error::Disk(error.to_string());
    let folder = base::files::folder_of(path);
    fs_err::create_dir_all(folder).map_err(disk)?;
    let file = base::files::temporary_in(folder).map_err(disk)?;
    let written = Tensor::write_safetensors(&[(NAME, tensor)], file.path());
    written.map_err(|error| Error::Disk(format!("{}: {error}", path.display())))?;
    base::files::persist(file, path).map_err(disk)
}

#[cfg(test)]
mod tests {
    use tch::Kind;

    use super::*;

    #[test]
    fn what_the_disk_cannot_hold_is_told_beforehand() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path());
        assert!(cache.has_room(1 << 10, "features of 3 pictures").is_ok());
        let error = cache.has_room(1 << 60, "features of 3 pictures").unwrap_err().to_string();
        assert!(error.contains("features of 3 pictures take about ") && error.contains("make room"), "{error}");
    }

    #[test]
    fn what_is_kept_is_not_made_again_and_what_is_damaged_is() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(&folder.path().join("derived"));
        let made = || Ok(Tensor::from_slice(&[1.0_f32, 2.0]).to_kind(Kind::BFloat16));
        let never = || Err(Error::Other("made again".to_owned()));
        let one = cache.tensor("maps", &["a", "b"], made).unwrap();
        assert_eq!((one.kind(), cache.path("maps", &["a", "b"]).is_file()), (Kind::BFloat16, true));
        assert_eq!([&["a", "b"], &["b", "a"]].map(|words| cache.has("maps", words)), [true, false]);
        assert_eq!(cache.tensor("maps", &["a", "b"], never).unwrap(), one);
        for other in [&["ab"][..], &["a", "c"], &["a", "b", ""], &["1:b", "a"]] {
            assert!(cache.tensor("maps", other, never).is_err(), "{other:?}");
        }
        assert!(cache.tensor("features", &["a", "b"], never).is_err());
        fs_err::write(cache.path("maps", &["a", "b"]), "no tensors").unwrap();
        assert_eq!(cache.tensor("maps", &["a", "b"], made).unwrap(), one);
        // Nothing but whole files is left, and they count for their own kind.
        assert_eq!(fs_err::read_dir(folder.path().join("derived/maps")).unwrap().count(), 1);
        assert!(cache.kept("maps") > 4 && cache.kept("features") == 0);
        cache.clear().unwrap();
        cache.clear().unwrap();
        assert_eq!(cache.kept("maps"), 0);
    }
}
