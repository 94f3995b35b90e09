//! Localisation as a process, on a few real pictures with boxes, where a mirror is at hand.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use spec::event::{Event, Model};
use store::annotated::Annotation;
use tempfile::TempDir;

use crate::common::{mirror, run, unpacked};
use crate::training::{experiment, files, kill_after_some_steps, recipe};

/// The first pictures of both lists that have one object.
fn list(year: &Path, counts: [(&str, usize); 2]) -> String {
    pictures(year, counts, |objects| objects == 1)
}

/// The first pictures of both lists that have as many objects as wanted, with all of them.
pub(crate) fn pictures(year: &Path, counts: [(&str, usize); 2], wanted: impl Fn(usize) -> bool) -> String {
    let mut text = "path,file,list,width,height,class,left,top,right,bottom,difficult\n".to_owned();
    for (name, count) in counts {
        let images = store::voc::read(year, name).unwrap();
        for image in images.iter().filter(|image| wanted(image.annotation.objects.len())).take(count) {
            let Annotation { file, width, height, objects } = &image.annotation;
            for object in objects {
                let (class, [left, top, right, bottom]) = (object.class, object.bounds);
                let object = format!("{class},{left},{top},{right},{bottom},{}", u8::from(object.difficult));
                text += &format!("{},{file},{name},{width},{height},{object}\n", image.path.display());
            }
        }
    }
    text
}

/// GoogLeNet's weights, and a folder with the pictures; None, loudly, without a mirror.
pub(crate) fn weights_and_pictures() -> Option<(PathBuf, TempDir)> {
    let weights = mirror("bvlc_googlenet", "bvlc_googlenet.safetensors")?;
    let voc = mirror("voc2007-309", "voc2007-309.tar")?;
    let room = tempfile::tempdir().unwrap();
    assert!(Command::new("tar").arg("-xf").arg(voc).arg("-C").arg(room.path()).status().unwrap().success());
    Some((weights, room))
}

fn job(room: &Path, weights: &Path, out: &Path, changes: Value) -> Value {
    let entry = replications::registry::paper("vgg").unwrap();
    let conditions = entry.read(spec::load::Known::default()).unwrap().conditions;
    let names = format!("{}/../../replications/vgg/names/bvlc.csv", env!("CARGO_MANIFEST_DIR"));
    let networks = ["googlenet-voc-classes", "googlenet-voc-scr", "googlenet-voc-pcr"];
    let stage = json!({
        "id": "vgg-localisation", "of_steps": 100, "checkpoint_seconds": 0.0,
        "size": {"steps": 6, "complete": false, "what": "a test", "networks": networks},
        "recipe": recipe("vgg", changes), "conditions": conditions,
        "data": [{"id": "voc2007-309", "folder": room, "list": room.join("list.csv"), "root": "a",
            "part_of": {"whole": "voc2007", "of": 9963, "how": "a part"},
            "tested": {"list": "test", "set": "voc2007-test", "of": 4952}}],
        "weights": [{"id": "googlenet-bvlc", "format": "safetensors", "path": weights, "names": names, "hash": "b",
            "input": {"colour": "bgr", "range": 255.0, "mean": [104.0, 117.0, 123.0], "std": [1.0, 1.0, 1.0]}}],
    });
    experiment("vgg", room, out, 2, stage)
}

#[test]
fn boxes_are_learned_and_asked_for_in_both_ways_and_a_killed_run_ends_with_the_same_bytes() {
    let Some((weights, room)) = weights_and_pictures() else { return };
    fs_err::write(room.path().join("list.csv"), list(&room.path().join("VOC2007"), [("train", 6), ("test", 3)]))
        .unwrap();
    let changes = json!({"batch": 4, "views": "center", "test_sides": [224, 256]});
    let [whole, killed] = ["whole", "killed"].map(|name| room.path().join(name));
    let ended = run(&job(room.path(), &weights, &whole, changes.clone()));
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let outcomes = ended.outcomes();
    let told: Vec<(&str, &str, &str)> =
        outcomes.iter().map(|found| (found.task.as_str(), found.network.as_str(), found.protocol.as_str())).collect();
    assert_eq!(
        told,
        [
            ("classify", "googlenet-voc-classes", "true-class"),
            ("localise", "mean-box", "true-class"),
            ("localise", "googlenet-voc-scr", "true-class"),
            ("localise", "googlenet-voc-pcr", "true-class"),
            ("localise", "googlenet-voc-scr", "dense-boxes"),
            ("localise", "googlenet-voc-pcr", "dense-boxes"),
        ]
    );
    assert!(outcomes.iter().all(|found| found.count == 3 && found.part_of.as_ref().unwrap().of == 4952));
    assert!(matches!(&outcomes[2].model, Model::Trained(trained) if trained.words == "6 of 100 steps"));
    // One guess of the true class; then five classes, the likeliest first, each with a box.
    for (place, guesses) in [(2, 1), (4, 5)] {
        let text = unpacked(whole.join(&outcomes[place].file));
        let mut lines = text.lines();
        assert_eq!(lines.next().unwrap().split(',').count(), 2 * guesses);
        for line in lines {
            let fields: Vec<&str> = line.split(',').collect();
            let classes: std::collections::HashSet<&str> = fields[..guesses].iter().copied().collect();
            assert_eq!((fields.len(), classes.len()), (2 * guesses, guesses), "{line}");
            assert!(fields[guesses..].iter().all(|edges| edges.split(' ').count() == 4), "{line}");
        }
    }
    let again = job(room.path(), &weights, &killed, changes);
    kill_after_some_steps(&again, &killed.join("checkpoints/googlenet-voc-scr.safetensors"));
    let ended = run(&again);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.events.iter().any(|event| matches!(event, Event::Resumed { .. })), "it was killed too late");
    let [wanted, found] = [whole, killed].map(|out| files(&out));
    assert_eq!(wanted.keys().collect::<Vec<_>>(), found.keys().collect::<Vec<_>>());
    assert!(wanted.iter().all(|(name, bytes)| found[name] == *bytes));
}

#[test]
fn a_picture_of_another_size_than_its_annotation_says_stops_it_by_name() {
    let Some((weights, room)) = weights_and_pictures() else { return };
    let good = list(&room.path().join("VOC2007"), [("train", 1), ("test", 1)]);
    let failed = |text: String| {
        fs_err::write(room.path().join("list.csv"), text).unwrap();
        let changes = json!({"batch": 1, "views": "center"});
        let ended = run(&job(room.path(), &weights, &room.path().join("out"), changes));
        assert_eq!(ended.code, Some(2));
        ended.failure().1.to_owned()
    };
    let told = failed(good.replacen(",500,", ",900,", 1));
    assert!(told.contains(".jpg: the picture is ") && told.contains("its annotation says "), "{told}");
    let told = failed(good.replace(",test,", ",val,"));
    assert!(told.contains("no image is in a list of the sets given that is tested"), "{told}");
    let told = failed(good.replace(",train,", ",test,"));
    assert!(told.contains("no image of the sets given is in a list that is trained on"), "{told}");
}
