//! Whole networks against builds that are not this project's, with weights by a rule (`tests/golden/alexnet.py`).

use std::collections::BTreeMap;

use engine::net::How;
use engine::weights::{Parameters, RawTensor};
use replications::graph::Graph;
use tch::{Device, Tensor};

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
        let fused = How::fast(Device::Cpu, 1);
        for how in [How::plain(), fused] {
            answers_as(&theirs, (&graph, parameters(&graph), how), &image, 1.0);
        }
    }
}

/// Fully connected layers that slide over a larger image: `tests/golden/dense.py` looks at one window after the other.
#[test]
fn networks_slide_over_larger_images_as_others_do() {
    tch::set_num_threads(1);
    let golden: BTreeMap<String, Vec<f64>> = serde_json::from_str(include_str!("../golden/dense.json")).unwrap();
    assert_eq!(golden.len(), 2);
    let pixels: Vec<f32> = numbers(1000, 3 * 256 * 352).into_iter().map(|number| number * 255.0).collect();
    let image = Tensor::from_slice(&pixels).reshape([1, 3, 256, 352]);
    for (id, theirs) in golden {
        let own = graph(&id);
        let fused = How::fast(Device::Cpu, 2);
        for how in [How::plain(), fused] {
            let mut parameters = parameters(&own);
            let graph = engine::stages::load::convolutional(&own, &mut parameters).unwrap();
            answers_as(&theirs, (&graph, parameters, how), &image, 1.0);
        }
    }
}

/// On an image of its own size a network answers in its fully convolutional form as it does in its own.
#[test]
fn the_fully_convolutional_form_is_the_network_at_its_own_size() {
    tch::set_num_threads(1);
    for id in ["alexnet", "googlenet", "resnet20"] {
        let own = graph(id);
        let [channels, height, width] = own.input.map(|side| side as i64);
        let pixels: Vec<f32> =
            numbers(7, (channels * height * width) as usize).into_iter().map(|one| one * 8.0).collect();
        let image = Tensor::from_slice(&pixels).reshape([1, channels, height, width]);
        let parameters = crate::common::lively(&own, 5);
        let mut reshaped = parameters.clone();
        let convolutional = engine::stages::load::convolutional(&own, &mut reshaped).unwrap();
        let _guard = torch_shim::InferenceMode::enter().unwrap();
        for how in [How::plain(), How::fast(Device::Cpu, 1)] {
            let answer = |graph: &Graph, parameters: Parameters| {
                let network = engine::net::Network::build(graph, parameters, how).unwrap();
                network.forward(&network.prepare(&image).unwrap()).unwrap()
            };
            let (one, other) = (answer(&own, parameters.clone()), answer(&convolutional, reshaped.clone()));
            let largest = one.abs().max().double_value(&[]);
            let difference = (one - other).abs().max().double_value(&[]);
            assert!(largest > 0.0 && difference <= 1e-5 * largest, "{id} {how:?}: {difference} of {largest}");
        }
    }
}

#[test]
fn a_layer_that_cannot_slide_is_named() {
    let error = graph("rbf").fully_convolutional().unwrap_err().to_string();
    assert!(error.contains("has no fully convolutional form; use a protocol that cuts crops"), "{error}");
    let mut small = graph("vgg11").fully_convolutional().unwrap();
    small.input = [3, 192, 192];
    assert!(small.shapes().unwrap_err().to_string().contains("layer fc6: kernel 7"));
}
