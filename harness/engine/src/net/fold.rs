//! Batch norm folded into the convolution before it: at test time it is a scale and a shift a channel.
//!
//! Must compute in f64, so that folding costs nothing in accuracy.

use super::layer::{BatchNorm, Layers, Work};
use crate::weights::RawTensor;

/// Folds every batch norm whose input is a convolution that nobody else reads. The others stay.
pub(super) fn fold_batch_norms(net: &mut Layers) {
    let uses = net.uses();
    for index in 0..net.layers.len() {
        let Some(Work::BatchNorm(_)) = net.layers[index].work else { continue };
        let before = net.layers[index].inputs[0];
        let plain_conv = matches!(net.layers[before].work, Some(Work::Conv { add: false, relu: false, .. }));
        if !plain_conv || uses[before] != 1 {
            continue;
        }
        let (Some(Work::BatchNorm(norm)), Some((Work::Conv { mut geometry, mut weight, bias, add, relu }, inputs))) =
            (net.layers[index].work.take(), net.absorb(before))
        else {
            continue;
        };
        let bias = Some(fold(&mut weight, bias.as_deref(), &norm));
        geometry.bias = true;
        net.layers[index].inputs = inputs;
        net.layers[index].work = Some(Work::Conv { geometry, weight, bias, add, relu });
    }
}

/// γ (w·x + b - μ) / √(σ² + ε) + β = (γ/√…) w·x + ((b - μ) γ/√… + β).
#[expect(clippy::cast_possible_truncation, reason = "weights are single precision, before and after")]
fn fold(weight: &mut RawTensor, bias: Option<&[f32]>, norm: &BatchNorm) -> Vec<f32> {
    let channels = norm.weight.len();
    let each = weight.data.len() / channels.max(1);
    let mut folded = Vec::with_capacity(channels);
    for (channel, kernel) in weight.data.chunks_mut(each.max(1)).enumerate() {
        let scale = f64::from(norm.weight[channel]) / (f64::from(norm.variance[channel]) + norm.epsilon).sqrt();
        for value in kernel {
            *value = (f64::from(*value) * scale) as f32;
        }
        let before = bias.map_or(0.0, |bias| f64::from(bias[channel])) - f64::from(norm.mean[channel]);
        folded.push((before * scale + f64::from(norm.bias[channel])) as f32);
    }
    folded
}
