//! The repository's own records, before and after they are written again: every score is the one that stood.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use results::audit::{Current, Severity, audit};
use results::migrate::migrate;
use results::rescore::{FileScores, rescore};
use results::store::Runs;
use results::tasks::Score;
use results::tasks::attack::MEAN_DISTORTION;
use serde_json::Value;
use spec::metric::Metric;

fn reference() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("reference")
}

/// One file's scores as they stood in format 1: run, network, metric (`top` for both shares of predictions), data,
/// protocol, examples, then counts and means.
struct Stood {
    key: [String; 5],
    n: u64,
    rest: Vec<Option<f64>>,
}

fn golden() -> Vec<Stood> {
    let rows: Vec<Vec<Value>> = serde_json::from_str(include_str!("../golden/reference-format-1.json")).unwrap();
    let stood = |row: Vec<Value>| Stood {
        key: std::array::from_fn(|i| row[i].as_str().unwrap().to_owned()),
        n: row[5].as_u64().unwrap(),
        rest: row[6..].iter().map(Value::as_f64).collect(),
    };
    rows.into_iter().map(stood).collect()
}

/// Every file's scores in a folder of records, by the same key.
fn now(folder: &Path) -> BTreeMap<[String; 5], Vec<Score>> {
    let listing = Runs::at(folder).list().unwrap();
    assert!(listing.unreadable.is_empty(), "{:?}", listing.unreadable);
    let mut all = BTreeMap::new();
    for run in &listing.runs {
        for file in &run.outcomes {
            let metric = match file.metrics.as_slice() {
                [Metric::TOP_1_ERROR, Metric::TOP_5_ERROR] => "top",
                metrics => metrics[0].name(),
            };
            let key = [run.id(), &file.network, metric, &file.data, &file.protocol].map(str::to_owned);
            let scores = FileScores::of(run, file).unwrap().scores;
            assert!(all.insert(key, scores).is_none(), "two files of one kind in {}", run.id());
        }
    }
    all
}

fn near(what: &str, key: &[String; 5], score: Option<&Score>, wanted: Option<f64>, allowed: f64) {
    let found = score.map(|score| score.value);
    let same = match (found, wanted) {
        (Some(found), Some(wanted)) => (found - wanted).abs() <= allowed,
        (found, wanted) => found.is_none() && wanted.is_none(),
    };
    assert!(same, "{what} of {key:?} is {found:?}, it was {wanted:?}");
}

/// Counts are equal, and means to a tenth of the last digit shown. `training` says whether answers on training sets must be
/// there.
fn agrees(folder: &Path, training: bool) {
    let mut found = now(folder);
    for Stood { key, n, rest } in golden() {
        let Some(scores) = found.remove(&key) else {
            assert!(key[2] == "training error" && !training, "{key:?} is gone");
            continue;
        };
        let of = |name: &str| scores.iter().find(|score| score.metric.name() == name);
        match key[2].as_str() {
            "top" => {
                let right = |name| of(name).map(|score| (score.n, score.correct.unwrap() as f64));
                assert_eq!(right("top-1 error"), Some((n, rest[0].unwrap())), "{key:?}");
                assert_eq!(right("top-5 error"), Some((n, rest[1].unwrap())), "{key:?}");
            }
            "log-likelihood" => near("the mean", &key, scores.first(), rest[0], 0.001),
            name if name == MEAN_DISTORTION.name() => near("the mean", &key, scores.first(), rest[0], 1e-5),
            name => {
                let score = of(name).unwrap_or_else(|| panic!("{key:?} has no {name}"));
                assert_eq!((score.n, score.correct), (n, Some(n - rest[0].unwrap() as u64)), "{key:?}");
                if scores.len() > 1 {
                    let percent = |share: Option<f64>| share.map(|share| 100.0 * share);
                    near("the mean confidence", &key, of("mean confidence"), percent(rest[1]), 0.001);
                    near("the one on mistakes", &key, of("mean confidence on mistakes"), percent(rest[2]), 0.001);
                }
            }
        }
        assert!(scores.iter().all(|score| score.n <= n) && scores[0].n == n);
    }
    // Nobody has counted what came later.
    let known: Vec<String> = golden().into_iter().map(|stood| stood.key[0].clone()).collect();
    found.retain(|key, _| known.contains(&key[0]));
    assert!(found.is_empty(), "{:?}", found.keys());
}

/// Those records of the golden table that are still of the format it was made from.
fn of_format_1() -> Vec<PathBuf> {
    let runs = Runs::at(reference()).list().unwrap().runs;
    runs.into_iter().filter(|run| run.header.format == 1).map(|run| run.dir).collect()
}

fn bytes(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .map(|entry| if entry.path().is_dir() { bytes(&entry.path()) } else { entry.metadata().unwrap().len() })
        .sum()
}

#[test]
fn the_records_score_as_they_stood() {
    agrees(&reference(), !of_format_1().is_empty());
    let again = rescore(&reference()).unwrap();
    assert!(again.unreadable.is_empty() && again.files.iter().all(|file| !file.differs()));
    if of_format_1().is_empty() {
        assert!(again.files.iter().all(|file| file.stored.is_some()), "scores are kept beside their files");
        let runs: BTreeSet<String> = golden().into_iter().map(|stood| stood.key[0].clone()).collect();
        let all: u64 = runs.iter().map(|run| bytes(&reference().join(run))).sum();
        assert!(all <= 4 << 20, "{all} bytes");
    }
}

/// Where the records are migrated already, the test above says the same of them.
#[test]
fn migrated_they_score_the_same_in_a_tenth_of_the_bytes() {
    let old = of_format_1();
    if old.is_empty() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for dir in &old {
        let to = folder.path().join(dir.file_name().unwrap());
        std::fs::create_dir(&to).unwrap();
        for entry in std::fs::read_dir(dir).unwrap().map(Result::unwrap) {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
    let before = bytes(folder.path());
    let done = migrate(folder.path(), &|_, _| false).unwrap();
    assert_eq!(done.migrated.len(), old.len());
    agrees(folder.path(), false);
    let left_out: usize = done.migrated.iter().map(|one| one.left_out.len()).sum();
    assert_eq!(left_out, golden().iter().filter(|stood| stood.key[2] == "training error").count());
    let after = bytes(folder.path());
    assert!(after <= 4 << 20, "{before} bytes became {after}");
    assert!(migrate(folder.path(), &|_, _| false).unwrap().migrated.is_empty());
}

/// A seal that is gone would not be missed by the audit: these records are older than seals.
#[test]
fn every_record_is_sealed() {
    let runs = Runs::at(reference()).list().unwrap().runs;
    assert!(runs.iter().all(|run| run.seal.is_some()) && !runs.is_empty());
}

#[test]
fn the_audit_finds_no_error_in_the_records() {
    let findings = audit(&reference(), &Current::default()).unwrap().findings;
    let errors: Vec<_> = findings.iter().filter(|found| found.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}
