//! Targets centred and decorrelated, and back. Must not know what the targets are.

/// The mean of targets, and what makes their covariance nearly the identity.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Whitening<const K: usize> {
    mean: [f64; K],
    /// V·diag((d + floor)^−½)·Vᵀ of the covariance V·diag(d)·Vᵀ; symmetric.
    forth: [[f64; K]; K],
    /// Its inverse.
    back: [[f64; K]; K],
}

impl<const K: usize> Whitening<K> {
    /// By the mean and the covariance (divided by N) of the targets; `floor` is added to each variance, for directions in
    /// which all targets are alike.
    pub(crate) fn of(targets: &[[f64; K]], floor: f64) -> Whitening<K> {
        let count = targets.len().max(1) as f64;
        let mean = std::array::from_fn(|at| targets.iter().map(|target| target[at]).sum::<f64>() / count);
        let mut covariance = [[0.0; K]; K];
        for target in targets {
            let apart: [f64; K] = std::array::from_fn(|at| target[at] - mean[at]);
            for (row, one) in covariance.iter_mut().zip(apart) {
                row.iter_mut().zip(apart).for_each(|(sum, other)| *sum += one * other / count);
            }
        }
        let (values, vectors) = eigen(covariance);
        // Rounding may leave a variance of zero slightly below it.
        let roots = values.map(|value| (value.max(0.0) + floor).sqrt());
        let scaled = |scales: [f64; K]| {
            std::array::from_fn(|row| {
                std::array::from_fn(|column| (0..K).map(|at| vectors[row][at] * scales[at] * vectors[column][at]).sum())
            })
        };
        Whitening { mean, forth: scaled(roots.map(f64::recip)), back: scaled(roots) }
    }

    /// Centred and decorrelated.
    pub(crate) fn forth(&self, target: [f64; K]) -> [f64; K] {
        product(&self.forth, std::array::from_fn(|at| target[at] - self.mean[at]))
    }

    /// The target that is so when centred and decorrelated.
    pub(crate) fn back(&self, white: [f64; K]) -> [f64; K] {
        let target = product(&self.back, white);
        std::array::from_fn(|at| target[at] + self.mean[at])
    }
}

fn product<const K: usize>(matrix: &[[f64; K]; K], vector: [f64; K]) -> [f64; K] {
    matrix.map(|row| row.iter().zip(vector).map(|(one, other)| one * other).sum())
}

/// Eigenvalues of a symmetric matrix, and eigenvectors as columns, by Jacobi's rotations.
fn eigen<const K: usize>(mut matrix: [[f64; K]; K]) -> ([f64; K], [[f64; K]; K]) {
    let mut vectors: [[f64; K]; K] = std::array::from_fn(|row| std::array::from_fn(|column| f64::from(row == column)));
    // Each sweep squares what is beside the diagonal; a few are enough for a few dimensions.
    for _ in 0..30 {
        for one in 0..K {
            for other in one + 1..K {
                let beside = matrix[one][other];
                if beside == 0.0 {
                    continue;
                }
                // The smaller angle that makes this pair zero (Golub and Van Loan, section 8.5.2).
                let half = (matrix[other][other] - matrix[one][one]) / (2.0 * beside);
                let tangent = half.signum() / (half.abs() + half.hypot(1.0));
                let cosine = 1.0 / tangent.hypot(1.0);
                let sine = tangent * cosine;
                for row in matrix.iter_mut().chain(&mut vectors) {
                    (row[one], row[other]) =
                        (cosine * row[one] - sine * row[other], sine * row[one] + cosine * row[other]);
                }
                let (above, below) = matrix.split_at_mut(other);
                for (upper, lower) in above[one].iter_mut().zip(&mut below[0]) {
                    (*upper, *lower) = (cosine * *upper - sine * *lower, sine * *upper + cosine * *lower);
                }
                (matrix[one][other], matrix[other][one]) = (0.0, 0.0);
            }
        }
    }
    (std::array::from_fn(|at| matrix[at][at]), vectors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whitened_targets_have_variances_of_one_but_for_the_floor() {
        // Two directions of variances 5 and 1/2, turned by 45°, with a mean of (3, -1).
        let spread: [[f64; 2]; 4] = [[10.0, 0.0], [-10.0, 0.0], [0.0, 1.0], [0.0, -1.0]];
        let targets = spread.map(|[along, across]| {
            let (along, across) = (along.signum() * (along.abs() / 2.0).sqrt(), across * 0.5f64.sqrt());
            [3.0 + along + across, -1.0 + along - across]
        });
        let whitening = Whitening::of(&targets, 0.5);
        let white = targets.map(|target| whitening.forth(target));
        let covariance =
            |one: usize, other: usize| white.iter().map(|white| white[one] * white[other]).sum::<f64>() / 4.0;
        // Along the diagonal 5/(5 + ½), across it ½/(½ + ½); turned back by 45°.
        let (along, across) = (5.0 / 5.5, 0.5);
        assert!((covariance(0, 0) - (along + across) / 2.0).abs() < 1e-12);
        assert!((covariance(0, 1) - (along - across) / 2.0).abs() < 1e-12);
        for (target, white) in targets.into_iter().zip(white) {
            let back = whitening.back(white);
            assert!(back.into_iter().zip(target).all(|(back, target)| (back - target).abs() < 1e-12));
        }
    }
}
