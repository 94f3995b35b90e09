//! Sets of distorted digits: the test set, which is the same for every seed, and a training set for each epoch.
//!
//! Must not depend on the number of threads: each picture has a stream of its own.

use engine::chunks;
use engine::error::Result;
use engine::input::idx::Labelled;
use engine::streams::Stream;
use tch::{Device, Kind, Tensor};

use super::distort::{Distortion, Maker};

/// Pictures that a thread makes at a time.
const CHUNK: usize = 500;
/// The test set's seed, whatever the run's: it is pinned by its hash.
const TEST_SEED: u64 = 0;

/// The distorted test set, `[N, side, side]` bytes: picture `i` is digit `i`, by the stream `stn rts test`, `i`.
pub(super) fn test_pixels(maker: &Maker, distortion: Distortion, digits: &Labelled) -> Vec<u8> {
    pixels(maker, distortion, digits, TEST_SEED, &format!("stn {} test", distortion.name()))
}

/// The training set of an epoch: every digit once, distorted anew, by the stream `stn rts train epoch 3`, `i`.
pub(super) fn training_pixels(
    maker: &Maker,
    distortion: Distortion,
    digits: &Labelled,
    seed: u64,
    epoch: u64,
) -> Vec<u8> {
    pixels(maker, distortion, digits, seed, &format!("stn {} train epoch {epoch}", distortion.name()))
}

fn pixels(maker: &Maker, distortion: Distortion, digits: &Labelled, seed: u64, purpose: &str) -> Vec<u8> {
    let size = distortion.side() * distortion.side();
    let mut bytes = vec![0; digits.len() * size];
    chunks::fill(&mut bytes, CHUNK * size, |chunk, out| {
        for (offset, out) in out.chunks_mut(size).enumerate() {
            let index = chunk * CHUNK + offset;
            maker.write(digits, index, Stream::new(seed, purpose, index as u64), out);
        }
    });
    bytes
}

/// Bytes on the device, `[N, 1, side, side]`, to be turned to numbers batch by batch.
pub(super) fn on_device(bytes: &[u8], side: usize, device: Device) -> Result<Tensor> {
    let side = i64::try_from(side).unwrap_or(0);
    Ok(Tensor::f_from_slice(bytes)?.f_view([-1, 1, side, side])?.f_to_device(device)?)
}

/// Numbers of 0 to 1.
pub(super) fn floats(bytes: &Tensor) -> Result<Tensor> {
    Ok(bytes.f_to_kind(Kind::Float)?.f_mul_scalar(1.0 / 255.0)?)
}
