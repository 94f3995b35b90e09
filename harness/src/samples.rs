//! A made-up paper, lock and job for tests.
#![allow(clippy::unwrap_used, reason = "only tests use it")]

use clap::Parser as _;
use spec::claim::Claim;
use spec::job::Job;
use spec::lock::Lock;
use spec::paper::Paper;

use crate::cli::{Cli, Command, ModelSource, Replicate};
use crate::project::PaperFolder;
use crate::target::Selected;

/// A paper with a network on pictures (`looker`), an experiment of two networks on digits, and one that trains nothing.
pub(crate) fn paper() -> Paper {
    serde_json::from_value(serde_json::json!({
        "id": "made-up", "title": "Made up", "authors": ["Nobody"], "year": 2015, "venue": "nowhere",
        "link": "https://example.org", "summary": "For tests.", "sources": [],
        "networks": [
            network("small", None), network("large", None), network("attacked", Some("center")),
            network("looker", Some("center")),
        ],
        "recipe": [], "conditions": [], "data": [], "claims": [],
        "protocols": [{
            "id": "center", "title": "centre crop", "views": {"kind": "center", "size": 224}, "source": "here",
            "resize": {"short_side": [256], "filter": "bilinear", "antialias": true}, "average": "softmax",
        }],
        "experiments": [
            {
                "id": "digits", "title": "Digits", "networks": ["small", "large"], "data": ["digits"],
                "smoke": {"steps": 100, "what": "a few steps", "networks": ["small"], "recipe": {"batch": 64}},
                "train": {"steps": 5000, "complete": true, "what": "all of it", "recipe": {"batch": 32}},
            },
            {
                "id": "attack", "title": "Attack", "networks": ["attacked"], "data": ["photographs"],
                "weights": ["attacked-weights"],
                "smoke": {"steps": 0, "what": "a part of the set"},
                "train": {"steps": 0, "complete": true, "what": "the whole set"},
            },
        ],
        "weights": [{
            "id": "attacked-weights", "network": "attacked", "lock": "attacked-weights", "format": "safetensors",
            "file": "w.safetensors", "names": "names/w.csv", "origin": "made up",
            "input": {"colour": "rgb", "range": 255.0, "mean": [0.0, 0.0, 0.0], "std": [1.0, 1.0, 1.0]},
        }],
    }))
    .unwrap()
}

fn network(id: &str, protocol: Option<&str>) -> serde_json::Value {
    serde_json::json!({"id": id, "title": id, "input": [1, 28, 28], "classes": 10, "protocol": protocol})
}

/// The paper in a folder of its own.
pub(crate) fn folder() -> PaperFolder {
    PaperFolder {
        spec: paper(),
        spec_sha256: "0".repeat(64),
        folder: "/clone/replications/made-up".into(),
        entry: &replications::registry::papers()[0],
    }
}

/// A claim about one of its networks.
pub(crate) fn claim(network: &str) -> Claim {
    serde_json::from_value(serde_json::json!({
        "id": "c", "network": network, "metric": "test error", "value": 1.0, "unit": "percent", "step": 0.1,
        "data": "digits-test", "source": {"key": "X", "table": "T1"}, "mark": "checked",
    }))
    .unwrap()
}

/// Packed digits, photographs in files that were squeezed, and weights.
pub(crate) fn lock() -> Lock {
    let entry = |id: &str, kind: &str, images: serde_json::Value| {
        serde_json::json!({
            "id": id, "title": id, "kind": kind, "access": "open", "files": [], "images": images,
            "licence": {"name": "CC0", "redistributable": true, "read_in": "memory"},
        })
    };
    let images = |layout: &str, resized: Option<&str>| serde_json::json!({"count": 70000, "classes": 10, "layout": layout, "already_resized": resized});
    serde_json::from_value(serde_json::json!({"version": 1, "entries": [
        entry("digits", "dataset", images("packed", None)),
        entry("photographs", "dataset", images("labels-csv", Some("squeezed to 227x227"))),
        entry("attacked-weights", "weights", serde_json::Value::Null),
    ]}))
    .unwrap()
}

/// An experiment as a whole, or one network's part of it.
pub(crate) fn trained(experiment: &str, only: Option<&str>) -> Selected {
    let (id, only_one) = (experiment.to_owned(), only.map(str::to_owned));
    Selected { source: ModelSource::Trained, id, only: only_one, by_name: only.is_some() }
}

/// `harness replicate made-up` with these options.
pub(crate) fn asked(options: &[&str]) -> Replicate {
    let words = ["harness", "replicate", "made-up"].iter().chain(options);
    match Cli::try_parse_from(words).unwrap().command {
        Command::Replicate(asked) => asked,
        other => panic!("{other:?}"),
    }
}

/// A job with a path of every kind.
pub(crate) fn job() -> Job {
    let weights = serde_json::json!({
        "id": "w", "format": "safetensors", "path": "/a", "names": "/b", "hash": "0",
        "input": {"colour": "rgb", "range": 255.0, "mean": [0.0, 0.0, 0.0], "std": [1.0, 1.0, 1.0]},
    });
    let protocol = serde_json::to_value(&paper().protocols[0]).unwrap();
    serde_json::from_value(serde_json::json!({
        "format": 2, "run": "r", "paper": "made-up", "network": "digits", "weights": weights.clone(), "out": "/o",
        "settings": {
            "seed": 1, "device": "cpu", "precision": "fp32", "memory_format": "contiguous", "threads": 2,
            "loader_threads": 2, "batch": 32, "fold_batch_norm": false, "fuse": false,
        },
        "stages": [
            {"canary": {
                "pictures": [{"name": "cat", "path": "/p", "class": null, "score": null}],
                "protocol": protocol.clone(), "tolerance": 0.1,
            }},
            {"predict": {"data": "d", "list": "/l", "protocol": protocol.clone(), "root": "0"}},
            {"input-pipeline": {"list": "/l", "protocol": protocol, "limit": 3}},
            {"experiment": {
                "id": "digits", "of_steps": 5000, "budget": 60.0, "conditions": [], "protocol": null, "generated": [],
                "size": {"steps": 100, "what": "a few steps", "networks": ["small"]}, "cache": "/cache/derived",
                "data": [
                    {"id": "digits", "folder": "/f", "list": null, "root": "0"},
                    {"id": "photographs", "folder": "/g", "list": "/m", "root": "0"},
                ],
                "weights": [weights],
            }},
        ],
    }))
    .unwrap()
}
