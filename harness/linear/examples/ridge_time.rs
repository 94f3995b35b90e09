//! How long ridge regression of four targets takes, on all processors; by default as many features as a fully connected
//! layer has.
//!
//! ```text
//! cargo run -p linear --example ridge_time -- [ROWS COLUMNS]
//! ```
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement for people, which may stop where it is"
)]

use std::time::Instant;

use linear::Rows;
use linear::cholesky::Cholesky;
use linear::ridge::Ridge;

fn main() {
    let sizes: Vec<usize> = std::env::args().skip(1).map(|word| word.parse().expect("rows and columns")).collect();
    let [rows, columns] = *sizes else {
        return measure(5000, 4096);
    };
    measure(rows, columns);
}

fn measure(rows: usize, columns: usize) {
    let mut state = 1u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / 8_388_608.0 - 1.0
    };
    let values: Vec<f32> = (0..rows * columns).map(|_| next()).collect();
    let targets: Vec<f64> = (0..rows * 4).map(|_| f64::from(next())).collect();
    let features = Rows::new("made up", &values, columns).unwrap();
    let start = Instant::now();
    Ridge::fit(features, &targets, 4, 1000.0).unwrap();
    println!("{rows}×{columns}: ridge regression {:.2} s", start.elapsed().as_secs_f64());
    let size = rows.min(columns + 1);
    let matrix = (0..size * size).map(|at| if at / size == at % size { size as f64 } else { f64::from(next()) });
    let matrix = matrix.collect();
    let start = Instant::now();
    Cholesky::factor(matrix, size).unwrap();
    println!("{size}×{size}: Cholesky factor alone {:.2} s", start.elapsed().as_secs_f64());
}
