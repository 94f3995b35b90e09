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

/// Pictures of three sizes in place of the room's.
fn several_sizes(room: &Room) {
    for (index, (width, height)) in [(40, 36), (36, 47), (60, 40)].into_iter().cycle().take(23).enumerate() {
        let pixels = (0..width * height * 3).map(|i| ((i * (index + 3) + i / 97 * index) % 256) as u8).collect();
        let picture = images::Rgb { width: width as u32, height: height as u32, pixels, note: None };
        fs_err::write(room.path(&format!("{index}.jpg")), images::thumbnail_jpeg(&picture, 64).unwrap()).unwrap();
    }
}

/// The lines of the outcomes that were written last.
fn answers(room: &Room, ended: &Ended) -> Vec<String> {
    let file = &ended.outcomes().last().unwrap().file;
    crate::common::unpacked(room.path("out").join(file)).lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn whole_images_of_several_sizes_are_answered_each_as_it_would_be_alone() {
    let room = Room::new();
    several_sizes(&room);
    for kind in ["dense", "dense-and-grid", "grid-50", "crops-144"] {
        let mut stage = room.predict(kind);
        stage["predict"]["protocol"]["resize"] =
            json!({"short_side": if kind == "dense" { vec![24, 40] } else { vec![36, 40] }});
        let all = |batch: usize, list: &str| {
            let mut stage = stage.clone();
            stage["predict"]["list"] = json!(room.path(list));
            let mut job = room.job(&[stage]);
            job["settings"]["batch"] = json!(batch);
            let ended = run(&job);
            assert_eq!(ended.code, Some(0), "{kind}: {}", ended.stderr);
            answers(&room, &ended)
        };
        let together = all(8, "list.csv");
        assert_eq!(together.len(), 23, "{kind}");
        let list = fs_err::read_to_string(room.path("list.csv")).unwrap();
        for index in [0, 1, 2, 22] {
            let line = list.lines().nth(index + 1).unwrap();
            fs_err::write(room.path("one.csv"), format!("path,file,class\n{line}\n")).unwrap();
            let alone = all(8, "one.csv");
            let numbers = |line: &str| line.split(',').map(|field| field.parse().unwrap_or(0.0)).collect::<Vec<f64>>();
            let (one, other) = (numbers(&alone[0]), numbers(&together[index]));
            assert!(one.iter().zip(&other).all(|(a, b)| (a - b).abs() < 1e-4), "{kind} {index}: {one:?} {other:?}");
        }
    }
}

/// A picture and its mirror image have the same views where mirror images are among them.
#[test]
fn a_mirrored_picture_gets_the_same_answer() {
    let room = Room::new();
    let (width, height) = (40usize, 36usize);
    let pixels: Vec<[u8; 3]> =
        (0..width * height).map(|i| [0, 1, 2].map(|c| ((i * 7 + i / 40 * c * 31) % 256) as u8)).collect();
    let mirrored: Vec<[u8; 3]> = pixels.chunks(width).flat_map(|row| row.iter().rev().copied()).collect();
    let png = |pixels: &[[u8; 3]]| {
        let image = engine::picture::Image { width, height, channels: 3, pixels: pixels.concat() };
        image.png().unwrap()
    };
    let mut list = "path,file,class\n".to_owned();
    for (name, pixels) in [("a.png", &pixels), ("b.png", &mirrored)] {
        fs_err::write(room.path(name), png(pixels)).unwrap();
        list += &format!("{},{name},3\n", room.path(name).display());
    }
    fs_err::write(room.path("list.csv"), list).unwrap();
    for kind in ["ten-crop", "dense", "grid-50", "dense-and-grid", "crops-144"] {
        // Without a resize, whose rounding is not the same from both sides.
        let ended = run(&room.job(&[room.predict(kind)]));
        assert_eq!(ended.code, Some(0), "{kind}: {}", ended.stderr);
        let both = answers(&room, &ended);
        let numbers = |line: &str| line.split(',').map(|field| field.parse().unwrap_or(0.0)).collect::<Vec<f64>>();
        // The views are the same to the byte (the package `images` tests that), but not which of them share a batch.
        let (one, other) = (numbers(&both[0]), numbers(&both[1]));
        assert!(one.iter().zip(&other).all(|(a, b)| (a - b).abs() < 3e-5), "{kind}: {both:?}");
    }
}

#[test]
fn several_protocols_of_the_same_weights_stand_side_by_side() {
    let room = Room::new();
    let [mut dense, mut center] = [room.predict("dense"), room.predict("center")];
    dense["predict"]["protocol"]["id"] = json!("whole");
    center["predict"]["protocol"]["id"] = json!("crop");
    let throughput = json!({"throughput": {"batches": 30, "warm_up_seconds": 0.0, "warm_up_batches": 1}});
    let ended = run(&room.job(&[dense.clone(), center.clone(), dense, throughput]));
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let protocols: Vec<&str> = ended.outcomes().iter().map(|found| found.protocol.as_str()).collect();
    assert_eq!(protocols, ["whole", "crop", "whole"]);
    assert!(ended.measured("throughput.network").is_some() && ended.measured("macs").is_some());
    let loads = ended.events.iter().filter(|event| matches!(event, Event::Measurement(found) if found.name == "macs"));
    assert_eq!(loads.count(), 1, "the network is told of once");
}

/// An ensemble's answer is the mean of its networks' probabilities.
#[test]
fn an_ensemble_averages_probabilities() {
    let room = Room::new();
    let weights = |job: &Value| job["weights"].clone();
    let one = room.job(&[room.predict("center")]);
    let mut other = weights(&one);
    other["id"] = json!("other");
    // The same numbers seen through another normalisation answer otherwise.
    other["input"]["mean"] = json!([0.1, 0.2, 0.3]);
    let mut alone = one.clone();
    alone["weights"] = other.clone();
    let scores = |job: &Value| {
        let ended = run(job);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let model = ended.outcomes()[0].model.clone();
        (answers(&room, &ended), model)
    };
    let ((first, _), (second, _)) = (scores(&one), scores(&alone));
    let mut both = one.clone();
    both["weights"] = Value::Null;
    both["network"] = json!("two-of-a-kind");
    both["members"] = json!([{"network": crate::common::NETWORK, "weights": weights(&one)}, {"network": crate::common::NETWORK, "weights": other}]);
    let (mean, model) = scores(&both);
    assert_eq!(model, spec::event::Model::Ensemble { weights: vec!["test".to_owned(), "other".to_owned()] });
    assert!(mean != first && mean != second);
}

#[test]
fn a_killed_prediction_goes_on_to_the_same_bytes() {
    // Seven crops a batch: of ten crops an image every seventh image ends one.
    for (kind, batch, boundary) in [("center", 8, 8), ("ten-crop", 7, 7), ("dense", 8, 1)] {
        let (whole, job) = room(kind, batch);
        several_sizes(&whole);
        let ended = run(&job);
        assert_eq!((ended.code, resumed(&ended)), (Some(0), None), "{}", ended.stderr);
        assert!(!whole.path("out/checkpoints").exists(), "what is done keeps no checkpoint");
        let (killed, job) = room(kind, batch);
        several_sizes(&killed);
        kill_after_some_steps(&job, &checkpoint(&killed));
        // What is drawn when the network is loaded is there from the start.
        let left = files(&killed.path("out"));
        assert!(left.keys().all(|name| name.starts_with("picture-")), "it was killed too late for this test");
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
