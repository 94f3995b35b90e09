//! A made-up paper that trains its networks, and made-up runs of its experiment. None of the numbers mean anything.

mod audited;
mod compared;
mod kept;
mod resumed;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use results::predictions::sha256_hex;
use results::row::Row;
use results::store::{Run, RunWriter, Runs};
use results::{Error, compare};
use serde_json::{Value, json};
use spec::event::{Curve, Event, Outcomes, Picture, Trained};
use spec::metric::Metric;
use spec::paper::Paper;
use spec::record::RunPlan;

use crate::made_up::environment;

/// 1,000 examples made by rule.
pub(crate) const DATA: &str = "digits-test";
/// The hash that pins them.
pub(crate) const ROOT: &str = "5555555555555555555555555555555555555555555555555555555555555555";

fn conditions() -> Value {
    json!([
        {"id": "clean", "title": "as they are", "source": "made up"},
        {"id": "fgsm", "title": "signs", "attack": {"kind": "fgsm", "epsilon": 0.25}, "source": "made up"},
        {"id": "rubbish", "title": "noise", "attack": {"kind": "rubbish", "epsilon": 1.0}, "source": "made up"},
        {"id": "parzen", "title": "windows", "source": "made up"},
    ])
}

fn made() -> Value {
    json!([{"id": DATA, "from": "digits", "rule": "turned", "count": 1000, "sha256": ROOT}])
}

/// A claim about `net` on the made data; `more` adds or replaces fields.
fn claim(id: &str, metric: &str, protocol: &str, value: f64, more: Value) -> Value {
    let unit = match metric {
        "error difference" => "points",
        "log-likelihood" => "nats",
        "mean distortion" => "ratio",
        _ => "percent",
    };
    let mut claim = json!({
        "id": id, "network": "net", "metric": metric, "value": value, "unit": unit, "step": 0.1, "data": DATA,
        "protocol": protocol, "source": {"key": "MU", "table": "T2"}, "mark": "checked",
    });
    for (key, value) in more.as_object().unwrap() {
        claim[key] = value.clone();
    }
    claim
}

pub(crate) fn paper() -> Paper {
    let network = |id: &str| json!({"id": id, "title": id, "input": [1, 28, 28], "classes": 10});
    let dose = |steps: u64, complete: bool| json!({"steps": steps, "complete": complete, "what": "some"});
    serde_json::from_value(json!({
        "id": "trained", "title": "Trained", "authors": ["A. Body"], "year": 2014, "venue": "nowhere",
        "link": "https://example.org", "summary": "Nothing.", "sources": [{"key": "MU", "title": "Made Up"}],
        "networks": [network("net"), network("plain"), network("gan"), network("never")],
        "recipe": [], "protocols": [], "data": ["digits"], "weights": [],
        "conditions": conditions(), "made": made(),
        "experiments": [{"id": "digits-all", "title": "All", "networks": ["net", "plain", "gan", "never"], "data": ["digits"],
            "smoke": dose(100, false), "train": dose(1000, true)}],
        "claims": [
            claim("clean", "test error", "clean", 5.0, json!({})),
            claim("clean-in-noise", "test error", "clean", 6.0, json!({})),
            claim("clean-other", "test error", "clean", 9.0, json!({})),
            claim("clean-spread", "test error", "clean", 7.5, json!({"plus_minus": 1.0})),
            claim("no-protocol", "test error", "clean", 5.0, json!({"protocol": null})),
            claim("attacked", "test error", "fgsm", 89.4, json!({})),
            claim("attacked-confidence", "mean confidence", "fgsm", 97.6, json!({})),
            claim("attacked-on-mistakes", "mean confidence on mistakes", "fgsm", 80.0, json!({})),
            claim("rubbish", "rubbish error", "rubbish", 60.0, json!({})),
            claim("rubbish-on-mistakes", "mean confidence on mistakes", "rubbish", 70.8, json!({})),
            claim("agreement", "agreement", "fgsm", 54.6, json!({})),
            claim("likelihood", "log-likelihood", "parzen", 225.0, json!({"network": "gan", "plus_minus": 2.0, "step": 1.0})),
            claim("likelihood-far", "log-likelihood", "parzen", 300.0, json!({"network": "gan", "step": 1.0})),
            claim("distortion", "mean distortion", "clean", 0.062, json!({"step": 0.001})),
            claim("other-condition", "test error", "rubbish", 5.0, json!({})),
            claim("other-set", "test error", "clean", 5.0, json!({"data": "letters-test"})),
            claim("half-trained", "test error", "clean", 8.0, json!({"network": "plain"})),
            claim("never", "test error", "clean", 8.0, json!({"network": "never"})),
            claim("versus-plain", "error difference", "clean", -3.0, json!({"versus": "plain"})),
            claim("versus-never", "error difference", "clean", -3.0, json!({"versus": "never"})),
            claim("versus-nobody", "error difference", "clean", -3.0, json!({"versus": "nobody"})),
        ],
    }))
    .unwrap()
}

pub(crate) fn plan(run: &str) -> RunPlan {
    serde_json::from_value(json!({
        "format": 1, "run": run, "time": format!("2026-11-23T10:00:00Z+{run}"), "paper": "trained", "network": null,
        "commit": "abc", "spec_sha256": "s", "lock_sha256": "l", "command": ["harness", "replicate", "digits-all"],
        "profile": "here", "data": null, "retry_of": null,
        "job": {
            "format": 1, "run": run, "paper": "trained", "network": null, "weights": null, "out": "out",
            "settings": {"seed": 0, "device": "cpu", "precision": "fp32", "memory_format": "contiguous", "threads": 2,
                "loader_threads": 2, "batch": 100, "fold_batch_norm": false, "fuse": false},
            "stages": [{"experiment": {
                "id": "digits-all", "of_steps": 1000, "budget": null, "weights": [], "protocol": null,
                "dose": {"steps": 1000, "complete": true, "what": "some", "networks": ["net", "plain", "never"]},
                "data": [{"id": "digits", "folder": "digits", "list": null, "root": "aa"}],
                "conditions": conditions(), "made": made(),
            }}],
        },
    }))
    .unwrap()
}

pub(crate) fn complete() -> Trained {
    Trained { steps: 1000, of: 1000, complete: true, words: "1,000 of 1,000 steps".into() }
}

pub(crate) fn short(steps: u64) -> Trained {
    Trained { steps, of: 1000, complete: false, words: format!("{steps} of 1,000 steps") }
}

/// `n` answers of which those in `wrong` are wrong, with a confidence of .8 when wrong and .9 when right.
pub(crate) fn answers(n: u32, wrong: std::ops::Range<u32>) -> String {
    (0..n).fold("class,given,confidence\n".to_owned(), |mut text, i| {
        let class = i % 10;
        let (given, confidence) = if wrong.contains(&i) { ((class + 1) % 10, 0.8) } else { (class, 0.9) };
        writeln!(text, "{class},{given},{confidence}").unwrap();
        text
    })
}

/// `n` rubbish inputs of which the first `taken` got a class.
pub(crate) fn rubbish(n: u32, taken: u32) -> String {
    (0..n).fold("class,given,confidence\n".to_owned(), |mut text, i| {
        text.push_str(if i < taken { ",3,0.7\n" } else { ",,0.25\n" });
        text
    })
}

/// Values around a mean, so far from it by turns.
pub(crate) fn values(n: u32, mean: f64, spread: f64) -> String {
    (0..n).fold("value\n".to_owned(), |mut text, i| {
        writeln!(text, "{}", mean + if i % 2 == 0 { spread } else { -spread }).unwrap();
        text
    })
}

/// The announcement of outcomes.
pub(crate) fn outcomes(
    network: &str,
    metric: Metric,
    protocol: &str,
    text: &str,
    trained: Option<Trained>,
) -> Outcomes {
    Outcomes {
        network: network.into(),
        data: DATA.into(),
        protocol: protocol.into(),
        metric,
        file: format!("{network}-{protocol}-{metric}.csv"),
        count: text.lines().count() as u64 - 1,
        sha256: sha256_hex(text.as_bytes()),
        root: ROOT.into(),
        part_of: None,
        trained,
    }
}

/// Writes the file and announces it.
pub(crate) fn write(record: &mut RunWriter, file: Outcomes, text: &str) {
    std::fs::write(record.dir().join(&file.file), text).unwrap();
    record.append(&Event::Outcomes(file)).unwrap();
}

pub(crate) fn begun(runs: &Runs, run: &str) -> Result<RunWriter, Error> {
    let mut record = runs.create(&plan(run))?;
    record.append(&Event::Started { time: 1.0, environment: Box::new(environment()) })?;
    Ok(record)
}

/// A finished run with one test of each network, wrong in these ranges of 1,000.
pub(crate) fn tested(runs: &Runs, run: &str, tests: &[(&str, std::ops::Range<u32>, Trained)]) -> Run {
    let mut record = begun(runs, run).unwrap();
    for (network, wrong, trained) in tests {
        let text = answers(1000, wrong.clone());
        write(&mut record, outcomes(network, Metric::TestError, "clean", &text, Some(trained.clone())), &text);
    }
    record.append(&Event::Finished { at: 9.0 }).unwrap();
    drop(record);
    runs.open(run).unwrap()
}

/// A finished run with every kind of outcomes, a curve and a picture.
pub(crate) fn everything(runs: &Runs, run: &str) -> Run {
    let mut record = begun(runs, run).unwrap();
    let mut add = |network: &str, metric, protocol: &str, text: String| {
        write(&mut record, outcomes(network, metric, protocol, &text, Some(complete())), &text);
    };
    add("net", Metric::TestError, "clean", answers(1000, 0..50));
    add("net", Metric::TestError, "fgsm", answers(1000, 0..900));
    add("net", Metric::RubbishError, "rubbish", rubbish(1000, 600));
    add("net", Metric::Agreement, "fgsm", answers(1000, 500..1000));
    add("net", Metric::MeanDistortion, "clean", values(1000, 0.0622, 0.01));
    add("gan", Metric::LogLikelihood, "parzen", values(1000, 222.0, 40.0));
    let text = answers(1000, 40..120);
    write(&mut record, outcomes("plain", Metric::TestError, "clean", &text, Some(short(100))), &text);
    std::fs::write(record.dir().join("net.csv"), "step,loss\n0,1\n").unwrap();
    std::fs::write(record.dir().join("net.png"), "a picture").unwrap();
    let curve = sha256_hex(b"step,loss\n0,1\n");
    record
        .append(&Event::Curve(Curve { name: "net".into(), title: "Net".into(), file: "net.csv".into(), sha256: curve }))
        .unwrap();
    let picture = Picture {
        name: "net".into(),
        caption: "Nothing.".into(),
        file: "net.png".into(),
        sha256: sha256_hex(b"a picture"),
        private: false,
    };
    record.append(&Event::Picture(picture)).unwrap();
    record.append(&Event::Finished { at: 9.0 }).unwrap();
    drop(record);
    runs.open(run).unwrap()
}

pub(crate) fn compared(runs: &[Run]) -> Vec<Row> {
    compare(&paper(), &BTreeMap::new(), runs, &BTreeMap::new(), &|_| None).unwrap()
}

pub(crate) fn row<'a>(rows: &'a [Row], id: &str) -> &'a Row {
    rows.iter().find(|row| row.id == id).unwrap_or_else(|| panic!("no row {id}"))
}

pub(crate) fn in_lines(rows: &[Row]) -> String {
    rows.iter().fold(String::new(), |mut text, row| {
        let value = row.value.map_or("-".to_owned(), |value| format!("{value:.3}"));
        let verdict = row.verdict.map_or("-".to_owned(), |verdict| verdict.to_string());
        writeln!(text, "{} | {value} | {verdict} | {}", row.id, row.reason.as_deref().unwrap_or("-")).unwrap();
        text
    })
}

pub(crate) fn edit(path: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{text}");
    std::fs::write(path, text.replace(from, to)).unwrap();
}
