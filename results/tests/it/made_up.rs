//! A made-up paper, made-up machines and made-up runs. None of the numbers mean anything.

use std::collections::BTreeMap;
use std::path::Path;

use results::rescore;
use results::store::{self, EVENTS, HEADER, Run, RunWriter, Runs};
use results::{Comparison, Error, StaticFacts, compare};
use serde_json::{Value, json};
use spec::event::{Announced, Environment, Event, Measurement, Model, Outcomes};
use spec::job::Precision;
use spec::metric::{Metric, Unit};
use spec::outcomes::{self, Answer};
use spec::paper::Paper;
use spec::profile::HardwareProfile;
use spec::record::Header;

/// Fields of `more` put over those of `base`.
pub(crate) fn with(mut base: Value, more: &Value) -> Value {
    for (key, value) in more.as_object().unwrap() {
        base[key] = value.clone();
    }
    base
}

/// A claim with the fields that every claim has; `more` adds or replaces some.
pub(crate) fn claim(id: &str, metric: &str, value: f64, unit: &str, step: f64, more: Value) -> Value {
    let claim = json!({
        "id": id, "network": "net", "metric": metric, "value": value, "unit": unit, "step": step,
        "source": {"key": "MU", "table": "T1"}, "mark": "checked",
    });
    with(claim, &more)
}

/// A claim about `net` with their weights on the whole set.
pub(crate) fn on_whole(id: &str, metric: &str, value: f64, more: Value) -> Value {
    let whole = json!({"data": "whole", "protocol": "center", "weights": ["net-theirs"]});
    claim(id, metric, value, "percent", 0.1, with(whole, &more))
}

/// A paper with these claims and no tolerance.
pub(crate) fn paper_with(claims: Value) -> Paper {
    let input = json!({"colour": "rgb", "range": 255.0, "mean": [0.0, 0.0, 0.0]});
    let weights = |id: &str, network: &str, paper: bool| {
        json!({"id": id, "network": network, "lock": id, "format": "safetensors", "file": "w", "names": "n.csv",
            "input": input, "origin": "made up", "paper": paper})
    };
    let protocol = |id: &str, kind: &str| json!({"id": id, "title": id, "views": {"kind": kind, "size": 224}, "source": "made up"});
    let imported = |id: &str, more: Value| {
        let base = json!({"id": id, "network": "net", "data": "whole", "protocol": "center", "lock": "stored", "file": "net.npy",
            "by": "somebody", "origin": "made up"});
        with(base, &more)
    };
    let weighed = json!({"weights": "net-theirs", "tolerance": {"points": 0.5, "source": "two decoders"}});
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
        "imported": [imported("net-stored", weighed), imported("net-others", json!({})), imported("net-own", json!({"paper": true}))],
        "claims": claims,
    }))
    .unwrap()
}

/// One claim a way to come out. 3,000 images are the whole set; `net` got 74.6 % wrong at first and 41.0 % within five.
pub(crate) fn paper() -> Paper {
    paper_with(json!([
        on_whole("same-digits", "top-1 error", 74.6, json!({})),
        on_whole("inside-the-interval", "top-1 error", 75.9, json!({})),
        on_whole("own-spread", "top-1 error", 76.0, json!({"plus_minus": 2.0})),
        on_whole("not-the-same", "top-5 error", 39.0, json!({})),
        on_whole("from-memory", "top-5 error", 30.0, json!({"mark": "memory"})),
        on_whole("other-protocol", "top-1 error", 74.6, json!({"protocol": "dense"})),
        on_whole("papers-weights", "top-1 error", 74.6, json!({"weights": []})),
        on_whole("seven-nets", "top-1 error", 74.6, json!({"models": 7})),
        on_whole("other-data", "top-5 error", 41.0, json!({"data": "test"})),
        claim(
            "small-error",
            "test error",
            6.61,
            "percent",
            0.01,
            json!({"network": "small", "data": "tens", "protocol": "center"})
        ),
        claim(
            "no-labels",
            "top-5 error",
            7.0,
            "percent",
            0.1,
            json!({"data": "secret", "not_run": "the labels are not public"})
        ),
        on_whole(
            "needs-gpus",
            "top-5 error",
            41.0,
            json!({"protocol": "dense", "not_run": "dense evaluation is not built"})
        ),
        claim("ensemble", "top-5 error", 6.8, "percent", 0.1, json!({"network": "ensemble-of-7", "models": 7})),
        claim(
            "needs-training",
            "training error",
            1.0,
            "percent",
            0.1,
            json!({"not_run": "needs training from scratch"})
        ),
        claim("difference", "error difference", -0.5, "points", 0.1, json!({})),
        claim("boxes", "mAP", 66.0, "percent", 0.1, json!({"data": "boxes"})),
        claim("size", "parameters", 144e6, "count", 1e6, json!({})),
        claim("size-cut", "multiply-adds", 19.5e9, "count", 1e8, json!({})),
        claim(
            "size-counted-otherwise",
            "multiply-adds",
            19.5e9,
            "count",
            1e8,
            json!({"gap": "the paper leaves the last layers out"})
        ),
        claim("depth", "layers", 19.0, "count", 1.0, json!({})),
        claim("fewer", "parameter ratio", 12.0, "ratio", 1.0, json!({"versus": "old"})),
        claim("old-size", "parameters", 60e6, "count", 1e6, json!({"network": "old"})),
        claim("time", "forward time", 400.0, "milliseconds", 1.0, json!({"hardware": "era", "batch": 64})),
        claim("rate-here", "throughput", 20.3, "images/s", 0.1, json!({"hardware": "here"})),
    ]))
}

pub(crate) fn facts() -> BTreeMap<String, StaticFacts> {
    let net =
        StaticFacts { parameters: 143_667_240, multiply_adds: 19_632_062_464, layers: 19, ..StaticFacts::default() };
    let detector =
        StaticFacts { multiply_adds: 11_000_000_000, multiply_adds_a_region: 1_000_000_000, ..StaticFacts::default() };
    BTreeMap::from([("net".to_owned(), net), ("detector".to_owned(), detector)])
}

pub(crate) fn profiles() -> BTreeMap<String, HardwareProfile> {
    let profile = |id: &str, title: &str, peak: f64| -> (String, HardwareProfile) {
        let profile = json!({"id": id, "title": title, "device": "cpu", "default_precision": "fp32", "peaks": {"fp32": peak}, "source": "made up"});
        (id.to_owned(), serde_json::from_value(profile).unwrap())
    };
    BTreeMap::from([profile("era", "4 × Era GPU", 20e12), profile("here", "this machine", 1e12)])
}

/// The comparison of the made-up machines' runs with nothing planned.
pub(crate) fn compared(paper: &Paper, runs: &[Run]) -> Comparison {
    compare(paper, &facts(), runs, &profiles(), &|_| None)
}

/// What a run is about.
#[derive(Clone)]
pub(crate) struct Plan<'a> {
    pub(crate) run: &'a str,
    pub(crate) paper: &'a str,
    pub(crate) network: &'a str,
    pub(crate) model: Model,
    pub(crate) data: Option<Value>,
    pub(crate) images: u64,
    pub(crate) protocol: &'a str,
    pub(crate) precision: &'a str,
    pub(crate) metrics: &'a [Metric],
}

pub(crate) fn released(weights: &str) -> Model {
    Model::Released { weights: weights.to_owned() }
}

impl<'a> Plan<'a> {
    /// A run of `net` with their weights over the whole set.
    pub(crate) fn new(run: &'a str) -> Plan<'a> {
        Plan {
            run,
            paper: "made-up",
            network: "net",
            model: released("net-theirs"),
            data: None,
            images: 3000,
            protocol: "center",
            precision: "fp32",
            metrics: &[Metric::TOP_1_ERROR, Metric::TOP_5_ERROR],
        }
    }

    fn identity(&self) -> Value {
        let whole = json!({"id": "whole", "images": self.images, "root": "ab", "part_of": null, "already_resized": null, "redistributable": true});
        self.data.clone().unwrap_or(whole)
    }

    pub(crate) fn settings(&self) -> Value {
        json!({"seed": 0, "device": "cpu", "precision": self.precision, "memory_format": "channels-last", "threads": 2,
            "loader_threads": 2, "batch": 16, "fold_batch_norm": true, "fuse": true})
    }

    pub(crate) fn header(&self) -> Header {
        let data = self.identity();
        let protocol =
            json!({"id": "center", "title": "center", "views": {"kind": "center", "size": 224}, "source": "made up"});
        serde_json::from_value(json!({
            "format": 2, "run": self.run, "time": format!("2026-11-23T10:00:00Z+{}", self.run), "paper": self.paper,
            "subject": self.network, "commit": "abc", "spec_sha256": "s", "lock_sha256": "l",
            "command": ["harness", "replicate", "net"], "profile": "here", "settings": self.settings(),
            "weights": self.model.weights(), "data": [data], "training": null, "retry_of": null,
            "job": {
                "format": 2, "run": self.run, "paper": self.paper, "network": self.network, "settings": self.settings(),
                "weights": null,
                "stages": [
                    {"predict": {"data": data["id"], "root": data["root"], "list": "list.csv", "protocol": protocol}},
                    {"throughput": {"batches": 30, "warm_up_seconds": 1.0, "warm_up_batches": 3}},
                ],
                "out": "out",
            },
        }))
        .unwrap()
    }

    /// The announcement of its answers, without what [`announce`] fills in.
    pub(crate) fn outcomes(&self) -> Outcomes {
        let data = self.identity();
        let text = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
        Outcomes {
            task: "classify".into(),
            network: self.network.into(),
            model: self.model.clone(),
            data: text("id"),
            protocol: self.protocol.into(),
            metrics: self.metrics.to_vec(),
            file: "answers.csv.gz".into(),
            count: 0,
            sha256: String::new(),
            examples: None,
            root: text("root"),
            part_of: serde_json::from_value(data["part_of"].clone()).unwrap(),
            already_resized: serde_json::from_value(data["already_resized"].clone()).unwrap(),
        }
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
        deterministic_cudnn: true,
        decoder: "d".into(),
        resampler: "r".into(),
        variables: Vec::new(),
    }
}

/// The text of a file of outcomes, and of its examples' file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Texts {
    pub(crate) outcomes: String,
    pub(crate) examples: Option<String>,
}

/// `n` images with five answers each, of which the first `top1` are right and the first `top5` are right within five.
pub(crate) fn answered(n: u32, top1: u32, top5: u32) -> Texts {
    let classes: Vec<u32> = (0..n).map(|i| i % 10).collect();
    let files: Vec<String> = (0..n).map(|i| format!("{i:05}.jpg")).collect();
    let answers: Vec<Answer> = (0..n)
        .map(|i| {
            let class = i % 10;
            let classes = match i {
                i if i < top1 => vec![class, 11, 12, 13, 14],
                i if i < top5 => vec![11, 12, class, 13, 14],
                _ => vec![11, 12, 13, 14, 15],
            };
            let first = 0.3 + 0.6 * (i as f32 / n as f32);
            Answer { classes, scores: vec![first, (1.0 - first) / 2.0, (1.0 - first) / 4.0, 0.01, 0.0] }
        })
        .collect();
    Texts {
        outcomes: outcomes::answers(&classes, &answers),
        examples: Some(outcomes::examples(Some(&files), &classes)),
    }
}

/// Packs and writes the texts and announces them, as the runner does.
pub(crate) fn announce(record: &mut RunWriter, mut file: Outcomes, texts: &Texts) -> Result<(), Error> {
    let put = |name: &str, text: &str| {
        let packed = base::gzip::pack(text.as_bytes()).unwrap();
        std::fs::write(record.dir().join(name), &packed).unwrap();
        base::hash::sha256(&packed)
    };
    file.sha256 = put(&file.file, &texts.outcomes);
    file.count = texts.outcomes.lines().count() as u64 - 1;
    if let Some(text) = &texts.examples {
        let name = format!("examples-{}.csv.gz", &base::hash::sha256(text.as_bytes())[..12]);
        let sha256 = put(&name, text);
        file.examples = Some(Announced { file: name, sha256 });
    }
    record.append(&Event::Outcomes(Box::new(file)))
}

pub(crate) fn measurement(name: &str, value: f64, unit: Option<Unit>, ends: Option<(f64, f64)>) -> Event {
    let (low, high) = (ends.map(|ends| ends.0), ends.map(|ends| ends.1));
    Event::Measurement(Measurement { name: name.into(), value, unit, low, high, samples: Vec::new() })
}

/// Writes a whole run with these answers and 20 images a second, and opens it.
pub(crate) fn finished(runs: &Runs, plan: &Plan<'_>, answers: &Texts) -> Run {
    let mut record = begun(runs, plan, answers).unwrap();
    record.append(&measurement("throughput.network", 20.0, Some(Unit::ImagesPerSecond), Some((19.5, 20.5)))).unwrap();
    record.append(&measurement("memory.process.peak", 3.5e9, Some(Unit::Bytes), None)).unwrap();
    record.append(&Event::Finished { at: 12.0 }).unwrap();
    record.seal().unwrap();
    drop(record);
    runs.open(plan.run).unwrap()
}

/// The record's events without their seal.
pub(crate) fn unseal(dir: &Path) {
    let path = dir.join(EVENTS);
    let text = std::fs::read_to_string(&path).unwrap();
    let open: Vec<&str> = text.lines().filter(|line| !line.starts_with("{\"event\":\"sealed\"")).collect();
    std::fs::write(path, open.join("\n") + "\n").unwrap();
}

/// Keeps the scores and seals the record again, as the harness does when a run has finished.
pub(crate) fn close(run: &Run) -> Run {
    unseal(&run.dir);
    assert!(rescore::keep(run).unwrap().is_empty());
    store::seal(run).unwrap();
    Run::open(&run.dir).unwrap()
}

/// Changes a text in a file of a record, and seals a header or events that were sealed again: as if the run had been so.
pub(crate) fn edit(path: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{text}");
    let dir = path.parent().unwrap();
    let of_the_record = path.ends_with(EVENTS) || path.ends_with(HEADER);
    if of_the_record {
        unseal(dir);
    }
    let text = std::fs::read_to_string(path).unwrap();
    std::fs::write(path, text.replace(from, to)).unwrap();
    if of_the_record {
        seal_again(dir);
    }
}

/// Seals a record whose header or events were changed, where it can be read: as if the run had been so.
pub(crate) fn seal_again(dir: &Path) {
    unseal(dir);
    if let Ok(run) = Run::open_unsealed(dir) {
        let _ = store::seal(&run);
    }
}

/// The same as [`finished`] without speed and without an end.
pub(crate) fn begun(runs: &Runs, plan: &Plan<'_>, answers: &Texts) -> Result<RunWriter, Error> {
    let mut record = runs.create(&plan.header())?;
    record.append(&Event::Started { time: 1.0, environment: Box::new(environment()) })?;
    announce(&mut record, plan.outcomes(), answers)?;
    Ok(record)
}

/// Runs that make every verdict of an evaluation come out at least once, with [`paper`].
pub(crate) fn runs(folder: &std::path::Path) -> Vec<Run> {
    let runs = Runs::at(folder);
    let part = json!({"id": "part", "images": 650, "root": "cd",
        "part_of": {"whole": "test", "of": 50_000, "how": "the first ones"}, "already_resized": "squeezed to 227x227", "redistributable": true});
    let tens = json!({"id": "tens", "images": 10_000, "root": "ef", "part_of": null, "already_resized": null, "redistributable": true});
    let small = Plan {
        network: "small",
        model: released("small-paper"),
        data: Some(tens),
        metrics: &[Metric::TEST_ERROR],
        ..Plan::new("r3")
    };
    vec![
        // An older run of the same, which the next one replaces.
        finished(&runs, &Plan::new("r0"), &answered(3000, 0, 0)),
        // 762 of 3,000 right: 74.6 % wrong; 1,770 within five: 41.0 %.
        finished(&runs, &Plan::new("r1"), &answered(3000, 762, 1770)),
        finished(&runs, &Plan { data: Some(part), ..Plan::new("r2") }, &answered(650, 160, 390)),
        finished(&runs, &small, &answered(10_000, 9339, 9990)),
    ]
}
