//! The ImageNet networks of Table 1, and the variants of Tables 2 and 3.
//!
//! Must not differ from Table 1: in particular the stride of a bottleneck stage is in its first 1×1 convolution. The
//! "v1.5" nets of torchvision have it in the 3×3; they are here under names of their own. So are the authors' released models
//! (`-caffe`), whose first pool has its windows one pixel further to the right and down.

use super::block::{Block, EPSILON, Kind, Shortcut, block_name};
use crate::build::{Builder, Kernel};
use crate::graph::{Graph, NodeId};

/// The blocks of one stage, counted from 0: conv2_x.
fn stage(
    net: &mut Builder,
    (kind, shortcut): (Kind, Shortcut),
    (index, count, long): (usize, usize, bool),
    mut x: NodeId,
) -> NodeId {
    for block in 0..count {
        let stride = if index > 0 && block == 0 { 2 } else { 1 };
        let width = 64 << index;
        let name = block_name(index + 2, block, long);
        x = Block { kind, shortcut, width, stride }.add(net, &name, x);
    }
    x
}

/// conv5_x of the networks of bottlenecks.
pub(super) fn last_stage(net: &mut Builder, x: NodeId) -> NodeId {
    stage(net, (Kind::Bottleneck, Shortcut::B), (3, 3, false), x)
}

/// The network of that id, if it is one of this file's.
pub(super) fn build(id: &str) -> Option<Graph> {
    let (layers, pool) = match id.strip_suffix("-caffe") {
        // The authors' models: no padding, and rounded up.
        Some(layers @ ("resnet50" | "resnet101" | "resnet152")) => (layers, Kernel::square(3).stride(2).pool_ceil()),
        Some(_) => return None,
        // Table 1 prints no padding. With one on each side the windows lie as in the re-implementations, and the places are
        // as many.
        None => (id, Kernel::same(3).stride(2).pool()),
    };
    let (kind, blocks, shortcut) = match layers {
        "plain18" => (Kind::Basic, [2, 2, 2, 2], Shortcut::Plain),
        "plain34" => (Kind::Basic, [3, 4, 6, 3], Shortcut::Plain),
        // The paper's ResNet-18 has option A only; with option B it is what everyone else calls ResNet-18.
        "resnet18-a" => (Kind::Basic, [2, 2, 2, 2], Shortcut::A),
        "resnet18" => (Kind::Basic, [2, 2, 2, 2], Shortcut::B),
        "resnet34-a" => (Kind::Basic, [3, 4, 6, 3], Shortcut::A),
        "resnet34" => (Kind::Basic, [3, 4, 6, 3], Shortcut::B),
        "resnet34-c" => (Kind::Basic, [3, 4, 6, 3], Shortcut::C),
        "resnet50" => (Kind::Bottleneck, [3, 4, 6, 3], Shortcut::B),
        "resnet101" => (Kind::Bottleneck, [3, 4, 23, 3], Shortcut::B),
        "resnet152" => (Kind::Bottleneck, [3, 8, 36, 3], Shortcut::B),
        // Not the paper's: what torchvision and others ship under its name.
        "resnet50-v1.5" => (Kind::LateBottleneck, [3, 4, 6, 3], Shortcut::B),
        "resnet101-v1.5" => (Kind::LateBottleneck, [3, 4, 23, 3], Shortcut::B),
        "resnet152-v1.5" => (Kind::LateBottleneck, [3, 8, 36, 3], Shortcut::B),
        _ => return None,
    };
    let mut net = Builder::new(id, [3, 224, 224]);
    let mut x = net.input();
    x = net.conv_no_bias("conv1", x, 64, Kernel::same(7).stride(2));
    x = net.bn("bn_conv1", x, EPSILON);
    x = net.relu("conv1_relu", x);
    x = net.max_pool("pool1", x, pool);
    for (index, count) in blocks.into_iter().enumerate() {
        // The authors' 101- and 152-layer models number the blocks of their two middle stages.
        let long = count > 6 || (blocks[2] > 6 && index == 1);
        x = stage(&mut net, (kind, shortcut), (index, count, long), x);
    }
    x = net.global_avg_pool("pool5", x);
    x = net.flatten("flatten", x);
    x = net.linear("fc1000", x, 1000);
    Some(net.finish(x))
}
