//! What people read when a spec's imported predictions are wrong.

use spec::load;

use crate::sample::{PAPER, with};

const IMPORTED: &str = "imported:
  - id: vgg19-theirs
    network: vgg19
    data: imagenet-val
    protocol: center-224
    lock: imagenet-val-predictions-vgg19
    file: vgg19.npy
    by: somebody, with their program
    origin: torchvision's weights
    weights: vgg19-tv
tolerance: { points: 0.03, source: two programs with the same weights }
claims:
";

fn good() -> String {
    with(PAPER, "claims:\n", IMPORTED)
}

fn said(changes: &[(&str, &str)]) -> String {
    let text = changes.iter().fold(good(), |text, (from, to)| with(&text, from, to));
    let lock = crate::committed::lock();
    let known = load::Known { lock: Some(&lock), metrics: None };
    load::paper_with(&text, "spec.yaml", known).expect_err("the changed sample must not load").to_string()
}

#[test]
fn good_ones_load_and_claims_may_be_about_them() {
    let lock = crate::committed::lock();
    let known = load::Known { lock: Some(&lock), metrics: None };
    let text = with(&good(), "weights: [vgg19-tv]", "weights: [vgg19-tv, vgg19-theirs]");
    let paper = load::paper_with(&text, "spec.yaml", known).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(paper.imported[0].weights.as_deref(), Some("vgg19-tv"));
    assert!(!paper.imported[0].paper && paper.imported[0].tolerance.is_none());
    assert_eq!(paper.tolerance.map(|tolerance| tolerance.points), Some(0.03));
}

#[test]
fn references_to_nothing() {
    for (from, to, message) in [
        (
            "    network: vgg19\n    data:",
            "    network: vgg20\n    data:",
            "network `vgg20` is not in this spec; it has: `vgg19`",
        ),
        ("protocol: center-224\n    lock:", "protocol: dense\n    lock:", "protocol `dense` is not in this spec"),
        (
            "    weights: vgg19-tv",
            "    weights: vgg19-caffe",
            "weights `vgg19-caffe` is not in this spec; it has: `vgg19-tv`",
        ),
        (
            "data: imagenet-val\n    protocol: center-224\n    lock",
            "data: imagenet-vla\n    protocol: center-224\n    lock",
            "data set `imagenet-vla` is no entry of the lock",
        ),
        ("lock: imagenet-val-predictions-vgg19", "lock: predictions", "`predictions` is no entry of the lock"),
        (
            "file: vgg19.npy",
            "file: vgg16.npy",
            "entry `imagenet-val-predictions-vgg19` of the lock has no file `vgg16.npy`; its files: `vgg19.npy`",
        ),
        ("file: vgg19.npy", "file: ../vgg19.npy", "leaves its folder by `..`"),
        ("id: vgg19-theirs", "id: vgg19-tv", "`vgg19-tv` is the id of weights too; claims could mean either"),
        ("points: 0.03", "points: -1", "points -1 must be 0 or more"),
        ("source: two programs with the same weights", "source: ' '", "source is empty"),
        ("by: somebody, with their program", "by: ''", "by is empty"),
    ] {
        let said = said(&[(from, to)]);
        assert!(said.contains(message), "{to}: {said}");
        assert!(said.starts_with("spec.yaml:"), "{said}");
    }
}
