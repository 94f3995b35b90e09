//! The link `.libtorch` in the checkout, which `.cargo/config.toml` names as `LIBTORCH` for everything that is built.
//!
//! Must not choose a libtorch.

use std::path::Path;

use fs_err as fs;

use crate::error::{At, Error};
use crate::found::{Libtorch, Origin};
use crate::layout;

/// The link's name in the checkout.
pub const NAME: &str = ".libtorch";

/// Makes the checkout's link point to that libtorch. One that points to a whole libtorch of the same version and build is left
/// as it is, unless the user named a folder: every link makes cargo build what depends on it anew, and one that follows
/// whichever home ran last is broken when that goes.
///
/// # Errors
/// [`Error::NotALink`] where something else of that name lies there; the checkout cannot be written.
pub fn link(root: &Path, libtorch: &Libtorch) -> Result<(), Error> {
    let link = root.join(NAME);
    match fs::symlink_metadata(&link) {
        Ok(facts) if !facts.is_symlink() => return Err(Error::NotALink { path: link }),
        Ok(_) => {
            let now = fs::read_link(&link).at(&link)?;
            let is_given = matches!(libtorch.origin, Origin::Given { .. });
            let as_good = || {
                let now = root.join(&now);
                layout::version(&now).as_deref() == Some(&libtorch.version) && layout::problem(&now).is_none()
            };
            if now == libtorch.dir || !is_given && as_good() {
                return Ok(());
            }
        }
        Err(_) => {}
    }
    // A new link is renamed over the old one, so that a build going on beside never sees none.
    let temporary = root.join(format!("{NAME}.{}", std::process::id()));
    let _ = fs::remove_file(&temporary);
    fs_err::os::unix::fs::symlink(&libtorch.dir, &temporary).at(&temporary)?;
    fs::rename(&temporary, &link).at(&link)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::fake_torch;

    #[test]
    fn the_link_follows_the_choice() {
        let root = tempfile::tempdir().unwrap();
        let mut libtorch = Libtorch {
            dir: "/opt/a".into(),
            version: "2.11.0+cpu".to_owned(),
            origin: Origin::Cache,
            cuda_libs: None,
            notes: Vec::new(),
        };
        for dir in ["/opt/a", "/opt/a", "/opt/b"] {
            libtorch.dir = dir.into();
            link(root.path(), &libtorch).unwrap();
            assert_eq!(std::fs::read_link(root.path().join(NAME)).unwrap(), Path::new(dir));
        }
        std::fs::remove_file(root.path().join(NAME)).unwrap();
        std::fs::create_dir(root.path().join(NAME)).unwrap();
        assert!(matches!(link(root.path(), &libtorch), Err(Error::NotALink { .. })));
    }

    #[test]
    fn a_whole_libtorch_of_the_same_version_stays_linked_whichever_home_runs() {
        let root = tempfile::tempdir().unwrap();
        let homes = ["first", "second", "older"].map(|name| root.path().join(name).join("torch"));
        for (dir, version) in homes.iter().zip(["2.11.0+cpu", "2.11.0+cpu", "2.10.0+cpu"]) {
            fake_torch(dir.parent().unwrap(), version);
        }
        let linked = |dir: &Path, version: &str, origin: Origin| {
            let version = version.to_owned();
            let notes = Vec::new();
            let libtorch = Libtorch { dir: dir.to_path_buf(), version, origin, cuda_libs: None, notes };
            link(root.path(), &libtorch).unwrap();
            std::fs::read_link(root.path().join(NAME)).unwrap()
        };
        let [first, second, older] = &homes;
        assert_eq!(linked(first, "2.11.0+cpu", Origin::Cache), *first);
        assert_eq!(linked(second, "2.11.0+cpu", Origin::Cache), *first);
        // The user's word counts, and so does another build or a folder that is no longer whole.
        let given = Origin::Given { variable: "REPLICATIONS_LIBTORCH".to_owned(), path: second.clone() };
        assert_eq!(linked(second, "2.11.0+cpu", given), *second);
        assert_eq!(linked(older, "2.10.0+cpu", Origin::Cache), *older);
        assert_eq!(linked(first, "2.11.0+cpu", Origin::Cache), *first);
        std::fs::remove_file(first.join("lib/libtorch_cpu.so")).unwrap();
        assert_eq!(linked(second, "2.11.0+cpu", Origin::Cache), *second);
        std::fs::remove_dir_all(second).unwrap();
        assert_eq!(linked(older, "2.10.0+cpu", Origin::Cache), *older);
    }
}
