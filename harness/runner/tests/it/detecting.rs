//! Detectors as processes, on a few real pictures with boxes, where a mirror is at hand.

use std::path::Path;

use serde_json::{Value, json};
use spec::event::Event;

use crate::common::{run, unpacked};
use crate::localisation::{pictures, weights_and_pictures};
use crate::training::{experiment, files, kill_after_some_steps, recipe};

/// A paper's experiment, small.
struct Small {
    paper: &'static str,
    folder: &'static str,
    experiment: &'static str,
    networks: &'static [&'static str],
    changes: Value,
    /// The training in the middle of which the run is killed.
    killed_in: &'static str,
}

/// How both parts of a detector are trained at the same time, on these proposals.
fn jointly(chosen: &Value) -> Value {
    json!({
        "pictures": 2, "learned_from": chosen, "deviations": [0.1, 0.1, 0.2, 0.2], "share": 1,
        "sampling": {"regions": 16, "foreground": 0.25, "foreground_from": 0.5, "background_from": 0},
        "learning_rate": {"from": 0.001, "divided_by": 10, "after": [50], "of": 70},
    })
}

fn job(room: &Path, weights: &Path, out: &Path, small: &Small) -> Value {
    let entry = replications::registry::paper(small.paper).unwrap();
    let conditions = entry.read(spec::load::Known::default()).unwrap().conditions;
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../replications");
    let stage = json!({
        "id": small.experiment, "of_steps": 100, "checkpoint_seconds": 0.0,
        "size": {"steps": 4, "complete": false, "what": "a test", "networks": small.networks},
        "recipe": recipe(small.paper, small.changes.clone()), "conditions": conditions,
        "data": [{"id": "voc2007-309", "folder": room, "list": room.join("list.csv"), "root": "a",
            "part_of": {"whole": "voc2007", "of": 9963, "how": "a part"},
            "tested": {"list": "test", "set": "voc2007-test", "of": 4952}}],
        "weights": [{"id": "googlenet-bvlc", "format": "safetensors", "path": weights,
            "names": format!("{root}/{}/names/bvlc-googlenet.csv", small.folder), "hash": "b",
            "input": {"colour": "bgr", "range": 255.0, "mean": [104.0, 117.0, 123.0], "std": [1.0, 1.0, 1.0]}}],
    });
    experiment(small.paper, room, out, 2, stage)
}

/// Runs it whole, and killed and gone on with: the same files come out.
fn ends_with_the_same_bytes(small: &Small) {
    let Some((weights, room)) = weights_and_pictures() else { return };
    let listed = pictures(&room.path().join("VOC2007"), [("train", 5), ("test", 3)], |objects| objects > 0);
    fs_err::write(room.path().join("list.csv"), listed).unwrap();
    let [whole, killed] = ["whole", "killed"].map(|name| room.path().join(name));
    let ended = run(&job(room.path(), &weights, &whole, small));
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let outcomes = ended.outcomes();
    let mut told: Vec<&str> = outcomes.iter().map(|found| found.network.as_str()).collect();
    told.sort_unstable();
    let mut wanted = small.networks.to_vec();
    wanted.sort_unstable();
    assert_eq!(told, wanted);
    for found in &outcomes {
        assert_eq!((found.task.as_str(), found.protocol.as_str(), found.count), ("detect", "voc-test", 3));
        assert_eq!(found.part_of.as_ref().map(|part| (part.whole.as_str(), part.of)), Some(("voc2007-test", 4952)));
        let text = unpacked(whole.join(&found.file));
        assert_eq!(text.lines().next(), Some("detections"));
        // A class below twenty, a score and an upright box of each.
        for one in text.lines().skip(1).flat_map(|line| line.split(';')).filter(|one| !one.is_empty()) {
            let numbers: Vec<f64> = one.split(' ').map(|number| number.parse().unwrap()).collect();
            assert!(numbers.len() == 6 && numbers[0] < 20.0, "{one}");
            assert!(numbers[2] <= numbers[4] && numbers[3] <= numbers[5], "{one}");
        }
    }
    let again = job(room.path(), &weights, &killed, small);
    kill_after_some_steps(&again, &killed.join(format!("checkpoints/{}.safetensors", small.killed_in)));
    let ended = run(&again);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.events.iter().any(|event| matches!(event, Event::Resumed { .. })), "it was killed too late");
    let [wanted, found] = [whole, killed].map(|out| files(&out));
    assert_eq!(wanted.keys().collect::<Vec<_>>(), found.keys().collect::<Vec<_>>());
    for (name, bytes) in &wanted {
        assert!(found[name] == *bytes, "{name}");
    }
}

#[test]
fn regions_with_features_end_with_the_same_bytes_after_a_kill() {
    ends_with_the_same_bytes(&Small {
        paper: "rcnn",
        folder: "rcnn",
        experiment: "rcnn-parts",
        networks: &["rcnn-googlenet", "rcnn-googlenet-bb", "rcnn-googlenet-softmax"],
        changes: json!({"train_proposals": 12, "test_proposals": 10}),
        killed_in: "rcnn-googlenet-softmax",
    });
}

/// Features are those of the network as it was tuned, and boxes are corrected by others.
#[test]
fn a_network_tuned_on_regions_ends_with_the_same_bytes_after_a_kill() {
    ends_with_the_same_bytes(&Small {
        paper: "rcnn",
        folder: "rcnn",
        experiment: "rcnn-parts",
        networks: &["rcnn-googlenet", "rcnn-googlenet-bb", "rcnn-googlenet-softmax"],
        changes: json!({
            "train_proposals": 12, "test_proposals": 10,
            "softmax": {
                "learning_rate": {"from": 0.001, "divided_by": 10, "after": [9], "of": 10}, "faster": [10, 20],
                "momentum": 0.9, "weight_decay": 0.0005, "foreground": 2, "background": 4, "foreground_from": 0.5,
                "pictures": 2,
            },
            "subjects": [{
                "trunk": "rcnn-googlenet-trunk", "weights": "googlenet-bvlc", "tuned": "rcnn-googlenet-softmax",
                "machines": "rcnn-googlenet", "boxes": "rcnn-googlenet-bb", "boxes_on": "rcnn-googlenet",
                "softmax": "rcnn-googlenet-softmax",
            }],
        }),
        killed_in: "rcnn-googlenet-softmax-tuned",
    });
}

#[test]
fn layers_behind_pooled_regions_end_with_the_same_bytes_after_a_kill() {
    ends_with_the_same_bytes(&Small {
        paper: "fast-rcnn",
        folder: "fast_rcnn",
        experiment: "fast-rcnn-parts",
        networks: &[
            "fast-rcnn-googlenet",
            "fast-rcnn-googlenet-no-boxes",
            "fast-rcnn-googlenet-classes",
            "fast-rcnn-googlenet-stages",
            "fast-rcnn-googlenet-svm",
        ],
        changes: json!({"sides": [160, 300], "proposals": [40, 20]}),
        killed_in: "fast-rcnn-googlenet-classes",
    });
}

#[test]
fn layers_that_propose_end_with_the_same_bytes_after_a_kill() {
    let chosen = json!({"least_side": 16, "before": 600, "overlap": 0.7, "after": 30});
    ends_with_the_same_bytes(&Small {
        paper: "faster-rcnn",
        folder: "faster_rcnn",
        experiment: "faster-rcnn-parts",
        networks: &[
            "faster-rcnn-googlenet",
            "faster-rcnn-googlenet-search",
            "faster-rcnn-googlenet-joint",
            "faster-rcnn-googlenet-no-nms",
            "faster-rcnn-googlenet-no-cls-300",
            "faster-rcnn-googlenet-no-reg-300",
            "faster-rcnn-googlenet-anchors-256-ratios",
            "faster-rcnn-googlenet-lambda-100",
        ],
        changes: json!({
            "sides": [200, 300], "searched": [40, 20], "second_share": 1,
            "learned_from": chosen, "looked_into": chosen,
            "sampling": {"regions": 16, "foreground": 0.25, "foreground_from": 0.5, "background_from": 0.1},
            "joint": jointly(&chosen),
            "subject": {
                "trunk": "faster-rcnn-googlenet-trunk", "weights": "googlenet-bvlc", "layer": "inception_4e/output",
                "own": "faster-rcnn-googlenet", "search": "faster-rcnn-googlenet-search",
                "joint": "faster-rcnn-googlenet-joint",
                // The paper's numbers of proposals, up to 6,000, would be nearly all of the time.
                "tested": [
                    {"id": "faster-rcnn-googlenet-no-nms",
                        "proposals": {"least_side": 16, "before": 60, "overlap": 1, "after": 60}},
                    {"id": "faster-rcnn-googlenet-no-cls-300",
                        "proposals": {"least_side": 16, "overlap": 1, "after": 20, "without_scores": true}},
                    {"id": "faster-rcnn-googlenet-no-reg-300",
                        "proposals": {"least_side": 16, "before": 200, "overlap": 0.7, "after": 20, "without_boxes": true}},
                ],
                "ablations": [
                    {"id": "faster-rcnn-googlenet-anchors-256-ratios",
                        "anchors": {"base": 16, "ratios": [0.5, 1, 2], "scales": [16]}},
                    {"id": "faster-rcnn-googlenet-lambda-100", "balance": 10},
                ],
            },
        }),
        killed_in: "faster-rcnn-googlenet-joint",
    });
}

/// The trunk learns too: its weights, and what follows from them, are part of what must come out alike.
#[test]
fn a_tuned_trunk_ends_with_the_same_bytes_after_a_kill() {
    ends_with_the_same_bytes(&Small {
        paper: "fast-rcnn",
        folder: "fast_rcnn",
        experiment: "fast-rcnn-parts",
        networks: &[
            "fast-rcnn-googlenet",
            "fast-rcnn-googlenet-stages",
            "fast-rcnn-googlenet-svm",
            "fast-rcnn-s-compressed",
        ],
        changes: json!({
            "sides": [160, 300], "proposals": [40, 20], "compression": [{"layer": "cls_score", "kept": 5}],
            "subject": {
                "trunk": "fast-rcnn-googlenet-trunk", "weights": "googlenet-bvlc", "layer": "inception_4e/output",
                "tuned_from": "inception_4d/1x1", "both": "fast-rcnn-googlenet", "stages": "fast-rcnn-googlenet-stages",
                "machines": "fast-rcnn-googlenet-svm", "compressed": "fast-rcnn-s-compressed",
            },
        }),
        killed_in: "fast-rcnn-googlenet",
    });
}

/// Scales are drawn picture by picture in training; at test every region is looked into at one of them.
#[test]
fn pictures_at_several_scales_end_with_the_same_bytes_after_a_kill() {
    ends_with_the_same_bytes(&Small {
        paper: "fast-rcnn",
        folder: "fast_rcnn",
        experiment: "fast-rcnn-parts",
        networks: &["fast-rcnn-googlenet"],
        changes: json!({
            "pyramid": {"shorter": [120, 160, 220], "longest": 300, "region": 100}, "proposals": [40, 20],
            "subject": {
                "trunk": "fast-rcnn-googlenet-trunk", "weights": "googlenet-bvlc", "layer": "inception_4e/output",
                "tuned_from": "inception_4e/1x1", "both": "fast-rcnn-googlenet",
            },
        }),
        killed_in: "fast-rcnn-googlenet",
    });
}

#[test]
fn four_steps_on_a_tuned_trunk_end_with_the_same_bytes_after_a_kill() {
    let chosen = json!({"least_side": 16, "before": 600, "overlap": 0.7, "after": 30});
    ends_with_the_same_bytes(&Small {
        paper: "faster-rcnn",
        folder: "faster_rcnn",
        experiment: "faster-rcnn-parts",
        networks: &["faster-rcnn-googlenet", "faster-rcnn-vgg16-unshared", "faster-rcnn-googlenet-joint"],
        changes: json!({
            "sides": [160, 250], "searched": [40, 20], "second_share": 1, "learned_from": chosen, "looked_into": chosen,
            "sampling": {"regions": 16, "foreground": 0.25, "foreground_from": 0.5, "background_from": 0.1},
            "joint": jointly(&chosen),
            "subject": {
                "trunk": "faster-rcnn-googlenet-trunk", "weights": "googlenet-bvlc", "layer": "inception_4e/output",
                "tuned_from": "inception_4e/1x1", "own": "faster-rcnn-googlenet",
                "unshared": "faster-rcnn-vgg16-unshared", "joint": "faster-rcnn-googlenet-joint",
            },
        }),
        killed_in: "faster-rcnn-googlenet-unshared",
    });
}
