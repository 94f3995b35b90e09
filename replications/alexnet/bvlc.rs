//! The two networks that BVLC trained after the paper and released with Caffe: AlexNet, and the reference CaffeNet, which pools
//! before it normalises.
//!
//! Must not differ from BVLC/caffe @9b89154, models/bvlc_alexnet/deploy.prototxt and
//! models/bvlc_reference_caffenet/deploy.prototxt, whose layers' names are used.

use crate::build::{Builder, Kernel};
use crate::graph::{Graph, NodeId};

/// What follows a ReLU of the first two layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// Normalisation, then pool, as in the paper.
    NormFirst,
    /// Pool, then normalisation: less to normalise.
    PoolFirst,
}

/// The network of that id, if it is one of these two.
pub(super) fn build(id: &str) -> Option<Graph> {
    match id {
        "bvlc-alexnet" => Some(graph(id, Order::NormFirst)),
        "bvlc-caffenet" => Some(graph(id, Order::PoolFirst)),
        _ => None,
    }
}

/// 227 pixels and no padding in the first layer, where the paper prints 224.
fn graph(id: &str, order: Order) -> Graph {
    let mut net = Builder::new(id, [3, 227, 227]);
    let x = net.conv("conv1", net.input(), 96, Kernel::square(11).stride(4));
    let x = after(&mut net, 1, x, order);
    let x = net.conv_in_groups("conv2", x, 256, Kernel::same(5), 2);
    let x = after(&mut net, 2, x, order);
    super::network::rest(net, x, pool)
}

fn after(net: &mut Builder, layer: usize, from: NodeId, order: Order) -> NodeId {
    let x = net.relu(format!("relu{layer}"), from);
    match order {
        Order::NormFirst => {
            let x = norm(net, layer, x);
            pool(net, layer, x)
        }
        Order::PoolFirst => {
            let x = pool(net, layer, x);
            norm(net, layer, x)
        }
    }
}

/// `alpha: 0.0001`, which Caffe divides by n as the graph does: a fifth of what the paper's multiplies. k is Caffe's default.
fn norm(net: &mut Builder, layer: usize, from: NodeId) -> NodeId {
    net.lrn(format!("norm{layer}"), from, 5, [1e-4, 0.75, 1.0])
}

fn pool(net: &mut Builder, layer: usize, from: NodeId) -> NodeId {
    net.max_pool(format!("pool{layer}"), from, Kernel::square(3).stride(2).pool_ceil())
}
