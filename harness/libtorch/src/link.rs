//! The link `.libtorch` in the checkout, which `.cargo/config.toml` names as `LIBTORCH` for everything that is built.
//!
//! Must not choose a libtorch.

use std::path::Path;

use fs_err as fs;

use crate::Libtorch;
use crate::error::{At, Error};

/// The link's name in the checkout.
pub const NAME: &str = ".libtorch";

/// Makes the checkout's link point to that libtorch; a link that does so already is left as it is.
///
/// # Errors
/// [`Error::NotALink`] where something else of that name lies there; the checkout cannot be written.
pub fn link(root: &Path, libtorch: &Libtorch) -> Result<(), Error> {
    let link = root.join(NAME);
    match fs::symlink_metadata(&link) {
        Ok(facts) if !facts.is_symlink() => return Err(Error::NotALink { path: link }),
        Ok(_) if fs::read_link(&link).at(&link)? == libtorch.dir => return Ok(()),
        _ => {}
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
    use crate::Origin;

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
}
