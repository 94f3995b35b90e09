//! Whole networks against PyTorch (`golden/logits.py`), with weights and a picture made by a rule: for networks that no
//! released weights tell about.

use std::collections::BTreeMap;

use engine::net::How;
use engine::weights::{Parameters, RawTensor};
use replications::graph::Graph;
use tch::Tensor;

use crate::common::{answers_as, graph};

/// `count` numbers of the `number`-th tensor, as `made` in `golden/logits.py`.
pub(crate) fn made(count: usize, number: u64, scale: f64) -> Vec<f32> {
    let hashed = |place: u64| {
        let place = place as u32;
        let place = (place ^ (place >> 15)).wrapping_mul(2_246_822_519);
        let place = (place ^ (place >> 13)).wrapping_mul(3_266_489_917);
        place ^ (place >> 16)
    };
    let even = |place| f64::from(hashed(place)) / 4_294_967_296.0 * 2.0 - 1.0;
    (0..count as u64).map(|place| (even(place + number * 1_000_003) * scale) as f32).collect()
}

/// The graph's parameters in the order of its layers, the first of them number 1.
fn parameters(graph: &Graph) -> Parameters {
    let tensors = (1..).zip(graph.parameters()).map(|(number, wanted)| {
        let count = wanted.shape.iter().product();
        let fan_in: usize = wanted.shape[1..].iter().product();
        let scale = if wanted.shape.len() == 1 { 0.1 } else { (6.0 / fan_in as f64).sqrt() };
        let data = made(count, number, scale);
        (wanted.name.clone(), RawTensor { shape: wanted.shape.clone(), data })
    });
    Parameters { tensors: tensors.collect(), ..Parameters::default() }
}

#[test]
fn networks_without_released_weights_answer_as_pytorch_does() {
    let golden: BTreeMap<String, Vec<f64>> = serde_json::from_str(include_str!("../golden/logits.json")).unwrap();
    assert!(golden.len() >= 3);
    for (id, wanted) in &golden {
        let graph = graph(id);
        let [c, h, w] = graph.input;
        let picture = Tensor::from_slice(&made(c * h * w, 0, 128.0)).reshape([1, c as i64, h as i64, w as i64]);
        for channels_last in [false, true] {
            let how = How { channels_last, ..How::plain() };
            answers_as(wanted, (&graph, parameters(&graph), how), &picture, 0.1);
        }
    }
}
