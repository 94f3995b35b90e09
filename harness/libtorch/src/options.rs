//! What `find_or_fetch` may use, from the environment or from a test.
//!
//! Must not look at the machine.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use store::Home;
use store::package::Clients;

use crate::pins::{self, Pin};

/// Whether CUDA's libraries are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UseCuda {
    /// Where there is an NVIDIA driver and a GPU.
    #[default]
    Auto,
    /// Yes, even without a GPU.
    Always,
    /// No.
    Never,
}

/// What may be used.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where libtorch is kept (below `libtorch/`) and wheels are downloaded to (below `downloads/`).
    pub home: Home,
    /// Never use the network.
    pub offline: bool,
    /// Whether CUDA's libraries are wanted.
    pub cuda: UseCuda,
    /// The folder that the user names, with the environment variable that named it.
    pub given: Option<(&'static str, PathBuf)>,
    /// Pythons that may have torch, in the order to ask them.
    pub pythons: Vec<PathBuf>,
    /// The Python whose pip fetches.
    pub clients: Clients,
    /// The wheels to fetch.
    pub wheels: Vec<Pin>,
    /// Keep the wheels after unpacking (`REPLICATIONS_KEEP_WHEELS`).
    pub keep_wheels: bool,
}

impl Options {
    /// As the environment says: `REPLICATIONS_LIBTORCH`, `LIBTORCH`, `VIRTUAL_ENV`, `REPLICATIONS_KEEP_WHEELS`,
    /// `REPLICATIONS_CUDA` (`0`: never, `1`: always).
    #[must_use]
    pub fn from_environment(root: &Path, home: Home) -> Self {
        Self::from_variables(root, home, |name| std::env::var_os(name).filter(|value| !value.is_empty()))
    }

    pub(crate) fn from_variables(root: &Path, home: Home, variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let own = variable("REPLICATIONS_LIBTORCH").map(|path| ("REPLICATIONS_LIBTORCH", PathBuf::from(path)));
        // Under `cargo run` LIBTORCH is always the checkout's link, set by .cargo/config.toml: not the user's word.
        let link = root.join(crate::link::NAME);
        let users =
            variable("LIBTORCH").map(|path| ("LIBTORCH", PathBuf::from(path))).filter(|(_, path)| *path != link);
        let environment = variable("VIRTUAL_ENV").map(|folder| PathBuf::from(folder).join("bin/python"));
        Self {
            home,
            offline: false,
            cuda: match variable("REPLICATIONS_CUDA").as_deref().and_then(|value| value.to_str()) {
                Some("0") => UseCuda::Never,
                Some("1") => UseCuda::Always,
                _ => UseCuda::Auto,
            },
            given: own.or(users),
            pythons: environment.into_iter().chain([PathBuf::from("python3")]).collect(),
            clients: Clients::default(),
            wheels: pins::wheels(),
            keep_wheels: variable("REPLICATIONS_KEEP_WHEELS").is_some(),
        }
    }

    /// The folder below which libtorch is kept.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.home.path().join("libtorch")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Options {
        Options::from_variables(Path::new("/checkout"), Home::at("/home"), |name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn the_checkouts_own_link_is_not_the_users_word() {
        assert_eq!(with(&[("LIBTORCH", "/checkout/.libtorch")]).given, None);
        assert_eq!(with(&[("LIBTORCH", "/opt/libtorch")]).given, Some(("LIBTORCH", PathBuf::from("/opt/libtorch"))));
        let both = with(&[("LIBTORCH", "/checkout/.libtorch"), ("REPLICATIONS_LIBTORCH", "/mine")]);
        assert_eq!(both.given, Some(("REPLICATIONS_LIBTORCH", PathBuf::from("/mine"))));
    }

    #[test]
    fn an_active_environment_is_asked_before_python3() {
        let options = with(&[("VIRTUAL_ENV", "/venv"), ("REPLICATIONS_CUDA", "0")]);
        assert_eq!(options.pythons, [PathBuf::from("/venv/bin/python"), PathBuf::from("python3")]);
        assert_eq!(options.cuda, UseCuda::Never);
    }
}
