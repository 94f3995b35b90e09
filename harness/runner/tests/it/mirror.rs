//! Real weights and pictures, where a mirror is at hand.

use std::path::PathBuf;
use std::process::Command;

use serde_json::json;
use spec::event::Event;

use crate::common::{Room, mirror, run, unpacked};

fn table(path: &str) -> String {
    format!("{}/../../replications/{path}", env!("CARGO_MANIFEST_DIR"))
}

/// The mirror's 60 training pictures and their classes; unpacked into the room where the mirror has them packed.
fn train_60(room: &Room) -> Option<Vec<(PathBuf, String)>> {
    let mut folder = mirror("", "imagenet-train-60")?;
    let labels = fs_err::read_to_string(folder.join("labels.csv")).unwrap();
    let packed = folder.join("images.tar");
    if packed.exists() {
        folder = room.path("train-60");
        fs_err::create_dir(&folder).unwrap();
        assert!(Command::new("tar").arg("-xf").arg(packed).arg("-C").arg(&folder).status().unwrap().success());
    }
    let fields = labels.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    Some(fields.map(|fields| (folder.join(fields[0]), fields[2].to_owned())).collect())
}

fn write_list(room: &Room, pictures: &[(PathBuf, String)]) {
    let line = |(path, class): &(PathBuf, String)| {
        format!("{},{},{class}\n", path.display(), path.file_name().unwrap().to_string_lossy())
    };
    let lines = pictures.iter().map(line).collect::<String>();
    fs_err::write(room.path("list.csv"), format!("path,file,class\n{lines}")).unwrap();
}

/// GoogLeNet with the weights of its time on 60 training pictures at their own size: 50 right, 60 among the first five
/// (an independent run in PyTorch with Pillow).
#[test]
fn googlenet_sees_what_it_saw_elsewhere() {
    let room = Room::new();
    let (Some(weights), Some(labels)) = (mirror("bvlc_googlenet", "bvlc_googlenet.safetensors"), train_60(&room))
    else {
        return;
    };
    write_list(&room, &labels);
    let mut stage = room.predict("center");
    stage["predict"]["protocol"]["resize"] = json!({"short_side": [256]});
    stage["predict"]["protocol"]["views"]["size"] = json!(224);
    let mut job = room.job(&[stage]);
    job["network"] = json!("googlenet");
    job["weights"]["path"] = json!(weights);
    job["weights"]["names"] = json!(table("googlenet/names/bvlc.csv"));
    job["weights"]["input"] = json!({"colour": "bgr", "range": 255.0, "mean": [104.0, 117.0, 123.0]});
    let ended = run(&job);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let outcomes = ended.outcomes();
    let lines = unpacked(room.path("out").join(&outcomes[0].file));
    let examples = unpacked(room.path("out").join(&outcomes[0].examples.as_ref().unwrap().file));
    let (mut first, mut five) = (0i32, 0i32);
    for (line, example) in lines.lines().zip(examples.lines()).skip(1) {
        let top: Vec<&str> = line.split(',').take(5).collect();
        let right = top[0].is_empty();
        first += i32::from(right);
        five += i32::from(right || top.contains(&example.rsplit_once(',').unwrap().1));
    }
    assert!((first - 50).abs() <= 1 && (five - 60).abs() <= 1, "{first} and {five} of 60");
}

/// The attack on photographs: those with classes are scored and their picture is private, those without are only shown.
#[test]
fn a_photograph_without_a_class_is_attacked_and_may_be_shown() {
    let room = Room::new();
    let (Some(weights), Some(labels)) = (mirror("bvlc_googlenet", "bvlc_googlenet.safetensors"), train_60(&room))
    else {
        return;
    };
    fs_err::create_dir(room.path("free")).unwrap();
    for (index, picture) in labels[..3].iter().enumerate() {
        fs_err::copy(&picture.0, room.path(&format!("free/{index}.jpg"))).unwrap();
    }
    write_list(&room, &labels[..6]);
    let mut job = room.job(&[]);
    let (mut loaded, mut protocol) = (job["weights"].take(), room.protocol("center"));
    loaded["path"] = json!(weights);
    loaded["names"] = json!(table("adversarial/names/bvlc.csv"));
    loaded["input"] = json!({"colour": "bgr", "range": 255.0, "mean": [104.0, 117.0, 123.0]});
    protocol["resize"] = json!({"short_side": [256]});
    protocol["views"]["size"] = json!(224);
    let set = |id: &str, folder: std::path::PathBuf, list: Option<std::path::PathBuf>| json!({"id": id, "folder": folder, "list": list, "root": "0"});
    job["paper"] = json!("adversarial");
    job["network"] = json!("adversarial-imagenet");
    job["stages"] = json!([{"experiment": {
        "id": "adversarial-imagenet", "of_steps": 0, "budget": null, "weights": [loaded], "protocol": protocol, "generated": [],
        "size": {"steps": 0, "complete": true, "what": "a test", "networks": ["googlenet-bvlc-attacked"]},
        "recipe": crate::training::recipe("adversarial", json!({"batch": 4})),
        "data": [set("listed", room.path(""), Some(room.path("list.csv"))), set("free", room.path("free"), None)],
        "conditions": [{"id": "fgsm-0.007", "title": "signs", "with": {"kind": "fgsm", "epsilon": 0.007, "photographs": true}, "source": "a test"}],
    }}]);
    let ended = run(&job);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let mut shown = Vec::new();
    for event in &ended.events {
        if let Event::Picture(found) = event {
            shown.push((found.name.as_str(), found.private));
        }
    }
    let scored: Vec<_> =
        ended.outcomes().iter().map(|found| (found.data.as_str(), found.protocol.as_str(), found.count)).collect();
    assert_eq!(scored, [("listed", "p", 6), ("listed", "fgsm-0.007", 6)]);
    assert_eq!(shown, [("panda-style-listed", true), ("panda-style-free", false)]);
}
