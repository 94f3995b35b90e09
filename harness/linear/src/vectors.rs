//! Products of vectors in double precision. Must not check lengths: the callers' rows are of one length.
//!
//! Several partial sums side by side, because one running sum has to wait for each addition.

const LANES: usize = 16;

/// The scalar product of features and weights.
pub(crate) fn dot(row: &[f32], weights: &[f64]) -> f64 {
    let (row, row_rest) = row.as_chunks::<LANES>();
    let (weights, weights_rest) = weights.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for (row, weights) in row.iter().zip(weights) {
        for lane in 0..LANES {
            sums[lane] += f64::from(row[lane]) * weights[lane];
        }
    }
    let rest: f64 = row_rest.iter().zip(weights_rest).map(|(value, weight)| f64::from(*value) * weight).sum();
    sums.iter().sum::<f64>() + rest
}

/// Adds a multiple of features to weights.
pub(crate) fn add(scale: f64, row: &[f32], weights: &mut [f64]) {
    for (weight, value) in weights.iter_mut().zip(row) {
        *weight += scale * f64::from(*value);
    }
}

/// The square of the features' norm.
pub(crate) fn square(row: &[f32]) -> f64 {
    let (row, rest) = row.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for row in row {
        for lane in 0..LANES {
            sums[lane] += f64::from(row[lane]) * f64::from(row[lane]);
        }
    }
    sums.iter().sum::<f64>() + rest.iter().map(|value| f64::from(*value) * f64::from(*value)).sum::<f64>()
}

/// The scalar products of two vectors with four others, `[2][4]`: each value is loaded once for several products.
pub(crate) fn dots(two: [&[f64]; 2], four: [&[f64]; 4]) -> [[f64; 4]; 2] {
    let (a, a_rest) = two[0].as_chunks::<2>();
    let (b, b_rest) = two[1].as_chunks::<2>();
    let chunks = four.map(|row| row.as_chunks::<2>());
    let length = a.len();
    let [w, x, y, z] = chunks.map(|(chunks, _)| &chunks[..length]);
    let b = &b[..length];
    let mut sums = [[[0.0; 2]; 4]; 2];
    for at in 0..length {
        let (two, four) = ([a[at], b[at]], [w[at], x[at], y[at], z[at]]);
        for one in 0..2 {
            for other in 0..4 {
                for lane in 0..2 {
                    sums[one][other][lane] += two[one][lane] * four[other][lane];
                }
            }
        }
    }
    let mut products = sums.map(|sums| sums.map(|[even, odd]| even + odd));
    for (one, rest) in [a_rest, b_rest].into_iter().enumerate() {
        for (other, (_, other_rest)) in chunks.iter().enumerate() {
            for (left, right) in rest.iter().zip(*other_rest) {
                products[one][other] += left * right;
            }
        }
    }
    products
}
