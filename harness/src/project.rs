//! The checkout: where its folders are, its specs, its lock, its commit.
//!
//! Must not fetch, run or write anything.

use std::ops::Deref;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use rayon::prelude::*;
use spec::lock::Lock;
use spec::paper::Paper;

use crate::screen::tell;

/// The checkout this harness works on, but for its papers, which some commands do not ask for.
#[derive(Debug)]
pub(crate) struct Checkout {
    /// The folder of the workspace's `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// `datasets.lock`.
    pub(crate) lock: Lock,
    /// SHA-256 of the lock's text.
    pub(crate) lock_sha256: String,
}

/// The checkout with its papers.
#[derive(Debug)]
pub(crate) struct Project {
    checkout: Checkout,
    /// Every paper of the registry, with its spec.
    pub(crate) papers: Vec<PaperFolder>,
}

impl Deref for Project {
    type Target = Checkout;

    fn deref(&self) -> &Checkout {
        &self.checkout
    }
}

/// A paper of the registry.
#[derive(Debug)]
pub(crate) struct PaperFolder {
    pub(crate) spec: Paper,
    pub(crate) spec_sha256: String,
    pub(crate) folder: PathBuf,
    pub(crate) entry: &'static replications::registry::PaperEntry,
}

impl PaperFolder {
    fn read(
        entry: &'static replications::registry::PaperEntry,
        root: &Path,
        known: spec::load::Known<'_>,
    ) -> Result<PaperFolder> {
        let folder = root.join(entry.folder);
        let text = read(&folder.join("spec.yaml"))?;
        let mut spec = entry.read_text(&text, &entry.spec_path(), known)?;
        // What the typed recipe holds is put into words once, for whoever shows it.
        spec.recipe = entry.recipe(&spec);
        Ok(PaperFolder { spec, spec_sha256: base::hash::sha256(text.as_bytes()), folder, entry })
    }

    /// Refuses a spec that names what the lock does not have, with the line.
    ///
    /// # Errors
    /// Every such place.
    pub(crate) fn check(&self, lock: &Lock) -> Result<()> {
        let text = read(&self.folder.join("spec.yaml"))?;
        let metrics = results::tasks::metrics();
        let known = spec::load::Known { lock: Some(lock), metrics: Some(&metrics) };
        self.entry.read_text(&text, &self.entry.spec_path(), known)?;
        Ok(())
    }
}

impl Checkout {
    /// Reads the lock of the checkout that holds the current folder, or else of the checkout that this binary was built in.
    pub(crate) fn open() -> Result<Self> {
        let root = find_root()?;
        let text = read(&root.join("datasets.lock"))?;
        let lock = spec::load::lock(&text, "datasets.lock")?;
        Ok(Self { root, lock, lock_sha256: base::hash::sha256(text.as_bytes()) })
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

impl Project {
    /// Reads the checkout with the specs of its papers.
    pub(crate) fn open() -> Result<Self> {
        let checkout = Checkout::open()?;
        let metrics = results::tasks::metrics();
        // Whether the lock has what a spec names is asked of the papers that are worked on: see `PaperFolder::check`.
        let known = spec::load::Known { lock: None, metrics: Some(&metrics) };
        let root = &checkout.root;
        let all = replications::registry::papers();
        let papers: Vec<Result<PaperFolder>> =
            all.par_iter().map(|entry| PaperFolder::read(entry, root, known)).collect();
        let papers = papers.into_iter().collect::<Result<Vec<_>>>()?;
        Ok(Self { checkout, papers })
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
}

/// ` (did you mean …?)`, or nothing when no name is near.
pub(crate) fn suggestion<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> String {
    let word = word.to_lowercase();
    names
        .map(|name| (strsim::normalized_damerau_levenshtein(&word, name), name))
        .filter(|(near, _)| *near >= 0.5)
        // Of equally near ones the one that begins alike for longer, then the one whose number is nearest, then the last.
        .max_by(|a, b| {
            let begins = || alike(&word, a.1).cmp(&alike(&word, b.1));
            a.0.total_cmp(&b.0).then_with(begins).then_with(|| apart(&word, b.1).cmp(&apart(&word, a.1)))
        })
        .map(|(_, name)| format!(" (did you mean `{name}`?)"))
        .unwrap_or_default()
}

/// Letters that two words begin with alike.
fn alike(one: &str, other: &str) -> usize {
    one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count()
}

/// How far the numbers at the ends of two words are apart; as far as can be where one has none.
fn apart(one: &str, other: &str) -> u64 {
    let number =
        |word: &str| -> Option<u64> { word[word.trim_end_matches(|c: char| c.is_ascii_digit()).len()..].parse().ok() };
    number(one).zip(number(other)).map_or(u64::MAX, |(one, other)| one.abs_diff(other))
}

fn find_root() -> Result<PathBuf> {
    let is_root = |folder: &Path| folder.join("datasets.lock").is_file() && folder.join("replications").is_dir();
    let here = std::env::current_dir().context("the current folder cannot be read")?;
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf);
    if let Some(root) = here.ancestors().find(|folder| is_root(folder)) {
        return Ok(root.to_path_buf());
    }
    let root = built_in
        .filter(|folder| is_root(folder))
        .context("no checkout found: run this inside a clone of the project (the folder with datasets.lock)")?;
    tell!(
        "note: {} is in no clone of the project: working on {}, where this program was built",
        here.display(),
        root.display()
    );
    Ok(root)
}

fn read(path: &Path) -> Result<String> {
    Ok(fs_err::read_to_string(path)?)
}
