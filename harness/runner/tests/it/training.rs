//! Experiments as processes: the same seed twice, and a killed one that goes on, give the same bytes.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use spec::event::Event;

use crate::common::run;

/// Four idx files in the form of MNIST's, of noise: training on them is as deterministic as on digits.
pub(crate) fn noise_mnist(folder: &Path, [train, test]: [u32; 2]) {
    fs_err::create_dir_all(folder.join("data")).unwrap();
    for (name, count) in [("train", train), ("t10k", test)] {
        let mut state = u64::from(count);
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        };
        let mut images = [&[0, 0, 8, 3][..], &count.to_be_bytes(), &28u32.to_be_bytes(), &28u32.to_be_bytes()].concat();
        images.extend((0..count as usize * 784).map(|_| next()));
        let mut labels = [&[0, 0, 8, 1][..], &count.to_be_bytes()].concat();
        labels.extend((0..count).map(|_| next() % 10));
        fs_err::write(folder.join(format!("data/{name}-images-idx3-ubyte")), images).unwrap();
        fs_err::write(folder.join(format!("data/{name}-labels-idx1-ubyte")), labels).unwrap();
    }
}

/// The paper's recipe with these changes.
pub(crate) fn recipe(paper: &str, changes: Value) -> Value {
    let entry = replications::registry::paper(paper).unwrap();
    let mut recipe = entry.read(spec::load::Known::default()).unwrap().training;
    let Value::Object(changes) = changes else { panic!("changes are an object") };
    recipe.as_object_mut().unwrap().extend(changes);
    recipe
}

/// A job of one experiment on MNIST. `stage` has what is this experiment's own.
pub(crate) fn experiment(paper: &str, mnist: &Path, out: &Path, threads: usize, stage: Value) -> Value {
    fs_err::create_dir_all(out).unwrap();
    let mut whole = json!({
        "of_steps": 1000, "budget": null, "weights": [], "protocol": null, "generated": [], "conditions": [],
        "data": [{"id": "mnist", "folder": mnist, "list": null, "root": "0"}]
    });
    let Value::Object(own) = stage else { panic!("a stage is an object") };
    let network = own["id"].clone();
    whole.as_object_mut().unwrap().extend(own);
    json!({
        "format": spec::job::FORMAT, "run": "test", "paper": paper, "network": network, "weights": null, "out": out,
        "settings": {
            "seed": 7, "device": "cpu", "precision": "fp32", "memory_format": "contiguous", "threads": threads,
            "loader_threads": 1, "batch": 1, "fold_batch_norm": false, "fuse": false
        },
        "stages": [{"experiment": whole}]
    })
}

fn gan(mnist: &Path, out: &Path, steps: u64, checkpoint_seconds: f64) -> Value {
    let windows = json!({"samples": 50, "widths": 3, "from": -1.0, "to": 0.0, "validation": 20});
    let stage = json!({
        "id": "gan-mnist",
        "size": {
            "steps": steps, "complete": false, "what": "a test",
            "networks": ["gan-generator", "gan-discriminator"]
        },
        "recipe": recipe("gan", json!({})), "checkpoint_seconds": checkpoint_seconds,
        "conditions": [{"id": "parzen", "title": "windows", "with": windows, "source": "a test"}]
    });
    experiment("gan", mnist, out, 1, stage)
}

/// Every file that a run leaves but its checkpoints.
pub(crate) fn files(out: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs_err::read_dir(out).unwrap().map(|entry| entry.unwrap());
    let files = entries.filter(|entry| entry.file_type().unwrap().is_file());
    files.map(|entry| (entry.file_name().to_string_lossy().into_owned(), fs_err::read(entry.path()).unwrap())).collect()
}

#[test]
fn the_same_seed_twice_and_a_killed_run_that_goes_on_end_with_the_same_bytes() {
    let room = tempfile::tempdir().unwrap();
    noise_mnist(room.path(), [60_000, 10_000]);
    let [first, second, killed] = ["first", "second", "killed"].map(|name| room.path().join(name));
    for out in [&first, &second] {
        let ended = run(&gan(room.path(), out, 30, 60.0));
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let outcomes = ended.events.iter().filter(|event| matches!(event, Event::Outcomes(_))).count();
        assert_eq!(outcomes, 4, "the generator and three baselines");
    }
    let job = gan(room.path(), &killed, 30, 0.0);
    kill_after_some_steps(&job, &killed.join("checkpoints/gan-mnist.safetensors"));
    assert!(files(&killed).is_empty(), "it was killed too late for this test");
    let ended = run(&job);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let resumed = ended.events.iter().find_map(|event| match event {
        Event::Resumed { step, .. } => Some(*step),
        _ => None,
    });
    assert!(resumed.is_some_and(|step| (1..30).contains(&step)), "{resumed:?}");
    let wanted = files(&first);
    assert!(wanted.len() >= 7, "{:?}", wanted.keys());
    for other in [second, killed] {
        let found = files(&other);
        assert_eq!(wanted.keys().collect::<Vec<_>>(), found.keys().collect::<Vec<_>>());
        for (name, bytes) in &wanted {
            assert!(found[name] == *bytes, "{name} differs in {}", other.display());
        }
    }
}

/// Starts the job and kills it with a signal that cannot be caught, once a checkpoint lies there.
pub(crate) fn kill_after_some_steps(job: &Value, checkpoint: &Path) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_runner"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(job.to_string().as_bytes()).unwrap();
    let patience = Instant::now();
    while !checkpoint.exists() {
        let ended = child.try_wait().unwrap();
        assert!(ended.is_none() || checkpoint.exists(), "it ended before a checkpoint came: {ended:?}");
        // A slow processor that other tests share may come to the wanted training only after minutes.
        assert!(patience.elapsed() < Duration::from_secs(900), "no checkpoint came");
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_checkpoint_of_another_training_is_refused_by_name() {
    let room = tempfile::tempdir().unwrap();
    noise_mnist(room.path(), [60_000, 10_000]);
    let out = room.path().join("out");
    assert_eq!(run(&gan(room.path(), &out, 1, 60.0)).code, Some(0));
    let ended = run(&gan(room.path(), &out, 2, 60.0));
    assert_eq!(ended.code, Some(2));
    let Some(Event::Failed { message, .. }) = ended.events.last() else { panic!("it did not say that it failed") };
    assert!(message.contains("gan-mnist.safetensors is of another training"), "{message}");
}

#[test]
fn a_recipe_with_an_unknown_key_stops_the_run_by_name() {
    let room = tempfile::tempdir().unwrap();
    let mut job = gan(room.path(), &room.path().join("out"), 1, 60.0);
    job["stages"][0]["experiment"]["recipe"]["learning rate"] = json!(0.1);
    let ended = run(&job);
    assert_eq!(ended.code, Some(2));
    assert!(ended.failure().1.contains("unknown field `learning rate`"), "{:?}", ended.failure());
}

#[test]
fn a_training_that_diverges_stops_and_says_what_to_do() {
    let room = tempfile::tempdir().unwrap();
    noise_mnist(room.path(), [60_000, 10_000]);
    let out = room.path().join("out");
    let mut job = gan(room.path(), &out, 30, 60.0);
    job["stages"][0]["experiment"]["recipe"]["learning_rate"] = json!(1e30);
    let ended = run(&job);
    assert_eq!(ended.code, Some(1));
    let (_, message) = ended.failure();
    assert!(message.contains("`gan-mnist` diverged") && message.contains("lower the learning rate"), "{message}");
    assert!(message.contains("no checkpoint was written before"), "{message}");
    assert!(ended.outcomes().is_empty() && !out.join("checkpoints").exists());
}
