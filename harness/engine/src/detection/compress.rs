//! A fully connected layer compressed into two by a truncated singular value decomposition (Girshick 2015, section 3.1).
//!
//! Must not choose how many values stay.

use tch::{Kind, Tensor};

use crate::error::{Error, Result};

/// A weight `[out, in]` as the weights of two layers, one after the other: `[kept, in]` without a bias and then `[out, kept]`, which
/// takes the layer's own bias. Their product is the nearest matrix of that rank.
///
/// # Errors
/// No rank that the weight could have, or libtorch's refusal.
pub fn compressed(weight: &Tensor, kept: i64) -> Result<[Tensor; 2]> {
    let (outputs, inputs) = weight.size2()?;
    if !(1..=outputs.min(inputs)).contains(&kept) {
        let message = format!(
            "{kept} singular values cannot be kept of a weight of {outputs} × {inputs}; 1 to {} can",
            outputs.min(inputs)
        );
        return Err(Error::Input(message));
    }
    let (left, values, right) = weight.detach().f_to_kind(Kind::Double)?.f_svd(true, true)?;
    let first = values.f_narrow(0, 0, kept)?.f_view([-1, 1])?.f_mul(&right.f_transpose(0, 1)?.f_narrow(0, 0, kept)?)?;
    let second = left.f_narrow(1, 0, kept)?;
    Ok([first.f_to_kind(weight.kind())?.f_contiguous()?, second.f_to_kind(weight.kind())?.f_contiguous()?])
}
