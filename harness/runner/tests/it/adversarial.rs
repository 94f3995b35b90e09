//! Adversarial examples as a process: what is written, and that a killed run ends with the bytes of one that was not.

use std::path::Path;

use serde_json::{Value, json};
use spec::event::Event;
use spec::metric::Metric;

use crate::common::run;
use crate::training::{experiment, files, kill_after_some_steps, noise_mnist, recipe};

const NETWORKS: [&str; 3] = ["softmax", "maxout-adversarial", "logistic-3-7"];

fn job(mnist: &Path, out: &Path) -> Value {
    let condition =
        |id: &str, attack: Value| json!({"id": id, "title": id, "alters": true, "with": attack, "source": "a test"});
    let stage = json!({
        "id": "adversarial-mnist",
        "size": {
            "steps": 12, "complete": false, "what": "a test", "networks": NETWORKS
        },
        "recipe": recipe("adversarial", json!({"lbfgs_images": 3})), "checkpoint_seconds": 0.0,
        "training_errors": ["softmax"],
        "conditions": [
            condition("fgsm-0.25", json!({"kind": "fgsm", "epsilon": 0.25})),
            condition("fgsm-0.25-from-maxout-adversarial",
                json!({"kind": "fgsm", "epsilon": 0.25, "made_for": "maxout-adversarial"})),
            condition("rubbish", json!({"kind": "rubbish", "epsilon": 1.0})),
            condition("lbfgs", json!({"kind": "lbfgs", "epsilon": 0.0, "clip": true})),
            condition("lbfgs-from-softmax",
                json!({"kind": "lbfgs", "epsilon": 0.0, "clip": true, "made_for": "softmax"})),
            condition("fgsm-0.007", json!({"kind": "fgsm", "epsilon": 0.007, "photographs": true})),
        ]
    });
    experiment("adversarial", mnist, out, 2, stage)
}

#[test]
fn every_condition_is_tested_and_a_killed_run_ends_with_the_same_bytes() {
    let room = tempfile::tempdir().unwrap();
    noise_mnist(room.path(), [60_000, 10_000]);
    let [whole, killed] = ["whole", "killed"].map(|name| room.path().join(name));
    let ended = run(&job(room.path(), &whole));
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let mut tested: Vec<(String, String, String, Metric, u64)> = Vec::new();
    for found in ended.outcomes() {
        let trained = found.model.trained().unwrap();
        assert!(!trained.complete && trained.steps == 12, "{trained:?}");
        assert_eq!(found.part_of.is_some(), found.protocol.starts_with("lbfgs"), "{found:?}");
        assert_eq!(found.examples.is_some(), found.task == "classify", "{found:?}");
        let metric = found.metrics[0];
        tested.push((found.network.clone(), found.data.clone(), found.protocol.clone(), metric, found.count));
    }
    let has = |network: &str, data: &str, protocol: &str, metric: Metric, count: u64| {
        let wanted = (network.to_owned(), data.to_owned(), protocol.to_owned(), metric, count);
        assert!(tested.contains(&wanted), "{wanted:?} is not in {tested:?}");
    };
    for network in &NETWORKS[..2] {
        has(network, "mnist-test", "clean", Metric::TEST_ERROR, 10_000);
        has(network, "mnist-test", "fgsm-0.25", Metric::TEST_ERROR, 10_000);
        has(network, "gaussian-rubbish", "rubbish", Metric::named("rubbish error"), 10_000);
        has(network, "mnist-test", "lbfgs", Metric::TEST_ERROR, 3);
    }
    has("softmax", "mnist-train", "clean", Metric::TRAINING_ERROR, 60_000);
    let training = tested.iter().filter(|(_, _, _, metric, _)| *metric == Metric::TRAINING_ERROR).count();
    assert_eq!(training, 1, "training sets are answered only where that is asked for");
    // After a dozen steps the other network may have no adversarial example of these three images.
    has("softmax", "mnist-test", "lbfgs", Metric::named("mean distortion"), 3);
    has("softmax", "mnist-test", "fgsm-0.25-from-maxout-adversarial", Metric::TEST_ERROR, 10_000);
    has("maxout-adversarial", "mnist-test", "lbfgs-from-softmax", Metric::TEST_ERROR, 3);
    assert!(tested.iter().any(|(network, data, ..)| network == "logistic-3-7" && data == "mnist-3-7-test"));
    assert!(!tested.iter().any(|(_, _, protocol, ..)| protocol == "fgsm-0.007"), "ε of photographs is none of digits");

    let job = job(room.path(), &killed);
    kill_after_some_steps(&job, &killed.join("checkpoints/maxout-adversarial.safetensors"));
    let ended = run(&job);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let resumed = ended.events.iter().filter(|event| matches!(event, Event::Resumed { .. })).count();
    assert!((1..=2).contains(&resumed), "what was not trained to its end goes on: {resumed}");
    let (wanted, found) = (files(&whole), files(&killed));
    assert!(wanted.len() > 15, "{:?}", wanted.keys());
    assert_eq!(wanted.keys().collect::<Vec<_>>(), found.keys().collect::<Vec<_>>());
    for (name, bytes) in &wanted {
        assert!(found[name] == *bytes, "{name} differs");
    }
}
