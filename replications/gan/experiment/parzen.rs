//! The Parzen-window estimate of `parzen_ll.py`: a Gaussian of one width around each sample.
//!
//! log p(x) = log mean exp(-½ ‖(x - μ)/σ‖²) - D log(σ √2π), in f64 throughout: the exponents are differences of large
//! squares. Must not choose what the samples are.

use engine::emit::Emitter;
use engine::error::Result;
use tch::{Kind, Tensor};

/// Points are taken so many at a time: their distances to all samples stay in the processor's cache.
const CHUNK: i64 = 128;

/// Windows around samples.
#[derive(Debug)]
pub struct Windows {
    /// `[D, M]`, f64.
    samples: Tensor,
    /// ½ ‖μ‖², `[M]`.
    halves: Tensor,
    dimensions: f64,
    count: f64,
}

impl Windows {
    /// Windows around samples `[M, D]`.
    ///
    /// # Errors
    /// Memory that does not suffice.
    pub fn new(samples: &Tensor) -> Result<Windows> {
        let samples = samples.f_to_kind(Kind::Double)?;
        let halves = squares(&samples)?;
        let size = samples.size();
        Ok(Windows {
            samples: samples.f_t_copy()?.f_contiguous()?,
            halves,
            dimensions: size[1] as f64,
            count: size[0] as f64,
        })
    }

    /// x·μ - ½ ‖μ‖² of a few points `[n, D]` (f64) and all samples: `[n, M]`. It is -½ ‖x - μ‖² but for ½ ‖x‖², which is
    /// the same for all samples.
    fn exponents(&self, points: &Tensor) -> Result<Tensor> {
        Ok(self.halves.f_neg()?.f_addmm(points, &self.samples)?)
    }

    /// What does not depend on the point.
    fn constant(&self, width: f64) -> f64 {
        self.count.ln() + self.dimensions * (width * std::f64::consts::TAU.sqrt()).ln()
    }

    /// The log-likelihood of each point `[N, D]`, in nats. `emitter` hears that the work goes on.
    ///
    /// # Errors
    /// Memory that does not suffice.
    pub fn log_likelihoods(&self, points: &Tensor, width: f64, emitter: &Emitter<'_>) -> Result<Vec<f64>> {
        Ok(self.for_widths(points, &[width], emitter)?.swap_remove(0))
    }

    /// The same for several widths: the distances are computed once.
    ///
    /// # Errors
    /// Memory that does not suffice.
    pub fn for_widths(&self, points: &Tensor, widths: &[f64], emitter: &Emitter<'_>) -> Result<Vec<Vec<f64>>> {
        let mut all: Vec<Vec<f64>> = vec![Vec::new(); widths.len()];
        for chunk in points.f_split(CHUNK, 0)? {
            emitter.alive()?;
            let chunk = chunk.f_to_kind(Kind::Double)?;
            // The largest exponent is taken out first, so that nothing underflows that counts.
            let mut exponents = self.exponents(&chunk)?;
            let largest = exponents.f_amax([1i64].as_slice(), true)?;
            let below = exponents.f_sub_(&largest)?;
            let nearest = largest.f_sub(&squares(&chunk)?.f_unsqueeze(1)?)?;
            for (values, width) in all.iter_mut().zip(widths) {
                let scale = 1.0 / (width * width);
                let mut powers = below.f_mul_scalar(scale)?;
                let sums = powers.f_exp_()?.f_sum_dim_intlist([1i64].as_slice(), true, Kind::Double)?;
                let logs = sums.f_log()?.f_add(&nearest.f_mul_scalar(scale)?)?.f_sub_scalar(self.constant(*width))?;
                values.extend(Vec::<f64>::try_from(logs.f_view([-1])?.f_to_device(tch::Device::Cpu)?)?);
            }
        }
        Ok(all)
    }
}

/// The width under which validation points `[N, D]` are most likely on average; the first of equals.
///
/// # Errors
/// Memory that does not suffice.
pub fn choose(windows: &Windows, validation: &Tensor, widths: &[f64], emitter: &Emitter<'_>) -> Result<f64> {
    let mut best = (f64::NEG_INFINITY, widths.first().copied().unwrap_or(1.0));
    for (values, width) in windows.for_widths(validation, widths, emitter)?.iter().zip(widths) {
        let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
        if mean > best.0 {
            best = (mean, *width);
        }
    }
    Ok(best.1)
}

/// ½ ‖x‖² of each row.
fn squares(rows: &Tensor) -> Result<Tensor> {
    Ok(rows.f_square()?.f_sum_dim_intlist([1i64].as_slice(), false, Kind::Double)?.f_mul_scalar(0.5)?)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const GOLDEN: &str = include_str!("../golden/parzen.json");

    fn pixels(rows: impl Iterator<Item = f64>) -> Vec<Vec<f64>> {
        let pixel = |row: f64, column: f64| 0.5 + 0.5 * (0.37 * row * row + 0.011 * (row + 1.0) * column).sin();
        rows.map(|row| (0..784).map(|column| pixel(row, f64::from(column))).collect()).collect()
    }

    fn tensor(rows: &[Vec<f64>]) -> Tensor {
        Tensor::from_slice(&rows.concat()).view([rows.len() as i64, -1])
    }

    #[test]
    fn the_estimate_is_scipys_and_does_not_underflow() {
        let samples = pixels((0..40).map(f64::from));
        let mut points = pixels((0..12).map(|row| f64::from(row) + 0.5));
        points[11].iter_mut().for_each(|value| *value += 30.0);
        let golden: BTreeMap<String, Vec<f64>> = serde_json::from_str(GOLDEN).unwrap();
        let windows = Windows::new(&tensor(&samples)).unwrap();
        assert_eq!(golden.len(), 3);
        for (width, wanted) in golden {
            let found = windows
                .log_likelihoods(&tensor(&points), width.parse().unwrap(), &Emitter::new(std::io::sink()))
                .unwrap();
            assert_eq!(found.len(), wanted.len());
            for (found, wanted) in found.iter().zip(&wanted) {
                assert!((found - wanted).abs() <= 1e-6 * wanted.abs(), "{width}: {found} {wanted}");
                assert!(found.is_finite());
            }
        }
    }

    #[test]
    fn the_width_that_suits_the_points_is_chosen() {
        let samples = Tensor::from_slice(&engine::streams::Stream::new(1, "test", 0).normals(64 * 10)).view([64, 10]);
        let points = Tensor::from_slice(&engine::streams::Stream::new(1, "test", 1).normals(64 * 10)).view([64, 10]);
        let windows = Windows::new(&samples).unwrap();
        assert_eq!(choose(&windows, &points, &[0.01, 0.8, 100.0], &Emitter::new(std::io::sink())).unwrap(), 0.8);
    }
}
