//! Whole jobs of a small network, as a process.

use serde_json::json;
use spec::event::{Event, FailureKind, Model};
use spec::metric::Metric;

use crate::common::{Ended, NETWORK, Room, run, unpacked};

fn finished(ended: &Ended) {
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(matches!(ended.events.first(), Some(Event::Started { .. })));
    assert!(matches!(ended.events.last(), Some(Event::Finished { .. })), "{:?}", ended.events.last());
}

/// The five best classes and their scores, of each picture; an empty first class is the true one.
fn answers(room: &Room, ended: &Ended) -> Vec<(Vec<String>, Vec<f32>)> {
    let text = unpacked(room.path("out").join(&ended.outcomes()[0].file));
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("top1,top2,top3,top4,top5,score1,score2,score3,score4,score5"));
    let answer = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        assert_eq!(fields.len(), 10, "{line}");
        let scores = fields[5..].iter().map(|score| score.parse().unwrap()).collect();
        (fields[..5].iter().map(|class| (*class).to_owned()).collect(), scores)
    };
    lines.map(answer).collect()
}

#[test]
fn predictions_are_in_order_and_the_same_however_they_are_made() {
    let room = Room::new();
    let mut job = room.job(&[room.predict("center")]);
    job["settings"]["threads"] = json!(2);
    let mut hashes = Vec::new();
    for threads in [1, 2, 5] {
        job["settings"]["loader_threads"] = json!(threads);
        let ended = run(&job);
        finished(&ended);
        let [outcomes] = ended.outcomes()[..] else { panic!("one file of outcomes") };
        assert_eq!((outcomes.count, outcomes.task.as_str(), outcomes.network.as_str()), (23, "classify", NETWORK));
        assert_eq!(outcomes.model, Model::Released { weights: "test".to_owned() });
        assert_eq!(outcomes.metrics, [Metric::TOP_1_ERROR, Metric::TOP_5_ERROR]);
        hashes.push((outcomes.sha256.clone(), outcomes.examples.clone()));
        let lines = |file: &str| unpacked(room.path("out").join(file));
        let wanted: String = (0..23).map(|index| format!("{index}.jpg,{}\n", index % 10)).collect();
        assert_eq!(lines(&outcomes.examples.as_ref().unwrap().file), format!("file,class\n{wanted}"));
        for name in ["macs", "time.load", "time.forward", "time.wait-for-input", "time.total"] {
            assert!(ended.measured(name).is_some(), "{name}");
        }
        let answers = answers(&room, &ended);
        assert_eq!(answers.len(), 23);
        assert!(
            answers.iter().all(|(_, scores)| scores.is_sorted_by(|a, b| a >= b) && (0.0..=1.0).contains(&scores[0]))
        );
        assert!(answers.iter().any(|(classes, _)| *classes != answers[0].0), "all answers are the same");
    }
    assert!(hashes.iter().all(|hash| *hash == hashes[0]));
}

#[test]
fn ten_crops_do_not_depend_on_the_batch() {
    let room = Room::new();
    let mut job = room.job(&[room.predict("ten-crop")]);
    let mut all = Vec::new();
    for batch in [1, 7, 64] {
        job["settings"]["batch"] = json!(batch);
        let ended = run(&job);
        finished(&ended);
        all.push(answers(&room, &ended));
    }
    for others in &all[1..] {
        for (one, other) in all[0].iter().zip(others) {
            assert!((one.1[0] - other.1[0]).abs() < 1e-4, "{one:?} {other:?}");
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
    assert!(ended.outcomes().is_empty());
}
