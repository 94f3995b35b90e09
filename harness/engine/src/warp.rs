//! Warps of a map, differentiable by the map and by the parameters: affine, projective, or an interpolating thin-plate
//! spline (the grid generator and sampler of Jaderberg et al. 2015, sections 3.2 and 3.3).
//!
//! Coordinates run from -1 to 1 between the centres of the border pixels (`align_corners` in PyTorch's words); places
//! outside the map are zero. Must not predict the parameters: a network does.

use replications::graph::{Transform, TransformKind};
use tch::{Device, Kind, Tensor};

use crate::error::Result;
use crate::ops::int;

/// One warp, with what does not depend on the input.
#[derive(Debug)]
pub struct Warp {
    kind: TransformKind,
    output: [i64; 2],
    /// For affine and projective: `[places, 3]`, each place's homogeneous coordinates (x, y, 1). For the spline:
    /// `[places, points]`, how much each control point's value counts at each place.
    basis: Tensor,
}

impl Warp {
    /// Sets a warp up.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn new(transform: &Transform, device: Device) -> Result<Warp> {
        let [height, width] = transform.output;
        let places: Vec<[f64; 2]> =
            (0..height * width).map(|place| [even(place % width, width), even(place / width, height)]).collect();
        let (numbers, columns) = match transform.kind {
            TransformKind::Affine | TransformKind::Projective => {
                (places.iter().flat_map(|&[x, y]| [x, y, 1.0]).collect(), 3)
            }
            TransformKind::ThinPlateSpline { side } => (spline(&places, side), side * side),
        };
        let basis = Tensor::f_from_slice::<f64>(&numbers)?.f_reshape([int(places.len()), int(columns)])?;
        let basis = basis.f_to_kind(Kind::Float)?.f_to_device(device)?;
        Ok(Warp { kind: transform.kind, output: [int(height), int(width)], basis })
    }

    /// Where each output place looks: `[N, H, W, 2]`, x before y, for parameters `[N, n]`.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn grid(&self, parameters: &Tensor) -> Result<Tensor> {
        let [height, width] = self.output;
        let looked_up = match self.kind {
            TransformKind::Affine => self.times(&parameters.f_view([-1, 2, 3])?)?,
            TransformKind::Projective => {
                let one = parameters.f_narrow(1, 0, 1)?.f_ones_like()?;
                let matrix = Tensor::f_cat(&[parameters, &one], 1)?.f_view([-1, 3, 3])?;
                let homogeneous = self.times(&matrix)?;
                let depth = homogeneous.f_narrow(2, 2, 1)?;
                // A place on the horizon looks nowhere: its coordinates are far outside, and finite.
                let sign = depth.f_ge(0.0)?.f_to_kind(depth.f_kind()?)?.f_mul_scalar(2.0)?.f_sub_scalar(1.0)?;
                let depth = depth.f_abs()?.f_clamp_min(1e-6)?.f_mul(&sign)?;
                homogeneous.f_narrow(2, 0, 2)?.f_div(&depth)?
            }
            TransformKind::ThinPlateSpline { side } => self.times(&parameters.f_view([-1, 2, int(side * side)])?)?,
        };
        Ok(looked_up.f_view([-1, height, width, 2])?)
    }

    /// The map `[N, C, H', W']` looked up, bilinearly, as the parameters `[N, n]` say: `[N, C, H, W]`.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn apply(&self, map: &Tensor, parameters: &Tensor) -> Result<Tensor> {
        const BILINEAR: i64 = 0;
        const ZEROS: i64 = 0;
        Ok(map.f_grid_sampler(&self.grid(parameters)?, BILINEAR, ZEROS, true)?)
    }

    /// basis · matrixᵀ: `[N, places, rows]` for `[N, rows, columns]`.
    fn times(&self, matrix: &Tensor) -> Result<Tensor> {
        Ok(self.basis.f_to_kind(matrix.f_kind()?)?.f_matmul(&matrix.f_transpose(1, 2)?)?)
    }
}

/// The `index`-th of `count` even places from -1 to 1.
fn even(index: usize, count: usize) -> f64 {
    2.0 * index as f64 / count.saturating_sub(1).max(1) as f64 - 1.0
}

/// How much the value at each of `side` × `side` control points counts at each place, for the interpolating thin-plate
/// spline (Bookstein 1989): rows are places. In f64, since the system is solved once.
#[must_use]
pub fn spline(places: &[[f64; 2]], side: usize) -> Vec<f64> {
    let points: Vec<[f64; 2]> =
        (0..side * side).map(|point| [even(point % side, side), even(point / side, side)]).collect();
    let count = points.len();
    let size = count + 3;
    // The spline's weights are inverse · (values, 0, 0, 0).
    let mut system = vec![vec![0.0; size]; size];
    for (row, a) in points.iter().enumerate() {
        for (column, b) in points.iter().enumerate() {
            system[row][column] = kernel(*a, *b);
        }
        for (extra, value) in [1.0, a[0], a[1]].into_iter().enumerate() {
            system[row][count + extra] = value;
            system[count + extra][row] = value;
        }
    }
    let inverse = inverse(system);
    let mut basis = Vec::with_capacity(places.len() * count);
    for place in places {
        let mut features: Vec<f64> = points.iter().map(|point| kernel(*place, *point)).collect();
        features.extend([1.0, place[0], place[1]]);
        for column in 0..count {
            basis.push(features.iter().zip(&inverse).map(|(feature, row)| feature * row[column]).sum());
        }
    }
    basis
}

/// r² ln r².
fn kernel(a: [f64; 2], b: [f64; 2]) -> f64 {
    let square = (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2);
    if square > 0.0 { square * libm::log(square) } else { 0.0 }
}

/// Gauss and Jordan with pivoting; the systems here are small and never singular for two or more points a side.
fn inverse(mut matrix: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let size = matrix.len();
    let mut inverse: Vec<Vec<f64>> =
        (0..size).map(|row| (0..size).map(|column| f64::from(u8::from(row == column))).collect()).collect();
    for column in 0..size {
        let best = (column..size).max_by(|a, b| matrix[*a][column].abs().total_cmp(&matrix[*b][column].abs()));
        let best = best.unwrap_or(column);
        matrix.swap(column, best);
        inverse.swap(column, best);
        let pivot = matrix[column][column];
        for value in matrix[column].iter_mut().chain(inverse[column].iter_mut()) {
            *value /= pivot;
        }
        let (pivot_row, pivot_inverse) = (matrix[column].clone(), inverse[column].clone());
        for row in (0..size).filter(|row| *row != column) {
            let factor = matrix[row][column];
            for (value, other) in matrix[row].iter_mut().zip(&pivot_row) {
                *value -= factor * other;
            }
            for (value, other) in inverse[row].iter_mut().zip(&pivot_inverse) {
                *value -= factor * other;
            }
        }
    }
    inverse
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_identity_changes_nothing() {
        let map = Tensor::rand([2, 3, 9, 7], (Kind::Float, Device::Cpu));
        let kinds = [TransformKind::Affine, TransformKind::Projective, TransformKind::ThinPlateSpline { side: 4 }];
        for kind in kinds {
            let transform = Transform { kind, output: [9, 7] };
            let warp = Warp::new(&transform, Device::Cpu).unwrap();
            let identity = Tensor::from_slice(&transform.identity()).view([1, -1]).repeat([2, 1]);
            let seen = warp.apply(&map, &identity).unwrap();
            assert!((seen - &map).abs().max().double_value(&[]) < 1e-5, "{kind:?}");
        }
    }

    #[test]
    fn the_spline_meets_its_control_points() {
        let places = [[-1.0, -1.0], [1.0 / 3.0, -1.0 / 3.0]];
        let basis = spline(&places, 4);
        for (row, point) in [(0, 0), (1, 6)] {
            for column in 0..16 {
                let wanted = f64::from(u8::from(column == point));
                assert!((basis[row * 16 + column] - wanted).abs() < 1e-9);
            }
        }
    }
}
