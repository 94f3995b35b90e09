//! The committed lock and specs are what the loader accepts, and agree with the hashes that the script made.

use std::collections::HashMap;
use std::path::PathBuf;

use spec::load;
use spec::lock::{File, HashCheck, Lock};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub(crate) fn lock() -> Lock {
    let text = std::fs::read_to_string(root().join("datasets.lock")).unwrap();
    load::lock(&text, "datasets.lock").unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn lock_holds_what_the_spine_needs() {
    let lock = lock();
    for id in [
        "canary",
        "mnist",
        "cifar10",
        "svhn",
        "imagenet-train",
        "imagenet-val",
        "imagenet-val-650",
        "imagenet-train-60",
        "imagenetv2-matched-frequency",
        "resnet50-keras",
        "bvlc-googlenet",
        "bvlc-googlenet-caffemodel",
        "torchvision-vgg16",
        "torchvision-vgg19",
        "torchvision-resnet50",
        "timm-vgg19",
        "akamaster-resnet20",
    ] {
        assert!(lock.entry(id).is_some(), "datasets.lock has no entry {id}");
    }
    assert_eq!(lock.entry("canary").unwrap().files.len(), 6);
    assert_eq!(lock.entry("resnet50-keras").unwrap().files.len(), 26);
}

#[test]
fn every_spec_loads_with_the_lock() {
    let lock = lock();
    let mut seen = 0;
    for folder in std::fs::read_dir(root().join("replications")).unwrap() {
        let path = folder.unwrap().path().join("spec.yaml");
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let name = path.display().to_string();
        load::paper_with(&text, &name, load::Known { lock: Some(&lock), metrics: None })
            .unwrap_or_else(|error| panic!("{error}"));
        seen += 1;
    }
    assert!(seen >= 6, "only {seen} specs under replications/");
}

/// `recomputed` in the lock and the rows of golden/lock_hashes.csv are the same set with the same values.
#[test]
fn recomputed_hashes_are_those_of_the_script() {
    let mut rows: HashMap<(String, String), (u64, String)> = HashMap::new();
    for line in include_str!("../golden/lock_hashes.csv").lines().skip(1) {
        let [entry, path, size, sha256] = line.split(',').collect::<Vec<_>>()[..] else { panic!("row `{line}`") };
        rows.insert((entry.to_owned(), path.to_owned()), (size.parse().unwrap(), sha256.to_owned()));
    }
    for entry in &lock().entries {
        for file in &entry.files {
            if file.hash != HashCheck::Recomputed {
                continue;
            }
            let File { path, size, sha256, .. } = file;
            let row = rows.remove(&(entry.id.clone(), path.clone()));
            assert_eq!(row, Some((size.unwrap(), sha256.clone().unwrap())), "{} {path}", entry.id);
            if let Some(manifest) = file.unpack.as_ref().and_then(|unpack| unpack.manifest.as_ref()) {
                let key = (entry.id.clone(), format!("{path}!manifest of {} files", manifest.files));
                assert_eq!(rows.remove(&key), Some((manifest.bytes, manifest.root.clone())), "{} {path}", entry.id);
            }
        }
    }
    assert!(rows.is_empty(), "in lock_hashes.csv but not recomputed in the lock: {rows:?}");
}

/// torchvision's file names hold the first digits of their SHA-256, so that a slip in either shows.
#[test]
fn torchvision_names_agree_with_their_hashes() {
    let lock = lock();
    let mut seen = 0;
    for entry in lock.entries.iter().filter(|entry| entry.id.starts_with("torchvision-")) {
        let file = &entry.files[0];
        let prefix = file.path.rsplit_once('-').unwrap().1.strip_suffix(".pth").unwrap();
        assert_eq!(file.sha256_prefix.as_deref(), Some(prefix), "{}", entry.id);
        seen += 1;
    }
    assert_eq!(seen, 20);
}

/// What a paper prints ± for decides how it is judged: the standard deviation of so many trainings, or a standard error.
#[test]
fn every_spread_of_trainings_says_how_many_there_were() {
    let mut spreads = Vec::new();
    for folder in std::fs::read_dir(root().join("replications")).unwrap() {
        let path = folder.unwrap().path().join("spec.yaml");
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let paper = load::paper(&text, "spec.yaml").unwrap();
        for claim in paper.claims {
            let words = claim.variant.clone().unwrap_or_default();
            if words.contains(" runs") && words.contains("mean") {
                assert!(claim.trainings.is_some(), "{} does not say of how many", claim.id);
            }
            spreads.extend(claim.trainings.map(|trainings| format!("{} {trainings}", claim.id)));
        }
    }
    spreads.sort();
    assert_eq!(spreads, ["readme-five-runs 5", "s6-1600-adversarial-mean 5", "t6-resnet110-mean-error 5"]);
}
