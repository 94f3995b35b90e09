//! What goes between processes and into records comes back as it went; the written forms are the field's terms.

use std::collections::HashSet;
use std::fmt::Debug;
use std::path::PathBuf;

use serde::Serialize;
use serde::de::DeserializeOwned;
use spec::event::{
    Announced, CanaryAnswer, Curve, Environment, Event, FailureKind, Gpu, Measurement, Model, Outcomes, Picture,
    Trained,
};
use spec::experiment::RunSize;
use spec::job::{
    CanaryPicture, Device, ExperimentData, ExperimentStage, FORMAT, Job, JobWeights, MemoryFormat, Precision, Settings,
    Stage,
};
use spec::lock::{PartOf, TestedList};
use spec::metric::{GENERAL, Metric, Unit};
use spec::protocol::Input;
use spec::record::{self, DataIdentity, Header, Training};

fn round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) -> String {
    let text = serde_json::to_string(value).unwrap();
    assert!(!text.contains('\n'), "an event or a record must be one line");
    assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), value);
    text
}

fn experiment() -> ExperimentStage {
    let paper = spec::load::paper(crate::sample::TRAINED, "spec.yaml").unwrap();
    let size = RunSize { networks: vec!["toy".into()], ..paper.experiments[0].smoke.clone().unwrap() };
    ExperimentStage {
        id: "toy-mnist".into(),
        recipe: size.recipe(&paper.training),
        size,
        of_steps: paper.experiments[0].train.steps,
        budget: Some(2400.0),
        data: vec![ExperimentData {
            id: "mnist".into(),
            folder: PathBuf::from("/store/mnist"),
            list: None,
            root: "4".repeat(64),
            part_of: None,
            already_resized: None,
            tested: Some(TestedList { list: "test".into(), set: "mnist-test".into(), of: 10_000 }),
        }],
        weights: Vec::new(),
        conditions: paper.conditions,
        protocol: None,
        generated: paper.generated,
        parts: None,
        cache: Some(PathBuf::from("/store/derived")),
        training_errors: vec!["toy".into()],
        checkpoint_seconds: None,
    }
}

fn job() -> Job {
    let paper = spec::load::paper(crate::sample::PAPER, "spec.yaml").unwrap();
    let protocol = paper.protocols[0].clone();
    Job {
        format: FORMAT,
        run: "20261123T211500Z-vgg19-3f2a".into(),
        paper: "vgg".into(),
        network: Some("vgg19".into()),
        settings: Settings {
            seed: u64::MAX,
            device: Device::Cuda,
            precision: Precision::Bf16,
            memory_format: MemoryFormat::ChannelsLast,
            threads: 2,
            loader_threads: 2,
            batch: 16,
            fold_batch_norm: true,
            fuse: true,
        },
        members: Vec::new(),
        weights: Some(JobWeights {
            id: "vgg19-tv".into(),
            format: paper.weights[0].format,
            path: PathBuf::from("/store/a \"b\"/vgg19.pth"),
            names: PathBuf::from("names.csv"),
            input: paper.weights[0].input.clone(),
            hash: "00".repeat(32),
        }),
        stages: vec![
            Stage::Canary {
                pictures: vec![CanaryPicture {
                    name: "chelsea".into(),
                    path: PathBuf::from("chelsea.png"),
                    class: Some(285),
                    score: Some(0.1 + 0.2),
                }],
                protocol: protocol.clone(),
                tolerance: 0.02,
            },
            Stage::Predict {
                data: "imagenet-val".into(),
                list: PathBuf::from("list.csv"),
                protocol: protocol.clone(),
                root: "5".repeat(64),
                part_of: None,
                already_resized: Some("squeezed to 227x227".into()),
                checkpoint_seconds: Some(5.0),
            },
            Stage::Throughput { batches: 30, warm_up_seconds: 2.0, warm_up_batches: 3, unless_timed: true },
            Stage::InputPipeline { list: PathBuf::from("list.csv"), protocol, limit: 100 },
            Stage::Experiment(Box::new(experiment())),
            Stage::Peaks { seconds: 1.0 },
        ],
        out: PathBuf::from("runs/1"),
    }
}

#[test]
fn jobs_and_plans_come_back() {
    let text = round_trip(&job());
    assert!(text.contains(r#""device":"cuda""#) && text.contains(r#""input-pipeline":{"#), "{text}");
    let header = Header {
        format: record::FORMAT,
        run: "20261123T211500Z-vgg19-3f2a".into(),
        time: "2026-11-23T21:15:00Z".into(),
        paper: "vgg".into(),
        subject: None,
        commit: "unknown".into(),
        spec_sha256: "1".repeat(64),
        lock_sha256: "2".repeat(64),
        command: vec!["replicate".into(), "vgg19".into()],
        profile: "h200".into(),
        settings: job().settings,
        weights: Some("vgg19-tv".into()),
        data: vec![DataIdentity {
            id: "imagenet-val-650".into(),
            images: 650,
            root: "3".repeat(64),
            part_of: Some(PartOf { whole: "imagenet-val".into(), of: 50_000, how: "a vendor's".into() }),
            already_resized: Some("squeezed to 227x227".into()),
            redistributable: false,
            passed_over: [("hidden files".to_owned(), 3)].into(),
            unverified: Some("as somebody extracted them".into()),
        }],
        training: Some(Training {
            experiment: "toy-mnist".into(),
            networks: vec!["toy".into()],
            steps: 10,
            of_steps: 100,
            complete: false,
            what: "shortened".into(),
            budget: Some(2400.0),
            recipe_sha256: "5".repeat(64),
        }),
        retry_of: None,
        job: serde_json::to_value(job()).unwrap(),
    };
    // A later build may say more; what this one knows it still reads.
    let text = round_trip(&header).replacen("{\"format\"", "{\"new\":1,\"format\"", 1);
    assert_eq!(serde_json::from_str::<Header>(&text).unwrap(), header);
}

#[test]
fn a_job_with_an_unknown_key_is_refused() {
    let text = serde_json::to_string(&job()).unwrap().replacen("{\"format\"", "{\"formt\":1,\"format\"", 1);
    let error = serde_json::from_str::<Job>(&text).unwrap_err().to_string();
    assert!(error.starts_with("unknown field `formt`"), "{error}");
}

fn outcomes(model: Model) -> Outcomes {
    Outcomes {
        task: "classify".into(),
        network: "maxout".into(),
        model,
        data: "mnist-test".into(),
        protocol: "clean".into(),
        metrics: vec![Metric::TEST_ERROR],
        file: "outcomes.csv.gz".into(),
        count: 10_000,
        sha256: "9".repeat(64),
        examples: Some(Announced { file: "examples.csv.gz".into(), sha256: "8".repeat(64) }),
        root: "3".repeat(64),
        part_of: None,
        already_resized: None,
    }
}

/// A record that another version wrote may say more.
#[test]
fn outcomes_with_an_unknown_key_are_read() {
    let text = round_trip(&outcomes(Model::Baseline)).replacen("{\"task\"", "{\"net\":1,\"task\"", 1);
    assert_eq!(serde_json::from_str::<Outcomes>(&text).unwrap(), outcomes(Model::Baseline));
}

#[test]
fn events_come_back() {
    let trained =
        Trained { steps: 500, of: 60_000, complete: false, words: "500 of 60,000 steps".into(), parts: Vec::new() };
    let imported = Model::Imported {
        id: "maxout-theirs".into(),
        by: "somebody, with their program".into(),
        from: Announced { file: "maxout.npy".into(), sha256: "8".repeat(64) },
        weights: None,
    };
    let environment = Environment {
        project: "0.1.0 (abc)".into(),
        runner: "4".repeat(64),
        libtorch: "2.11.0+cpu".into(),
        libtorch_build: "oneDNN\nMKL".into(),
        os: "Linux".into(),
        cpu: "x".into(),
        cores: 2,
        memory: 1 << 40,
        gpu: Some(Gpu { name: "H200".into(), memory: 1, driver: "1".into(), cuda: "13.0".into(), cudnn: "9".into() }),
        precision: Precision::Tf32,
        tf32_matmul: true,
        tf32_cudnn: true,
        cudnn_benchmark: false,
        deterministic_cudnn: true,
        decoder: "d 1".into(),
        resampler: "r 1".into(),
        variables: vec![("OMP_NUM_THREADS".into(), "2".into())],
    };
    let measurement = Measurement {
        name: "throughput.network".into(),
        value: 1.0 / 3.0,
        unit: Some(Unit::ImagesPerSecond),
        low: Some(0.3),
        high: None,
        samples: vec![0.1, 0.2, 0.3],
    };
    let answer = CanaryAnswer {
        picture: "chelsea".into(),
        top: vec![(285, 0.784), (282, 1.0 / 3.0)],
        class: Some(285),
        score: None,
        agrees: Some(true),
        pixels: "5".repeat(64),
    };
    let events = [
        Event::Started { time: 1.795e9, environment: Box::new(environment) },
        Event::Stage { name: "predict".into(), at: 0.5 },
        Event::Progress { done: 1, total: 2, unit: "images".into() },
        Event::Measurement(measurement),
        Event::Canary(answer),
        Event::Resumed { what: "gan-mnist".into(), step: 500, at: 0.25 },
        Event::Outcomes(Box::new(outcomes(Model::Trained(trained)))),
        Event::Outcomes(Box::new(outcomes(Model::Released { weights: "vgg19-tv".into() }))),
        Event::Outcomes(Box::new(outcomes(imported))),
        Event::Curve(Curve {
            name: "gan-mnist".into(),
            title: "Adversarial nets".into(),
            file: "gan-mnist.csv".into(),
            sha256: "7".repeat(64),
            steps: Some(500),
        }),
        Event::Picture(Picture {
            name: "nearest".into(),
            caption: "samples".into(),
            file: "nearest.png".into(),
            sha256: "8".repeat(64),
            private: true,
        }),
        Event::Note { text: "two\nlines".into() },
        Event::Finished { at: 3.0 },
        Event::Failed { kind: FailureKind::OutOfMemory, message: "m".into(), at: None },
    ];
    // What older records call cuDNN's switch is still read.
    let older = round_trip(&events[0]).replace("deterministic_cudnn", "deterministic");
    assert_eq!(serde_json::from_str::<Event>(&older).unwrap(), events[0]);
    for event in &events {
        assert!(round_trip(event).starts_with(r#"{"event":""#));
    }
    insta::assert_snapshot!(round_trip(events.last().unwrap()), @r#"{"event":"failed","kind":"out-of-memory","message":"m","at":null}"#);
}

#[test]
fn every_metric_named_here_is_listed_once_with_a_unit() {
    let names: HashSet<&str> = GENERAL.iter().map(|info| info.metric.name()).collect();
    assert_eq!(names.len(), GENERAL.len());
    assert!(GENERAL.iter().all(|info| !info.units.is_empty()));
    assert!(GENERAL.iter().all(|info| !(info.metric.is_static() && info.metric.is_speed())));
    // What no spec names is a task's, measured on examples: it is never judged as a speed.
    let own = Metric::named("words a minute");
    assert!(own.is_score() && !own.is_static() && !own.is_speed());
}

#[test]
fn written_forms() {
    let metrics: Vec<_> = GENERAL.iter().map(|info| format!("{} [{}]", info.metric, info.units[0])).collect();
    insta::assert_snapshot!(metrics.join("\n"), @r"
    top-1 error [percent]
    top-5 error [percent]
    test error [percent]
    training error [percent]
    error difference [points]
    parameters [count]
    parameter ratio [ratio]
    multiply-adds [count]
    layers [count]
    training time [days]
    training length [epochs]
    speed-up [ratio]
    forward time [milliseconds]
    backward time [milliseconds]
    throughput [images/s]
    fraction of peak [percent]
    peak memory [bytes]
    ");
    for metric in GENERAL.iter().map(|info| info.metric).chain([Metric::named("words a minute")]) {
        let json = serde_json::to_string(&metric).unwrap();
        assert_eq!(json, format!("\"{metric}\""));
        assert_eq!(serde_json::from_str::<Metric>(&json).unwrap(), metric);
    }
    for bad in ["\"\"", "\"a\\nb\"", "7"] {
        assert!(serde_json::from_str::<Metric>(bad).is_err(), "{bad}");
    }
    assert_eq!(format!("[{:>8}]", Unit::Percent), "[ percent]");
    assert_eq!(MemoryFormat::ChannelsLast.to_string(), "channels-last");
    assert_eq!(spec::protocol::ViewKind::Crops144.to_string(), "crops-144");
}

/// Infinity, as which a plain reader takes them, could not be written again.
#[test]
fn numbers_beyond_single_precision_are_refused() {
    let canary = |score: &str| {
        format!(
            r#"{{"event":"canary","picture":"p","top":[[281,{score}]],"class":281,"score":0.5,"agrees":true,"pixels":"00"}}"#
        )
    };
    assert!(serde_json::from_str::<Event>(&canary("0.5")).is_ok());
    let error = serde_json::from_str::<Event>(&canary("3e68")).unwrap_err().to_string();
    assert!(error.starts_with("a number that is not finite in single precision"), "{error}");
    let input =
        |range: &str, mean: &str| format!(r#"{{"colour":"rgb","range":{range},"mean":[0,0,{mean}],"std":[1,1,1]}}"#);
    assert!(serde_json::from_str::<Input>(&input("255", "1e3")).is_ok());
    for beyond in [input("-1e39", "0"), input("1", "1e39")] {
        assert!(serde_json::from_str::<Input>(&beyond).is_err(), "{beyond}");
    }
}
