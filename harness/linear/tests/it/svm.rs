//! Support vector machines: liblinear's answers, and what holds for any problem.

use linear::svm::{Settings, Solution, train};
use proptest::prelude::*;

use crate::made_up::{count, features, golden, list, near, number, rows};

const TIGHT: Settings =
    Settings { c: 0.1, positive_weight: 2.0, bias: 1.0, tolerance: 1e-8, max_epochs: 1_000_000, seed: 3 };

#[test]
fn objectives_weights_and_scores_are_liblinears() {
    let made = golden(include_str!("../golden/svm.json"));
    for problem in made["problems"].as_array().unwrap() {
        let name = &problem["name"];
        let columns = count(problem, "features");
        let positives = features(1, count(problem, "positives"), columns, number(problem, "shift") as f32);
        let negatives = features(2, count(problem, "negatives"), columns, 0.0);
        let settings = Settings {
            c: number(problem, "c"),
            positive_weight: number(problem, "positive_weight"),
            bias: number(problem, "bias_value"),
            ..TIGHT
        };
        let found = train(rows(&positives, columns), rows(&negatives, columns), &settings, None).unwrap();
        assert!(found.converged, "{name}: {} epochs", found.epochs);
        let expected = number(problem, "primal");
        assert!((found.primal / expected - 1.0).abs() < 1e-7, "{name}: {} for {expected}", found.primal);
        assert!((found.dual / expected - 1.0).abs() < 1e-7, "{name}: dual {} for {expected}", found.dual);
        let norm = found.model.weights.iter().map(|weight| weight * weight).sum::<f64>().sqrt();
        assert!(near(norm, number(problem, "norm"), 1e-4), "{name}: norm {norm}");
        assert!(near(found.model.bias, number(problem, "bias"), 1e-4), "{name}: bias {}", found.model.bias);
        for (values, scores) in [&positives, &negatives].into_iter().zip(problem["first_scores"].as_array().unwrap()) {
            let found = found.model.scores(rows(&values[..5 * columns], columns)).unwrap();
            for (found, expected) in found.into_iter().zip(list(scores)) {
                assert!(near(found, expected, 1e-4), "{name}: scores {found} for {expected}");
            }
        }
    }
}

#[test]
fn two_examples_have_the_margin_between_them() {
    // 3w + b = 1 and -w + b = -1, whatever the bias costs, as long as both are support vectors.
    let settings = Settings { c: 100.0, positive_weight: 1.0, bias: 3.0, ..TIGHT };
    let found = train(rows(&[3.0], 1), rows(&[-1.0], 1), &settings, None).unwrap();
    assert!(found.alphas.iter().all(|alpha| *alpha > 0.0), "{:?}", found.alphas);
    assert!(near(found.model.weights[0], 0.5, 1e-7) && near(found.model.bias, -0.5, 1e-7), "{:?}", found.model);
}

#[test]
fn a_row_of_zeros_is_trained_on() {
    let settings = Settings { bias: 0.0, ..TIGHT };
    let found = train(rows(&[0.0, 1.0], 1), rows(&[-1.0], 1), &settings, None).unwrap();
    // No plane through the origin changes its loss: its dual variable is at the bound.
    assert!(found.converged && found.alphas[0] == settings.c * settings.positive_weight, "{:?}", found.alphas);
    assert!(near(found.primal, found.dual, 1e-9));
}

#[test]
fn a_start_at_the_solution_ends_at_once() {
    let (positives, negatives) = (features(4, 60, 10, 0.4), features(5, 90, 10, 0.0));
    let settings = Settings { tolerance: 1e-6, ..TIGHT };
    let (positives, negatives) = (rows(&positives, 10), rows(&negatives, 10));
    let cold = train(positives, negatives, &settings, None).unwrap();
    let warm = train(positives, negatives, &settings, Some(&cold.alphas)).unwrap();
    assert!(warm.epochs <= 2 && cold.epochs > 10, "{} after {}", warm.epochs, cold.epochs);
    assert!(near(warm.primal, cold.primal, 1e-6), "{} after {}", warm.primal, cold.primal);
    assert_eq!(cold, train(positives, negatives, &settings, None).unwrap(), "the same input gives the same bits");
}

#[test]
fn what_does_not_converge_says_so() {
    let (positives, negatives) = (features(4, 60, 10, 0.4), features(5, 90, 10, 0.0));
    let settings = Settings { max_epochs: 3, ..TIGHT };
    let found = train(rows(&positives, 10), rows(&negatives, 10), &settings, None).unwrap();
    assert_eq!((found.converged, found.epochs, found.trace.len()), (false, 3, 4));
    assert!(found.dual < found.primal);
}

/// Trains on rows in their order, or turned round.
fn solve(positives: &[f32], negatives: &[f32], columns: usize, settings: &Settings) -> Solution {
    train(rows(positives, columns), rows(negatives, columns), settings, None).unwrap()
}

fn turned(values: &[f32], columns: usize) -> Vec<f32> {
    values.chunks(columns).rev().flatten().copied().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_dual_never_falls_and_meets_the_primal(
        seed in 0u64..1000, count in 2usize..40, columns in 1usize..20, shift in 0.0f32..1.5, c in 0.001..1.0f64,
    ) {
        let settings = Settings { c, tolerance: 1e-7, ..TIGHT };
        let found = solve(&features(seed, count, columns, shift), &features(seed + 1, count * 2, columns, 0.0), columns, &settings);
        prop_assert!(found.converged);
        for pair in found.trace.windows(2) {
            prop_assert!(pair[1] >= pair[0] - 1e-12 * pair[0].abs().max(1.0), "{:?}", found.trace);
        }
        prop_assert!(near(found.primal, found.dual, 1e-5), "{} {}", found.primal, found.dual);
        prop_assert!(found.primal >= found.dual - 1e-9 * found.primal.abs());
    }

    #[test]
    fn neither_order_nor_seed_changes_the_machine(
        seed in 0u64..1000, count in 2usize..30, columns in 1usize..12, shift in 0.0f32..1.5, other in 4u64..100,
    ) {
        let (positives, negatives) = (features(seed, count, columns, shift), features(seed + 1, count * 2, columns, 0.0));
        let one = solve(&positives, &negatives, columns, &TIGHT);
        let settings = Settings { seed: other, ..TIGHT };
        let two = solve(&turned(&positives, columns), &turned(&negatives, columns), columns, &settings);
        prop_assert!(near(one.primal, two.primal, 1e-7), "{} {}", one.primal, two.primal);
        for (one, two) in one.model.weights.iter().zip(&two.model.weights) {
            prop_assert!((one - two).abs() < 1e-4, "{one} {two}");
        }
    }
}
