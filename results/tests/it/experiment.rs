//! A made-up paper that trains its networks, and made-up runs of its experiment. None of the numbers mean anything.

mod audited;
mod compared;
mod kept;
mod resumed;

use std::fmt::Write as _;
use std::ops::Range;

use base::hash::sha256;
use results::row::Row;
use results::store::{Run, RunWriter, Runs};
use results::tasks::attack::{AGREEMENT, MEAN_DISTORTION, RUBBISH_ERROR};
use results::tasks::classify::{CONFIDENCE_ON_MISTAKES, MEAN_CONFIDENCE};
use results::tasks::likelihood::LOG_LIKELIHOOD;
use results::{Comparison, Error};
use serde_json::{Value, json};
use spec::event::{Curve, Event, Model, Outcomes, Picture, Trained};
use spec::metric::Metric;
use spec::outcomes::Answer;
use spec::paper::Paper;
use spec::record::Header;

use crate::made_up::{Texts, announce, environment, with};

/// 1,000 examples made by rule.
pub(crate) const DATA: &str = "digits-test";
/// The hash that pins them.
pub(crate) const ROOT: &str = "5555555555555555555555555555555555555555555555555555555555555555";

/// A claim about `net` on the made data; `more` adds or replaces fields.
pub(crate) fn claim(id: &str, metric: &str, protocol: &str, value: f64, more: Value) -> Value {
    let unit = match metric {
        "error difference" => "points",
        "log-likelihood" => "nats",
        "mean distortion" => "ratio",
        _ => "percent",
    };
    let claim = json!({
        "id": id, "network": "net", "metric": metric, "value": value, "unit": unit, "step": 0.1, "data": DATA,
        "protocol": protocol, "source": {"key": "MU", "table": "T2"}, "mark": "checked",
    });
    with(claim, &more)
}

/// A paper that trains, with these claims.
pub(crate) fn paper_with(claims: Value) -> Paper {
    let network = |id: &str| json!({"id": id, "title": id, "input": [1, 28, 28], "classes": 10});
    let condition = |id: &str| json!({"id": id, "title": id, "source": "made up"});
    // Inputs are changed under these two.
    let altering = |id: &str| with(condition(id), &json!({"alters": true}));
    serde_json::from_value(json!({
        "id": "trained", "title": "Trained", "authors": ["A. Body"], "year": 2014, "venue": "nowhere",
        "link": "https://example.org", "summary": "Nothing.", "sources": [{"key": "MU", "title": "Made Up"}],
        "networks": [network("net"), network("plain"), network("gan"), network("never")],
        "recipe": [], "protocols": [], "data": ["digits"], "weights": [],
        "conditions": [condition("clean"), altering("fgsm"), altering("rubbish"), condition("parzen")],
        "generated": [{"id": DATA, "from": "digits", "rule": "turned", "count": 1000, "sha256": ROOT}],
        "claims": claims,
    }))
    .unwrap()
}

pub(crate) fn paper() -> Paper {
    paper_with(json!([
        claim("clean", "test error", "clean", 5.0, json!({})),
        claim("clean-inside", "test error", "clean", 6.0, json!({})),
        claim("clean-other", "test error", "clean", 9.0, json!({})),
        claim("clean-spread", "test error", "clean", 7.5, json!({"plus_minus": 1.0})),
        claim("no-protocol", "test error", "clean", 5.0, json!({"protocol": null})),
        claim("attacked", "test error", "fgsm", 89.4, json!({})),
        claim("attacked-confidence", "mean confidence", "fgsm", 97.6, json!({})),
        claim("attacked-on-mistakes", "mean confidence on mistakes", "fgsm", 80.0, json!({})),
        claim("rubbish", "rubbish error", "rubbish", 60.0, json!({})),
        claim("rubbish-on-mistakes", "mean confidence on mistakes", "rubbish", 70.8, json!({})),
        claim("agreement", "agreement", "fgsm", 54.6, json!({})),
        claim(
            "likelihood",
            "log-likelihood",
            "parzen",
            225.0,
            json!({"network": "gan", "plus_minus": 2.0, "step": 1.0})
        ),
        claim("likelihood-far", "log-likelihood", "parzen", 300.0, json!({"network": "gan", "step": 1.0})),
        claim("distortion", "mean distortion", "clean", 0.062, json!({"step": 0.001})),
        claim("other-condition", "test error", "rubbish", 5.0, json!({})),
        claim("other-set", "test error", "clean", 5.0, json!({"data": "letters-test"})),
        claim("half-trained", "test error", "clean", 8.0, json!({"network": "plain"})),
        claim("never", "test error", "clean", 8.0, json!({"network": "never"})),
        claim("versus-plain", "error difference", "clean", -3.0, json!({"versus": "plain"})),
        claim("versus-never", "error difference", "clean", -3.0, json!({"versus": "never"})),
        claim("versus-nobody", "error difference", "clean", -3.0, json!({"versus": "nobody"})),
    ]))
}

/// The header of a run of the experiment; `more` adds or replaces settings.
pub(crate) fn header_with(run: &str, more: &Value) -> Header {
    let settings = json!({"seed": 0, "device": "cpu", "precision": "fp32", "memory_format": "contiguous", "threads": 2,
        "loader_threads": 2, "batch": 100, "fold_batch_norm": false, "fuse": false});
    serde_json::from_value(json!({
        "format": 2, "run": run, "time": format!("2026-11-23T10:00:00Z+{run}"), "paper": "trained", "subject": null,
        "commit": "abc", "spec_sha256": "s", "lock_sha256": "l", "command": ["harness", "replicate", "digits-all"],
        "profile": "here", "settings": with(settings, more), "weights": null,
        "data": [{"id": "digits", "images": 0, "root": "aa", "part_of": null, "already_resized": null, "redistributable": true}],
        "training": {"experiment": "digits-all", "networks": ["net", "plain", "never"], "steps": 1000, "of_steps": 1000,
            "complete": true, "what": "some", "recipe_sha256": "0123456789abcdef"},
        "job": {"whose": "a later version's words"},
    }))
    .unwrap()
}

pub(crate) fn complete() -> Trained {
    Trained { steps: 1000, of: 1000, complete: true, words: "1,000 of 1,000 steps".into(), parts: Vec::new() }
}

pub(crate) fn short(steps: u64) -> Trained {
    Trained { steps, of: 1000, complete: false, words: format!("{steps} of 1,000 steps"), parts: Vec::new() }
}

/// `n` answers of which those in `wrong` are wrong, with a confidence of .8 when wrong and .9 when right.
pub(crate) fn answers(n: u32, wrong: Range<u32>) -> Texts {
    let classes: Vec<u32> = (0..n).map(|i| i % 10).collect();
    let answer = |i: u32| match wrong.contains(&i) {
        true => Answer { classes: vec![(i + 1) % 10], scores: vec![0.8] },
        false => Answer { classes: vec![i % 10], scores: vec![0.9] },
    };
    let answers: Vec<Answer> = (0..n).map(answer).collect();
    Texts {
        outcomes: spec::outcomes::answers(&classes, &answers),
        examples: Some(spec::outcomes::examples(None, &classes)),
    }
}

/// `n` pairs of answers of which those in `unlike` are not the same.
pub(crate) fn pairs(n: u32, unlike: Range<u32>) -> Texts {
    let text = (0..n).fold("class,given,confidence\n".to_owned(), |mut text, i| {
        writeln!(text, "{},{},0.9", i % 10, (i + u32::from(unlike.contains(&i))) % 10).unwrap();
        text
    });
    Texts { outcomes: text, examples: None }
}

/// `n` rubbish inputs of which the first `taken` got a class.
pub(crate) fn rubbish(n: u32, taken: u32) -> Texts {
    let text = (0..n).fold("given,confidence\n".to_owned(), |mut text, i| {
        text.push_str(if i < taken { "3,0.7\n" } else { ",0.25\n" });
        text
    });
    Texts { outcomes: text, examples: None }
}

/// Values around a mean, so far from it by turns.
pub(crate) fn values(n: u32, mean: f64, spread: f64) -> Texts {
    let values: Vec<f64> = (0..n).map(|i| mean + if i % 2 == 0 { spread } else { -spread }).collect();
    Texts { outcomes: spec::outcomes::values(&values, 6), examples: None }
}

/// The announcement of outcomes on the made data, without what [`announce`] fills in.
pub(crate) fn outcomes(network: &str, metric: Metric, protocol: &str, trained: Trained) -> Outcomes {
    let confidences = [MEAN_CONFIDENCE, CONFIDENCE_ON_MISTAKES];
    let (task, more) = match metric {
        AGREEMENT | MEAN_DISTORTION => ("attack", &[][..]),
        RUBBISH_ERROR => ("attack", &confidences[..]),
        LOG_LIKELIHOOD => ("likelihood", &[][..]),
        _ => ("classify", &confidences[..]),
    };
    Outcomes {
        task: task.into(),
        network: network.into(),
        model: Model::Trained(trained),
        data: DATA.into(),
        protocol: protocol.into(),
        metrics: [&[metric], more].concat(),
        file: format!("{network}-{protocol}-{metric}.csv.gz"),
        count: 0,
        sha256: String::new(),
        examples: None,
        root: ROOT.into(),
        part_of: None,
        already_resized: None,
    }
}

pub(crate) fn begun(runs: &Runs, run: &str) -> Result<RunWriter, Error> {
    let mut record = runs.create(&header_with(run, &json!({})))?;
    record.append(&Event::Started { time: 1.0, environment: Box::new(environment()) })?;
    Ok(record)
}

/// A finished run with one test of each network, wrong in these ranges of 1,000.
pub(crate) fn tested(runs: &Runs, run: &str, tests: &[(&str, Range<u32>, Trained)]) -> Run {
    tested_with(runs, &header_with(run, &json!({})), tests)
}

/// The same under another header.
pub(crate) fn tested_with(runs: &Runs, header: &Header, tests: &[(&str, Range<u32>, Trained)]) -> Run {
    let mut record = runs.create(header).unwrap();
    record.append(&Event::Started { time: 1.0, environment: Box::new(environment()) }).unwrap();
    for (network, wrong, trained) in tests {
        let file = outcomes(network, Metric::TEST_ERROR, "clean", trained.clone());
        announce(&mut record, file, &answers(1000, wrong.clone())).unwrap();
    }
    record.append(&Event::Finished { at: 9.0 }).unwrap();
    record.seal().unwrap();
    drop(record);
    runs.open(&header.run).unwrap()
}

/// A finished run with every kind of outcomes, a curve and a picture.
pub(crate) fn everything(runs: &Runs, run: &str) -> Run {
    let mut record = begun(runs, run).unwrap();
    let mut add = |network: &str, metric, protocol: &str, trained, texts: Texts| {
        announce(&mut record, outcomes(network, metric, protocol, trained), &texts).unwrap();
    };
    add("net", Metric::TEST_ERROR, "clean", complete(), answers(1000, 0..50));
    add("net", Metric::TEST_ERROR, "fgsm", complete(), answers(1000, 0..900));
    add("net", RUBBISH_ERROR, "rubbish", complete(), rubbish(1000, 600));
    add("net", AGREEMENT, "fgsm", complete(), pairs(1000, 500..1000));
    add("net", MEAN_DISTORTION, "clean", complete(), values(1000, 0.0622, 0.01));
    add("gan", LOG_LIKELIHOOD, "parzen", complete(), values(1000, 222.0, 40.0));
    add("plain", Metric::TEST_ERROR, "clean", short(100), answers(1000, 40..120));
    std::fs::write(record.dir().join("net.csv"), "step,loss\n0,1\n1000,0.5\n").unwrap();
    std::fs::write(record.dir().join("net.png"), "a picture").unwrap();
    let curve = sha256(b"step,loss\n0,1\n1000,0.5\n");
    record
        .append(&Event::Curve(Curve {
            name: "net".into(),
            title: "Net".into(),
            file: "net.csv".into(),
            sha256: curve,
            steps: None,
        }))
        .unwrap();
    let picture = Picture {
        name: "net".into(),
        caption: "Nothing.".into(),
        file: "net.png".into(),
        sha256: sha256(b"a picture"),
        private: false,
    };
    record.append(&Event::Picture(picture)).unwrap();
    record.append(&Event::Finished { at: 9.0 }).unwrap();
    record.seal().unwrap();
    drop(record);
    runs.open(run).unwrap()
}

pub(crate) fn compared(runs: &[Run]) -> Comparison {
    crate::made_up::compared(&paper(), runs)
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
