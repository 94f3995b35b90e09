//! Real weights and pictures, where a mirror is at hand.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use spec::event::Event;

use crate::common::{Room, mirror, run, unpacked};

fn table(path: &str) -> String {
    format!("{}/../../replications/{path}", env!("CARGO_MANIFEST_DIR"))
}

fn write_list(room: &Room, pictures: &[(PathBuf, String)]) {
    let line = |(path, class): &(PathBuf, String)| {
        format!("{},{},{class}\n", path.display(), path.file_name().unwrap().to_string_lossy())
    };
    let lines = pictures.iter().map(line).collect::<String>();
    fs_err::write(room.path("list.csv"), format!("path,file,class\n{lines}")).unwrap();
}

/// A set of the mirror's pictures with their classes; unpacked into the room where the mirror has them packed.
fn pictures(room: &Room, set: &str) -> Option<Vec<(PathBuf, String)>> {
    let mut folder = mirror("", set)?;
    let labels = fs_err::read_to_string(folder.join("labels.csv")).unwrap();
    let packed = folder.join("images.tar");
    if packed.exists() {
        folder = room.path(set);
        fs_err::create_dir(&folder).unwrap();
        assert!(Command::new("tar").arg("-xf").arg(packed).arg("-C").arg(&folder).status().unwrap().success());
    }
    let fields = labels.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    Some(fields.map(|fields| (folder.join(fields[0]), fields[2].to_owned())).collect())
}

/// Makes a job's weights those of BVLC's GoogLeNet, by a table of names.
fn from_bvlc(weights: &mut Value, path: &Path, names: &str) {
    weights["path"] = json!(path);
    weights["names"] = json!(table(names));
    weights["input"] = json!({"colour": "bgr", "range": 255.0, "mean": [104.0, 117.0, 123.0]});
}

/// A job that predicts the room's list by GoogLeNet.
fn googlenet(room: &Room, weights: &Path, kind: &str, resize: Value) -> Value {
    let mut stage = room.predict(kind);
    stage["predict"]["protocol"]["resize"] = resize;
    stage["predict"]["protocol"]["views"]["size"] = json!(224);
    let mut job = room.job(&[stage]);
    job["network"] = json!("googlenet");
    from_bvlc(&mut job["weights"], weights, "googlenet/names/bvlc.csv");
    job
}

/// Protocols of many views, against PyTorch's answers to the same pictures (`golden/protocols.py`): the best class of some
/// pictures and how probable it is. With a hundred views and more, three pictures are half a thousand of them.
#[test]
fn protocols_of_many_views_are_answered_as_elsewhere() {
    let golden: Value = serde_json::from_str(include_str!("../golden/protocols.json")).unwrap();
    let scales = |short_side: &[u32]| json!({"short_side": short_side});
    for (case, step, kind, resize) in [
        ("googlenet/ten-crop/val-650", 36, "ten-crop", json!(null)),
        ("googlenet/dense-256-384/train-60", 12, "dense", scales(&[256, 384])),
        ("googlenet/crops-144/train-60", 24, "crops-144", scales(&[256, 288, 320, 352])),
        ("googlenet/grid-150/train-60", 24, "grid-50", scales(&[256, 384, 512])),
    ] {
        let room = Room::new();
        let set = format!("imagenet-{}", case.rsplit('/').next().unwrap());
        let (Some(weights), Some(all)) =
            (mirror("bvlc_googlenet", "bvlc_googlenet.safetensors"), pictures(&room, &set))
        else {
            return;
        };
        // The file has answers to every twelfth picture, or to all.
        let every = golden[case]["every"].as_u64().unwrap() as usize;
        let some: Vec<_> = all.into_iter().step_by(step).collect();
        write_list(&room, &some);
        let mut job = googlenet(&room, &weights, kind, resize);
        job["settings"]["threads"] = json!(2);
        let ended = run(&job);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let lines = unpacked(room.path("out").join(&ended.outcomes()[0].file));
        let theirs = golden[case]["answers"].as_array().unwrap().iter().step_by(step / every);
        assert_eq!(lines.lines().count() - 1, theirs.len(), "{case}");
        for ((line, theirs), (path, class)) in lines.lines().skip(1).zip(theirs).zip(&some) {
            let fields: Vec<&str> = line.split(',').collect();
            // Where the best class is the true one, its field is empty.
            let best = if fields[0].is_empty() { class } else { fields[0] };
            let score: f64 = fields[5].parse().unwrap();
            let what = format!("{case}, {}: {best} {score}, there {theirs}", path.display());
            assert!((score - theirs[1].as_f64().unwrap()).abs() < 2e-4, "{what}");
            assert_eq!(best, theirs[0].to_string(), "{what}");
        }
    }
}

/// GoogLeNet with the weights of its time on 60 training pictures at their own size: 50 right, 60 among the first five
/// (an independent run in PyTorch with Pillow).
#[test]
fn googlenet_sees_what_it_saw_elsewhere() {
    let room = Room::new();
    let (Some(weights), Some(labels)) =
        (mirror("bvlc_googlenet", "bvlc_googlenet.safetensors"), pictures(&room, "imagenet-train-60"))
    else {
        return;
    };
    write_list(&room, &labels);
    let ended = run(&googlenet(&room, &weights, "center", json!({"short_side": [256]})));
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
    let (Some(weights), Some(labels)) =
        (mirror("bvlc_googlenet", "bvlc_googlenet.safetensors"), pictures(&room, "imagenet-train-60"))
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
    from_bvlc(&mut loaded, &weights, "adversarial/names/bvlc.csv");
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

/// Everything that is drawn of a network, of a few pictures: names, captions, sizes; and parts hidden in the user's pictures.
#[test]
fn what_units_see_is_drawn() {
    let room = Room::new();
    let (Some(weights), Some(labels)) =
        (mirror("bvlc_googlenet", "bvlc_googlenet.safetensors"), pictures(&room, "imagenet-train-60"))
    else {
        return;
    };
    fs_err::create_dir(room.path("free")).unwrap();
    fs_err::create_dir(room.path("parts")).unwrap();
    let mut marks = "file,part,x,y,width,height\n".to_owned();
    for (index, picture) in labels[..3].iter().enumerate() {
        fs_err::copy(&picture.0, room.path(&format!("free/{index}.jpg"))).unwrap();
        fs_err::copy(&picture.0, room.path(&format!("parts/{index}.jpg"))).unwrap();
        let size = images::load(&picture.0).unwrap();
        let (x, y) = (size.width / 2, size.height / 2);
        for (part, shift) in [("right-eye", 0), ("left-eye", 25), ("nose", 12)] {
            marks += &format!("{index}.jpg,{part},{},{y},20,20\n", x + shift);
        }
    }
    fs_err::write(room.path("parts/parts.csv"), marks).unwrap();
    let mut job = room.job(&[]);
    let mut loaded = job["weights"].take();
    loaded["id"] = json!("googlenet-bvlc");
    from_bvlc(&mut loaded, &weights, "zfnet/names/bvlc.csv");
    job["paper"] = json!("zfnet");
    job["network"] = json!("zfnet-pictures");
    let entry = replications::registry::paper("zfnet").unwrap();
    let conditions = entry.read(spec::load::Known::default()).unwrap().conditions;
    let recipe = crate::training::recipe(
        "zfnet",
        json!({
            "batch": 3, "short_sides": [256], "top": 2, "maps": 2, "occluder": {"size": 100, "stride": 62},
            "subjects": [{
                "of": "googlenet-bvlc-pictured", "weights": "googlenet-bvlc",
                "layers": ["conv1/7x7_s2/relu", "inception_5b/output"], "features": "flatten",
            }],
        }),
    );
    job["stages"] = json!([{"experiment": {
        "id": "zfnet-pictures", "of_steps": 0, "budget": null, "weights": [loaded], "protocol": null, "generated": [],
        "size": {"steps": 0, "what": "a test", "networks": ["googlenet-bvlc-pictured"]},
        "recipe": recipe, "conditions": conditions, "parts": room.path("parts"),
        "data": [{"id": "free", "folder": room.path("free"), "list": null, "root": "0"}],
    }}]);
    let ended = run(&job);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let mut shown = Vec::new();
    for event in &ended.events {
        if let Event::Picture(found) = event {
            let picture = images::load(&room.path("out").join(&found.file)).unwrap();
            assert!(!found.private && found.caption.contains("googlenet-bvlc-pictured"), "{}", found.caption);
            shown.push((found.name.replace("googlenet-bvlc-pictured-free-", ""), picture.width, picture.height));
        }
    }
    let named: Vec<&str> = shown.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(named, ["layer-1", "layer-2", "ways", "occluded"]);
    // A row for each of the three photographs, five panels wide.
    assert_eq!((shown[3].1, shown[3].2 % 3), (5 * 212 + 12, 0));
    let measured: Vec<_> =
        ended.outcomes().iter().map(|found| (found.protocol.as_str(), found.task.as_str(), found.count)).collect();
    let wanted: Vec<_> = conditions_of(&job).into_iter().map(|id| (id, "sign-change", 3)).collect();
    assert_eq!(measured, wanted.iter().map(|(id, task, count)| (id.as_str(), *task, *count)).collect::<Vec<_>>());
    // Three pairs of pictures, each a share of features.
    let text = unpacked(room.path("out").join(&ended.outcomes()[0].file));
    let shares: Vec<f64> = text.lines().skip(1).map(|line| line.parse().unwrap()).collect();
    assert!(shares.iter().all(|share| *share > 0.0 && *share < 1.0), "{shares:?}");
}

fn conditions_of(job: &Value) -> Vec<String> {
    let conditions = job["stages"][0]["experiment"]["conditions"].as_array().unwrap();
    conditions.iter().map(|condition| condition["id"].as_str().unwrap().to_owned()).collect()
}
