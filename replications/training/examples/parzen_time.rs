//! How long the Parzen-window estimate of 10,000 points and 10,000 samples takes, against the matrix product in it:
//! `cargo run -p training --example parzen_time [threads]`.

use std::time::Instant;

use engine::error::Result;
use engine::streams::Stream;
use tch::{Kind, Tensor};
use training::gan::experiment::Windows;

const COUNT: i64 = 10_000;
const PIXELS: i64 = 784;

fn main() -> Result<()> {
    let threads = std::env::args().nth(1).and_then(|number| number.parse().ok()).unwrap_or(2);
    tch::set_num_threads(threads);
    let random = |index| -> Result<Tensor> {
        let mut numbers = vec![0.0; 7_840_000];
        Stream::new(0, "parzen time", index).fill(&mut numbers, 1.0);
        Ok(Tensor::f_from_slice(&numbers)?.f_view([COUNT, PIXELS])?)
    };
    let emitter = engine::emit::Emitter::new(std::io::sink());
    let (samples, points) = (random(0)?, random(1)?);
    let (x, y) = (points.f_to_kind(Kind::Double)?, samples.f_to_kind(Kind::Double)?.f_t_copy()?.f_contiguous()?);
    for turn in 1..=5 {
        let start = Instant::now();
        // In large chunks, as fast as libtorch does it.
        for chunk in x.f_split(1000, 0)? {
            let _ = chunk.f_matmul(&y)?;
        }
        let product = start.elapsed().as_secs_f64();
        let start = Instant::now();
        let values = Windows::new(&samples)?.log_likelihoods(&points, 0.2, &emitter)?;
        let estimate = start.elapsed().as_secs_f64();
        println!(
            "turn {turn}: matrix product {product:.2} s, estimate of {} points {estimate:.2} s, ratio {:.2}",
            values.len(),
            estimate / product
        );
    }
    Ok(())
}
