//! The CIFAR-10 networks of section 4.2: 6n + 2 layers on 32×32 images, with shortcuts of option A, and the plain networks
//! without any.
//!
//! Must not differ from section 4.2.

use super::block::{Block, EPSILON, Kind, Shortcut, block_name};
use crate::build::{Builder, Kernel};
use crate::graph::Graph;

/// The network of that id, if it is one of this file's.
pub(super) fn build(id: &str) -> Option<Graph> {
    let (shortcut, n) = match id {
        "resnet20" => (Shortcut::A, 3),
        "resnet32" => (Shortcut::A, 5),
        "resnet44" => (Shortcut::A, 7),
        "resnet56" => (Shortcut::A, 9),
        "resnet110" => (Shortcut::A, 18),
        "resnet1202" => (Shortcut::A, 200),
        "plain20" => (Shortcut::Plain, 3),
        "plain32" => (Shortcut::Plain, 5),
        "plain44" => (Shortcut::Plain, 7),
        "plain56" => (Shortcut::Plain, 9),
        "plain110" => (Shortcut::Plain, 18),
        _ => return None,
    };
    let mut net = Builder::new(id, [3, 32, 32]);
    let mut x = net.input();
    x = net.conv_no_bias("conv1", x, 16, Kernel::same(3));
    x = net.bn("bn_conv1", x, EPSILON);
    x = net.relu("conv1_relu", x);
    for index in 0..3 {
        for block in 0..n {
            let stride = if index > 0 && block == 0 { 2 } else { 1 };
            let block_of = Block { kind: Kind::Basic, shortcut, width: 16 << index, stride };
            x = block_of.add(&mut net, &block_name(index + 2, block, true), x);
        }
    }
    x = net.global_avg_pool("pool5", x);
    x = net.flatten("flatten", x);
    x = net.linear("fc10", x, 10);
    Some(net.finish(x))
}
