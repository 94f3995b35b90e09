//! The speed of each full batch of this process; another process's warm-up is no use to it.
//!
//! Must not read the clock.

use spec::job::{WARM_UP_BATCHES, WARM_UP_SECONDS};

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Timing {
    forward: f64,
    full_batches: usize,
    /// Images/s of the full batches after the warm-up.
    pub(super) samples: Vec<f64>,
}

impl Timing {
    /// Adds one forward pass over `crops` crops.
    pub(super) fn add(&mut self, seconds: f64, crops: usize, batch: usize) {
        if crops == batch && self.forward >= WARM_UP_SECONDS && self.full_batches >= WARM_UP_BATCHES {
            self.samples.push(crops as f64 / seconds);
        }
        self.full_batches += usize::from(crops == batch);
        self.forward += seconds;
    }
}
