//! Ridge regression against `numpy.linalg.solve`.

use linear::ridge::Ridge;

use crate::made_up::{count, features, golden, list, near, number, rows};

#[test]
fn weights_are_those_that_numpy_solves_for() {
    let made = golden(include_str!("../golden/boxes.json"));
    for case in made["regressions"].as_array().unwrap() {
        let (examples, columns, outputs) = (count(case, "rows"), count(case, "columns"), count(case, "targets"));
        let seed = case["seed"].as_u64().unwrap();
        let x = features(seed, examples, columns, 0.5);
        let y: Vec<f64> = features(seed + 1, examples, outputs, 0.25).into_iter().map(f64::from).collect();
        let ridge = Ridge::fit(rows(&x, columns), &y, outputs, number(case, "lambda")).unwrap();
        let predicted = ridge.predict(rows(&x[..columns], columns)).unwrap();
        for (target, expected) in case["weights"].as_array().unwrap().iter().enumerate() {
            let expected = list(expected);
            let (weights, bias) = ridge.weights(target).unwrap();
            assert_eq!(weights.len() + 1, expected.len());
            let largest = expected.iter().fold(0.0f64, |largest, weight| largest.max(weight.abs()));
            for (found, expected) in weights.iter().chain([&bias]).zip(&expected) {
                assert!((found - expected).abs() < 1e-9 * largest, "{examples}×{columns}: {found} for {expected}");
            }
            let plain: f64 = x[..columns].iter().zip(&expected).map(|(x, weight)| f64::from(*x) * weight).sum();
            assert!(near(predicted[target], plain + expected[columns], 1e-9));
        }
        assert_eq!(ridge.weights(outputs), None);
    }
}
