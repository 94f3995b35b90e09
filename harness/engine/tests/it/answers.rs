//! Whole networks against builds that are not this project's, with weights by a rule (`tests/golden/alexnet.py`).

use std::collections::BTreeMap;

use engine::net::How;
use engine::weights::{Parameters, RawTensor};
use replications::graph::Graph;
use tch::Tensor;

use crate::common::{answers_as, graph};

/// `count` numbers from -0.5 to 0.5: a mixture of the bits of which tensor and which place.
fn numbers(which: u32, count: usize) -> Vec<f32> {
    let mixed = |place: usize| {
        let mut x = (place as u32).wrapping_add(which.wrapping_mul(0x9E37_79B9));
        for (shift, factor) in [(16, 0x85EB_CA6B), (13, 0xC2B2_AE35)] {
            x = (x ^ (x >> shift)).wrapping_mul(factor);
        }
        x ^= x >> 16;
        (x >> 8) as f32 / (1 << 24) as f32 - 0.5
    };
    (0..count).map(mixed).collect()
}

fn parameters(graph: &Graph) -> Parameters {
    let filled = |(which, parameter): (u32, replications::count::Parameter)| {
        let shape = parameter.shape;
        let inputs: usize = shape[1..].iter().product();
        let wide = if shape.len() == 1 { 20.0 } else { (24.0 / inputs as f64).sqrt() } as f32;
        let data = numbers(which, shape.iter().product()).into_iter().map(|number| number * wide).collect();
        (parameter.name, RawTensor { shape, data })
    };
    Parameters { tensors: (0..).zip(graph.parameters()).map(filled).collect(), ..Parameters::default() }
}

#[test]
fn networks_answer_as_others_builds_do() {
    tch::set_num_threads(1);
    let golden: BTreeMap<String, Vec<f64>> = serde_json::from_str(include_str!("../golden/alexnet.json")).unwrap();
    assert_eq!(golden.len(), 3);
    let pixels: Vec<f32> = numbers(1000, 3 * 224 * 224).into_iter().map(|number| number * 255.0).collect();
    let image = Tensor::from_slice(&pixels).reshape([1, 3, 224, 224]);
    for (id, theirs) in golden {
        let graph = graph(&id);
        let fused = How { channels_last: true, fold: true, fuse: true, batch: 1, ..How::plain() };
        for how in [How::plain(), fused] {
            answers_as(&theirs, (&graph, parameters(&graph), how), &image, 1.0);
        }
    }
}
