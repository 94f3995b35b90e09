//! Five convolutions and three fully connected layers: the network of 2012 on two GPUs, and the one of 2014 on one. BVLC's
//! networks are in [`super::bvlc`].
//!
//! Must not differ from the paper. What the paper leaves open is said where it is settled.

use crate::build::{Builder, Kernel};
use crate::graph::{Graph, NodeId};

/// The network of that id, if it is one of this paper's.
#[must_use]
pub fn build(id: &str) -> Option<Graph> {
    match id {
        "alexnet" => Some(two_gpus(id)),
        "alexnet-one-tower" => Some(one_tower(id)),
        _ => super::bvlc::build(id),
    }
}

/// 11×11 windows, four pixels apart. Without padding they have 54 places a side on the printed 224×224 pixels, which
/// leaves fc6 5×5 places; the published size needs 6×6, and so 55 places here: with 227 pixels, or, as here and in
/// torchvision, with two zeros on each side.
fn first() -> Kernel {
    Kernel::square(11).stride(4).padding(2)
}

/// The network of 2012. Two groups are the two GPUs: a layer in groups sees only what its own GPU has computed.
fn two_gpus(id: &str) -> Graph {
    let mut net = Builder::new(id, [3, 224, 224]);
    // The first layer sees the whole picture on either GPU, so that nothing tells its halves from one layer.
    let x = net.conv("conv1", net.input(), 96, first());
    let x = net.relu("relu1", x);
    let x = norm(&mut net, 1, x);
    let x = pool(&mut net, 1, x);
    let x = net.conv_in_groups("conv2", x, 256, Kernel::same(5), 2);
    let x = net.relu("relu2", x);
    let x = norm(&mut net, 2, x);
    let x = pool(&mut net, 2, x);
    rest(net, x, pool)
}

/// What follows the second layer, to the answer; networks that others made of this one round their pools in another way.
pub(super) fn rest(mut net: Builder, x: NodeId, pool: impl Fn(&mut Builder, usize, NodeId) -> NodeId) -> Graph {
    // The one convolution after the first that sees both GPUs' maps.
    let x = net.conv("conv3", x, 384, Kernel::same(3));
    let x = net.relu("relu3", x);
    let x = net.conv_in_groups("conv4", x, 384, Kernel::same(3), 2);
    let x = net.relu("relu4", x);
    let x = net.conv_in_groups("conv5", x, 256, Kernel::same(3), 2);
    let x = net.relu("relu5", x);
    let x = pool(&mut net, 5, x);
    let mut x = net.flatten("flatten", x);
    for layer in [6, 7] {
        x = net.linear(format!("fc{layer}"), x, 4096);
        x = net.relu(format!("relu{layer}"), x);
        x = net.dropout(format!("drop{layer}"), x, 0.5);
    }
    let x = net.linear("fc8", x, 1000);
    net.finish(x)
}

/// The network that torchvision calls AlexNet: one tower, no groups, no normalisation, fewer maps; dropout stands before
/// the fully connected layers there.
fn one_tower(id: &str) -> Graph {
    let mut net = Builder::new(id, [3, 224, 224]);
    let x = net.conv("conv1", net.input(), 64, first());
    let x = net.relu("relu1", x);
    let x = pool(&mut net, 1, x);
    let x = net.conv("conv2", x, 192, Kernel::same(5));
    let x = net.relu("relu2", x);
    let mut x = pool(&mut net, 2, x);
    for (layer, channels) in [(3, 384), (4, 256), (5, 256)] {
        x = net.conv(format!("conv{layer}"), x, channels, Kernel::same(3));
        x = net.relu(format!("relu{layer}"), x);
    }
    let x = pool(&mut net, 5, x);
    let mut x = net.flatten("flatten", x);
    for layer in [6, 7] {
        x = net.dropout(format!("drop{layer}"), x, 0.5);
        x = net.linear(format!("fc{layer}"), x, 4096);
        x = net.relu(format!("relu{layer}"), x);
    }
    let x = net.linear("fc8", x, 1000);
    net.finish(x)
}

/// Section 3.3: k = 2, n = 5, α = 1e-4, β = 0.75, on maps that went through their ReLU. The paper's α multiplies the sum
/// of squares; the graph's is divided by n, as Caffe's and PyTorch's are, so n times as much stands here. Neighbours are those
/// of the whole layer, where the two groups adjoin as well.
fn norm(net: &mut Builder, layer: usize, from: NodeId) -> NodeId {
    net.lrn(format!("norm{layer}"), from, 5, [5e-4, 0.75, 2.0])
}

/// Section 3.4: overlapping pooling, 3×3 windows two places apart.
fn pool(net: &mut Builder, layer: usize, from: NodeId) -> NodeId {
    net.max_pool(format!("pool{layer}"), from, Kernel::square(3).stride(2).pool())
}
