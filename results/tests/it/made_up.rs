//! A made-up paper, made-up machines and made-up runs. None of the numbers mean anything.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use results::predictions::sha256_hex;
use results::store::{Run, RunWriter, Runs};
use results::{Error, StaticFacts};
use serde_json::{Value, json};
use spec::event::{Environment, Event, Measurement};
use spec::job::Precision;
use spec::metric::Unit;
use spec::paper::Paper;
use spec::profile::HardwareProfile;
use spec::record::{Prediction, RunPlan};

/// A claim with the fields that every claim has; `more` adds or replaces some.
fn claim(id: &str, metric: &str, value: f64, unit: &str, step: f64, more: Value) -> Value {
    let mut claim = json!({
        "id": id, "network": "net", "metric": metric, "value": value, "unit": unit, "step": step,
        "source": {"key": "MU", "table": "T1"}, "mark": "checked",
    });
    for (key, value) in more.as_object().unwrap() {
        claim[key] = value.clone();
    }
    claim
}

/// One claim a way to come out. 3,000 images are the whole set; `net` got 74.6 % wrong at first and 41.0 % within five.
pub(crate) fn paper() -> Paper {
    let whole = |more: Value| {
        let mut all = json!({"data": "whole", "protocol": "center", "weights": ["net-theirs"]});
        for (key, value) in more.as_object().unwrap() {
            all[key] = value.clone();
        }
        all
    };
    let input = json!({"colour": "rgb", "range": 255.0, "mean": [0.0, 0.0, 0.0]});
    let weights = |id: &str, network: &str, paper: bool| {
        json!({"id": id, "network": network, "lock": id, "format": "safetensors", "file": "w", "names": "n.csv",
            "input": input, "origin": "made up", "paper": paper})
    };
    let protocol = |id: &str, kind: &str| json!({"id": id, "title": id, "views": {"kind": kind, "size": 224}, "source": "made up"});
    serde_json::from_value(json!({
        "id": "made-up", "title": "Made Up", "authors": ["A. Body"], "year": 2014, "venue": "nowhere", "link": "https://example.org",
        "summary": "Nothing.", "sources": [{"key": "MU", "title": "Made Up"}],
        "networks": [
            {"id": "net", "title": "Net", "input": [3, 224, 224], "classes": 1000},
            {"id": "small", "title": "Small", "input": [3, 32, 32], "classes": 10},
        ],
        "recipe": [],
        "protocols": [protocol("center", "center"), protocol("dense", "dense")],
        "data": ["whole", "part"],
        "weights": [weights("net-theirs", "net", false), weights("net-paper", "net", true), weights("small-paper", "small", true)],
        "claims": [
            claim("same-digits", "top-1 error", 74.6, "percent", 0.1, whole(json!({}))),
            claim("in-noise", "top-1 error", 75.9, "percent", 0.1, whole(json!({}))),
            claim("own-spread", "top-1 error", 77.0, "percent", 0.1, whole(json!({"plus_minus": 2.0}))),
            claim("not-the-same", "top-5 error", 39.0, "percent", 0.1, whole(json!({}))),
            claim("from-memory", "top-5 error", 30.0, "percent", 0.1, whole(json!({"mark": "memory"}))),
            claim("other-protocol", "top-1 error", 74.6, "percent", 0.1, whole(json!({"protocol": "dense"}))),
            claim("papers-weights", "top-1 error", 74.6, "percent", 0.1, whole(json!({"weights": []}))),
            claim("seven-nets", "top-1 error", 74.6, "percent", 0.1, whole(json!({"models": 7}))),
            claim("other-data", "top-5 error", 41.0, "percent", 0.1, whole(json!({"data": "test"}))),
            claim("small-error", "test error", 6.61, "percent", 0.01, json!({"network": "small", "data": "tens", "protocol": "center"})),
            claim("no-labels", "top-5 error", 7.0, "percent", 0.1, json!({"data": "secret", "not_run": "the labels are not public"})),
            claim("needs-gpus", "top-5 error", 41.0, "percent", 0.1, whole(json!({"protocol": "dense", "not_run": "dense evaluation is not built"}))),
            claim("ensemble", "top-5 error", 6.8, "percent", 0.1, json!({"network": "ensemble-of-7", "models": 7})),
            claim("needs-training", "training error", 1.0, "percent", 0.1, json!({"not_run": "needs training from scratch"})),
            claim("difference", "error difference", -0.5, "points", 0.1, json!({})),
            claim("size", "parameters", 144e6, "count", 1e6, json!({})),
            claim("size-cut", "multiply-adds", 19.5e9, "count", 1e8, json!({})),
            claim("size-counted-otherwise", "multiply-adds", 19.5e9, "count", 1e8, json!({"gap": "the paper leaves the last layers out"})),
            claim("depth", "layers", 19.0, "count", 1.0, json!({})),
            claim("fewer", "parameter ratio", 12.0, "ratio", 1.0, json!({"versus": "old"})),
            claim("old-size", "parameters", 60e6, "count", 1e6, json!({"network": "old"})),
            claim("time", "forward time", 400.0, "milliseconds", 1.0, json!({"hardware": "era", "batch": 64})),
            claim("rate-here", "throughput", 20.3, "images/s", 0.1, json!({"hardware": "here"})),
        ],
    }))
    .unwrap()
}

pub(crate) fn facts() -> BTreeMap<String, StaticFacts> {
    let net = StaticFacts { parameters: 143_667_240, multiply_adds: 19_632_062_464, layers: 19, shapes: Vec::new() };
    BTreeMap::from([("net".to_owned(), net)])
}

pub(crate) fn profiles() -> BTreeMap<String, HardwareProfile> {
    let profile = |id: &str, title: &str, peak: f64| -> (String, HardwareProfile) {
        let profile = json!({"id": id, "title": title, "device": "cpu", "default_precision": "fp32", "peaks": {"fp32": peak}, "source": "made up"});
        (id.to_owned(), serde_json::from_value(profile).unwrap())
    };
    BTreeMap::from([profile("era", "4 × Era GPU", 20e12), profile("here", "this machine", 1e12)])
}

/// What a run is about.
pub(crate) struct Plan<'a> {
    pub(crate) run: &'a str,
    pub(crate) network: &'a str,
    pub(crate) weights: &'a str,
    pub(crate) data: Option<Value>,
    pub(crate) images: u64,
    pub(crate) precision: &'a str,
}

impl<'a> Plan<'a> {
    /// A run of `net` with their weights over the whole set.
    pub(crate) fn new(run: &'a str) -> Plan<'a> {
        Plan { run, network: "net", weights: "net-theirs", data: None, images: 3000, precision: "fp32" }
    }

    pub(crate) fn record(&self) -> RunPlan {
        let data = self.data.clone().unwrap_or_else(|| {
            json!({"id": "whole", "images": self.images, "root": "ab", "part_of": null, "already_resized": null, "redistributable": true})
        });
        let protocol =
            json!({"id": "center", "title": "center", "views": {"kind": "center", "size": 224}, "source": "made up"});
        serde_json::from_value(json!({
            "format": 1, "run": self.run, "time": format!("2026-11-23T10:00:00Z+{}", self.run), "paper": "made-up", "network": self.network,
            "commit": "abc", "spec_sha256": "s", "lock_sha256": "l", "command": ["harness", "replicate", "net"], "profile": "here",
            "data": data, "retry_of": null,
            "job": {
                "format": 1, "run": self.run, "paper": "made-up", "network": self.network,
                "settings": {"seed": 0, "device": "cpu", "precision": self.precision, "memory_format": "channels-last", "threads": 2,
                    "loader_threads": 2, "batch": 16, "fold_batch_norm": true, "fuse": true},
                "weights": {"id": self.weights, "format": "safetensors", "path": "w", "names": "n.csv",
                    "input": {"colour": "rgb", "range": 255.0, "mean": [0.0, 0.0, 0.0], "std": [1.0, 1.0, 1.0]}, "hash": "h"},
                "stages": [
                    {"predict": {"data": data["id"], "list": "list.csv", "protocol": protocol}},
                    {"throughput": {"batches": 30, "warm_up_seconds": 1.0, "warm_up_batches": 3}},
                ],
                "out": "out",
            },
        }))
        .unwrap()
    }
}

pub(crate) fn environment() -> Environment {
    Environment {
        project: "0.1.0 abc".into(),
        runner: "r".into(),
        libtorch: "2.11.0+cpu".into(),
        libtorch_build: "b".into(),
        os: "Linux".into(),
        cpu: "a processor".into(),
        cores: 2,
        memory: 1 << 33,
        gpu: None,
        precision: Precision::Fp32,
        tf32_matmul: false,
        tf32_cudnn: false,
        cudnn_benchmark: false,
        deterministic: true,
        decoder: "d".into(),
        resampler: "r".into(),
        variables: Vec::new(),
    }
}

/// `n` images, of which the first `top1` are right and the first `top5` are right within five.
pub(crate) fn predictions(n: u32, top1: u32, top5: u32) -> Vec<Prediction> {
    (0..n)
        .map(|i| {
            let class = i % 10;
            let top = match i {
                i if i < top1 => vec![class, 11, 12, 13, 14],
                i if i < top5 => vec![11, 12, class, 13, 14],
                _ => vec![11, 12, 13, 14, 15],
            };
            let first = 0.3 + 0.6 * (i as f32 / n as f32);
            let scores = vec![first, (1.0 - first) / 2.0, (1.0 - first) / 4.0, 0.01, 0.0];
            Prediction { file: format!("{i:05}.jpg"), class, top, scores }
        })
        .collect()
}

pub(crate) fn measurement(name: &str, value: f64, unit: Option<Unit>, ends: Option<(f64, f64)>) -> Event {
    let (low, high) = (ends.map(|ends| ends.0), ends.map(|ends| ends.1));
    Event::Measurement(Measurement { name: name.into(), value, unit, low, high, samples: Vec::new() })
}

/// Writes a whole run with these predictions and 20 images a second, and opens it.
pub(crate) fn finished(runs: &Runs, plan: &Plan<'_>, predictions: &[Prediction]) -> Run {
    let mut record = begun(runs, plan, predictions).unwrap();
    record.append(&measurement("throughput.network", 20.0, Some(Unit::ImagesPerSecond), Some((19.5, 20.5)))).unwrap();
    record.append(&measurement("memory.process.peak", 3.5e9, Some(Unit::Bytes), None)).unwrap();
    record.append(&Event::Finished { at: 12.0 }).unwrap();
    drop(record);
    runs.open(plan.run).unwrap()
}

/// The same without speed and without an end.
pub(crate) fn begun(runs: &Runs, plan: &Plan<'_>, predictions: &[Prediction]) -> Result<RunWriter, Error> {
    let plan = plan.record();
    let mut record = runs.create(&plan)?;
    record.append(&Event::Started { time: 1.0, environment: Box::new(environment()) })?;
    let text = json_lines(predictions);
    std::fs::write(record.dir().join("predictions.jsonl"), &text).unwrap();
    let data = plan.data.as_ref().map(|data| data.id.clone()).unwrap_or_default();
    record.append(&Event::Predictions {
        data,
        protocol: "center".into(),
        file: "predictions.jsonl".into(),
        count: predictions.len() as u64,
        sha256: sha256_hex(text.as_bytes()),
    })?;
    Ok(record)
}

pub(crate) fn json_lines(predictions: &[Prediction]) -> String {
    predictions.iter().fold(String::new(), |mut text, prediction| {
        writeln!(text, "{}", serde_json::to_string(prediction).unwrap()).unwrap();
        text
    })
}

/// Runs that make every verdict come out at least once, with [`paper`].
pub(crate) fn runs(folder: &Path) -> Vec<Run> {
    let runs = Runs::at(folder);
    let part = json!({"id": "part", "images": 650, "root": "cd",
        "part_of": {"whole": "test", "of": 50_000, "how": "the first ones"}, "already_resized": "squeezed to 227x227", "redistributable": true});
    let tens = json!({"id": "tens", "images": 10_000, "root": "ef", "part_of": null, "already_resized": null, "redistributable": true});
    vec![
        // An older run of the same, which the next one replaces.
        finished(&runs, &Plan::new("r0"), &predictions(3000, 0, 0)),
        // 762 of 3,000 right: 74.6 % wrong; 1,770 within five: 41.0 %.
        finished(&runs, &Plan::new("r1"), &predictions(3000, 762, 1770)),
        finished(&runs, &Plan { data: Some(part), ..Plan::new("r2") }, &predictions(650, 160, 390)),
        finished(
            &runs,
            &Plan { network: "small", weights: "small-paper", data: Some(tens), ..Plan::new("r3") },
            &predictions(10_000, 9339, 9990),
        ),
    ]
}
