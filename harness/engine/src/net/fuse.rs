//! Convolution, sum and ReLU become one layer where oneDNN has one operator for them.
//!
//! Must not change any number beyond rounding: the tests compare with the plain path.

use super::layer::{Layers, Work};

/// Fuses what can be fused: first sums, then ReLUs, since the ReLU of a residual block follows its sum.
pub(super) fn fuse(net: &mut Layers) {
    fuse_sums(net);
    fuse_relus(net);
}

/// A sum whose one side is a convolution that nobody else reads: the convolution adds the other side itself.
fn fuse_sums(net: &mut Layers) {
    for index in 0..net.layers.len() {
        let Some(Work::Add) = net.layers[index].work else { continue };
        let uses = net.uses();
        let [left, right] = net.layers[index].inputs[..] else { continue };
        let fits = |side: usize| {
            uses[side] == 1 && matches!(net.layers[side].work, Some(Work::Conv { add: false, relu: false, .. }))
        };
        // The later of two: the earlier one's result is then there to be added to.
        let (last, first) = if left > right { (left, right) } else { (right, left) };
        let Some(side) = [last, first].into_iter().find(|side| fits(*side)) else { continue };
        let other = if side == left { right } else { left };
        if let Some((Work::Conv { geometry, weight, bias, relu, .. }, inputs)) = net.absorb(side) {
            net.layers[index].work = Some(Work::Conv { geometry, weight, bias, add: true, relu });
            net.layers[index].inputs = vec![inputs[0], other];
        }
    }
}

/// A ReLU whose input is a convolution or a fully connected layer that nobody else reads.
fn fuse_relus(net: &mut Layers) {
    let uses = net.uses();
    for index in 0..net.layers.len() {
        let Some(Work::Relu) = net.layers[index].work else { continue };
        let before = net.layers[index].inputs[0];
        if uses[before] != 1 {
            continue;
        }
        let (Some(Work::Conv { relu, .. }) | Some(Work::Linear { relu, .. })) = &mut net.layers[before].work else {
            continue;
        };
        *relu = true;
        if let Some((work, inputs)) = net.absorb(before) {
            net.layers[index].work = Some(work);
            net.layers[index].inputs = inputs;
        }
    }
}
