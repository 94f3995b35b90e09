//! Dual coordinate descent with shrinking: Algorithm 3 of Hsieh et al., "A dual coordinate descent method for large-scale
//! linear SVM", ICML 2008. Must not check its input.
//!
//! One example's dual variable at a time goes to where the dual objective is best, within 0 and the example's C. An example
//! whose variable rests at its bound, with a gradient well beyond those of the last pass, is left out of the following passes
//! (shrinking), and all come back before the end.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};

use super::Settings;
use crate::vectors;

/// Below this a projected gradient moves nothing; as in liblinear.
const STILL: f64 = 1e-12;

/// The state of one training.
pub(super) struct Descent<'a> {
    rows: &'a [&'a [f32]],
    positives: usize,
    /// The greatest dual variable of a positive and of a negative.
    caps: [f64; 2],
    /// The value of the bias's feature.
    bias: f64,
    /// The square of each row's norm, with the bias's feature.
    squares: Vec<f64>,
    /// Σ αᵢyᵢxᵢ.
    pub(super) weights: Vec<f64>,
    /// The weight of the bias's feature.
    pub(super) slope: f64,
    pub(super) alphas: Vec<f64>,
    pub(super) converged: bool,
}

impl<'a> Descent<'a> {
    /// Begins with the dual variables, each put within its bounds.
    pub(super) fn new(rows: &'a [&'a [f32]], positives: usize, mut alphas: Vec<f64>, settings: &Settings) -> Self {
        let caps = [settings.c * settings.positive_weight, settings.c];
        let bias = settings.bias;
        let mut weights = vec![0.0; rows.first().map_or(0, |row| row.len())];
        let mut slope = 0.0;
        for (at, (alpha, row)) in alphas.iter_mut().zip(rows).enumerate() {
            let (sign, cap) = if at < positives { (1.0, caps[0]) } else { (-1.0, caps[1]) };
            *alpha = alpha.clamp(0.0, cap);
            if *alpha > 0.0 {
                vectors::add(sign * *alpha, row, &mut weights);
                slope += sign * *alpha * bias;
            }
        }
        let squares = rows.iter().map(|row| vectors::square(row) + bias * bias).collect();
        Descent { rows, positives, caps, bias, squares, weights, slope, alphas, converged: false }
    }

    /// Σα − ½‖w‖² − ½v².
    pub(super) fn dual(&self) -> f64 {
        let norm = self.weights.iter().map(|weight| weight * weight).sum::<f64>() + self.slope * self.slope;
        self.alphas.iter().sum::<f64>() - norm / 2.0
    }

    /// Passes over the examples until the tolerance is reached; the dual objective before the first and after each.
    pub(super) fn run(&mut self, tolerance: f64, max_epochs: usize, seed: u64) -> Vec<f64> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        let mut active = order.len();
        // Projected gradients of the last pass lay within these: what shrinking goes by.
        let mut last = (f64::NEG_INFINITY, f64::INFINITY);
        let mut trace = vec![self.dual()];
        while trace.len() <= max_epochs {
            shuffle(&mut order[..active], &mut random);
            let (least, greatest) = self.pass(&mut order, &mut active, last);
            trace.push(self.dual());
            if greatest - least <= tolerance {
                if active == order.len() {
                    self.converged = true;
                    break;
                }
                active = order.len();
                last = (f64::NEG_INFINITY, f64::INFINITY);
                continue;
            }
            last = (
                if least < 0.0 { least } else { f64::NEG_INFINITY },
                if greatest > 0.0 { greatest } else { f64::INFINITY },
            );
        }
        trace
    }

    /// One pass over the active examples; which interval holds their projected gradients. Examples that are left out from now
    /// on change places with the last active ones.
    fn pass(&mut self, order: &mut [usize], active: &mut usize, last: (f64, f64)) -> (f64, f64) {
        let (mut least, mut greatest) = (f64::INFINITY, f64::NEG_INFINITY);
        let mut place = 0;
        while place < *active {
            let at = order[place];
            let (row, alpha) = (self.rows[at], self.alphas[at]);
            let (sign, cap) = if at < self.positives { (1.0, self.caps[0]) } else { (-1.0, self.caps[1]) };
            let score = vectors::dot(row, &self.weights) + self.slope * self.bias;
            let gradient = sign * score - 1.0;
            let at_bound = (alpha <= 0.0 && gradient > last.1) || (alpha >= cap && gradient < last.0);
            if at_bound {
                *active -= 1;
                order.swap(place, *active);
                continue;
            }
            place += 1;
            let projected = if alpha <= 0.0 {
                gradient.min(0.0)
            } else if alpha >= cap {
                gradient.max(0.0)
            } else {
                gradient
            };
            least = least.min(projected);
            greatest = greatest.max(projected);
            if projected.abs() > STILL {
                // A row of zeros without bias has no curvature: its variable goes straight to a bound.
                let best = (alpha - gradient / self.squares[at]).clamp(0.0, cap);
                self.alphas[at] = best;
                let step = (best - alpha) * sign;
                vectors::add(step, row, &mut self.weights);
                self.slope += step * self.bias;
            }
        }
        (least, greatest)
    }
}

/// Every order is as likely (Fisher and Yates).
fn shuffle(order: &mut [usize], random: &mut ChaCha8Rng) {
    for last in (1..order.len()).rev() {
        // The bias of the remainder is below 2⁻³² for any number of rows that memory holds.
        let other = random.next_u64() % (last as u64 + 1);
        order.swap(last, other as usize);
    }
}
