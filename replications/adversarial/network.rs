//! The networks that both papers attack. How a network is trained (weight decay, noise, adversarial examples) is no part
//! of its graph: several ids share one.
//!
//! Must not choose how anything is trained: the recipe is in `spec.yaml`, its code in `experiment/`.

use crate::build::Builder;
use crate::googlenet;
use crate::graph::{Graph, NodeId};

/// Classes of MNIST.
const CLASSES: usize = 10;
/// Linear pieces of a maxout unit.
const PIECES: usize = 5;

/// The network of that id, if it is one of this paper's.
#[must_use]
pub fn build(id: &str) -> Option<Graph> {
    match id {
        "softmax" | "fc10-1e-4" | "fc10-1e-2" | "fc10-1" => Some(linear(id, CLASSES)),
        // One logit: positive for a 7, negative for a 3.
        "logistic-3-7" => Some(linear(id, 1)),
        "rbf" => Some(rbf(id)),
        "maxout" | "maxout-adversarial" | "maxout-sign-noise" | "maxout-uniform-noise" => Some(maxout(id, 240)),
        "maxout-1600" | "maxout-1600-adversarial" => Some(maxout(id, 1600)),
        "fc100-100-10" => Some(sigmoids(id, &[100, 100])),
        "fc200-200-10" => Some(sigmoids(id, &[200, 200])),
        "ae400-10" => Some(sigmoids(id, &[400])),
        "googlenet-bvlc-attacked" => attacked(id),
        _ => None,
    }
}

/// A graph with its image made flat.
fn flat(id: &str) -> (Builder, NodeId) {
    let mut net = Builder::new(id, [1, 28, 28]);
    let input = net.input();
    let x = net.flatten("flatten", input);
    (net, x)
}

/// No hidden layer.
fn linear(id: &str, outputs: usize) -> Graph {
    let (mut net, x) = flat(id);
    let x = net.linear("y", x, outputs);
    net.finish(x)
}

/// A shallow network of radial basis functions.
fn rbf(id: &str) -> Graph {
    let (mut net, x) = flat(id);
    let x = net.rbf("y", x, CLASSES);
    net.finish(x)
}

/// Two maxout layers with dropout, as Goodfellow et al. (2013) have them for permutation-invariant MNIST.
fn maxout(id: &str, units: usize) -> Graph {
    let (mut net, mut x) = flat(id);
    x = net.dropout("data/dropout", x, 0.2);
    for layer in ["h0", "h1"] {
        x = net.linear(layer, x, units * PIECES);
        x = net.maxout(format!("{layer}/maxout"), x, PIECES);
        x = net.dropout(format!("{layer}/dropout"), x, 0.5);
    }
    x = net.linear("y", x, CLASSES);
    net.finish(x)
}

/// Hidden layers of sigmoid units.
fn sigmoids(id: &str, hidden: &[usize]) -> Graph {
    let (mut net, mut x) = flat(id);
    for (layer, &units) in hidden.iter().enumerate() {
        x = net.linear(format!("h{layer}"), x, units);
        x = net.sigmoid(format!("h{layer}/sigmoid"), x);
    }
    x = net.linear("y", x, CLASSES);
    net.finish(x)
}

/// GoogLeNet under a name of this paper's: ids are unique over papers, and what is claimed here is about attacks on it.
fn attacked(id: &str) -> Option<Graph> {
    googlenet::build("googlenet").map(|graph| Graph { name: id.to_owned(), ..graph })
}
