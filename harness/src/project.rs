//! The checkout: where its folders are, its specs, its lock, its commit.
//!
//! Must not fetch, run or write anything.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};
use spec::lock::Lock;
use spec::paper::Paper;

/// The checkout this harness works on.
#[derive(Debug)]
pub(crate) struct Project {
    /// The folder of the workspace's `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// `datasets.lock`.
    pub(crate) lock: Lock,
    /// SHA-256 of the lock's text.
    pub(crate) lock_sha256: String,
    /// Every paper of the registry, with its spec.
    pub(crate) papers: Vec<PaperFolder>,
}

/// A paper of the registry.
#[derive(Debug)]
pub(crate) struct PaperFolder {
    pub(crate) spec: Paper,
    pub(crate) spec_sha256: String,
    pub(crate) folder: PathBuf,
    pub(crate) entry: &'static replications::registry::PaperEntry,
}

impl Project {
    /// Reads the specs and the lock of the checkout that holds the current folder, or else of the checkout that this
    /// binary was built in.
    pub(crate) fn open() -> Result<Self> {
        let root = find_root()?;
        let lock_path = root.join("datasets.lock");
        let text = read(&lock_path)?;
        let lock = spec::load::lock(&text, "datasets.lock")?;
        let lock_sha256 = sha256(&text);
        let mut papers = Vec::new();
        for entry in replications::registry::papers() {
            let folder = root.join(entry.folder);
            let shown = format!("{}/spec.yaml", entry.folder);
            let text = read(&folder.join("spec.yaml"))?;
            let spec = spec::load::paper(&text, &shown)?;
            papers.push(PaperFolder { spec, spec_sha256: sha256(&text), folder, entry });
        }
        Ok(Self { root, lock, lock_sha256, papers })
    }

    /// The paper that a word names, or that has the network or experiment it names.
    pub(crate) fn paper(&self, word: &str) -> Result<&PaperFolder> {
        match self.papers.iter().find(|paper| paper.spec.id == word) {
            Some(paper) => Ok(paper),
            None => match self.target(word)?.as_slice() {
                [target] => Ok(target.paper),
                _ => bail!("name one paper, not `{word}`"),
            },
        }
    }

    /// The commit, with `+` when tracked files are changed; `unknown` outside a git checkout.
    pub(crate) fn commit(&self) -> String {
        let git = |arguments: &[&str]| {
            std::process::Command::new("git").arg("-C").arg(&self.root).args(arguments).output().ok()
        };
        let Some(head) = git(&["rev-parse", "--short=12", "HEAD"]).filter(|out| out.status.success()) else {
            return "unknown".to_owned();
        };
        let changed = git(&["status", "--porcelain", "--untracked-files=no"]).is_some_and(|out| !out.stdout.is_empty());
        format!("{}{}", String::from_utf8_lossy(&head.stdout).trim(), if changed { "+" } else { "" })
    }
}

/// ` (did you mean …?)`, or nothing when no name is near.
pub(crate) fn suggestion<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> String {
    let word = word.to_lowercase();
    names
        .map(|name| (strsim::normalized_damerau_levenshtein(&word, name), name))
        .filter(|(near, _)| *near >= 0.5)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| format!(" (did you mean `{name}`?)"))
        .unwrap_or_default()
}

fn find_root() -> Result<PathBuf> {
    let is_root = |folder: &Path| folder.join("datasets.lock").is_file() && folder.join("replications").is_dir();
    let here = std::env::current_dir().context("the current folder cannot be read")?;
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf);
    here.ancestors()
        .map(Path::to_path_buf)
        .chain(built_in)
        .find(|folder| is_root(folder))
        .context("no checkout found: run this inside a clone of the project (the folder with datasets.lock)")
}

fn read(path: &Path) -> Result<String> {
    Ok(fs_err::read_to_string(path)?)
}

fn sha256(text: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
