//! Made-up data in the shape of a real replication, for the tests and the demo.
//!
//! None of these numbers was measured; the page that is made of them says so. Must never be published.

#![allow(clippy::expect_used, reason = "made-up data that does not fit the types is a mistake in this file")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use reports::input::{Footer, LayerFact, NetworkFacts, PageInput, RunView, Worst, WorstSet};
use results::row::{Row, Verdict};
use serde_json::json;
use spec::claim::Mark;
use spec::event::{CanaryAnswer, Curve, Environment, Gpu, Measurement, Outcomes, Picture};
use spec::job::Precision;
use spec::metric::{Metric, Unit};
use spec::paper::Paper;
use spec::record::Header;

/// Everything that a [`PageInput`] borrows.
pub(crate) struct MadeUp {
    pub(crate) paper: Paper,
    pub(crate) rows: Vec<Row>,
    pub(crate) headers: Vec<Header>,
    pub(crate) environments: Vec<Option<Environment>>,
    pub(crate) measurements: Vec<Vec<Measurement>>,
    pub(crate) canary: Vec<CanaryAnswer>,
    pub(crate) networks: Vec<NetworkFacts>,
    pub(crate) classes: Vec<String>,
    pub(crate) class_names: BTreeMap<String, Vec<String>>,
    pub(crate) pictures: BTreeMap<String, PathBuf>,
    pub(crate) worst: Vec<WorstSet>,
    /// What each run trained and drew, by the run's place in `headers`; none where it is shorter.
    pub(crate) made: Vec<Made>,
    pub(crate) footer: Footer,
}

/// What a run that trains leaves in its folder.
#[derive(Default)]
pub(crate) struct Made {
    pub(crate) outcomes: Vec<Outcomes>,
    pub(crate) curves: Vec<Curve>,
    pub(crate) pictures: Vec<Picture>,
    pub(crate) resumed: u64,
    pub(crate) dir: PathBuf,
}

impl MadeUp {
    pub(crate) fn new() -> Self {
        let headers = vec![
            header("r1", "cpu", "fp32", 16),
            header("r2", "cuda", "bf16", 256),
            header("r3", "cuda", "fp32", 1024),
        ];
        let environments =
            vec![Some(environment(None, Precision::Fp32)), Some(environment(Some(gpu()), Precision::Bf16)), None];
        let measurements = vec![measurements(41.7, 61.2, false), measurements(2310.0, 3.1, true), vec![]];
        Self {
            paper: paper(),
            rows: rows(),
            headers,
            environments,
            measurements,
            canary: canary(),
            networks: vec![facts()],
            classes: (0..1000).map(class_name).collect(),
            class_names: BTreeMap::new(),
            pictures: BTreeMap::new(),
            worst: vec![worst(false)],
            made: vec![],
            footer: Footer { project: "replications 0.1.0, commit 0123abc".into(), date: "2026-11-23".into() },
        }
    }

    /// Calls `with` with the whole input; `edit` may change it first.
    pub(crate) fn with<T>(&self, edit: impl FnOnce(&mut PageInput<'_>), with: impl FnOnce(&PageInput<'_>) -> T) -> T {
        let status = ["finished", "finished", "failed: out of memory at batch 1024; repeated with batch 512"];
        let nothing = Made::default();
        let made = |i: usize| self.made.get(i).unwrap_or(&nothing);
        let runs: Vec<RunView<'_>> = (0..self.headers.len())
            .map(|i| RunView {
                header: &self.headers[i],
                environment: self.environments[i].as_ref(),
                measurements: &self.measurements[i],
                canary: if i < 2 { &self.canary } else { &[] },
                outcomes: &made(i).outcomes,
                curves: &made(i).curves,
                pictures: &made(i).pictures,
                resumed: made(i).resumed,
                dir: &made(i).dir,
                seal: None,
                status: status[i],
            })
            .collect();
        let mut input = PageInput {
            paper: &self.paper,
            rows: &self.rows,
            runs: &runs,
            problems: &[],
            networks: &self.networks,
            classes: &self.classes,
            class_names: &self.class_names,
            pictures: &self.pictures,
            worst: &self.worst,
            show_private: false,
            command: "cargo run -p harness -- replicate resnet50 --on imagenet-val-650",
            notice: Some("Every number on this page is made up: it shows the page's form and nothing else."),
            footer: &self.footer,
        };
        edit(&mut input);
        with(&input)
    }
}

fn class_name(class: u32) -> String {
    match class {
        285 => "Egyptian cat".into(),
        281 => "tabby".into(),
        282 => "tiger cat".into(),
        287 => "lynx".into(),
        872 => "tripod".into(),
        967 => "espresso".into(),
        698 => "palace".into(),
        665 => "moped".into(),
        n => format!("made-up class {n}"),
    }
}

pub(crate) fn paper() -> Paper {
    let claims: Vec<_> = rows().iter().filter_map(claim).collect();
    serde_json::from_value(json!({
        "id": "resnet", "title": "Deep Residual Learning for Image Recognition",
        "authors": ["Kaiming He", "Xiangyu Zhang", "Shaoqing Ren", "Jian Sun"], "year": 2016,
        "venue": "CVPR 2016; claims read from arXiv v1", "link": "https://arxiv.org/abs/1512.03385",
        "summary": "The paper adds the input of a few layers to their output, so that very deep networks can be trained. \
                    Here ResNet-50 is built as the paper gives it and run with published weights.",
        "sources": [
            {"key": "RN", "title": "Deep Residual Learning, arXiv v1", "link": "https://arxiv.org/abs/1512.03385"},
            {"key": "KH", "title": "The authors' released models, README.md"}
        ],
        "networks": [{"id": "resnet50", "title": "ResNet-50", "input": [3, 224, 224], "classes": 1000, "protocol": "center-224",
            "shapes": [
                {"layer": "conv1", "output": [64, 112, 112], "source": {"key": "RN", "table": "T1"}},
                {"layer": "conv5_3", "output": [2048, 7, 7], "source": {"key": "RN", "table": "T1"}}
            ]}],
        "recipe": [
            {"what": "batch", "value": "256", "mark": "checked"},
            {"what": "learning rate", "value": "0.1, divided by 10 when the error plateaus", "mark": "checked"},
            {"what": "iterations", "value": "up to 60 × 10⁴", "mark": "memory"}
        ],
        "protocols": [
            {"id": "center-224", "title": "one centre crop", "resize": {"short_side": [256]}, "views": {"kind": "center", "size": 224}, "source": "KH README.md"},
            {"id": "ten-crop", "title": "four corners, centre, mirrored", "resize": {"short_side": [256]}, "views": {"kind": "ten-crop", "size": 224}, "source": "RN §3.4",
             "note": "The paper leaves the resampling filter open; bilinear, antialiased, is taken here."},
            {"id": "multi-scale", "title": "fully convolutional, five scales", "resize": {"short_side": [224, 256, 384, 480, 640]}, "views": {"kind": "dense", "size": 224}, "source": "RN §3.4"}
        ],
        "data": ["imagenet-val", "imagenet-val-650"],
        "weights": [{"id": "resnet50-keras", "network": "resnet50", "lock": "resnet50-tfjs", "format": "tfjs-layers", "file": "model.json", "names": "names/keras.csv",
            "input": {"colour": "bgr", "range": 255.0, "mean": [103.939, 116.779, 123.68]}, "origin": "the authors' Caffe model, converted by Keras", "paper": true}],
        "claims": claims,
        "tables": [
            {"id": "t3", "title": "Table 3", "caption": "Error in percent, ten crops.", "source": {"key": "RN", "table": "T3"}, "headline": "t3-r50-top5",
             "stub": "model", "groups": [{"title": "", "columns": 1}, {"title": "error", "columns": 2}], "columns": ["layers", "top-1 err.", "top-5 err."],
             "rows": [{"label": "PReLU-net", "cells": [null, "=24.27", "=7.38"]}, {"label": "ResNet-50", "cells": ["=50", "t3-r50-top1", "t3-r50-top5 kh-r50-top5"]},
                      {"label": "ResNet-101", "cells": ["=101", null, "t4-r101-top5"]}]},
            {"id": "t1", "title": "Table 1", "caption": "Work.", "source": {"key": "RN", "table": "T1"}, "columns": ["50-layer"],
             "rows": [{"label": "FLOPs", "cells": ["t1-r50-macs"]}]},
            {"id": "t5", "title": "Table 5", "caption": "Ensembles.", "source": {"key": "RN", "table": "T5"}, "columns": ["top-5 err. (test)"],
             "rows": [{"label": "ResNet (ILSVRC'15)", "cells": ["t5-ens-test5"]}]}
        ],
        "deviations": [
            {"what": "650 images in place of 50,000", "why": "the validation set needs an account", "effect": "intervals of about ± 3 points; no verdict of agreement is possible"},
            {"what": "images squeezed to 227 × 227", "why": "the sample came that way", "effect": "thought to cost 1 to 3 points of top-1"}
        ]
    }))
    .expect("the made-up paper fits the spec's types")
}

fn claim(row: &Row) -> Option<serde_json::Value> {
    let id = row.claim.as_ref()?;
    let step = if row.unit == Unit::Count { 1e8 } else { 0.01 };
    Some(
        json!({"id": id, "network": row.network, "metric": row.metric, "value": row.published, "unit": row.unit, "step": step,
        "models": if row.network.starts_with("ensemble") { 6 } else { 1 },
        "source": {"key": "RN", "table": "T3"}, "mark": row.mark}),
    )
}

/// A row with what most rows share.
pub(crate) fn row(
    id: &str,
    network: &str,
    metric: Metric,
    unit: Unit,
    published: f64,
    verdict: Verdict,
    reason: &str,
) -> Row {
    Row {
        id: id.into(),
        network: network.into(),
        metric,
        value: None,
        unit,
        n: None,
        correct: None,
        low: None,
        high: None,
        data: None,
        protocol: None,
        claim: Some(id.into()),
        published: Some(published),
        source: Some("RN T3".into()),
        verdict: Some(verdict),
        reason: Some(reason.into()),
        mark: Some(Mark::Checked),
        claim_data: Some("imagenet-val".into()),
        claim_protocol: Some("ten-crop".into()),
        variant: None,
        run: None,
        precision: None,
        task: None,
        model: None,
        trainings: None,
        p: None,
        p_holm: None,
    }
}

/// A score on the made-up 650 images.
fn scored(mut row: Row, protocol: &str, correct: u64, low: f64, high: f64) -> Row {
    row.n = Some(650);
    row.correct = Some(correct);
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let value = 100.0 * (650 - correct) as f64 / 650.0;
    row.value = Some(value);
    (row.low, row.high) = (Some(low), Some(high));
    row.data = Some("imagenet-val-650".into());
    row.protocol = Some(protocol.into());
    row.run = Some("20261123T211500Z-resnet50-r1".into());
    row.precision = Some("fp32".into());
    row
}

pub(crate) fn rows() -> Vec<Row> {
    use Verdict as V;
    use spec::metric::Metric as M;
    let sub = "a subset of 650 images: not comparable with the whole validation set";
    let mut rows = vec![
        scored(
            row("t3-r50-top1", "resnet50", M::TOP_1_ERROR, Unit::Percent, 22.85, V::ProtocolGap, sub),
            "ten-crop",
            511,
            18.3,
            24.7,
        ),
        scored(
            row("t3-r50-top5", "resnet50", M::TOP_5_ERROR, Unit::Percent, 6.71, V::ProtocolGap, sub),
            "ten-crop",
            615,
            3.78,
            7.41,
        ),
        scored(
            row(
                "kh-r50-top1",
                "resnet50",
                M::TOP_1_ERROR,
                Unit::Percent,
                24.7,
                V::Consistent,
                "same data by another name; the claim lies in the interval",
            ),
            "center-224",
            518,
            17.3,
            23.6,
        ),
        scored(
            row(
                "kh-r50-top5",
                "resnet50",
                M::TOP_5_ERROR,
                Unit::Percent,
                7.8,
                V::NotReplicated,
                "the claim lies outside the interval",
            ),
            "center-224",
            617,
            3.52,
            7.06,
        ),
    ];
    let mut macs =
        row("t1-r50-macs", "resnet50", M::MULTIPLY_ADDS, Unit::Count, 3.8e9, V::Agrees, "3.8 G at the printed digits");
    (macs.value, macs.claim_data, macs.claim_protocol) = (Some(3_800_018_944.0), None, None);
    let mut speed = row("speed", "resnet50", M::THROUGHPUT, Unit::ImagesPerSecond, 0.0, V::NotRun, "");
    (speed.value, speed.low, speed.high) = (Some(41.7), Some(41.2), Some(42.1));
    (speed.claim, speed.published, speed.source, speed.verdict, speed.reason, speed.mark) =
        (None, None, None, None, None, None);
    (speed.claim_data, speed.claim_protocol) = (None, None);
    (speed.precision, speed.run) = (Some("fp32".into()), Some("20261123T211500Z-resnet50-r1".into()));
    let mut nan = row(
        "t4-r50-top1",
        "resnet50",
        M::TOP_1_ERROR,
        Unit::Percent,
        20.74,
        V::ProtocolGap,
        "a broken row: its value is not a number",
    );
    (nan.value, nan.low, nan.high) = (Some(f64::NAN), Some(f64::NEG_INFINITY), Some(f64::INFINITY));
    rows.extend([macs, speed, nan]);
    for (id, network, top5) in [("t4-r101-top5", "resnet101", 4.60), ("t4-r152-top5", "resnet152", 4.49)] {
        rows.push(row(
            id,
            network,
            M::TOP_5_ERROR,
            Unit::Percent,
            top5,
            V::NotRun,
            "this network is not built here yet",
        ));
    }
    let mut ensemble = row(
        "t5-ens-test5",
        "ensemble-of-6",
        M::TOP_5_ERROR,
        Unit::Percent,
        3.57,
        V::NotRun,
        "the test server no longer takes entries",
    );
    (ensemble.mark, ensemble.claim_data) = (Some(Mark::Memory), Some("imagenet-test".into()));
    rows.push(ensemble);
    rows
}

fn header(run: &str, device: &str, precision: &str, batch: usize) -> Header {
    let run = format!("20261123T211500Z-resnet50-{run}");
    serde_json::from_value(json!({
        "format": 2, "run": run, "time": "2026-11-23T21:15:00Z", "paper": "resnet", "subject": "resnet50", "commit": "0123abc",
        "spec_sha256": "5f".repeat(32), "lock_sha256": "a7".repeat(32),
        "command": ["harness", "replicate", "resnet50", "--on", "imagenet-val-650"], "profile": "made-up", "retry_of": null,
        "settings": {"seed": 0, "device": device, "precision": precision, "memory_format": "channels-last", "threads": 2, "loader_threads": 2,
            "batch": batch, "fold_batch_norm": true, "fuse": true},
        "weights": "resnet50-keras",
        "data": [{"id": "imagenet-val-650", "images": 650, "root": "c3".repeat(32), "already_resized": "squeezed to 227x227", "redistributable": false,
            "part_of": {"whole": "imagenet-val", "of": 50000, "how": "every image of 65 classes that a made-up sample holds"}}],
        "job": {"stages": [{"load": [{"id": "another", "hash": "00".repeat(32)}, {"id": "resnet50-keras", "hash": "e1".repeat(32)}]}]}
    }))
    .expect("the made-up header fits the record's types")
}

fn gpu() -> Gpu {
    Gpu {
        name: "Made-up GPU".into(),
        memory: 80 << 30,
        driver: "580.1".into(),
        cuda: "13.0".into(),
        cudnn: "9.1".into(),
    }
}

pub(crate) fn environment(gpu: Option<Gpu>, precision: Precision) -> Environment {
    Environment {
        project: "0.1.0 (0123abc)".into(),
        runner: "9b".repeat(32),
        libtorch: "2.11.0+cpu".into(),
        libtorch_build: "made up: MKL, oneDNN, OpenMP, AVX2".into(),
        os: "Linux 6.1".into(),
        cpu: "Made-up processor".into(),
        cores: 2,
        memory: 8 << 30,
        gpu,
        precision,
        tf32_matmul: false,
        tf32_cudnn: false,
        cudnn_benchmark: false,
        deterministic_cudnn: true,
        decoder: "mozjpeg 4.1 (islow)".into(),
        resampler: "fast_image_resize 6.1 (convolution, u8)".into(),
        variables: vec![("OMP_NUM_THREADS".into(), "2".into())],
    }
}

fn measurements(rate: f64, forward: f64, gpu: bool) -> Vec<Measurement> {
    let m = |name: &str, value: f64, unit, spread: f64| Measurement {
        name: name.into(),
        value,
        unit,
        low: (spread > 0.0).then_some(value * (1.0 - spread)),
        high: (spread > 0.0).then_some(value * (1.0 + spread)),
        samples: if spread > 0.0 { vec![value; 30] } else { vec![] },
    };
    let mut all = vec![
        m("throughput.network", rate, Some(Unit::ImagesPerSecond), 0.03),
        m("throughput.input", 310.0, Some(Unit::ImagesPerSecond), 0.05),
        m("time.load", 1.4, Some(Unit::Seconds), 0.0),
        m("time.forward", forward, Some(Unit::Seconds), 0.0),
        m("time.wait-for-input", 0.9, Some(Unit::Seconds), 0.0),
        m("time.total", forward + 14.0, Some(Unit::Seconds), 0.0),
        m("memory.process.peak", 1.31e9, Some(Unit::Bytes), 0.0),
        m("peak.matmul.fp32", 1.42e11, None, 0.01),
        m("peak.copy", 1.1e10, None, 0.01),
    ];
    if gpu {
        all.push(m("memory.allocator.peak", 3.9e9, Some(Unit::Bytes), 0.0));
        all.push(m("memory.device.peak", 5.2e9, Some(Unit::Bytes), 0.0));
    }
    all
}

fn canary() -> Vec<CanaryAnswer> {
    let answer = |picture: &str, class: u32, first: f32, known: Option<f64>, agrees| CanaryAnswer {
        picture: picture.into(),
        top: vec![(class, first), (281, 0.08), (282, 0.05), (287, 0.01), (7, 0.0)],
        class: known.map(|_| class),
        score: known,
        agrees,
        pixels: "00".repeat(32),
    };
    vec![
        answer("camera", 872, 0.971, Some(0.975), Some(true)),
        answer("chelsea", 285, 0.781, Some(0.784), Some(true)),
        answer("coffee", 967, 0.993, Some(0.993), Some(true)),
        answer("motorcycle_left", 665, 0.415, Some(0.815), Some(false)),
        answer("rocket", 657, 0.844, None, None),
    ]
}

fn facts() -> NetworkFacts {
    let layer = |name: &str, kind: &str, output: &[u32], parameters, multiply_adds| LayerFact {
        name: name.into(),
        kind: kind.into(),
        output: output.to_vec(),
        parameters: Some(parameters),
        multiply_adds: Some(multiply_adds),
    };
    NetworkFacts {
        network: "resnet50".into(),
        parameters: 25_557_032,
        multiply_adds: 3_800_018_944,
        layers: vec![
            layer("conv1", "conv 7×7/2", &[64, 112, 112], 9_408, 118_013_952),
            layer("conv5_3", "conv 1×1", &[2048, 7, 8], 1_048_576, 51_380_224),
            layer("fc", "linear", &[1000], 2_049_000, 2_048_000),
        ],
    }
}

pub(crate) fn worst(redistributable: bool) -> WorstSet {
    let item = |file: &str, class, given, score| Worst { file: file.into(), path: None, class, given, score };
    WorstSet {
        run: "20261123T211500Z-resnet50-r1".into(),
        network: "resnet50".into(),
        data: "imagenet-val-650".into(),
        classes: vec![],
        redistributable,
        items: vec![item("made_up_00347.JPEG", 285, 872, 0.998), item("made_up_00361.JPEG", 967, 698, 0.961)],
    }
}
