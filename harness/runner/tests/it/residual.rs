//! The residual networks' experiment as a process: training on packed pictures with batch norm gives the same bytes each time,
//! killed or not.

use std::path::Path;

use serde_json::{Value, json};
use spec::event::{Event, Model};

use crate::common::run;
use crate::training::{experiment, files, kill_after_some_steps, recipe};

/// Six files in the form of CIFAR-10's, of noise.
fn noise_cifar(folder: &Path, records: usize) {
    let inside = folder.join("cifar-10-batches-bin");
    fs_err::create_dir_all(&inside).unwrap();
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    for name in ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"] {
        let mut bytes = Vec::new();
        for _ in 0..records {
            bytes.push(next() % 10);
            bytes.extend((0..3072).map(|_| next()));
        }
        fs_err::write(inside.join(format!("{name}.bin")), bytes).unwrap();
    }
}

fn job(cifar: &Path, out: &Path, id: &str, networks: &[&str], steps: u64, changes: Value) -> Value {
    let data = |id: &str| json!({"id": id, "folder": cifar, "list": null, "root": id});
    let stage = json!({
        "id": id, "of_steps": 64_000,
        "size": {"steps": steps, "complete": false, "what": "a test", "networks": networks},
        "recipe": recipe("resnet", changes), "checkpoint_seconds": 0.0,
        "data": [data("cifar10"), data("cifar10-test")],
        "training_errors": ["plain20"]
    });
    experiment("resnet", cifar, out, 2, stage)
}

#[test]
fn a_killed_run_that_goes_on_ends_with_the_same_bytes() {
    let room = tempfile::tempdir().unwrap();
    noise_cifar(room.path(), 40);
    // A warm-up whose windows the kill falls into, so that its count must be kept too.
    let low = json!({"networks": ["resnet20"], "learning_rate": 0.01, "until_error": 99.9, "over_steps": 5});
    let changes = json!({"batch": 16, "low_start": low});
    let networks = ["plain20", "resnet20"];
    let [whole, killed] = ["whole", "killed"].map(|name| room.path().join(name));
    let ended = run(&job(room.path(), &whole, "resnet-cifar10", &networks, 14, changes.clone()));
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let outcomes: Vec<(&str, &str, &str)> = ended
        .outcomes()
        .iter()
        .map(|found| (found.network.as_str(), found.data.as_str(), found.protocol.as_str()))
        .collect();
    assert_eq!(
        outcomes,
        [
            ("plain20", "cifar10-test", "whole-32"),
            ("plain20", "cifar10-train", "whole-32"),
            ("resnet20", "cifar10-test", "whole-32")
        ]
    );
    assert!(ended.outcomes().iter().all(|found| matches!(&found.model, Model::Trained(trained) if !trained.complete)));
    let job = job(room.path(), &killed, "resnet-cifar10", &networks, 14, changes);
    kill_after_some_steps(&job, &killed.join("checkpoints/resnet20.safetensors"));
    let ended = run(&job);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let resumed = ended
        .events
        .iter()
        .any(|event| matches!(event, Event::Resumed { what, step, .. } if what == "resnet20" && *step < 14));
    assert!(resumed, "it was killed too late for this test");
    let [wanted, found] = [whole, killed].map(|out| files(&out));
    assert_eq!(wanted.keys().collect::<Vec<_>>(), found.keys().collect::<Vec<_>>());
    assert!(wanted.len() >= 5, "{:?}", wanted.keys());
    assert!(wanted.iter().all(|(name, bytes)| found[name] == *bytes));
}

#[test]
fn data_that_cannot_be_trained_on_stop_it_by_name() {
    let room = tempfile::tempdir().unwrap();
    noise_cifar(room.path(), 10);
    let failed = |changes| {
        let ended = run(&job(room.path(), &room.path().join("out"), "resnet-cifar10", &["resnet20"], 1, changes));
        assert_eq!(ended.code, Some(2));
        ended.failure().1.to_owned()
    };
    let told = failed(json!({"held_out": 48, "batch": 4}));
    assert!(told.contains("of 50 training images 48 are held out"), "{told}");
    fs_err::write(room.path().join("cifar-10-batches-bin/data_batch_2.bin"), [1; 100]).unwrap();
    let told = failed(json!({}));
    assert!(told.contains("data_batch_2.bin: 100 bytes are not whole records"), "{told}");
}
