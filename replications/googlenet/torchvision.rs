//! The network that torchvision ships as GoogLeNet: batch norm behind every convolution, none of the normalisation across
//! channels, a second 3×3 where Table 1 has a 5×5 (pytorch/vision issue 906), and another fourth pool.
//!
//! Must not differ from torchvision 0.26.0, torchvision/models/googlenet.py, without its auxiliary heads, which are not trained.

use super::network::{MODULES, Row};
use crate::build::{Builder, Kernel};
use crate::graph::{Graph, NodeId};

/// Added to the variance.
const EPSILON: f64 = 1e-3;

/// The network of that id, if it is this one.
pub(super) fn build(id: &str) -> Option<Graph> {
    if id != "googlenet-torchvision" {
        return None;
    }
    let mut net = Builder::new(id, [3, 224, 224]);
    let mut x = net.input();
    x = unit(&mut net, "conv1", x, 64, Kernel::same(7).stride(2));
    x = max_pool(&mut net, 1, x, 3);
    x = unit(&mut net, "conv2", x, 64, Kernel::same(1));
    x = unit(&mut net, "conv3", x, 192, Kernel::same(3));
    x = max_pool(&mut net, 2, x, 3);
    for (group, modules) in MODULES.iter().enumerate() {
        if group > 0 {
            // The last one's windows are 2×2, so that none overlaps another.
            x = max_pool(&mut net, group + 2, x, if group == 2 { 2 } else { 3 });
        }
        for &(name, row) in *modules {
            x = inception(&mut net, &format!("inception{name}"), x, row);
        }
    }
    x = net.global_avg_pool("avgpool", x);
    x = net.flatten("flatten", x);
    x = net.dropout("dropout", x, 0.2);
    x = net.linear("fc", x, 1000);
    Some(net.finish(x))
}

/// Four branches, named as there.
fn inception(net: &mut Builder, name: &str, from: NodeId, row: Row) -> NodeId {
    let [one, three_reduce, three, other_reduce, other, projection] = row;
    let ones = unit(net, &format!("{name}/branch1"), from, one, Kernel::same(1));
    let reduced = unit(net, &format!("{name}/branch2/reduce"), from, three_reduce, Kernel::same(1));
    let threes = unit(net, &format!("{name}/branch2/3x3"), reduced, three, Kernel::same(3));
    let reduced = unit(net, &format!("{name}/branch3/reduce"), from, other_reduce, Kernel::same(1));
    let others = unit(net, &format!("{name}/branch3/3x3"), reduced, other, Kernel::same(3));
    let pooled = net.max_pool(format!("{name}/branch4/pool"), from, Kernel::same(3).pool_ceil());
    let projected = unit(net, &format!("{name}/branch4/project"), pooled, projection, Kernel::same(1));
    net.concat(format!("{name}/output"), &[ones, threes, others, projected])
}

/// Convolution, batch norm, ReLU.
fn unit(net: &mut Builder, name: &str, from: NodeId, outputs: usize, kernel: Kernel) -> NodeId {
    let x = net.conv_no_bias(name, from, outputs, kernel);
    let x = net.bn(format!("{name}/bn"), x, EPSILON);
    net.relu(format!("{name}/relu"), x)
}

fn max_pool(net: &mut Builder, number: usize, from: NodeId, side: usize) -> NodeId {
    net.max_pool(format!("maxpool{number}"), from, Kernel::square(side).stride(2).pool_ceil())
}
