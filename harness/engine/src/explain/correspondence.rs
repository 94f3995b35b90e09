//! Whether hiding the same part of different pictures changes a network's features alike (Zeiler and Fergus 2014,
//! section 4.3 and Table 1).
//!
//! With ε_i = x_i - x̃_i the change of picture i's features, Δ = Σ_{i≠j} H(sign ε_i, sign ε_j), H the Hamming distance; the
//! smaller, the more alike. Must not choose pictures, parts or layers.

use tch::{Kind, Tensor};

use crate::error::{Error, Result};

/// How far the signs of changes differ.
#[derive(Debug, Clone, PartialEq)]
pub struct SignChange {
    /// For each pair i < j, the share of features whose changes have different signs; no change is a sign of its own.
    pub pairs: Vec<f64>,
    /// Δ: the count of such features, summed over ordered pairs.
    pub total: f64,
}

impl SignChange {
    /// Compares features before and after, both `[N, …]`.
    ///
    /// # Errors
    /// Fewer than two pictures, or shapes that differ.
    pub fn between(before: &Tensor, after: &Tensor) -> Result<SignChange> {
        let size = before.size();
        if size != after.size() || size.first().is_none_or(|count| *count < 2) {
            let message = format!("features of size {size:?} and {:?} of at least two pictures", after.size());
            return Err(Error::Other(message));
        }
        let count = size[0];
        let signs = before.f_sub(after)?.f_sign()?.f_reshape([count, -1])?;
        let features = signs.size()[1] as f64;
        let mut pairs = Vec::new();
        for first in 0..count {
            for second in first + 1..count {
                let different = signs.f_get(first)?.f_ne_tensor(&signs.f_get(second)?)?;
                pairs.push(different.f_sum(Kind::Int64)?.f_int64_value(&[])? as f64 / features);
            }
        }
        let total = 2.0 * features * pairs.iter().sum::<f64>();
        Ok(SignChange { pairs, total })
    }

    /// The mean over pairs.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.pairs.iter().sum::<f64>() / self.pairs.len() as f64
    }

    /// The standard deviation over pairs (of a sample); 0 for one pair.
    #[must_use]
    pub fn deviation(&self) -> f64 {
        if self.pairs.len() < 2 {
            return 0.0;
        }
        let mean = self.mean();
        let squares: f64 = self.pairs.iter().map(|pair| (pair - mean).powi(2)).sum();
        (squares / (self.pairs.len() - 1) as f64).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_counted_by_pairs() {
        let before =
            Tensor::from_slice(&[1.0f32, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 0.0, 0.0, 0.0, 0.0]).reshape([3, 4]);
        // Signs of the changes: + + - 0, + - - 0, - - - +.
        let after =
            Tensor::from_slice(&[0.0f32, 0.5, 2.0, 1.0, 1.0, 3.0, 4.0, 2.0, 1.0, 2.0, 3.0, -1.0]).reshape([3, 4]);
        let found = SignChange::between(&before, &after).unwrap();
        assert_eq!(found.pairs, [0.25, 0.75, 0.5]);
        assert_eq!((found.total, found.mean()), (12.0, 0.5));
        assert!((found.deviation() - 0.25).abs() < 1e-12);
        assert!(SignChange::between(&before.narrow(0, 0, 1), &after.narrow(0, 0, 1)).is_err());
    }
}
