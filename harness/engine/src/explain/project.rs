//! Projections: one activation, everything else zero, back through the layers to the pixels.
//!
//! The deconvnet of Zeiler and Fergus (2014, section 2.1) passes, from the top down, through each layer's unpooling (by the
//! recorded switches), ReLU and transposed filters, and leaves the contrast normalisation alone. Beside it stand the gradient
//! (Simonyan et al. 2014), which is the exact derivative, and guided backpropagation (Springenberg et al. 2015).
//!
//! What the paper's networks do not have is defined here, beyond it: a concatenation gives each branch its own channels; a
//! sum gives both sides all of it; batch norm is the multiplication that it is at test time, without its shift; average
//! pooling spreads evenly; fully connected layers are transposed like any filter. Through sigmoids, maxout, radial basis
//! functions and samplers there is no way, and the error names the layer.

use serde::{Deserialize, Serialize};
use tch::Tensor;

use super::trace::Trace;
use super::transpose;
use crate::error::{Error, Result};
use crate::ops::int;
use crate::train::Model;

/// How an activation is taken back to pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Zeiler and Fergus's.
    Deconvnet,
    /// The derivative of the activation by the pixels.
    Gradient,
    /// Guided backpropagation.
    Guided,
}

/// One activation of a layer's value; a value without places has them all at row and column 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The channel or feature.
    pub channel: usize,
    /// The row.
    pub row: usize,
    /// The column.
    pub column: usize,
}

/// The layer's value with all activations but one set to zero, a place for each picture of the batch.
///
/// # Errors
/// Not as many places as pictures, or a place that the layer does not have.
pub fn alone(trace: &Trace, layer: usize, places: &[Place]) -> Result<Tensor> {
    let value = trace.value(layer)?;
    let size = value.size();
    if size[0] != int(places.len()) {
        return Err(Error::Other(format!("{} places for {} pictures", places.len(), size[0])));
    }
    let seed = value.f_zeros_like()?;
    for (picture, place) in places.iter().enumerate() {
        let at: Vec<i64> = match size.len() {
            2 => vec![int(picture), int(place.channel)],
            _ => vec![int(picture), int(place.channel), int(place.row), int(place.column)],
        };
        let mut within = seed.shallow_clone();
        let mut from = value.shallow_clone();
        for index in at {
            (within, from) = (within.f_get(index)?, from.f_get(index)?);
        }
        within.f_copy_(&from)?;
    }
    Ok(seed)
}

/// Takes `seed`, in the shape of the layer's value, back to the pixels: `[N, C, H, W]` in the network's units. For
/// [`Method::Gradient`] that is the derivative of ⟨seed, value⟩ with the seed held fixed.
///
/// # Errors
/// A layer that there is no way through, or libtorch's refusal.
pub fn project(model: &Model, trace: &Trace, layer: usize, seed: &Tensor, method: Method) -> Result<Tensor> {
    tch::no_grad(|| {
        let mut given: Vec<Option<Tensor>> = std::iter::repeat_with(|| None).take(layer + 1).collect();
        given[layer] = Some(seed.shallow_clone());
        for index in (1..=layer).rev() {
            let Some(own) = given[index].take() else { continue };
            let inputs = transpose::backwards(model, trace, index, &own, method)?;
            for (id, part) in model.graph().nodes[index].inputs.iter().zip(inputs) {
                given[id.0] = Some(match given[id.0].take() {
                    Some(known) => known.f_add(&part)?,
                    None => part,
                });
            }
        }
        match given.swap_remove(0) {
            Some(pixels) => Ok(pixels),
            None => Ok(trace.value(0)?.f_zeros_like()?),
        }
    })
}
