//! Boxes: targets by hand, back and forth, and corrected as numpy does it.

use base::boxes::Bounds;
use linear::boxes::{Correction, Settings, decode, encode};
use proptest::prelude::*;
use serde_json::Value;

use crate::made_up::{count, features, golden, list, near, number, rows};

fn bounds(edges: &Value) -> Bounds {
    Bounds::new(list(edges).try_into().unwrap())
}

fn all(boxes: &Value) -> Vec<Bounds> {
    boxes.as_array().unwrap().iter().map(bounds).collect()
}

fn assert_near(found: &Bounds, expected: &Bounds, tolerance: f64) {
    for (one, other) in found.edges().into_iter().zip(expected.edges()) {
        assert!(near(one, other, tolerance), "{found:?} for {expected:?}");
    }
}

#[test]
fn targets_are_those_of_the_appendix() {
    let made = golden(include_str!("../golden/boxes.json"));
    for case in made["targets"].as_array().unwrap() {
        let (proposal, truth) = (bounds(&case["proposal"]), bounds(&case["truth"]));
        let found = encode(&proposal, &truth).unwrap();
        for (found, expected) in found.into_iter().zip(list(&case["targets"])) {
            assert!(near(found, expected, 1e-12), "{case}: {found}");
        }
        assert_near(&decode(&proposal, found).unwrap(), &truth, 1e-12);
    }
    // By hand: half a width to the right, a quarter of a height up, twice as wide, as high.
    let proposal = Bounds::new([0.0, 0.0, 10.0, 20.0]);
    let found = encode(&proposal, &Bounds::new([0.0, -5.0, 20.0, 15.0])).unwrap();
    assert_eq!(found, [0.5, -0.25, std::f64::consts::LN_2, 0.0]);
}

#[test]
fn boxes_are_corrected_as_by_numpy() {
    let made = golden(include_str!("../golden/boxes.json"));
    for case in made["corrections"].as_array().unwrap() {
        let columns = count(case, "columns");
        let x = features(7, count(case, "rows"), columns, 0.0);
        let x = rows(&x, columns);
        let (proposals, truths) = (all(&case["proposals"]), all(&case["truths"]));
        let settings = Settings { lambda: number(case, "lambda"), floor: number(case, "floor") };
        let correction = Correction::fit(x, &proposals, &truths, &settings).unwrap();
        let found = correction.apply(x, &proposals).unwrap();
        for (found, expected) in found.iter().zip(all(&case["corrected"])) {
            assert_near(found, &expected, 1e-9);
        }
        let mean = |boxes: &[Bounds]| {
            boxes.iter().zip(&truths).map(|(one, truth)| one.iou(truth)).sum::<f64>() / truths.len() as f64
        };
        assert!(mean(&found) > mean(&proposals) + 0.03, "{} after {}", mean(&found), mean(&proposals));
    }
}

#[test]
fn targets_that_are_all_alike_are_learnt_as_they_are() {
    let x = features(1, 30, 5, 0.0);
    let x = rows(&x, 5);
    let proposals: Vec<Bounds> =
        (1..=30).map(|at| Bounds::new([0.0, 0.0, f64::from(at), 2.0 * f64::from(at)])).collect();
    let target = [0.1, -0.2, 0.3, 0.0];
    let truths: Vec<Bounds> = proposals.iter().map(|proposal| decode(proposal, target).unwrap()).collect();
    let settings = Settings { lambda: 1000.0, floor: 0.001 };
    let correction = Correction::fit(x, &proposals, &truths, &settings).unwrap();
    for (found, truth) in correction.apply(x, &proposals).unwrap().iter().zip(&truths) {
        assert_near(found, truth, 1e-9);
    }
}

#[test]
fn decorrelation_cancels_out_of_corrections() {
    let made = golden(include_str!("../golden/boxes.json"));
    let case = &made["corrections"][0];
    let columns = count(case, "columns");
    let x = features(7, count(case, "rows"), columns, 0.0);
    let x = rows(&x, columns);
    let (proposals, truths) = (all(&case["proposals"]), all(&case["truths"]));
    for floor in [1e-6, 1.0, 1e6] {
        let settings = Settings { lambda: number(case, "lambda"), floor };
        let found = Correction::fit(x, &proposals, &truths, &settings).unwrap().apply(x, &proposals).unwrap();
        for (found, expected) in found.iter().zip(all(&case["corrected"])) {
            assert_near(found, &expected, 1e-9);
        }
    }
}

proptest! {
    #[test]
    fn a_box_comes_back(
        corner in prop::array::uniform2(-1e4..1e4f64), size in prop::array::uniform2(0.1..1e4f64),
        other in prop::array::uniform2(-1e4..1e4f64), other_size in prop::array::uniform2(0.1..1e4f64),
        targets in prop::array::uniform4(-3.0..3.0f64),
    ) {
        let of = |[x, y]: [f64; 2], [width, height]: [f64; 2]| Bounds::new([x, y, x + width, y + height]);
        let (proposal, truth) = (of(corner, size), of(other, other_size));
        let back = decode(&proposal, encode(&proposal, &truth).unwrap()).unwrap();
        for (found, expected) in back.edges().into_iter().zip(truth.edges()) {
            prop_assert!((found - expected).abs() < 1e-6, "{back:?} for {truth:?}");
        }
        let again = encode(&proposal, &decode(&proposal, targets).unwrap()).unwrap();
        for (found, expected) in again.into_iter().zip(targets) {
            prop_assert!((found - expected).abs() < 1e-6, "{again:?} for {targets:?}");
        }
    }
}
