//! The network that the authors of SPP-net and Faster R-CNN call ZF: Figure 3 with other paddings, and normalisation within each
//! channel in place of across channels.
//!
//! Must not differ from rbgirshick/py-faster-rcnn @96dc9f1, models/pascal_voc/ZF/fast_rcnn/test.prototxt, as far as that goes.
//! It is a detector's, whose regions are pooled to 6×6 places; the pool that stands here instead is said where it is.

use crate::build::{Builder, Kernel};
use crate::graph::{Graph, NodeId};

/// The network of that id, if it is this one.
pub(super) fn build(id: &str) -> Option<Graph> {
    if id != "zf-msra" {
        return None;
    }
    let mut net = Builder::new(id, [3, 224, 224]);
    let x = net.conv("conv1", net.input(), 96, Kernel::same(7).stride(2));
    let x = after(&mut net, 1, x);
    let x = net.conv("conv2", x, 256, Kernel::same(5).stride(2));
    let mut x = after(&mut net, 2, x);
    for (layer, maps) in [(3, 384), (4, 384), (5, 256)] {
        x = net.conv(format!("conv{layer}"), x, maps, Kernel::same(3));
        x = net.relu(format!("relu{layer}"), x);
    }
    // fc6 has 6·6·256 inputs there, of a region that is pooled to 6×6 places. Of the whole picture's 15×15 places these windows
    // give as many; no network of theirs that classifies pictures is public.
    x = net.max_pool("pool5", x, Kernel::square(3).stride(3).padding(1).pool_ceil());
    x = net.flatten("flatten", x);
    for layer in [6, 7] {
        x = net.linear(format!("fc{layer}"), x, 4096);
        x = net.relu(format!("relu{layer}"), x);
        x = net.dropout(format!("drop{layer}"), x, 0.5);
    }
    let x = net.linear("fc8", x, 1000);
    Some(net.finish(x))
}

/// ReLU, normalisation (`norm_region: WITHIN_CHANNEL`, k Caffe's default), pool with padding.
fn after(net: &mut Builder, layer: usize, from: NodeId) -> NodeId {
    let x = net.relu(format!("relu{layer}"), from);
    let x = net.lrn_within(format!("norm{layer}"), x, 3, [5e-5, 0.75, 1.0]);
    net.max_pool(format!("pool{layer}"), x, Kernel::square(3).stride(2).padding(1).pool_ceil())
}
