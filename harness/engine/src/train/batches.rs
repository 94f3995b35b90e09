//! The order of training examples: each epoch its own shuffle, from a stream that is named after it.
//!
//! Must not hold examples.

use tch::{Device, Tensor};

use crate::error::Result;
use crate::streams::Stream;

/// Which examples each step sees.
#[derive(Debug, Clone)]
pub struct Batches {
    seed: u64,
    purpose: String,
    examples: usize,
    batch: usize,
    /// The epoch whose order is kept.
    epoch: Option<u64>,
    order: Vec<i64>,
}

impl Batches {
    /// Batches of `batch` out of `examples` examples; what is left over at an epoch's end is passed over.
    #[must_use]
    pub fn new(seed: u64, purpose: &str, examples: usize, batch: usize) -> Batches {
        let purpose = format!("order {purpose}");
        Batches { seed, purpose, examples, batch: batch.clamp(1, examples.max(1)), epoch: None, order: Vec::new() }
    }

    /// Steps of one epoch.
    #[must_use]
    pub fn per_epoch(&self) -> u64 {
        (self.examples / self.batch).max(1) as u64
    }

    /// The indices of the examples of step `step`, counted from 0.
    pub fn indices(&mut self, step: u64) -> &[i64] {
        let (epoch, batch) = (step / self.per_epoch(), step % self.per_epoch());
        if self.epoch != Some(epoch) {
            self.order = Stream::new(self.seed, &self.purpose, epoch).permutation(self.examples);
            self.epoch = Some(epoch);
        }
        let from = usize::try_from(batch).unwrap_or(0) * self.batch;
        &self.order[from..(from + self.batch).min(self.order.len())]
    }

    /// The same on the device, `[batch]`.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn on_device(&mut self, step: u64, device: Device) -> Result<Tensor> {
        Ok(Tensor::f_from_slice(self.indices(step))?.f_to_device(device)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_sees_each_example_once_and_any_step_can_be_gone_to() {
        let mut batches = Batches::new(3, "test", 20, 6);
        assert_eq!(batches.per_epoch(), 3);
        let mut seen: Vec<i64> = (0..3).flat_map(|step| batches.indices(step).to_vec()).collect();
        let second = batches.indices(4).to_vec();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 18);
        let mut fresh = Batches::new(3, "test", 20, 6);
        assert_eq!(fresh.indices(4), second);
        assert_ne!(Batches::new(4, "test", 20, 6).indices(4), second);
    }
}
