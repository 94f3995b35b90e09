//! What makes no sense is refused with its place.

use base::boxes::Bounds;
use linear::mining::{self, Candidates, mine};
use linear::ridge::Ridge;
use linear::svm::{Settings, train};
use linear::{Rows, boxes};

use crate::made_up::rows;

const SETTINGS: Settings =
    Settings { c: 1.0, positive_weight: 1.0, bias: 1.0, tolerance: 0.1, max_epochs: 10, seed: 0 };

fn says<T: std::fmt::Debug, E: std::error::Error>(result: Result<T, E>, expected: &str) {
    let said = result.unwrap_err().to_string();
    assert!(said.starts_with(expected), "{said:?} for {expected:?}");
}

#[test]
fn rows_that_are_not_whole_or_not_finite() {
    says(Rows::new("positives", &[1.0, 2.0, 3.0], 2), "positives: 3 values are not whole rows of 2");
    says(Rows::new("positives", &[], 0), "positives: 0 values are not whole rows of 0");
    says(Rows::new("positives", &[1.0, 2.0, 3.0, f32::NAN], 2), "positives: row 1, column 1 is NaN");
    says(Rows::new("p", &[1.0, f32::INFINITY], 2), "p: row 0, column 1 is inf");
    assert!(Rows::new("none", &[], 2).unwrap().is_empty());
}

#[test]
fn machines_that_cannot_be_trained() {
    let (two, three, none) = (rows(&[1.0, 2.0], 2), rows(&[1.0, 2.0, 3.0], 3), rows(&[], 2));
    says(train(none, two, &SETTINGS, None), "the machine to train: has no positives");
    says(train(two, none, &SETTINGS, None), "the machine to train: has no negatives");
    says(train(two, three, &SETTINGS, None), "negatives: 3 columns where 2 are needed");
    says(train(two, two, &SETTINGS, Some(&[0.0])), "dual variables to start with: 1 where 2 are needed");
    says(train(two, two, &SETTINGS, Some(&[0.0, f64::NAN])), "dual variables to start with: row 1, column 0 is NaN");
    for c in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        says(train(two, two, &Settings { c, ..SETTINGS }, None), &format!("c = {c}: must be finite and above 0"));
    }
    says(train(two, two, &Settings { bias: -1.0, ..SETTINGS }, None), "bias = -1: must be");
    says(train(two, two, &Settings { positive_weight: 0.0, ..SETTINGS }, None), "positive_weight = 0: must be");
    says(train(two, two, &Settings { tolerance: 0.0, ..SETTINGS }, None), "tolerance = 0: must be");
    says(train(two, two, &Settings { max_epochs: 0, ..SETTINGS }, None), "max_epochs = 0: must be");
    let model = train(two, two, &SETTINGS, None).unwrap().model;
    says(model.scores(three), "rows to score: 3 columns where 2 are needed");
}

#[test]
fn mining_that_cannot_be_done() {
    let settings = mining::Settings { svm: SETTINGS, hard: -1.0, retrain: 1, evict: -1.2, epochs: 1, warm: true };
    let positives = [rows(&[1.0, 2.0], 2)];
    let run = |given: Candidates| mine(&positives, 1, |_| Ok(given.clone()), &settings, |_| {});
    let features = vec![0.0, 1.0];
    says(run(Candidates::default()), "class 0: has no negatives in any image");
    says(
        run(Candidates { features: vec![0.0; 3], negatives: vec![vec![]] }),
        "image 0: 3 values are not whole rows of 2",
    );
    says(run(Candidates { features: vec![0.0, f32::NAN], negatives: vec![] }), "image 0: row 0, column 1 is NaN");
    says(run(Candidates { features: features.clone(), negatives: vec![] }), "lists of negatives of image 0: 0 where 1");
    says(
        run(Candidates { features: features.clone(), negatives: vec![vec![1]] }),
        "image 0: negative 1 of class 0 is not among its 1 rows",
    );
    says(mine(&[], 1, |_| Ok(Candidates::default()), &settings, |_| {}), "mining: has no classes");
    let failing = |_| Err("no such file".into());
    says(mine(&positives, 1, failing, &settings, |_| {}), "image 0: its features were not handed over: no such file");
    let pair = [positives[0], rows(&[], 2)];
    says(mine(&pair, 1, failing, &settings, |_| {}), "class 1: has no positives");
    let pair = [positives[0], rows(&[1.0], 1)];
    says(mine(&pair, 1, failing, &settings, |_| {}), "positives of class 1: 1 columns where 2");
    let bad = mining::Settings { evict: -0.9, ..settings };
    says(mine(&positives, 1, failing, &bad, |_| {}), "evict = -0.9: must be finite and not above hard");
}

#[test]
fn regressions_that_cannot_be_made() {
    let x = rows(&[1.0, 2.0], 2);
    says(Ridge::fit(x, &[1.0], 1, 0.0), "lambda = 0: must be finite and above 0");
    says(Ridge::fit(rows(&[], 2), &[], 1, 1.0), "the regression: has no examples");
    says(Ridge::fit(x, &[1.0, 2.0, 3.0], 2, 1.0), "targets: 3 values are not whole rows of 2");
    says(Ridge::fit(x, &[1.0, 2.0], 1, 1.0), "rows of targets: 2 where 1 are needed");
    says(Ridge::fit(x, &[1.0, f64::NAN], 2, 1.0), "targets: row 0, column 1 is NaN");
    says(Ridge::fit(x, &[1.0], 1, 1.0).unwrap().predict(rows(&[1.0], 1)), "rows to predict from: 1 columns where 2");
    let (whole, flat) = (Bounds::new([0.0, 0.0, 1.0, 1.0]), Bounds::new([0.0, 0.0, 1.0, 0.0]));
    says(boxes::encode(&whole, &flat), "box [0.0, 0.0, 1.0, 0.0]: it has no area");
    says(boxes::encode(&Bounds::new([0.0, 0.0, f64::NAN, 1.0]), &whole), "box [0.0, 0.0, NaN, 1.0]: its edges");
    says(boxes::decode(&whole, [0.0, 0.0, 1e3, 0.0]), "box [0.0, 0.0, 1.0, 1.0]: its correction leads beyond");
    let settings = boxes::Settings { lambda: 1.0, floor: 0.001 };
    says(boxes::Correction::fit(x, &[whole], &[], &settings), "true boxes: 0 where 1 are needed");
    let correction = boxes::Correction::fit(x, &[whole], &[whole], &settings).unwrap();
    says(correction.apply(x, &[]), "proposals: 0 where 1 are needed");
}
