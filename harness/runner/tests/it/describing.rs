//! Image descriptions as a process: made-up pictures and sentences, GoogLeNet's layers with random weights.

use std::path::Path;

use serde_json::{Value, json};
use spec::event::{Event, Model};

use crate::common::{Room, run, unpacked};
use crate::training::{experiment, files, kill_after_some_steps, recipe};

/// Sentences of 2,000 words, of none, of what is no word, of another alphabet: two an image.
fn sentence(image: usize, number: usize) -> String {
    match (image, number) {
        (0, 0) => "dog ".repeat(2000),
        (1, 0) => String::new(),
        (2, 0) => "... !? 🐕".to_owned(),
        // One to choose on and one to test have no word at all.
        (10 | 13, _) => "...".to_owned(),
        (3, 0) => "כלב a dog".to_owned(),
        _ => format!("A {} dog runs on {} grass.", ["brown", "white"][image % 2], ["the", "green"][number % 2]),
    }
}

fn list(room: &Room, sentence: impl Fn(usize, usize) -> String) -> String {
    let mut text = "path,file,list,sentence\n".to_owned();
    for image in 0..14 {
        let list = ["train", "val", "test"][usize::from(image >= 8) + usize::from(image >= 11)];
        for number in 0..2 {
            let said = sentence(image, number);
            text += &format!("{},{image}.jpg,{list},\"{said}\"\n", room.path(&format!("{image}.jpg")).display());
        }
    }
    text
}

fn job(room: &Room, out: &Path, changes: &Value) -> Value {
    let entry = replications::registry::paper("image-descriptions").unwrap();
    let conditions = entry.read(spec::load::Known::default()).unwrap().conditions;
    let mut all = json!({
        "least": 2, "looked_at": 4, "regions": 2, "betas": [0, 2],
        "alignment": {"batch": 4, "learning_rate": 0.01, "momentum": 0.9, "weight_decay": 0.0, "clip": 5, "margin": 1,
            "begin": 0.1, "share": 1, "of": 100},
        "writing": {"batch": 5, "learning_rate": 0.001, "decay": 0.999, "epsilon": 1e-8, "weight_decay": 0.0, "clip": 5,
            "begin": 0.1, "longest": 6, "of": 100},
    });
    for (key, value) in changes.as_object().into_iter().flatten() {
        all[key] = value.clone();
    }
    let networks = [
        "alignment-googlenet",
        "alignment-googlenet-whole",
        "generation-googlenet",
        "generation-googlenet-lstm",
        "generation-googlenet-regions",
    ];
    let stage = json!({
        "id": "image-descriptions-parts", "of_steps": 100, "checkpoint_seconds": 0.0,
        "size": {"steps": 6, "complete": false, "what": "a test", "networks": networks},
        "recipe": recipe("image-descriptions", all), "conditions": conditions,
        "data": [{"id": "flickr8k-part", "folder": room.path(""), "list": room.path("sentences.csv"), "root": "a",
            "part_of": {"whole": "flickr8k", "of": 8000, "how": "a part"}, "already_resized": "small",
            "tested": {"list": "test", "set": "flickr8k-test", "of": 1000}}],
        "weights": [{"id": "googlenet-bvlc", "format": "safetensors", "path": room.path("weights.safetensors"),
            "names": room.path("names.csv"), "hash": "b",
            "input": {"colour": "bgr", "range": 255.0, "mean": [104.0, 117.0, 123.0], "std": [1.0, 1.0, 1.0]}}],
    });
    experiment("image-descriptions", &room.path("derived"), out, 2, stage)
}

fn room() -> Room {
    let room = Room::new();
    room.write_weights("weights.safetensors", &crate::common::graph("descriptions-googlenet-trunk"));
    fs_err::write(room.path("sentences.csv"), list(&room, sentence)).unwrap();
    room
}

#[test]
fn images_are_ranked_and_described_and_a_killed_run_ends_with_the_same_bytes() {
    let room = room();
    let [whole, killed] = ["whole", "killed"].map(|name| room.path(name));
    let ended = run(&job(&room, &whole, &json!({})));
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let outcomes = ended.outcomes();
    let told: Vec<(&str, &str, &str)> =
        outcomes.iter().map(|found| (found.task.as_str(), found.network.as_str(), found.protocol.as_str())).collect();
    assert_eq!(
        told,
        [
            ("vocabulary", "vocabulary", "words"),
            ("retrieve", "alignment-googlenet", "ranking"),
            ("retrieve", "alignment-googlenet-whole", "ranking"),
            ("caption", "generation-googlenet", "beam-1"),
            ("caption", "generation-googlenet", "beam-7"),
            ("caption", "generation-googlenet-lstm", "beam-1"),
            ("caption", "generation-googlenet-lstm", "beam-7"),
            ("caption", "nearest-neighbour", "beam-1"),
            ("caption", "nearest-neighbour", "beam-7"),
        ]
    );
    for found in &outcomes[1..] {
        assert_eq!((found.count, found.part_of.as_ref().unwrap().of), (3, 1000));
        assert_eq!(found.already_resized.as_deref(), Some("small"));
    }
    assert!(matches!(&outcomes[1].model, Model::Trained(trained) if trained.words == "6 of 100 steps"));
    assert!(matches!(&outcomes[7].model, Model::Baseline));
    // What is said of the nearest image stands word for word among what was learned from.
    let nearest = unpacked(whole.join(&outcomes[7].file));
    assert!(nearest.lines().skip(1).all(|line| line.starts_with("true,")), "{nearest}");
    let words = unpacked(whole.join(&outcomes[0].file));
    assert!(words.lines().any(|line| line.ends_with(",false")) && words.ends_with(",true\n"), "{words}");
    // Images are three, sentences six, and every rank is one of these.
    let ranks = unpacked(whole.join(&outcomes[1].file));
    for line in ranks.lines().skip(1) {
        let (annotation, search) = line.split_once(',').unwrap();
        assert!((1..=5).contains(&annotation.parse::<u32>().unwrap()), "{line}");
        assert!(search.split(' ').all(|rank| (1..=3).contains(&rank.parse::<u32>().unwrap())), "{line}");
    }
    let noted = |wanted: &str| ended.events.iter().any(|event| format!("{event:?}").contains(wanted));
    assert!(noted("of 1 sentence only the first 60 words are read"));

    let again = job(&room, &killed, &json!({}));
    kill_after_some_steps(&again, &killed.join("checkpoints/generation-googlenet.safetensors"));
    let ended = run(&again);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.events.iter().any(|event| matches!(event, Event::Resumed { .. })), "it was killed too late");
    let [wanted, found] = [whole, killed].map(|out| files(&out));
    assert_eq!(wanted.keys().collect::<Vec<_>>(), found.keys().collect::<Vec<_>>());
    for (name, bytes) in &wanted {
        assert!(found[name] == *bytes, "{name} differs");
    }
}

#[test]
fn sentences_without_a_word_that_is_learned_stop_it_with_what_to_do() {
    let room = room();
    let failed = |text: String, changes: Value| {
        fs_err::write(room.path("sentences.csv"), text).unwrap();
        let ended = run(&job(&room, &room.path("out"), &changes));
        assert_eq!(ended.code, Some(2));
        ended.failure().1.to_owned()
    };
    let told = failed(list(&room, |_, _| "... 🐕".to_owned()), json!({}));
    assert!(told.contains("no word occurs 2 times or more in the 16 sentences that are learned from"), "{told}");
    let told = failed(list(&room, sentence), json!({"least": 5000}));
    assert!(told.contains("no word occurs 5000 times or more"), "{told}");
    let told = failed(list(&room, sentence).replace(",test,", ",train,"), json!({}));
    assert!(told.contains("no image of flickr8k-part is in a list to test"), "{told}");
}
