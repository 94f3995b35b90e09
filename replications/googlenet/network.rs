//! GoogLeNet as Table 1 and Figure 3 give it; with its two auxiliary heads, which the paper discards at test time, as a
//! network of its own.
//!
//! Must not differ from Table 1. What the paper leaves open follows the authors' fellow build in Caffe
//! (`bvlc_googlenet`), whose layer names are used: a bias everywhere, max pools that round up, k = 1 in the
//! normalisation.

use crate::build::{Builder, Kernel};
use crate::graph::{Graph, NodeId};

/// One row of Table 1: an inception module's columns `#1×1`, `#3×3 reduce`, `#3×3`, `#5×5 reduce`, `#5×5`,
/// `pool proj`.
pub(super) type Row = [usize; 6];

/// Modules before the first, second and third max pool among them, by the name that follows `inception_`.
pub(super) const MODULES: [&[(&str, Row)]; 3] = [
    &[("3a", [64, 96, 128, 16, 32, 32]), ("3b", [128, 128, 192, 32, 96, 64])],
    &[
        ("4a", [192, 96, 208, 16, 48, 64]),
        ("4b", [160, 112, 224, 24, 64, 64]),
        ("4c", [128, 128, 256, 24, 64, 64]),
        ("4d", [112, 144, 288, 32, 64, 64]),
        ("4e", [256, 160, 320, 32, 128, 128]),
    ],
    &[("5a", [256, 160, 320, 32, 128, 128]), ("5b", [384, 192, 384, 48, 128, 128])],
];

/// n, and α, β, k of the normalisation.
const LRN: (usize, [f64; 3]) = (5, [1e-4, 0.75, 1.0]);

/// The network of that id, if it is one of this paper's.
#[must_use]
pub fn build(id: &str) -> Option<Graph> {
    match id {
        "googlenet" => Some(graph(id, false)),
        "googlenet-with-heads" => Some(graph(id, true)),
        _ => super::torchvision::build(id),
    }
}

/// The modules that have an auxiliary head, and its name.
const HEADS: [(&str, &str); 2] = [("4a", "loss1"), ("4d", "loss2")];

/// The output is the last classifier's; heads are beside it.
fn graph(id: &str, with_heads: bool) -> Graph {
    let mut net = Builder::new(id, [3, 224, 224]);
    let mut x = net.input();
    x = conv_relu(&mut net, "conv1/7x7_s2", x, 64, Kernel::same(7).stride(2));
    x = max_pool(&mut net, "pool1/3x3_s2", x);
    x = net.lrn("pool1/norm1", x, LRN.0, LRN.1);
    x = conv_relu(&mut net, "conv2/3x3_reduce", x, 64, Kernel::same(1));
    x = conv_relu(&mut net, "conv2/3x3", x, 192, Kernel::same(3));
    x = net.lrn("conv2/norm2", x, LRN.0, LRN.1);
    x = max_pool(&mut net, "pool2/3x3_s2", x);
    for (group, modules) in MODULES.iter().enumerate() {
        if group > 0 {
            x = max_pool(&mut net, &format!("pool{}/3x3_s2", group + 2), x);
        }
        for &(name, row) in *modules {
            x = inception(&mut net, &format!("inception_{name}"), x, row);
            if let Some((_, head)) = HEADS.iter().find(|(module, _)| with_heads && *module == name) {
                auxiliary(&mut net, head, x);
            }
        }
    }
    x = net.avg_pool("pool5/7x7_s1", x, Kernel::square(7).pool());
    x = net.flatten("flatten", x);
    x = net.dropout("pool5/drop_7x7_s1", x, 0.4);
    x = net.linear("loss3/classifier", x, 1000);
    net.finish(x)
}

/// The last two modules on another map of as many channels as they read.
pub fn last_modules(net: &mut Builder, mut x: NodeId) -> NodeId {
    for &(name, row) in MODULES[2] {
        x = inception(net, &format!("inception_{name}"), x, row);
    }
    x
}

/// Figure 2(b): four branches, joined along channels in the order of Table 1.
fn inception(net: &mut Builder, name: &str, from: NodeId, row: Row) -> NodeId {
    let [one, three_reduce, three, five_reduce, five, projection] = row;
    let ones = conv_relu(net, &format!("{name}/1x1"), from, one, Kernel::same(1));
    let reduced = conv_relu(net, &format!("{name}/3x3_reduce"), from, three_reduce, Kernel::same(1));
    let threes = conv_relu(net, &format!("{name}/3x3"), reduced, three, Kernel::same(3));
    let reduced = conv_relu(net, &format!("{name}/5x5_reduce"), from, five_reduce, Kernel::same(1));
    let fives = conv_relu(net, &format!("{name}/5x5"), reduced, five, Kernel::same(5));
    let pooled = net.max_pool(format!("{name}/pool"), from, Kernel::same(3).pool());
    let projected = conv_relu(net, &format!("{name}/pool_proj"), pooled, projection, Kernel::same(1));
    net.concat(format!("{name}/output"), &[ones, threes, fives, projected])
}

/// Section 5: average pooling of 5×5 at stride 3, 128 filters of 1×1, 1024 features, 70 % of them dropped, a classifier.
fn auxiliary(net: &mut Builder, name: &str, from: NodeId) {
    let mut x = net.avg_pool(format!("{name}/ave_pool"), from, Kernel::square(5).stride(3).pool());
    x = conv_relu(net, &format!("{name}/conv"), x, 128, Kernel::same(1));
    x = net.flatten(format!("{name}/flatten"), x);
    x = net.linear(format!("{name}/fc"), x, 1024);
    x = net.relu(format!("{name}/relu_fc"), x);
    x = net.dropout(format!("{name}/drop_fc"), x, 0.7);
    net.linear(format!("{name}/classifier"), x, 1000);
}

fn conv_relu(net: &mut Builder, name: &str, from: NodeId, outputs: usize, kernel: Kernel) -> NodeId {
    let x = net.conv(name, from, outputs, kernel);
    net.relu(format!("{name}/relu"), x)
}

fn max_pool(net: &mut Builder, name: &str, from: NodeId) -> NodeId {
    net.max_pool(name, from, Kernel::square(3).stride(2).pool_ceil())
}
