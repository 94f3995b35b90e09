//! The Cholesky factor of a dense symmetric matrix, on all processors. Must not copy the matrix.

use rayon::prelude::*;

use crate::Error;
use crate::vectors::dots;

/// How many columns are factored together.
const BLOCK: usize = 64;

/// L of A = L·Lᵀ, lower triangular.
#[derive(Debug, Clone)]
pub struct Cholesky {
    size: usize,
    /// `[size, size]` by rows; what is above the diagonal has no meaning.
    lower: Vec<f64>,
}

impl Cholesky {
    /// Factors a matrix, `[size, size]` by rows, of which only the diagonal and what is below are read.
    ///
    /// # Errors
    ///
    /// A matrix that is not positive definite within rounding, or not finite, or not square.
    pub fn factor(mut matrix: Vec<f64>, size: usize) -> Result<Cholesky, Error> {
        if size == 0 || Some(matrix.len()) != size.checked_mul(size) {
            return Err(Error::Shape { what: "the square matrix".to_owned(), values: matrix.len(), columns: size });
        }
        for from in (0..size).step_by(BLOCK) {
            let width = BLOCK.min(size - from);
            let (above, below) = matrix.split_at_mut((from + width) * size);
            let block = &mut above[from * size..];
            // Columns to the left are done; theirs comes off this block's columns, first in the rows across the diagonal.
            let left: Vec<f64> = block.chunks(size).flat_map(|row| &row[..from]).copied().collect();
            block.chunks_mut(2 * size).for_each(|rows| subtract(rows, size, &left, from, width));
            factor_block(block, size, from)?;
            let corner: &[f64] = block;
            below.par_chunks_mut(2 * size).for_each(|rows| {
                subtract(rows, size, &left, from, width);
                for row in rows.chunks_mut(size) {
                    let row = &mut row[from..from + width];
                    for at in 0..width {
                        let corner = &corner[at * size + from..][..=at];
                        let done: f64 = corner[..at].iter().zip(&row[..at]).map(|(one, other)| one * other).sum();
                        row[at] = (row[at] - done) / corner[at];
                    }
                }
            });
        }
        Ok(Cholesky { size, lower: matrix })
    }

    /// Solves A·X = B in place, for B of `[size, columns]` by rows.
    ///
    /// # Errors
    ///
    /// Values that are not `size` rows.
    pub fn solve(&self, right: &mut [f64], columns: usize) -> Result<(), Error> {
        if self.size.checked_mul(columns) != Some(right.len()) || columns == 0 {
            return Err(Error::Shape { what: "the right-hand sides".to_owned(), values: right.len(), columns });
        }
        for row in 0..self.size {
            let lower = &self.lower[row * self.size..][..=row];
            let (done, rest) = right.split_at_mut(row * columns);
            let this = &mut rest[..columns];
            for (factor, other) in lower.iter().zip(done.chunks(columns)) {
                this.iter_mut().zip(other).for_each(|(this, other)| *this -= factor * other);
            }
            this.iter_mut().for_each(|this| *this /= lower[row]);
        }
        for row in (0..self.size).rev() {
            let lower = &self.lower[row * self.size..][..=row];
            let (open, rest) = right.split_at_mut(row * columns);
            let this = &mut rest[..columns];
            this.iter_mut().for_each(|this| *this /= lower[row]);
            for (factor, other) in lower.iter().zip(open.chunks_mut(columns)) {
                other.iter_mut().zip(&*this).for_each(|(other, this)| *other -= factor * this);
            }
        }
        Ok(())
    }
}

/// Takes from columns `from` to `from + width` of one or two rows their products with the block's rows left of `from`.
fn subtract(rows: &mut [f64], size: usize, left: &[f64], from: usize, width: usize) {
    if from == 0 {
        return;
    }
    let count = rows.len() / size;
    let (first, second) = rows.split_at_mut(size);
    let (first_done, first_open) = first.split_at_mut(from);
    let (second_done, second_open) = if count == 2 { second.split_at_mut(from) } else { (&mut [][..], &mut [][..]) };
    let two = [&*first_done, if count == 2 { &*second_done } else { &*first_done }];
    for other in (0..width).step_by(4) {
        // At the end the last row stands in for those that are not there.
        let four = std::array::from_fn(|at| &left[(other + at).min(width - 1) * from..][..from]);
        let [of_first, of_second] = dots(two, four);
        let until = width.min(other + 4);
        first_open[other..until].iter_mut().zip(of_first).for_each(|(open, product)| *open -= product);
        if count == 2 {
            second_open[other..until].iter_mut().zip(of_second).for_each(|(open, product)| *open -= product);
        }
    }
}

/// Factors the square of a block's rows that lies on the diagonal, row by row.
fn factor_block(block: &mut [f64], size: usize, from: usize) -> Result<(), Error> {
    for row in 0..block.len() / size {
        let (done, this) = block.split_at_mut(row * size);
        let this = &mut this[from..=from + row];
        for column in 0..row {
            let other = &done[column * size + from..][..=column];
            let sum: f64 = other[..column].iter().zip(&this[..column]).map(|(one, other)| one * other).sum();
            this[column] = (this[column] - sum) / other[column];
        }
        let pivot = this[row] - this[..row].iter().map(|value| value * value).sum::<f64>();
        if !pivot.is_finite() || pivot <= 0.0 {
            return Err(Error::NotDefinite { row: from + row, pivot });
        }
        this[row] = pivot.sqrt();
    }
    Ok(())
}
