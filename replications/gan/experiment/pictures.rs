//! The paper's pictures: samples beside their nearest training examples (Figure 2), and walks between two points of the
//! noise (Figure 3).
//!
//! Must not choose samples by their looks: they are the first of their stream, as in the paper ("not cherry-picked").

use engine::error::Result;
use engine::picture::Image;
use engine::train::Context;
use tch::{Kind, Tensor};

use super::grids::{COLUMNS, GAP, ROWS, tiles};
use super::pair::Pair;
use crate::mnist::{PIXELS, SIDE};

/// Draws what the trained generator makes. `samples` `[N, 784]`, `images` `[M, 784]`.
pub(super) fn draw(context: &Context<'_, '_>, pair: &Pair<'_, '_>, samples: &Tensor, images: &Tensor) -> Result<()> {
    let shown = samples.f_narrow(0, 0, ROWS / 2 * COLUMNS as i64)?;
    let mut pairs = Vec::new();
    for (sample, nearest) in tiles(&shown)?.into_iter().zip(tiles(&nearest(&shown, images)?)?) {
        let mut both = Image::filled(SIDE, 2 * SIDE + 1, 1, 255);
        both.put(&sample, 0, 0);
        both.put(&nearest, 0, SIDE + 1);
        pairs.push(both);
    }
    context.picture(
        "nearest",
        "Samples of the trained generator, and below each the nearest training example (Euclidean distance), as in the last column of the paper's Figure 2.",
        &Image::grid(&pairs, COLUMNS, GAP),
        false,
    )?;
    let ends = pair.noise("interpolation", 0, ROWS)?;
    let (from, to) = (ends.f_narrow(0, 0, ROWS / 2)?, ends.f_narrow(0, ROWS / 2, ROWS / 2)?);
    let mut columns = Vec::new();
    for column in 0..COLUMNS {
        let share = column as f64 / (COLUMNS - 1) as f64;
        let noise = from.f_mul_scalar(1.0 - share)?.f_add(&to.f_mul_scalar(share)?)?;
        columns.push(pair.generate(&noise)?);
    }
    // [rows, columns, 784]: each row is one walk.
    let walks = Tensor::f_stack(&columns, 1)?.f_reshape([-1, PIXELS as i64])?;
    context.picture(
        "interpolation",
        "Each row walks in a straight line from one point of the noise to another, as in the paper's Figure 3.",
        &Image::grid(&tiles(&walks)?, COLUMNS, GAP),
        false,
    )
}

/// The nearest of `images` to each sample: `[N, 784]`.
fn nearest(samples: &Tensor, images: &Tensor) -> Result<Tensor> {
    let squares = images.f_square()?.f_sum_dim_intlist([1i64].as_slice(), false, Kind::Float)?;
    let distances = samples.f_matmul(&images.f_t_copy()?)?.f_mul_scalar(-2.0)?.f_add(&squares)?;
    Ok(images.f_index_select(0, &distances.f_argmin(1, false)?)?)
}
