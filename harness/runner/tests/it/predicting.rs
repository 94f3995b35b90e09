//! Predictions that were stopped and go on: the same bytes as if nothing had happened.

use serde_json::{Value, json};
use spec::event::{Event, FailureKind};

use crate::common::{Ended, Room, run};
use crate::training::{files, kill_after_some_steps};

const IMAGES: usize = 1150;

/// A room whose pictures stand in the list many times, and a job to predict them.
fn room(kind: &str, batch: usize) -> (Room, Value) {
    let room = Room::new();
    let list = fs_err::read_to_string(room.path("list.csv")).unwrap();
    let lines: Vec<&str> = list.lines().skip(1).collect();
    let mut long = "path,file,class\n".to_owned();
    for index in 0..IMAGES {
        let (path, rest) = lines[index % lines.len()].split_once(',').unwrap();
        long += &format!("{path},{index}-{rest}\n");
    }
    fs_err::write(room.path("list.csv"), long).unwrap();
    let mut stage = room.predict(kind);
    stage["predict"]["checkpoint_seconds"] = json!(0.0);
    let mut job = room.job(&[stage]);
    job["settings"]["batch"] = json!(batch);
    (room, job)
}

fn checkpoint(room: &Room) -> std::path::PathBuf {
    let name = base::files::file_name("predict/test/p");
    room.path("out/checkpoints").join(format!("{name}.safetensors"))
}

fn resumed(ended: &Ended) -> Option<u64> {
    ended.events.iter().find_map(|event| match event {
        Event::Resumed { step, .. } => Some(*step),
        _ => None,
    })
}

#[test]
fn a_killed_prediction_goes_on_to_the_same_bytes() {
    // Seven crops a batch: of ten crops an image every seventh image ends one.
    for (kind, batch, boundary) in [("center", 8, 8), ("ten-crop", 7, 7)] {
        let (whole, job) = room(kind, batch);
        let ended = run(&job);
        assert_eq!((ended.code, resumed(&ended)), (Some(0), None), "{}", ended.stderr);
        assert!(!whole.path("out/checkpoints").exists(), "what is done keeps no checkpoint");
        let (killed, job) = room(kind, batch);
        kill_after_some_steps(&job, &checkpoint(&killed));
        assert!(files(&killed.path("out")).is_empty(), "it was killed too late for this test");
        let ended = run(&job);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let step = resumed(&ended).unwrap();
        assert!(step > 0 && step < IMAGES as u64 && step.is_multiple_of(boundary), "{step}");
        assert_eq!(ended.outcomes()[0].count, IMAGES as u64);
        assert!(files(&whole.path("out")) == files(&killed.path("out")), "{kind}: the files differ");
        assert!(!killed.path("out/checkpoints").exists());
    }
}

#[test]
fn answers_outlive_what_comes_after_them() {
    let (room, mut job) = room("center", 64);
    let pipeline = |list: &str| json!({"input-pipeline": {"list": room.path(list), "protocol": room.protocol("center"), "limit": 9}});
    job["stages"].as_array_mut().unwrap().push(pipeline("none.csv"));
    let first = run(&job);
    assert_eq!(first.failure().0, FailureKind::Input);
    job["stages"][1] = pipeline("list.csv");
    let second = run(&job);
    assert_eq!((second.code, resumed(&second)), (Some(0), Some(IMAGES as u64)), "{}", second.stderr);
    assert_eq!(first.outcomes(), second.outcomes());
    for name in ["time.forward", "time.total", "throughput.end-to-end"] {
        assert!(first.measured(name).is_some() && first.measured(name) == second.measured(name), "{name}");
    }
}

#[test]
fn answers_of_another_prediction_are_refused_by_name() {
    let (room, job) = room("center", 8);
    kill_after_some_steps(&job, &checkpoint(&room));
    let mut other = job.clone();
    other["settings"]["batch"] = json!(4);
    other["weights"]["hash"] = json!("1");
    let ended = run(&other);
    let (kind, message) = ended.failure();
    assert_eq!((kind, ended.code), (FailureKind::Input, Some(2)));
    assert!(message.contains("is of another prediction (batch was 8, is now 4, weights was "), "{message}");
    // The one before it, where there is one, would be gone on from.
    let previous = checkpoint(&room).with_extension("previous.safetensors");
    let _ = fs_err::remove_file(&previous);
    fs_err::write(checkpoint(&room), "nonsense").unwrap();
    let ended = run(&job);
    assert!(
        ended.failure().1.contains("is damaged") && ended.failure().1.contains("put it back as it was, or remove it"),
        "{ended:?}",
        ended = ended.events
    );
    // How many threads decode moves no number.
    fs_err::remove_file(checkpoint(&room)).unwrap();
    assert!(!previous.exists());
    kill_after_some_steps(&job, &checkpoint(&room));
    let mut same = job;
    same["settings"]["loader_threads"] = json!(1);
    assert_eq!(run(&same).code, Some(0));
}
