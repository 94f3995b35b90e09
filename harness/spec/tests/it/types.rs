//! What goes between processes and into records comes back as it went; the written forms are the field's terms.

use std::collections::HashSet;
use std::fmt::Debug;
use std::path::PathBuf;

use serde::Serialize;
use serde::de::DeserializeOwned;
use spec::event::{CanaryAnswer, Curve, Environment, Event, FailureKind, Gpu, Measurement, Outcomes, Picture, Trained};
use spec::experiment::{AttackKind, Dose};
use spec::job::{
    CanaryPicture, Device, ExperimentData, ExperimentStage, FORMAT, Job, JobWeights, MemoryFormat, Precision, Settings,
    Stage,
};
use spec::lock::PartOf;
use spec::metric::{Metric, Unit};
use spec::record::{DataIdentity, Prediction, RunPlan};

fn round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) -> String {
    let text = serde_json::to_string(value).unwrap();
    assert!(!text.contains('\n'), "an event or a record must be one line");
    assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), value);
    text
}

fn experiment() -> ExperimentStage {
    let paper = spec::load::paper(crate::sample::TRAINED, "spec.yaml").unwrap();
    ExperimentStage {
        id: "toy-mnist".into(),
        dose: Dose { networks: vec!["toy".into()], ..paper.experiments[0].smoke.clone().unwrap() },
        of_steps: paper.experiments[0].train.steps,
        budget: Some(2400.0),
        data: vec![ExperimentData {
            id: "mnist".into(),
            folder: PathBuf::from("/store/mnist"),
            list: None,
            root: "4".repeat(64),
        }],
        weights: Vec::new(),
        conditions: paper.conditions,
        protocol: None,
        made: paper.made,
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
            Stage::Predict { data: "imagenet-val".into(), list: PathBuf::from("list.csv"), protocol: protocol.clone() },
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
    let plan = RunPlan {
        format: 1,
        run: "20261123T211500Z-vgg19-3f2a".into(),
        time: "2026-11-23T21:15:00Z".into(),
        paper: "vgg".into(),
        network: None,
        commit: "unknown".into(),
        spec_sha256: "1".repeat(64),
        lock_sha256: "2".repeat(64),
        command: vec!["replicate".into(), "vgg19".into()],
        profile: "h200".into(),
        data: Some(DataIdentity {
            id: "imagenet-val-650".into(),
            images: 650,
            root: "3".repeat(64),
            part_of: Some(PartOf { whole: "imagenet-val".into(), of: 50_000, how: "a vendor's".into() }),
            already_resized: Some("squeezed to 227x227".into()),
            redistributable: false,
        }),
        retry_of: None,
        job: job(),
    };
    round_trip(&plan);
    let (top, scores) = (vec![285, 282, 281, 287, 283], vec![0.784, 0.1, f32::MIN_POSITIVE, 1e-38, 0.0]);
    round_trip(&Prediction { file: "a.JPEG".into(), class: 285, top, scores });
}

#[test]
fn a_job_with_an_unknown_key_is_refused() {
    let text = serde_json::to_string(&job()).unwrap().replacen("{\"format\"", "{\"formt\":1,\"format\"", 1);
    let error = serde_json::from_str::<Job>(&text).unwrap_err().to_string();
    assert!(error.starts_with("unknown field `formt`"), "{error}");
}

fn outcomes(trained: Option<Trained>) -> Outcomes {
    Outcomes {
        network: "maxout".into(),
        data: "mnist-test".into(),
        protocol: "fgsm-0.25".into(),
        metric: Metric::TestError,
        file: "outcomes.csv".into(),
        count: 10_000,
        sha256: "9".repeat(64),
        root: "3".repeat(64),
        part_of: None,
        trained,
    }
}

/// A record without an unknown key is what the harness reads; one with it was written by another version.
#[test]
fn outcomes_with_an_unknown_key_are_refused() {
    let text = round_trip(&outcomes(None)).replacen("{\"network\"", "{\"net\":1,\"network\"", 1);
    let error = serde_json::from_str::<Outcomes>(&text).unwrap_err().to_string();
    assert!(error.starts_with("unknown field `net`"), "{error}");
}

#[test]
fn events_come_back() {
    let trained = Trained { steps: 500, of: 60_000, complete: false, words: "500 of 60,000 steps".into() };
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
        deterministic: true,
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
        Event::Predictions {
            data: "d".into(),
            protocol: "p".into(),
            file: "predictions.jsonl".into(),
            count: 650,
            sha256: "6".repeat(64),
        },
        Event::Resumed { what: "gan-mnist".into(), step: 500, at: 0.25 },
        Event::Outcomes(outcomes(Some(trained))),
        Event::Outcomes(outcomes(None)),
        Event::Curve(Curve {
            name: "gan-mnist".into(),
            title: "Adversarial nets".into(),
            file: "gan-mnist.csv".into(),
            sha256: "7".repeat(64),
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
    for event in &events {
        assert!(round_trip(event).starts_with(r#"{"event":""#));
    }
    insta::assert_snapshot!(round_trip(events.last().unwrap()), @r#"{"event":"failed","kind":"out-of-memory","message":"m","at":null}"#);
}

#[test]
fn every_metric_is_in_all_once_with_a_unit() {
    // No arm for "the rest": a new metric does not compile here until it is counted.
    let index = |metric: Metric| match metric {
        Metric::Top1Error => 0,
        Metric::Top5Error => 1,
        Metric::TestError => 2,
        Metric::TrainingError => 3,
        Metric::LocalisationError => 4,
        Metric::MeanAp => 5,
        Metric::CocoAp => 6,
        Metric::MeanClassRecall => 7,
        Metric::ErrorDifference => 8,
        Metric::MeanConfidence => 9,
        Metric::ConfidenceOnMistakes => 10,
        Metric::Agreement => 11,
        Metric::RubbishError => 12,
        Metric::MeanDistortion => 13,
        Metric::LogLikelihood => 14,
        Metric::Parameters => 15,
        Metric::ParameterRatio => 16,
        Metric::MultiplyAdds => 17,
        Metric::Layers => 18,
        Metric::TrainingTime => 19,
        Metric::TrainingLength => 20,
        Metric::SpeedUp => 21,
        Metric::ForwardTime => 22,
        Metric::BackwardTime => 23,
        Metric::Throughput => 24,
        Metric::FractionOfPeak => 25,
        Metric::PeakMemory => 26,
    };
    let found: HashSet<_> = Metric::ALL.into_iter().map(index).collect();
    assert_eq!(found, (0..27).collect());
    assert!(Metric::ALL.into_iter().all(|metric| !metric.units().is_empty()));
    assert!(Metric::ALL.into_iter().all(|metric| !(metric.is_static() && metric.is_speed())));
}

#[test]
fn written_forms() {
    let metrics: Vec<_> = Metric::ALL.iter().map(|metric| format!("{metric} [{}]", metric.units()[0])).collect();
    insta::assert_snapshot!(metrics.join("\n"), @r"
    top-1 error [percent]
    top-5 error [percent]
    test error [percent]
    training error [percent]
    localisation error [percent]
    mAP [percent]
    mAP@[.5,.95] [percent]
    mean class recall [percent]
    error difference [points]
    mean confidence [percent]
    mean confidence on mistakes [percent]
    agreement [percent]
    rubbish error [percent]
    mean distortion [ratio]
    log-likelihood [nats]
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
    for metric in Metric::ALL {
        let json = serde_json::to_string(&metric).unwrap();
        assert_eq!(json, format!("\"{metric}\""));
        assert_eq!(serde_json::from_str::<Metric>(&json).unwrap(), metric);
    }
    assert_eq!(format!("[{:>8}]", Unit::Percent), "[ percent]");
    assert_eq!(MemoryFormat::ChannelsLast.to_string(), "channels-last");
    assert_eq!(AttackKind::SignNoise.to_string(), "sign-noise");
    assert_eq!(spec::protocol::ViewKind::Crops144.to_string(), "crops-144");
}
