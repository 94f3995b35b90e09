//! A checkout of its own, with a made-up paper and a data set of three bytes, for experiments under a runner that is a
//! script.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::{Place, Said, said};

const LOCK: &str = r#"
version: 1
entries:
  - id: mnist
    title: three bytes
    kind: dataset
    licence: { name: CC0, redistributable: true, read_in: memory }
    access: open
    images: { count: 3, classes: 2, layout: packed }
    files:
      - path: digits
        size: 3
        sha256: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
        hash: recomputed
        sources: [{ url: "https://example.org/digits" }]
"#;

/// What a runner's script may use: `$OUT` is the run's folder, `$ID` the experiment; `stopped` says whether this is the
/// first process of the run; `test_all` tests the generator and ends well.
const HEAD: &str = r#"
OUT=$(printf %s "$JOB" | sed 's/.*"out":"\([^"]*\)".*/\1/')
ID=$(printf %s "$JOB" | sed 's/.*"network":"\([^"]*\)".*/\1/')
first() { mkdir "$OUT/checkpoints" 2>/dev/null; }
test_all() {
  printf 'value\n1.5\n2.5\n' | gzip -n > "$OUT/outcomes.csv.gz"
  HASH=$(sha256sum "$OUT/outcomes.csv.gz" | cut -d' ' -f1)
  echo '{"event":"outcomes","task":"likelihood","network":"gan-generator","model":{"trained":{"steps":100,"of":5000,"complete":false,"words":"100 of 5,000 steps"}},"data":"mnist-test","protocol":"window","metrics":["log-likelihood"],"file":"outcomes.csv.gz","count":2,"sha256":"'$HASH'","root":"0"}'
  echo '{"event":"finished","at":1.0}'
}
"#;

/// See the module.
pub(crate) struct Checkout {
    pub(crate) place: Place,
}

impl Checkout {
    /// A checkout whose runner ends with this script.
    pub(crate) fn new(script: &str) -> Self {
        let place = Place::with_runner(&format!("{HEAD}{script}"));
        let root = place.path("clone");
        let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        copy(&project.join("replications"), &root.join("replications"), "spec.yaml");
        copy(&project.join("harness/profiles"), &root.join("harness/profiles"), "");
        std::fs::write(root.join("replications/gan/spec.yaml"), include_str!("made_up.yaml")).unwrap();
        std::fs::write(root.join("datasets.lock"), LOCK).unwrap();
        std::fs::create_dir_all(place.path("data")).unwrap();
        std::fs::write(place.path("data/digits"), "abc").unwrap();
        Self { place }
    }

    /// A call in this checkout, with the data at hand.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.place.command(arguments);
        command.arg("--have").arg(format!("mnist={}", self.place.path("data").display())).arg("--quiet");
        command.current_dir(self.place.path("clone"));
        command
    }

    pub(crate) fn harness(&self, arguments: &[&str]) -> Said {
        said(&mut self.command(arguments))
    }

    /// The run folders of an experiment, oldest first.
    pub(crate) fn runs(&self, experiment: &str) -> Vec<PathBuf> {
        self.place.runs(experiment)
    }
}

/// Copies the files of that name (or all of them) in a folder and the folders right in it.
fn copy(from: &Path, to: &Path, name: &str) {
    for entry in std::fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()) {
        let target = to.join(entry.file_name().unwrap());
        if entry.is_dir() && entry.join(name).is_file() {
            copy(&entry, &target, name);
        } else if entry.is_file() && (name.is_empty() || entry.ends_with(name)) {
            std::fs::create_dir_all(to).unwrap();
            std::fs::copy(&entry, &target).unwrap();
        }
    }
}
