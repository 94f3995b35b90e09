//! The Cholesky factor: what it solves is solved, whatever the size.

use linear::Error;
use linear::cholesky::Cholesky;

use crate::made_up::Numbers;

/// B·Bᵀ + I of made-up numbers, positive definite.
fn matrix(size: usize) -> Vec<f64> {
    let mut numbers = Numbers(size as u64);
    let b: Vec<f64> = (0..size * size).map(|_| numbers.next()).collect();
    let mut matrix = vec![0.0; size * size];
    for row in 0..size {
        for column in 0..size {
            let product: f64 = (0..size).map(|at| b[row * size + at] * b[column * size + at]).sum();
            matrix[row * size + column] = product + f64::from(row == column);
        }
    }
    matrix
}

#[test]
fn what_is_solved_fulfils_the_equations() {
    // Around the sizes of the blocks, and of their pairs and fours.
    for size in [1, 2, 3, 5, 63, 64, 65, 66, 127, 129, 195] {
        let matrix = matrix(size);
        let right: Vec<f64> = (0..size * 3).map(|at| (at % 7) as f64 - 3.0).collect();
        // Numbers above the diagonal are not read.
        let mut lower = matrix.clone();
        for row in 0..size {
            lower[row * size + row + 1..(row + 1) * size].fill(f64::NAN);
        }
        let mut solved = right.clone();
        Cholesky::factor(lower, size).unwrap().solve(&mut solved, 3).unwrap();
        for row in 0..size {
            for column in 0..3 {
                let product: f64 = (0..size).map(|at| matrix[row * size + at] * solved[at * 3 + column]).sum();
                let expected = right[row * 3 + column];
                assert!((product - expected).abs() < 1e-9, "{size}: row {row} gives {product} for {expected}");
            }
        }
    }
}

#[test]
fn a_matrix_that_is_not_positive_definite_is_named_by_its_pivot() {
    for (size, bad) in [(3, 1), (100, 80), (100, 64)] {
        let mut matrix = vec![0.0; size * size];
        for row in 0..size {
            matrix[row * size + row] = if row == bad { -2.0 } else { 1.0 };
        }
        let error = Cholesky::factor(matrix, size).unwrap_err();
        assert!(matches!(error, Error::NotDefinite { row, pivot } if row == bad && pivot == -2.0), "{error}");
    }
    assert!(Cholesky::factor(vec![1.0; 5], 2).is_err());
    assert!(Cholesky::factor(Vec::new(), 0).is_err());
    assert!(Cholesky::factor(vec![f64::NAN], 1).is_err());
    assert!(Cholesky::factor(vec![1.0], 1).unwrap().solve(&mut [1.0, 2.0], 1).is_err());
}
