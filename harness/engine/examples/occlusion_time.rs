//! How long occlusion takes: many places at a time by [`Slider`], against a loop that copies the picture,
//! covers one place and runs the plain network, a place at a time.
//!
//! ```text
//! cargo run -p engine --example occlusion_time -- googlenet 32 16 2
//! ```
//! Network, side of the square, stride, threads. Weights are random: times do not depend on them. Both are taken in turns,
//! three times, and the median is told. What PyTorch takes for the loop: `occlusion_time.py` beside this file.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement for people, which may stop where it is"
)]

use std::time::Instant;

use engine::explain::occlusion::{Occluder, Slider, Watched, covered};
use engine::net::How;
use engine::train::{Mode, Model};
use engine::weights::random;
use tch::{Device, Kind, Tensor};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize, otherwise: usize| words.get(place).map_or(otherwise, |word| word.parse().unwrap());
    let id = words.first().expect("the first argument names a network").as_str();
    let (occluder, threads) = (Occluder { size: number(1, 32), stride: number(2, 16) }, number(3, 2));
    tch::set_num_threads(i32::try_from(threads).unwrap());
    let graph = replications::registry::network(id).unwrap().1;
    let [channels, height, width] = graph.input.map(|side| i64::try_from(side).unwrap());
    let parameters = random::parameters(&graph.parameters(), 1);
    let layer = (0..graph.nodes.len()).rev().find(|node| graph.shapes().unwrap()[*node].len() == 3).unwrap();
    let watched = Watched { class: 1, channel: 0 };
    let batch = number(4, 16);
    let how = How::fast(Device::Cpu, batch);
    let model = Model::loaded(graph.clone(), Device::Cpu, parameters.clone()).unwrap();
    let slider = Slider::new(&graph, &parameters, how, occluder, layer).unwrap();
    slider.words().iter().for_each(|words| println!("{words}"));
    let picture = Tensor::randn([1, channels, height, width], (Kind::Float, Device::Cpu));
    let grey = Tensor::zeros([1, channels, 1, 1], (Kind::Float, Device::Cpu));
    let side = |side: i64| occluder.places(usize::try_from(side).unwrap());
    let (rows, columns) = (side(height), side(width));
    let one_by_one = || {
        let mut found = Vec::new();
        for place in 0..rows * columns {
            let corner = (place / columns * occluder.stride, place % columns * occluder.stride);
            let x = covered(&picture, &grey, occluder, corner).unwrap();
            let logits = tch::no_grad(|| model.forward(&x, Mode::Test).unwrap());
            found.push(logits.softmax(1, Kind::Float).double_value(&[0, 1]));
        }
        found
    };
    let together = || slider.slide((&picture, &grey), watched, &mut |_, _| Ok(())).unwrap();
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..3 {
        let start = Instant::now();
        let slow = one_by_one();
        times[0].push(start.elapsed().as_secs_f64());
        let start = Instant::now();
        let fast = together();
        times[1].push(start.elapsed().as_secs_f64());
        let most = slow.iter().zip(&fast.probability).map(|(a, b)| (a - f64::from(*b)).abs()).fold(0.0, f64::max);
        assert!(most < 1e-4, "{most}");
    }
    let [slow, fast] = times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[1]
    });
    println!(
        "{id}, {} places, {threads} threads: one by one {slow:.2} s, together {fast:.2} s, {:.1} times",
        rows * columns,
        slow / fast
    );
}
