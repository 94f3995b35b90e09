//! Grids of samples, and those that are drawn while the networks are trained.
//!
//! Must not choose samples by their looks: they are the first of their stream.

use engine::error::Result;
use engine::picture::Image;
use engine::train::Context;
use tch::Tensor;

use crate::mnist::{PIXELS, SIDE};

/// Steps after which samples are drawn: early ones often, since most happens then.
pub(super) const SHOWN: [u64; 8] = [500, 2_500, 5_000, 12_500, 25_000, 50_000, 100_000, 250_000];
/// Rows and columns of a grid.
pub(super) const ROWS: i64 = 8;
pub(super) const COLUMNS: usize = 10;
/// Pixels between tiles.
pub(super) const GAP: usize = 2;

/// Draws samples `[N, 784]` after so many steps.
pub(super) fn over_training(context: &Context<'_, '_>, samples: &Tensor, step: u64, epoch: u64) -> Result<()> {
    let caption = format!("Samples after {step} updates ({} epochs), the first of their stream.", step / epoch.max(1));
    context.picture(&format!("samples-{step:06}"), &caption, &Image::grid(&tiles(samples)?, COLUMNS, GAP), false)
}

/// Samples `[N, 784]` as pictures.
pub(super) fn tiles(samples: &Tensor) -> Result<Vec<Image>> {
    let numbers = Vec::<f32>::try_from(samples.f_to_device(tch::Device::Cpu)?.f_contiguous()?.f_view([-1])?)?;
    Ok(numbers.chunks(PIXELS).map(|one| Image::from_floats(one, 1, SIDE, SIDE)).collect())
}
