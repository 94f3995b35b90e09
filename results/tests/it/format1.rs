//! Records of format 1, written by hand as it wrote them, and what is read from them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use base::hash::sha256;
use results::rescore::FileScores;
use results::store::Runs;
use results::tasks::from_run;
use results::{Error, Run};
use serde_json::{Value, json};
use spec::event::Model;

use crate::experiment::{answers, values};
use crate::made_up::{answered, environment};

fn settings() -> Value {
    json!({"seed": 1, "device": "cpu", "precision": "fp32", "memory_format": "contiguous", "threads": 2, "loader_threads": 2,
        "batch": 128, "fold_batch_norm": false, "fuse": false})
}

fn put(folder: &Path, run: &str, plan: &Value, events: &[Value]) -> PathBuf {
    let dir = folder.join(run);
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join("plan.json"), serde_json::to_string_pretty(plan).unwrap() + "\n").unwrap();
    let text = events.iter().fold(String::new(), |text, event| format!("{text}{event}\n"));
    std::fs::write(dir.join("events.jsonl"), text).unwrap();
    std::fs::write(dir.join("runner.log"), "").unwrap();
    dir
}

fn started() -> Value {
    let mut environment = json!(environment());
    // As it was called then.
    environment["deterministic"] = environment.as_object_mut().unwrap().remove("deterministic_cudnn").unwrap();
    json!({"event": "started", "time": 1.0, "environment": environment})
}

/// What [`answered`] gives, as a JSON object a line.
pub(crate) fn predictions(n: u32, top1: u32, top5: u32) -> String {
    (0..n).fold(String::new(), |mut text, i| {
        let class = i % 10;
        let top = match i {
            i if i < top1 => [class, 11, 12, 13, 14],
            i if i < top5 => [11, 12, class, 13, 14],
            _ => [11, 12, 13, 14, 15],
        };
        let line = json!({"file": format!("{i:05}.jpg"), "class": class, "top": top, "scores": [0.5, 0.25, 0.125, 0.0625, 1e-7]});
        writeln!(text, "{line}").unwrap();
        text
    })
}

/// An evaluation of `net` on a part of a set.
pub(crate) fn evaluation(folder: &Path, run: &str) -> PathBuf {
    let text = predictions(650, 160, 390);
    let plan = json!({
        "format": 1, "run": run, "time": format!("2026-11-23T10:00:00Z+{run}"), "paper": "made-up", "network": "net", "commit": "abc",
        "spec_sha256": "s", "lock_sha256": "l", "command": ["harness", "replicate", "net"], "profile": "here",
        "data": {"id": "part", "images": 650, "root": "cd", "part_of": {"whole": "test", "of": 50_000, "how": "the first ones"},
            "already_resized": "squeezed to 227x227", "redistributable": true},
        "retry_of": null,
        "job": {"format": 1, "run": run, "paper": "made-up", "network": "net", "settings": settings(),
            "weights": {"id": "net-theirs", "format": "safetensors", "path": "w", "names": "n.csv",
                "input": {"colour": "rgb", "range": 255.0, "mean": [0.0, 0.0, 0.0]}, "hash": "h"},
            "stages": [{"predict": {"data": "part", "list": "list.csv", "protocol": {"id": "center"}}}], "out": "out"},
    });
    let dir = put(
        folder,
        run,
        &plan,
        &[
            started(),
            json!({"event": "predictions", "data": "part", "protocol": "center", "file": "predictions.jsonl", "count": 650,
                "sha256": sha256(text.as_bytes())}),
            json!({"event": "finished", "at": 2.0}),
        ],
    );
    std::fs::write(dir.join("predictions.jsonl"), text).unwrap();
    std::fs::write(dir.join("scores.json"), r#"{"predictions": [{"top1": 160}], "outcomes": []}"#).unwrap();
    dir
}

/// `class,given,confidence` of so many, as [`answers`] has them.
fn given(n: u32, wrong: std::ops::Range<u32>) -> String {
    (0..n).fold("class,given,confidence\n".to_owned(), |mut text, i| {
        let (given, confidence) = if wrong.contains(&i) { ((i + 1) % 10, 0.8) } else { (i % 10, 0.9) };
        writeln!(text, "{},{given},{confidence}", i % 10).unwrap();
        text
    })
}

/// An experiment whose job has a dose, with each kind of file.
pub(crate) fn experiment(folder: &Path, run: &str) -> PathBuf {
    let trained = json!({"steps": 100, "of": 1000, "complete": false, "words": "100 of 1,000 steps"});
    let plan = json!({
        "format": 1, "run": run, "time": format!("2026-11-24T10:00:00Z+{run}"), "paper": "trained", "network": "digits-all",
        "commit": "abc", "spec_sha256": "s", "lock_sha256": "l", "command": ["harness", "replicate", "digits-all"],
        "profile": "here", "retry_of": null,
        "data": {"id": "digits", "images": 7000, "root": "aa", "part_of": null, "already_resized": null, "redistributable": true},
        "job": {"format": 1, "run": run, "paper": "trained", "network": "digits-all", "settings": settings(), "weights": null,
            "stages": [{"experiment": {
                "id": "digits-all", "of_steps": 1000, "budget": 60.0, "weights": [], "protocol": null,
                "dose": {"steps": 100, "complete": false, "what": "some", "networks": ["net", "plain"], "settings": {"rate": 0.05}},
                "data": [{"id": "digits", "folder": "digits", "list": null, "root": "aa"}], "conditions": [], "made": [],
            }}],
            "out": "out"},
    });
    let rubbish = "class,given,confidence\n".to_owned() + &",3,0.7\n".repeat(600) + &",,0.25\n".repeat(400);
    let files = [
        ("net", "test error", "digits-test", given(1000, 0..50), json!(trained)),
        ("net", "training error", "digits-train", given(2000, 0..7), json!(trained)),
        ("net", "rubbish error", "rubbish", rubbish, json!(trained)),
        ("net", "agreement", "digits-test", given(1000, 500..1000), json!(trained)),
        ("net", "mean distortion", "digits-test", values(1000, 0.0622, 0.01).outcomes, json!(trained)),
        ("fit", "log-likelihood", "digits-test", values(1000, 222.0, 40.0).outcomes, Value::Null),
    ];
    let mut events = vec![started()];
    for (network, metric, data, text, trained) in &files {
        let mut event = json!({"event": "outcomes", "network": network, "data": data, "protocol": "clean", "metric": metric,
            "file": format!("outcomes-{network}-{data}-{metric}.csv").replace(' ', "-"), "count": text.lines().count() - 1,
            "sha256": sha256(text.as_bytes()), "root": "55"});
        if !trained.is_null() {
            event["trained"] = trained.clone();
        }
        events.push(event);
    }
    events.push(
        json!({"event": "curve", "name": "net", "title": "Net", "file": "curve.csv", "sha256": sha256(b"step,loss\n")}),
    );
    events.push(json!({"event": "finished", "at": 2.0}));
    let dir = put(folder, run, &plan, &events);
    for (event, (.., text, _)) in events[1..].iter().zip(&files) {
        std::fs::write(dir.join(event["file"].as_str().unwrap()), text).unwrap();
    }
    std::fs::write(dir.join("curve.csv"), "step,loss\n").unwrap();
    dir
}

/// What each file comes to: network, metric, examples, right ones, value.
pub(crate) fn scores(run: &Run) -> Vec<String> {
    let of = |file| FileScores::of(run, file).unwrap();
    let all = run.outcomes.iter().flat_map(|file| of(file).scores.into_iter().map(move |score| (file, score)));
    all.map(|(file, score)| {
        format!("{} {} {} {:?} {:.3}", file.network, score.metric, score.n, score.correct, score.value)
    })
    .collect()
}

#[test]
fn predictions_are_answers_of_released_weights() {
    let folder = tempfile::tempdir().unwrap();
    let run = Run::open(&evaluation(folder.path(), "r1")).unwrap();
    assert_eq!((run.header.format, run.header.subject.as_deref(), run.header.settings.batch), (1, Some("net"), 128));
    assert_eq!((run.header.weights.as_deref(), run.header.data[0].root.as_str()), (Some("net-theirs"), "cd"));
    assert!(run.header.training.is_none() && run.is_finished() && run.is_about("net"));
    let file = &run.outcomes[0];
    assert_eq!((file.task.as_str(), file.root.as_str(), file.count), ("classify", "cd", 650));
    assert_eq!(file.model, Model::Released { weights: "net-theirs".into() });
    assert_eq!(file.part_of.as_ref().unwrap().of, 50_000);
    assert_eq!(file.already_resized.as_deref(), Some("squeezed to 227x227"));
    insta::assert_snapshot!(scores(&run).join("\n"), @"
    net top-1 error 650 Some(160) 75.385
    net top-5 error 650 Some(390) 40.000
    ");
}

#[test]
fn an_experiment_with_a_dose_is_a_training() {
    let folder = tempfile::tempdir().unwrap();
    let run = Run::open(&experiment(folder.path(), "r1")).unwrap();
    let training = run.header.training.as_ref().unwrap();
    assert_eq!((training.experiment.as_str(), training.steps, training.of_steps), ("digits-all", 100, 1000));
    assert_eq!((training.networks.len(), training.complete, training.budget), (2, false, Some(60.0)));
    assert_eq!(training.recipe_sha256.len(), 64);
    assert!(run.job().is_none() && run.is_about("plain") && run.curves.len() == 1);
    assert_eq!(run.header.data.len(), 1, "the experiment's data are the header's");
    assert!(run.outcomes[0].model.trained().is_some());
    assert_eq!(run.outcomes[5].model, Model::Baseline);
    insta::assert_snapshot!(scores(&run).join("\n"), @"
    net test error 1000 Some(950) 5.000
    net mean confidence 1000 None 89.500
    net mean confidence on mistakes 50 None 80.000
    net training error 2000 Some(1993) 0.350
    net rubbish error 1000 Some(400) 60.000
    net mean confidence 1000 None 52.000
    net mean confidence on mistakes 600 None 70.000
    net agreement 1000 Some(500) 50.000
    net mean distortion 1000 None 0.062
    fit log-likelihood 1000 None 222.000
    ");
}

#[test]
fn both_formats_come_to_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let old = Run::open(&evaluation(folder.path(), "r1")).unwrap();
    let new =
        crate::made_up::finished(&Runs::at(folder.path()), &crate::made_up::Plan::new("r2"), &answered(650, 160, 390));
    let tables = [&old, &new].map(|run| from_run(run, &run.outcomes[0]).unwrap());
    for metric in &old.outcomes[0].metrics {
        let [old, new] = [0, 1].map(|i| tables[i].score(*metric).unwrap());
        assert_eq!(old, new);
    }
    let pairing = tables[0].paired(tables[1].as_ref(), spec::metric::Metric::TOP_1_ERROR).unwrap().unwrap();
    assert_eq!((pairing.n, pairing.difference, pairing.p), (650, 0.0, 1.0));
    let old = Run::open(&experiment(folder.path(), "r3")).unwrap();
    assert_eq!(scores(&old)[0], "net test error 1000 Some(950) 5.000");
    assert!(answers(1000, 0..50).outcomes.lines().count() == 1001);
}

#[test]
fn senseless_lines_are_refused_with_their_number() {
    let folder = tempfile::tempdir().unwrap();
    let good = predictions(1, 1, 1);
    let other = |from: &str, to: &str| good.replace("00000", "1").replace(from, to);
    let cases = [
        good.clone(),
        other("[0,11,12,13,14]", "[0,11,12,13]"),
        other("[0,11,12,13,14]", "[0,0,12,13,14]"),
        "{\"file\": \"x\"}".to_owned(),
    ];
    let refused = |(number, second): (usize, &String)| {
        let dir = evaluation(folder.path(), &format!("r{number}"));
        let text = format!("{good}{second}");
        let run = Run::open(&dir).unwrap();
        let mut file = run.outcomes[0].clone();
        file.sha256 = sha256(text.as_bytes());
        std::fs::write(dir.join(&file.file), text).unwrap();
        match from_run(&run, &file).err().unwrap() {
            Error::Line { line, message, .. } => format!("{line}: {message}"),
            other => panic!("{other}"),
        }
    };
    let errors: Vec<String> = cases.iter().enumerate().map(refused).collect();
    insta::assert_snapshot!(errors.join("\n"), @"
    2: `00000.jpg` comes twice
    2: `1.jpg` has no list of different classes with a score each
    2: `1.jpg` has no list of different classes with a score each
    2: missing field `class` at line 1 column 13
    ");
}

/// A list of values would do for the one field that says the format.
#[test]
fn a_plan_that_is_a_list_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("plan.json"), "[1]").unwrap();
    let error = Run::open(folder.path()).unwrap_err().to_string();
    assert!(error.contains("plan.json, line 1: invalid type: sequence, expected a map"), "{error}");
}
