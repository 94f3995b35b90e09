//! How long scoring detections takes, file reading apart: VOC's average precision and COCO's twelve numbers, and the interval of
//! the mean of VOC's. `score_detections.py` beside this file makes the files and takes the same times in Python.
//!
//! ```text
//! cargo run -p results --example score_detections -- annotations.json detections…
//! ```
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement for people, which may stop where it is"
)]

use std::path::PathBuf;
use std::time::Instant;

use results::import::open_all;
use results::references::References;
use results::tasks::detect::voc::{Average, Ranked};
use results::tasks::detect::{COCO, Detected, MAP};

fn main() {
    let mut words = std::env::args().skip(1).map(PathBuf::from);
    let truth = words.next().expect("the first argument names a file of annotations");
    let files: Vec<PathBuf> = words.collect();
    let start = Instant::now();
    let references = References::file(truth.clone(), std::fs::read(&truth).unwrap());
    let imported = open_all(&files, &references).unwrap().remove(0);
    println!("read: {:.3} s", start.elapsed().as_secs_f64());
    let table = imported.table.as_any().downcast_ref::<Detected>().unwrap();
    let start = Instant::now();
    let all: Vec<f64> = table
        .classes()
        .into_iter()
        .filter_map(|class| Ranked::of(&table.images, class).average(Average::ElevenPoints, None))
        .collect();
    let mean = all.iter().sum::<f64>() / all.len() as f64;
    println!("voc: {:.3} s, mAP {mean:.6}", start.elapsed().as_secs_f64());
    let start = Instant::now();
    let numbers: Vec<String> = COCO.into_iter().map(|metric| format!("{:.4}", table.value(metric).unwrap())).collect();
    println!("coco: {:.3} s, {}", start.elapsed().as_secs_f64(), numbers.join(" "));
    let start = Instant::now();
    let score = results::tasks::Table::score(table, MAP).unwrap();
    println!("voc, interval: {:.3} s, {:?} to {:?}", start.elapsed().as_secs_f64(), score.low, score.high);
}
