//! The two MNIST networks, as the authors' `mnist.yaml` gives them.
//!
//! Must not differ from that file. The discriminator's answer is a logit: its sigmoid is in the loss.

use crate::build::Builder;
use crate::graph::Graph;

/// Dimensions of the noise.
const NOISE: usize = 100;
/// Units of each hidden layer of the generator.
const HIDDEN: usize = 1200;
/// Maxout units of each hidden layer of the discriminator …
const UNITS: usize = 240;
/// … and the linear pieces that compete in each.
const PIECES: usize = 5;
/// Pixels of an image.
const PIXELS: usize = 28 * 28;

/// The network of that id, if it is one of this paper's.
#[must_use]
pub fn build(id: &str) -> Option<Graph> {
    match id {
        "gan-generator" => Some(generator(id)),
        "gan-discriminator" => Some(discriminator(id)),
        _ => None,
    }
}

/// Noise `[100, 1, 1]` to pixels `[784]` between 0 and 1.
fn generator(id: &str) -> Graph {
    let mut net = Builder::new(id, [NOISE, 1, 1]);
    let mut x = net.input();
    x = net.flatten("flatten", x);
    for layer in ["h0", "h1"] {
        x = net.linear(layer, x, HIDDEN);
        x = net.relu(format!("{layer}/relu"), x);
    }
    x = net.linear("y", x, PIXELS);
    x = net.sigmoid("y/sigmoid", x);
    net.finish(x)
}

/// Image `[1, 28, 28]` to the logit of "this is data", `[1]`.
fn discriminator(id: &str) -> Graph {
    let mut net = Builder::new(id, [1, 28, 28]);
    let mut x = net.input();
    x = net.flatten("flatten", x);
    x = net.dropout("data/dropout", x, 0.2);
    for layer in ["h0", "h1"] {
        x = net.linear(layer, x, UNITS * PIECES);
        x = net.maxout(format!("{layer}/maxout"), x, PIECES);
        x = net.dropout(format!("{layer}/dropout"), x, 0.5);
    }
    x = net.linear("y", x, 1);
    net.finish(x)
}
