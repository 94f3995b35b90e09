//! Whole jobs of a small network, as a process.

use serde_json::json;
use spec::event::{Event, FailureKind};
use spec::record::Prediction;

use crate::common::{Ended, Room, run};

fn finished(ended: &Ended) {
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(matches!(ended.events.first(), Some(Event::Started { .. })));
    assert!(matches!(ended.events.last(), Some(Event::Finished { .. })), "{:?}", ended.events.last());
}

fn predictions(room: &Room) -> Vec<Prediction> {
    let text = fs_err::read_to_string(room.path("out/predictions.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn predictions_are_in_order_and_the_same_however_they_are_made() {
    let room = Room::new();
    let mut job = room.job(&[room.predict("center")]);
    job["settings"]["threads"] = json!(2);
    let mut texts = Vec::new();
    for threads in [1, 2, 5] {
        job["settings"]["loader_threads"] = json!(threads);
        let ended = run(&job);
        finished(&ended);
        texts.push(fs_err::read_to_string(room.path("out/predictions.jsonl")).unwrap());
        let Some(Event::Predictions { count, file, .. }) =
            ended.events.iter().find(|event| matches!(event, Event::Predictions { .. }))
        else {
            panic!("no predictions event")
        };
        assert_eq!((*count, file.as_str()), (23, "predictions.jsonl"));
        for name in ["macs", "time.load", "time.forward", "time.wait-for-input", "time.total"] {
            assert!(ended.measured(name).is_some(), "{name}");
        }
    }
    assert!(texts.iter().all(|text| *text == texts[0]));
    let predictions = predictions(&room);
    for (index, prediction) in predictions.iter().enumerate() {
        assert_eq!((prediction.file.as_str(), prediction.class), (format!("{index}.jpg").as_str(), index as u32 % 10));
        assert_eq!((prediction.top.len(), prediction.scores.len()), (5, 5));
        assert!(prediction.scores.is_sorted_by(|a, b| a >= b));
        assert!((0.0..=1.0).contains(&prediction.scores[0]));
    }
    assert!(predictions.iter().any(|prediction| prediction.top != predictions[0].top), "all answers are the same");
    assert!(!room.path("out/predictions.jsonl.part").exists());
}

#[test]
fn ten_crops_do_not_depend_on_the_batch() {
    let room = Room::new();
    let mut job = room.job(&[room.predict("ten-crop")]);
    let mut all = Vec::new();
    for batch in [1, 7, 64] {
        job["settings"]["batch"] = json!(batch);
        finished(&run(&job));
        all.push(predictions(&room));
    }
    for others in &all[1..] {
        for (one, other) in all[0].iter().zip(others) {
            assert_eq!(one.file, other.file);
            assert!((one.scores[0] - other.scores[0]).abs() < 1e-4, "{one:?} {other:?}");
        }
    }
}

#[test]
fn every_measuring_stage_measures() {
    let room = Room::new();
    let job = room.job(&[
        json!({"throughput": {"batches": 30, "warm_up_seconds": 0.0, "warm_up_batches": 1}}),
        json!({"input-pipeline": {"list": room.path("list.csv"), "protocol": room.protocol("center"), "limit": 9}}),
    ]);
    let ended = run(&job);
    finished(&ended);
    for name in ["throughput.network", "throughput.input"] {
        assert!(ended.measured(name).is_some_and(|rate| rate > 0.0), "{name}");
    }
    assert!(ended.measured("memory.process.peak").is_some_and(|bytes| bytes > 1e7));
    let samples = ended.events.iter().find_map(|event| match event {
        Event::Measurement(m) if m.name == "throughput.network" => Some((m.samples.len(), m.low?, m.value, m.high?)),
        _ => None,
    });
    assert!(
        samples.is_some_and(|(count, low, value, high)| count == 30 && low <= value && value <= high),
        "{samples:?}"
    );
}

#[test]
fn random_weights_are_enough_for_speed_and_said_to_be_random() {
    let room = Room::new();
    let mut job = room.job(&[json!({"throughput": {"batches": 30, "warm_up_seconds": 0.0, "warm_up_batches": 1}})]);
    job["weights"] = json!(null);
    job["settings"]["precision"] = json!("bf16");
    let ended = run(&job);
    finished(&ended);
    assert!(ended.events.iter().any(|event| matches!(event, Event::Note { text } if text.contains("seed 1"))));
}

#[test]
fn a_canary_that_knows_better_stops_the_run() {
    let room = Room::new();
    let picture = |class: Option<u32>, score: Option<f64>| json!({"name": "p", "path": room.path("4.jpg"), "class": class, "score": score});
    let canary = |pictures: &[serde_json::Value]| json!({"canary": {"pictures": pictures, "protocol": room.protocol("center"), "tolerance": 0.01}});
    let ended = run(&room.job(&[canary(&[picture(None, None)])]));
    finished(&ended);
    let Some(Event::Canary(answer)) = ended.events.iter().find(|event| matches!(event, Event::Canary(_))) else {
        panic!("no answer")
    };
    let (class, score) = answer.top[0];
    assert_eq!((answer.agrees, answer.top.len(), answer.pixels.len()), (None, 5, 64));

    let right = picture(Some(class), Some(f64::from(score)));
    finished(&run(&room.job(&[canary(std::slice::from_ref(&right))])));

    let wrong = picture(Some((class + 1) % 10), None);
    let ended = run(&room.job(&[canary(&[wrong, right]), room.predict("center")]));
    let (kind, message) = ended.failure();
    assert_eq!((kind, ended.code), (FailureKind::Canary, Some(2)));
    assert!(message.contains("1 of 2 known answers") && message.contains("colour order"), "{message}");
    let answers = ended.events.iter().filter(|event| matches!(event, Event::Canary(_))).count();
    assert_eq!(answers, 2, "every answer is told before the run stops");
    assert!(!room.path("out/predictions.jsonl").exists());
}
