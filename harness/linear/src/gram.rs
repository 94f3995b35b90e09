//! All scalar products of a matrix's rows, on all processors. Must not hold the matrix in double precision.

use std::ops::Range;

use rayon::prelude::*;

use crate::vectors::dots;

/// How many columns are looked at together: a few dozen rows of them fit the innermost cache.
const SLAB: usize = 128;
/// How many rows one thread takes at a time.
const BLOCK: usize = 16;

/// The scalar products of a matrix's rows, `[rows, rows]`, of which only those on and below the diagonal are of use.
/// `fill` writes the given columns of a row.
pub(crate) fn gram(rows: usize, columns: usize, fill: impl Fn(usize, Range<usize>, &mut [f64]) + Sync) -> Vec<f64> {
    let mut products = vec![0.0; rows * rows];
    if rows == 0 {
        return products;
    }
    // Rows of zeros at the end, so that four can always be taken together.
    let padded = rows.next_multiple_of(4);
    for from in (0..columns).step_by(SLAB) {
        let range = from..columns.min(from + SLAB);
        let width = range.len();
        let mut slab = vec![0.0; padded * width];
        slab[..rows * width].par_chunks_mut(width).enumerate().for_each(|(row, out)| fill(row, range.clone(), out));
        let slab_row = |row: usize| &slab[row * width..][..width];
        products.par_chunks_mut(BLOCK * rows).enumerate().for_each(|(block, products)| {
            let first = block * BLOCK;
            let count = products.len() / rows;
            for other in (0..first + count).step_by(4) {
                let four = std::array::from_fn(|at| slab_row(other + at));
                let used = rows.min(other + 4) - other;
                for pair in (0..count).step_by(2) {
                    let second = (pair + 1).min(count - 1);
                    let found = dots([slab_row(first + pair), slab_row(first + second)], four);
                    for (row, found) in (pair..=second).zip(found) {
                        let out = &mut products[row * rows + other..][..used];
                        out.iter_mut().zip(found).for_each(|(sum, product)| *sum += product);
                    }
                }
            }
        });
    }
    products
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_the_plain_ones_whatever_the_sizes() {
        for (rows, columns) in [(1, 1), (2, 3), (5, 127), (17, 128), (33, 300), (16, 257)] {
            let value = |row: usize, column: usize| ((row * 31 + column * 17) % 23) as f64 - 11.0;
            let found = gram(rows, columns, |row, range, out| {
                out.iter_mut().zip(range).for_each(|(out, column)| *out = value(row, column));
            });
            for row in 0..rows {
                for other in 0..=row {
                    let plain: f64 = (0..columns).map(|column| value(row, column) * value(other, column)).sum();
                    assert_eq!(found[row * rows + other], plain, "{rows}×{columns}: {row}, {other}");
                }
            }
        }
    }
}
