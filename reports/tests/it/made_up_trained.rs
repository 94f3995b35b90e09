//! Made-up data in the shape of a paper that is trained here: experiments, curves, pictures, conditions.
//!
//! None of these numbers was measured. Files are written into the folder given. Must never be published.

#![allow(clippy::expect_used, reason = "made-up data that does not fit the types is a mistake in this file")]
#![allow(clippy::cast_precision_loss, reason = "small counts")]

use std::fmt::Write as _;
use std::path::Path;

use results::row::{Row, Verdict};
use serde_json::json;
use spec::event::{Curve, Measurement, Model, Outcomes, Picture, Trained};
use spec::job::Precision;
use spec::metric::{Metric, Unit};
use spec::paper::Paper;
use spec::record::Header;

use crate::made_up::{Made, MadeUp, environment, row};

/// Networks of the second experiment; more than get panels of their own.
pub(crate) const MANY: [&str; 8] =
    ["fcn", "cnn", "st-fcn-aff", "st-fcn-proj", "st-fcn-tps", "st-cnn-aff", "st-cnn-proj", "st-cnn-tps"];

/// A paper with two experiments and three runs, whose files lie in `folder`.
pub(crate) fn new(folder: &Path) -> MadeUp {
    let mut made_up = MadeUp::new();
    made_up.paper = paper();
    made_up.rows = rows();
    made_up.headers = vec![header("gan-mnist", "r1", 0), header("stn-rts", "r2", 0), header("gan-mnist", "r3", 1)];
    made_up.environments = vec![Some(environment(None, Precision::Fp32)); 3];
    let time = |value| Measurement {
        name: "time.total".into(),
        value,
        unit: Some(Unit::Seconds),
        low: None,
        high: None,
        samples: vec![],
    };
    made_up.measurements = vec![vec![time(1500.0), time(900.0)], vec![time(581.0)], vec![]];
    (made_up.canary, made_up.worst, made_up.networks) = Default::default();
    made_up.made = vec![gan(&folder.join("r1"), 0), stn(&folder.join("r2")), gan(&folder.join("r3"), 1)];
    made_up.made[0].resumed = 1;
    made_up
}

fn paper() -> Paper {
    let size = |steps: u64, complete| json!({"steps": steps, "complete": complete, "what": if complete { "the paper's recipe" } else { "shortened" }, "recipe": {"batch": 100}});
    let experiment = |id: &str, title: &str, networks: &[&str]| json!({"id": id, "title": title, "networks": networks, "data": ["mnist"], "smoke": size(5000, false), "train": size(50_000, true)});
    let network = |id: &str| json!({"id": id, "title": id.to_uppercase(), "input": [1, 28, 28], "classes": if id == "gan" { 0 } else { 10 }});
    let attacked = |id: &str, title: &str| json!({"id": id, "title": title, "source": "EH §4", "note": "The paper does not say whether pixels are clipped."});
    let claims: Vec<_> = rows()
        .iter()
        .filter(|row| row.claim.is_some())
        .map(|row| {
            let nats = row.unit == Unit::Nats;
            json!({"id": row.claim, "network": row.network, "metric": row.metric, "value": row.published, "unit": row.unit,
                "step": if nats { 1.0 } else if row.unit == Unit::Ratio { 0.001 } else { 0.1 }, "plus_minus": nats.then_some(2.0), "source": {"key": "GA", "table": "T1"}, "mark": "checked"})
        })
        .collect();
    let networks: Vec<_> = ["gan"].iter().chain(&MANY).map(|id| network(id)).collect();
    serde_json::from_value(json!({
        "id": "gan", "title": "Generative Adversarial Nets", "authors": ["Ian Goodfellow"], "year": 2014, "venue": "NIPS 2014",
        "link": "https://arxiv.org/abs/1406.2661", "summary": "Two networks are trained against each other.",
        "sources": [{"key": "GA", "title": "Generative Adversarial Nets, arXiv v1"}],
        "networks": networks,
        "recipe": [{"what": "batch", "value": "100", "mark": "checked"}],
        "protocols": [],
        "conditions": [
            {"id": "parzen", "title": "Parzen windows as the authors' code has them", "source": "GA §5"},
            {"id": "clean", "title": "as it comes", "source": "EH §4"},
            attacked("fgsm-0.25", "fast gradient sign, ε = .25"), attacked("fgsm-0.25-clipped", "the same, clipped")
        ],
        "experiments": [experiment("gan-mnist", "GAN on MNIST", &["gan"]), experiment("stn-rts", "Spatial transformers on RTS", &MANY)],
        "generated": [
            {"id": "mnist-rts-test", "from": "mnist", "rule": "rotated by up to 45°, scaled by .7 to 1.2, placed in 42 × 42", "count": 10_000, "sha256": "d4".repeat(32)},
            {"id": "mnist-rts-train", "from": "mnist", "rule": "the same, made anew in each epoch", "count": 50_000}
        ],
        "data": ["mnist"], "weights": [], "claims": claims, "deviations": [],
        "tables": [{"id": "t1", "title": "Table 1", "caption": "Log-likelihood in nats.", "source": {"key": "GA", "table": "T1"}, "headline": "ll",
            "stub": "Model", "columns": ["MNIST", "TFD"], "rows": [{"label": "DBN", "cells": ["=138 ± 2", "=1909 ± 66"]}, {"label": "Adversarial nets", "cells": ["ll", "tfd"]}]}]
    }))
    .expect("the made-up paper fits the spec's types")
}

fn rows() -> Vec<Row> {
    use Verdict as V;
    use spec::metric::Metric as M;
    let score = |id: &str,
                 network: &str,
                 metric: M,
                 unit,
                 [value, low, high]: [f64; 3],
                 protocol: &str,
                 published: f64,
                 verdict| {
        let mut row = row(id, network, metric, unit, published, verdict, "made up");
        (row.value, row.low, row.high, row.n) = (Some(value), Some(low), Some(high), Some(10_000));
        (row.data, row.claim_data) = (Some("mnist-test".into()), Some("mnist-test".into()));
        row.run = Some("20261124T001500Z-gan-mnist-r1".into());
        (row.protocol, row.claim_protocol) = (Some(protocol.into()), Some(protocol.into()));
        row
    };
    let mut rows = vec![
        score(
            "ll",
            "gan",
            results::tasks::likelihood::LOG_LIKELIHOOD,
            Unit::Nats,
            [221.4, 217.2, 225.6],
            "parzen",
            225.0,
            V::Consistent,
        ),
        score("fgsm", "cnn", M::TEST_ERROR, Unit::Percent, [88.1, 87.4, 88.7], "fgsm-0.25", 89.4, V::NotReplicated),
        score("clip", "cnn", M::TEST_ERROR, Unit::Percent, [79.0, 78.2, 79.8], "fgsm-0.25-clipped", 0.0, V::NotRun),
        score(
            "sure",
            "cnn",
            results::tasks::classify::MEAN_CONFIDENCE,
            Unit::Percent,
            [91.2, 90.8, 91.6],
            "fgsm-0.25",
            0.0,
            V::NotRun,
        ),
        score(
            "wrong",
            "cnn",
            results::tasks::classify::CONFIDENCE_ON_MISTAKES,
            Unit::Percent,
            [97.0, 96.8, 97.2],
            "fgsm-0.25",
            97.6,
            V::NotReplicated,
        ),
        score(
            "alike",
            "fcn",
            results::tasks::attack::AGREEMENT,
            Unit::Percent,
            [54.0, 53.0, 55.0],
            "fgsm-0.25",
            54.3,
            V::Consistent,
        ),
        score(
            "rubbish",
            "fcn",
            results::tasks::attack::RUBBISH_ERROR,
            Unit::Percent,
            [59.1, 58.1, 60.1],
            "clean",
            59.8,
            V::Consistent,
        ),
        score(
            "less",
            "st-cnn-aff",
            M::ERROR_DIFFERENCE,
            Unit::Points,
            [-0.4, -0.7, -0.1],
            "clean",
            -0.3,
            V::Consistent,
        ),
        score(
            "bent",
            "fcn",
            results::tasks::attack::MEAN_DISTORTION,
            Unit::Ratio,
            [0.0618, 0.0611, 0.0625],
            "clean",
            0.062,
            V::Consistent,
        ),
    ];
    for row in &mut rows {
        if row.verdict == Some(V::NotRun) {
            (row.claim, row.published, row.source, row.verdict, row.mark) = (None, None, None, None, None);
            (row.claim_data, row.claim_protocol) = (None, None);
        }
    }
    (rows[5].correct, rows[6].correct) = (Some(5400), Some(4090));
    let mut tfd = row(
        "tfd",
        "gan",
        results::tasks::likelihood::LOG_LIKELIHOOD,
        Unit::Nats,
        2057.0,
        V::NotRun,
        "data not obtainable",
    );
    tfd.claim_data = Some("tfd".into());
    rows.push(tfd);
    rows
}

fn header(experiment: &str, run: &str, seed: u64) -> Header {
    let run = format!("20261124T001500Z-{experiment}-{run}");
    let networks: &[&str] = if experiment == "gan-mnist" { &["gan"] } else { &MANY };
    serde_json::from_value(json!({
        "format": 2, "run": run, "time": "2026-11-24T00:15:00Z", "paper": "gan", "subject": experiment, "commit": "0123abc",
        "spec_sha256": "5f".repeat(32), "lock_sha256": "a7".repeat(32), "command": ["harness", "replicate", "gan", "--tier", "train"],
        "profile": "made-up", "retry_of": null, "weights": null, "job": null,
        "settings": {"seed": seed, "device": "cpu", "precision": "fp32", "memory_format": "contiguous", "threads": 2, "loader_threads": 1,
            "batch": 100, "fold_batch_norm": false, "fuse": false},
        "data": [{"id": "mnist", "images": 70_000, "root": "c3".repeat(32), "part_of": null, "already_resized": null, "redistributable": true}],
        "training": {"experiment": experiment, "networks": networks, "steps": 50_000, "of_steps": 50_000, "complete": true,
            "what": "the paper's recipe", "budget": 2400.0, "recipe_sha256": "b5".repeat(32)}
    }))
    .expect("the made-up header fits the record's types")
}

/// A number between -1 and 1 that looks like chance and is not.
fn noise(i: u64) -> f64 {
    let mixed = (i + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    mixed as f64 / f64::from(1u32 << 23) - 1.0
}

fn file(dir: &Path, name: &str, bytes: &[u8]) -> (String, String) {
    fs_err::create_dir_all(dir).expect("a folder for tests can be made");
    fs_err::write(dir.join(name), bytes).expect("a file for tests can be written");
    (name.to_owned(), base::hash::sha256(bytes))
}

fn picture(dir: &Path, name: &str, side: u32, private: bool) -> Picture {
    let pixels: Vec<u8> = (0..side * side).map(|i| (((i % side) * 7) ^ ((i / side) * 5)) as u8).collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().expect("a small picture can be written");
    writer.write_image_data(&pixels).expect("a small picture can be written");
    drop(writer);
    let (file, sha256) = file(dir, &format!("{name}.png"), &bytes);
    Picture {
        name: name.into(),
        caption: format!("Made-up pixels, {side} × {side}, in place of {name}."),
        file,
        sha256,
        private,
    }
}

fn outcomes(network: &str, data: &str, task: &str, metric: Metric, root: String) -> Outcomes {
    Outcomes {
        task: task.into(),
        network: network.into(),
        model: Model::Trained(Trained {
            steps: 50_000,
            of: 50_000,
            complete: true,
            words: "50,000 of 50,000 steps".into(),
            parts: Vec::new(),
        }),
        data: data.into(),
        protocol: "clean".into(),
        metrics: vec![metric],
        file: format!("{network}.csv.gz"),
        count: 10_000,
        sha256: "00".repeat(32),
        examples: None,
        root,
        part_of: None,
        already_resized: None,
    }
}

fn gan(dir: &Path, seed: u64) -> Made {
    let mut csv = "step,loss discriminator [nats],loss generator [nats],log-likelihood validation [nats]\n".to_owned();
    for i in 0..=5000u64 {
        let (step, at) = (i * 10, i as f64 / 5000.0);
        let _ = write!(
            csv,
            "{step},{:.4},{:.4},",
            0.9 - 0.3 * at + 0.1 * noise(2 * i + seed),
            1.1 + 0.6 * at + 0.2 * noise(2 * i + 1 + seed)
        );
        if i % 100 == 0 {
            let _ = write!(
                csv,
                "{:.2}",
                if i == 0 { -2900.0 } else { 220.0 - 160.0 * (-6.0 * at).exp() + 3.0 * noise(7 * i + seed) }
            );
        }
        csv.push('\n');
    }
    let (file, sha256) = file(dir, "gan.csv", csv.as_bytes());
    Made {
        outcomes: vec![outcomes(
            "gan",
            "mnist-test",
            "likelihood",
            results::tasks::likelihood::LOG_LIKELIHOOD,
            "c3".repeat(32),
        )],
        curves: vec![Curve { name: "gan-mnist".into(), title: "GAN on MNIST".into(), file, sha256, steps: None }],
        pictures: vec![
            picture(dir, "samples", 140, false),
            picture(dir, "one", 28, false),
            picture(dir, "wide", 700, false),
            picture(dir, "faces", 48, true),
        ],
        resumed: 0,
        dir: dir.to_owned(),
    }
}

fn stn(dir: &Path) -> Made {
    let mut made = Made { dir: dir.to_owned(), ..Made::default() };
    for (n, network) in (0u64..).zip(MANY) {
        let mut csv = "step,loss [nats],test error [percent]\n".to_owned();
        for i in 0..=50u64 {
            let at = i as f64 / 50.0;
            let fall = (-9.0 * at).exp();
            let _ = writeln!(
                csv,
                "{},{:.4},{:.2}",
                i * 1000,
                0.1 + 2.2 * fall,
                5.0 - 0.5 * n as f64 + 85.0 * fall + 0.2 * noise(i + 99 * n)
            );
        }
        let name = format!("stn-{network}-rts");
        let (file, sha256) = file(dir, &format!("{name}.csv"), csv.as_bytes());
        let title = format!("{} on RTS", network.to_uppercase());
        // Its own plan, which is not its experiment's.
        made.curves.push(Curve { name, title, file, sha256, steps: Some(55_000) });
        made.outcomes.push(outcomes(network, "mnist-rts-test", "classify", Metric::TEST_ERROR, "d4".repeat(32)));
    }
    made
}
