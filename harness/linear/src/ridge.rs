//! Ridge regression: several targets from the same features.
//!
//! It makes ‖X·W − Y‖² + λ‖W‖² least, where X has a last column of ones. The weight of that column, the bias, is regularised
//! like the others: so it is in `solve` of `rcnn_train_bbox_regressor.m` (rbgirshick/rcnn, read at 0743a72), which solves
//! (XᵀX + λI)W = XᵀY. With fewer examples than features the same W is found as Xᵀ(XXᵀ + λI)⁻¹Y, a smaller system. Must not
//! scale features nor move targets.

use crate::cholesky::Cholesky;
use crate::gram::gram;
use crate::{Error, Rows, vectors};

/// Weights of several targets.
#[derive(Debug, Clone, PartialEq)]
pub struct Ridge {
    /// For each target a weight for each feature, then the bias: `[K, D + 1]`.
    weights: Vec<f64>,
    targets: usize,
}

impl Ridge {
    /// Fits K targets, `[N, K]` by rows, to features `[N, D]`. `lambda` is above 0.
    ///
    /// # Errors
    ///
    /// No examples, more or fewer targets than examples, targets not finite, a `lambda` that makes no sense.
    pub fn fit(features: Rows<'_>, targets: &[f64], outputs: usize, lambda: f64) -> Result<Ridge, Error> {
        Error::above_zero("lambda", lambda)?;
        if features.is_empty() {
            return Err(Error::Nothing { what: "the regression".to_owned(), missing: "examples" });
        }
        if outputs == 0 || !targets.len().is_multiple_of(outputs) {
            return Err(Error::Shape { what: "targets".to_owned(), values: targets.len(), columns: outputs });
        }
        let examples = features.len();
        if targets.len() / outputs != examples {
            let what = "rows of targets".to_owned();
            return Err(Error::Count { what, expected: examples, found: targets.len() / outputs, per: "example" });
        }
        if let Some(at) = targets.iter().position(|target| !target.is_finite()) {
            let (row, column) = (at / outputs, at % outputs);
            return Err(Error::NotFinite { what: "targets".to_owned(), row, column, value: targets[at] });
        }
        let size = features.columns() + 1;
        let solved = if examples < size {
            let dual = by_examples(features, targets, outputs, lambda)?;
            transposed_product(features, &dual, outputs)
        } else {
            by_features(features, targets, outputs, lambda)?
        };
        // By targets from now on, as predictions need them.
        let weights = (0..outputs).flat_map(|target| (0..size).map(move |at| (at, target)));
        let weights = weights.map(|(at, target)| solved[at * outputs + target]).collect();
        Ok(Ridge { weights, targets: outputs })
    }

    /// A target's weights, one for each feature, and its bias; nothing for a target that there is not.
    #[must_use]
    pub fn weights(&self, target: usize) -> Option<(&[f64], f64)> {
        let (bias, weights) = self.weights.chunks(self.size()).nth(target)?.split_last()?;
        Some((weights, *bias))
    }

    /// Predicts all targets, `[N, K]` by rows.
    ///
    /// # Errors
    ///
    /// Rows with more or fewer features than the weights.
    pub fn predict(&self, features: Rows<'_>) -> Result<Vec<f64>, Error> {
        let size = self.size();
        features.expect_columns("rows to predict from", size - 1)?;
        let of_row = |row| self.weights.chunks(size).map(move |of| vectors::dot(row, &of[..size - 1]) + of[size - 1]);
        Ok(features.iter().flat_map(of_row).collect())
    }

    /// How many weights a target has, with its bias.
    fn size(&self) -> usize {
        self.weights.len() / self.targets
    }
}

/// Solves (XᵀX + λI)W = XᵀY: `[D + 1, K]`.
fn by_features(features: Rows<'_>, targets: &[f64], outputs: usize, lambda: f64) -> Result<Vec<f64>, Error> {
    let columns = features.columns();
    let mut matrix = gram(columns + 1, features.len(), |column, range, out| {
        for (out, row) in out.iter_mut().zip(range) {
            *out = features.row(row).get(column).map_or(1.0, |value| f64::from(*value));
        }
    });
    add_to_diagonal(&mut matrix, columns + 1, lambda);
    let mut right = transposed_product(features, targets, outputs);
    Cholesky::factor(matrix, columns + 1)?.solve(&mut right, outputs)?;
    Ok(right)
}

/// Solves (XXᵀ + λI)Z = Y: `[N, K]`.
fn by_examples(features: Rows<'_>, targets: &[f64], outputs: usize, lambda: f64) -> Result<Vec<f64>, Error> {
    let (columns, examples) = (features.columns(), features.len());
    let mut matrix = gram(examples, columns, |row, range, out| {
        out.iter_mut().zip(&features.row(row)[range]).for_each(|(out, value)| *out = f64::from(*value));
    });
    // The column of ones.
    matrix.iter_mut().for_each(|product| *product += 1.0);
    add_to_diagonal(&mut matrix, examples, lambda);
    let mut right = targets.to_vec();
    Cholesky::factor(matrix, examples)?.solve(&mut right, outputs)?;
    Ok(right)
}

fn add_to_diagonal(matrix: &mut [f64], size: usize, lambda: f64) {
    matrix.iter_mut().step_by(size + 1).for_each(|value| *value += lambda);
}

/// XᵀY, with the column of ones: `[D + 1, K]`.
fn transposed_product(features: Rows<'_>, targets: &[f64], outputs: usize) -> Vec<f64> {
    let columns = features.columns();
    // By targets first: whole rows of features are added.
    let mut sums = vec![0.0; outputs * (columns + 1)];
    for (row, targets) in features.iter().zip(targets.chunks(outputs)) {
        for (sums, target) in sums.chunks_mut(columns + 1).zip(targets) {
            vectors::add(*target, row, &mut sums[..columns]);
            sums[columns] += target;
        }
    }
    (0..=columns).flat_map(|at| sums.chunks(columns + 1).map(move |sums| sums[at])).collect()
}
