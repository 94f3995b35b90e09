//! The reference runs that the repository keeps: whole, consistent, and scored as they were.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::common::{Said, said};

fn harness(arguments: &[&str]) -> Said {
    let reference = Path::new(env!("CARGO_MANIFEST_DIR")).join("../results/reference");
    said(Command::new(env!("CARGO_BIN_EXE_harness")).args(arguments).arg(reference).arg("--json"))
}

#[test]
fn they_score_as_they_did_and_pass_the_audit() {
    let rescored = harness(&["rescore"]);
    assert_eq!(rescored.code, 0, "{rescored:?}");
    let files: Value = serde_json::from_str(&rescored.stdout).unwrap();
    let score = |network: &str, data: &str, metric: &str| {
        let files = files.as_array().unwrap().iter();
        let of_network = files.filter(|file| file["network"] == network && file["data"] == data);
        let mut scores = of_network.flat_map(|file| file["scores"].as_array().unwrap());
        scores.find(|score| score["metric"] == metric).cloned().unwrap_or_default()
    };
    let right = |network: &str| {
        ["top-1 error", "top-5 error"].map(|metric| score(network, "imagenet-val-650", metric)["correct"].as_u64())
    };
    assert_eq!(right("googlenet"), [Some(509), Some(608)]);
    assert_eq!(right("resnet50"), [Some(518), Some(617)]);
    // What was trained here: nats of the GAN within 40 minutes on two cores, mistakes of 10,000.
    let nats = score("gan-generator", "mnist-test", "log-likelihood")["value"].as_f64().unwrap();
    assert!((nats - 192.54).abs() < 0.01, "{nats}");
    let wrong = |network: &str, data: &str| {
        let score = score(network, data, "test error");
        Some(score["n"].as_u64()? - score["correct"].as_u64()?)
    };
    for (network, ours, theirs) in [("fcn", 382, 449), ("cnn", 134, 189)] {
        let ids = [format!("st-{network}-affine-r-small"), format!("{network}-r-small")];
        assert_eq!(ids.map(|id| wrong(&id, "mnist-r-test")), [Some(ours), Some(theirs)], "{network}");
    }
    let audited = harness(&["audit"]);
    assert_eq!(audited.code, 0, "{audited:?}");
}

#[test]
fn they_name_no_folder_of_the_machine_they_ran_on() {
    let reference = Path::new(env!("CARGO_MANIFEST_DIR")).join("../results/reference");
    let mut files = 0;
    for run in std::fs::read_dir(reference).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        for name in ["plan.json", "events.jsonl", "runner.log"] {
            let text = std::fs::read_to_string(run.join(name)).unwrap();
            for place in ["\"/home/", "\"/root/", "\"/work/", "\"/tmp/"] {
                assert!(!text.contains(place), "{} names {place}", run.join(name).display());
            }
            files += 1;
        }
    }
    assert!(files > 0, "there are no reference runs");
}
