//! Where the store keeps its files.
//!
//! Must not create folders: whoever writes does.

use std::path::{Path, PathBuf};

use crate::error::Error;

/// The folder that holds data, downloads and what is remembered about them.
///
/// | below it | holds |
/// |---|---|
/// | `data/<entry>/` | an entry's files, nothing else |
/// | `downloads/` | unfinished downloads (`.part`), packages and archives on their way |
/// | `state/<entry>/` | the entry's lock file, its kept manifests, its stamps |
/// | `bad/<entry>/` | files that were found wrong, for a look |
/// | `lists/` | lists of a data set's images, as the runner reads them |
/// | `derived/` | what runs computed of pictures and would compute again: it may be deleted at any time |
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    root: PathBuf,
}

impl Home {
    /// `$REPLICATIONS_HOME`, else `$XDG_CACHE_HOME/replications`, else `~/.cache/replications`.
    ///
    /// # Errors
    /// [`Error::NoHome`] where none of the three is set.
    pub fn locate() -> Result<Self, Error> {
        let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        Self::from_parts(variable("REPLICATIONS_HOME"), variable("XDG_CACHE_HOME"), variable("HOME"))
    }

    fn from_parts(own: Option<PathBuf>, cache: Option<PathBuf>, user: Option<PathBuf>) -> Result<Self, Error> {
        if let Some(own) = own {
            let own = std::path::absolute(&own).map_err(|source| Error::io(own, source))?;
            return Ok(Self { root: own });
        }
        // The XDG specification: a relative path is invalid and to be ignored.
        let base = cache
            .filter(|path| path.is_absolute())
            .or_else(|| user.filter(|path| path.is_absolute()).map(|path| path.join(".cache")));
        base.map(|base| Self { root: base.join("replications") }).ok_or(Error::NoHome)
    }

    /// The folder at `path`.
    #[must_use]
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { root: path.into() }
    }

    /// The folder itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// The lists of images: `lists`.
    #[must_use]
    pub fn lists(&self) -> PathBuf {
        self.root.join("lists")
    }

    /// What runs computed and share: `derived`.
    #[must_use]
    pub fn derived(&self) -> PathBuf {
        self.root.join("derived")
    }

    /// An entry's folder: `data/<entry>`.
    #[must_use]
    pub fn entry(&self, id: &str) -> PathBuf {
        self.root.join("data").join(id)
    }

    /// Where downloads lie: `downloads`.
    #[must_use]
    pub fn downloads(&self) -> PathBuf {
        self.root.join("downloads")
    }

    /// What is remembered about an entry: `state/<entry>`.
    #[must_use]
    pub fn state(&self, id: &str) -> PathBuf {
        self.root.join("state").join(id)
    }

    /// Where an entry's bad files are moved: `bad/<entry>`.
    #[must_use]
    pub fn bad(&self, id: &str) -> PathBuf {
        self.root.join("bad").join(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_set_wins() {
        let path = |text: &str| Some(PathBuf::from(text));
        let home = |a, b, c| Home::from_parts(a, b, c).map(|home| home.path().to_path_buf());
        assert_eq!(home(path("/own"), path("/xdg"), path("/me")).unwrap(), Path::new("/own"));
        assert_eq!(home(None, path("/xdg"), path("/me")).unwrap(), Path::new("/xdg/replications"));
        assert_eq!(home(None, path("relative"), path("/me")).unwrap(), Path::new("/me/.cache/replications"));
        assert!(matches!(home(None, None, None), Err(Error::NoHome)));
    }
}
