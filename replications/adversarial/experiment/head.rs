//! What a network's outputs mean: its cost, and the probabilities that its answers are read from.
//!
//! Must not know how a network is trained or attacked.

use engine::error::Result;
use tch::{Kind, Reduction, Tensor};

/// Kinds of outputs. Classes are digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Head {
    /// Ten logits of a softmax; the cost is -log p of the true class.
    Softmax,
    /// Ten radial basis functions, each the logarithm of its own probability (they do not sum to one): p = exp(-(x-μ)ᵀ
    /// β (x-μ)) (Goodfellow et al. 2015, section 7). The paper does not give the cost; here it is the cross-entropy of
    /// ten independent answers, which is what such probabilities can be fitted by.
    Rbf,
    /// One number z: P(7) = σ(z), P(3) = 1 - σ(z); the cost is log(1 + exp(-y z)) with y = 1 for a 7 and -1 for a 3
    /// (section 5).
    ThreeOrSeven,
}

/// The sum of costs over a batch or their mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    /// For gradients by each image that do not depend on the batch.
    Sum,
    /// For training.
    Mean,
}

impl Head {
    /// The head of that network.
    pub(super) fn of(network: &str) -> Head {
        match network {
            "rbf" => Head::Rbf,
            "logistic-3-7" => Head::ThreeOrSeven,
            _ => Head::Softmax,
        }
    }

    /// The cost of outputs `[N, …]` where the true classes are `[N]`: one number.
    pub(super) fn cost(self, outputs: &Tensor, classes: &Tensor, over: Over) -> Result<Tensor> {
        let costs = self.costs(outputs, classes)?;
        Ok(match over {
            Over::Sum => costs.f_sum(Kind::Float)?,
            Over::Mean => costs.f_mean(Kind::Float)?,
        })
    }

    /// The cost of each, `[N]`.
    pub(super) fn costs(self, outputs: &Tensor, classes: &Tensor) -> Result<Tensor> {
        Ok(match self {
            Head::Softmax => outputs.f_cross_entropy_loss::<Tensor>(classes, None, Reduction::None, -100, 0.0)?,
            Head::Rbf => {
                let wanted = classes.f_one_hot(outputs.size()[1])?.f_to_kind(Kind::Float)?;
                // log(1 - e^l) for l < 0; l is kept off 0, where it has no end.
                let log = outputs.f_clamp_max(-1e-6)?;
                let not = log.f_expm1()?.f_neg()?.f_log()?;
                let chosen = wanted.f_mul(&log.f_sub(&not)?)?.f_add(&not)?;
                chosen.f_sum_dim_intlist([1i64].as_slice(), false, Kind::Float)?.f_neg()?
            }
            Head::ThreeOrSeven => outputs.f_view([-1])?.f_mul(&side(classes)?)?.f_neg()?.f_softplus()?,
        })
    }

    /// Probabilities `[N, 10]` of the digits.
    pub(super) fn probabilities(self, outputs: &Tensor) -> Result<Tensor> {
        Ok(match self {
            Head::Softmax => outputs.f_softmax(1, Kind::Float)?,
            Head::Rbf => outputs.f_exp()?,
            Head::ThreeOrSeven => {
                let seven = outputs.f_view([-1, 1])?.f_sigmoid()?;
                let three = outputs.f_view([-1, 1])?.f_neg()?.f_sigmoid()?;
                let zero = seven.f_zeros_like()?;
                let columns: Vec<&Tensor> = (0..10)
                    .map(|digit| match digit {
                        3 => &three,
                        7 => &seven,
                        _ => &zero,
                    })
                    .collect();
                Tensor::f_cat(&columns, 1)?
            }
        })
    }
}

/// 1 for a 7 and -1 for a 3.
fn side(classes: &Tensor) -> Result<Tensor> {
    Ok(classes.f_to_kind(Kind::Float)?.f_sub_scalar(5.0)?.f_div_scalar(2.0)?)
}
