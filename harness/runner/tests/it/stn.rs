//! The transformer paper's experiment as a process: distorted digits and training are the same bytes each time, killed
//! or not.

use std::path::Path;

use serde_json::{Value, json};
use spec::event::Event;

use crate::common::run;
use crate::training::{experiment, files, kill_after_some_steps, noise_mnist, recipe};

fn job(mnist: &Path, out: &Path, distortion: &str, networks: &[&str], steps: u64) -> Value {
    let stage = json!({
        "id": format!("stn-{distortion}"), "of_steps": 150_000,
        "size": {
            "steps": steps, "complete": false, "what": "a test", "networks": networks
        },
        "recipe": recipe("stn", json!({"batch": 20, "momentum": 0.9})), "checkpoint_seconds": 0.0
    });
    experiment("stn", mnist, out, 2, stage)
}

#[test]
fn a_killed_run_that_goes_on_ends_with_the_same_bytes() {
    let room = tempfile::tempdir().unwrap();
    noise_mnist(room.path(), [600, 100]);
    let networks = ["fcn-r-small", "st-fcn-affine-r-small", "st-cnn-affine-r-small"];
    let [whole, killed] = ["whole", "killed"].map(|name| room.path().join(name));
    let ended = run(&job(room.path(), &whole, "r", &networks, 30));
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let count = |wanted: fn(&Event) -> bool| ended.events.iter().filter(|event| wanted(event)).count();
    assert_eq!(count(|event| matches!(event, Event::Outcomes(_))), 3);
    assert_eq!(count(|event| matches!(event, Event::Curve(_))), 3);
    assert_eq!(count(|event| matches!(event, Event::Picture(_))), 2, "one for each transformer");
    let job = job(room.path(), &killed, "r", &networks, 30);
    kill_after_some_steps(&job, &killed.join("checkpoints/st-fcn-affine-r-small.safetensors"));
    let ended = run(&job);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let resumed = ended.events.iter().any(
        |event| matches!(event, Event::Resumed { what, step, .. } if what == "st-fcn-affine-r-small" && *step < 30),
    );
    assert!(resumed, "it was killed too late for this test");
    let [wanted, found] = [whole, killed].map(|out| files(&out));
    assert_eq!(wanted.keys().collect::<Vec<_>>(), found.keys().collect::<Vec<_>>());
    assert!(wanted.iter().all(|(name, bytes)| found[name] == *bytes));
}

/// What the bytes depend on is the digits, the rule and the streams; noise does as well as digits.
#[test]
fn every_distortion_has_the_bytes_that_it_had() {
    let room = tempfile::tempdir().unwrap();
    noise_mnist(room.path(), [600, 100]);
    let mut lines = String::new();
    for (distortion, network) in
        [("r", "fcn-r"), ("rts", "fcn-rts"), ("p", "st-fcn-tps-p"), ("e", "st-fcn-projective-e"), ("clutter", "fcn-tc")]
    {
        let ended = run(&job(room.path(), &room.path().join(distortion), distortion, &[network], 1));
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let found = ended.events.iter().find_map(|event| match event {
            Event::Outcomes(outcomes) => Some((outcomes.data.clone(), outcomes.root.clone(), outcomes.count)),
            _ => None,
        });
        lines += &format!("{:?}\n", found.unwrap());
    }
    insta::assert_snapshot!(lines);
}

#[test]
fn a_set_that_is_not_the_pinned_one_is_refused() {
    let room = tempfile::tempdir().unwrap();
    noise_mnist(room.path(), [600, 100]);
    let mut job = job(room.path(), &room.path().join("out"), "r", &["fcn-r-small"], 1);
    let pinned = "0".repeat(64);
    job["stages"][0]["experiment"]["generated"] =
        json!([{"id": "mnist-r-test", "from": "mnist", "rule": "a test", "count": 100, "sha256": pinned}]);
    let ended = run(&job);
    assert_eq!(ended.code, Some(2));
    assert!(ended.failure().1.contains("`mnist-r-test` as generated here has SHA-256"), "{:?}", ended.failure());
}
