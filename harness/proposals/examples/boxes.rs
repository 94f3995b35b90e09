//! Prints the proposals of pictures, a line a picture: its path, the seconds it took, and the boxes in their order.
//!
//! `cargo run -p proposals --release --example boxes -- [--first-version] [--seed N] [--min-side N] PICTURE...`

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::path::PathBuf;
use std::time::Instant;

use proposals::{Settings, selective_search};

fn main() {
    let mut settings = Settings::fast();
    let (mut seed, mut pictures) = (1, Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().expect("a number behind the option").parse::<u32>().expect("a number");
        match argument.as_str() {
            "--seed" => seed = u64::from(number()),
            "--min-side" => settings.min_side = number(),
            "--first-version" => settings = Settings::first_version(),
            _ => pictures.push(PathBuf::from(argument)),
        }
    }
    for path in pictures {
        let picture = images::load(&path).expect("a picture");
        let start = Instant::now();
        let boxes = selective_search(&picture, &settings, seed).expect("proposals");
        let seconds = start.elapsed().as_secs_f64();
        let boxes: Vec<String> =
            boxes.iter().map(|found| found.edges().map(|edge| edge.to_string()).join(",")).collect();
        println!("{}\t{seconds:.6}\t{}", path.display(), boxes.join(" "));
    }
}
