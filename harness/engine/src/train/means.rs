//! What a curve tells of the steps since its row before: means of losses, shares of mistakes.
//!
//! Must not know what is trained.

use tch::{Device, Kind, Tensor};

use crate::error::Result;

/// Means of so many numbers that each step tells, over the steps since the curve's last row. Their sums stay on the device, so that
/// no step waits for it, and are part of what a checkpoint keeps.
#[derive(Debug)]
pub struct Means<const K: usize> {
    sums: Tensor,
}

impl<const K: usize> Means<K> {
    /// Of no step yet.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn new(device: Device) -> Result<Means<K>> {
        Ok(Means { sums: Tensor::f_zeros([K as i64], (Kind::Float, device))? })
    }

    /// Adds what a step tells, one number each.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn add(&mut self, numbers: [&Tensor; K]) -> Result<()> {
        let flat = numbers.iter().map(|number| Ok(number.detach().f_view([1])?)).collect::<Result<Vec<Tensor>>>()?;
        let _ = self.sums.f_add_(&Tensor::f_cat(&flat, 0)?)?;
        Ok(())
    }

    /// The means at the row after `step` steps, where rows come every `every` steps and after the last one; sums begin anew.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn row(&mut self, step: u64, every: u64) -> Result<[f64; K]> {
        let mut means = [0.0; K];
        for (place, mean) in (0..).zip(&mut means) {
            *mean = self.sums.f_double_value(&[place])? / steps_since_row(step, every) as f64;
        }
        let _ = self.sums.f_zero_()?;
        Ok(means)
    }

    /// What a checkpoint keeps.
    #[must_use]
    pub fn tensors(&self) -> Vec<(String, Tensor)> {
        vec![("sums since the last row".to_owned(), self.sums.shallow_clone())]
    }
}

/// How many steps a row is over that stands after `step` steps, where rows come every `every` steps and after the last one. At least 1.
fn steps_since_row(step: u64, every: u64) -> u64 {
    (step - step.saturating_sub(1) / every * every).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_row_may_come_early() {
        let steps = [0, 1, 9, 10, 11, 20, 23].map(|step| steps_since_row(step, 10));
        assert_eq!(steps, [1, 1, 9, 10, 1, 10, 3]);
    }

    #[test]
    fn a_row_is_of_the_steps_since_the_one_before() {
        let mut means: Means<2> = Means::new(Device::Cpu).unwrap();
        for step in 1..=5 {
            let loss = Tensor::from(step as f32).set_requires_grad(true);
            means.add([&loss, &Tensor::from_slice(&[1.0_f32])]).unwrap();
            if step == 3 {
                assert_eq!(means.row(3, 3).unwrap(), [2.0, 1.0]);
            }
        }
        // Two steps after the row of step 3.
        assert!(!means.tensors()[0].1.requires_grad());
        assert_eq!(means.row(5, 3).unwrap(), [4.5, 1.0]);
        assert_eq!(means.row(5, 3).unwrap(), [0.0, 0.0]);
    }
}
