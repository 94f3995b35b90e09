//! A training that begins at a low learning rate until its error on training pictures has fallen: how far that is, as numbers
//! that a checkpoint keeps.
//!
//! The device is asked for its count of mistakes at a window's end only, so that a GPU need not be waited for at each step. Must
//! not choose rates or limits: those are the recipe's.

use tch::{Device, Kind, Tensor};

use crate::error::Result;

/// Whether the warm-up is over.
#[derive(Debug)]
pub struct WarmUp {
    /// Over so many steps the error is counted.
    window: u64,
    /// It is over once the error of a window is below this share, 0 to 1.
    until: f64,
    /// Mistakes of the window so far, `[1]`.
    wrong: Tensor,
    /// 1 once it is over, `[1]`, on the CPU.
    over: Tensor,
    /// Examples of the window so far, `[1]`, on the CPU.
    seen: Tensor,
}

impl WarmUp {
    /// A warm-up until the error over `window` steps is below `until`, a share; None: there is none, and it is over from the
    /// first step.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn new(how: Option<(u64, f64)>, device: Device) -> Result<WarmUp> {
        let one = |device| Tensor::f_zeros([1], (Kind::Float, device));
        let (window, until) = how.unwrap_or((1, 1.0));
        let mut over = one(Device::Cpu)?;
        if how.is_none() {
            let _ = over.f_fill_(1.0)?;
        }
        Ok(WarmUp { window: window.max(1), until, wrong: one(device)?, over, seen: one(Device::Cpu)? })
    }

    /// Whether it is over.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn is_over(&self) -> Result<bool> {
        Ok(self.over.f_double_value(&[0])? > 0.0)
    }

    /// Step `step`, counted from 0, made `wrong` mistakes, `[1]`, in `examples` examples.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn saw(&mut self, step: u64, wrong: &Tensor, examples: i64) -> Result<()> {
        if self.is_over()? {
            return Ok(());
        }
        let _ = self.wrong.f_add_(wrong)?;
        let _ = self.seen.f_add_scalar_(examples)?;
        if (step + 1).is_multiple_of(self.window) {
            let error = self.wrong.f_double_value(&[0])? / self.seen.f_double_value(&[0])?.max(1.0);
            if error < self.until {
                let _ = self.over.f_fill_(1.0)?;
            }
            let _ = self.wrong.f_zero_()?;
            let _ = self.seen.f_zero_()?;
        }
        Ok(())
    }

    /// What a checkpoint keeps.
    pub fn tensors(&self) -> Vec<(String, Tensor)> {
        let named = [("wrong", &self.wrong), ("over", &self.over), ("seen", &self.seen)];
        named.map(|(name, tensor)| (format!("warm-up.{name}"), tensor.shallow_clone())).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_over_at_the_end_of_the_first_window_that_is_good_enough() {
        let mut warm_up = WarmUp::new(Some((2, 0.8)), Device::Cpu).unwrap();
        let wrong = |count: f32| Tensor::from_slice(&[count]);
        let mut over = Vec::new();
        // 80 % is not below 80 %; a good step in the middle of a window does not count alone.
        for (step, mistakes) in [8.0, 8.0, 9.0, 6.0, 10.0, 10.0].into_iter().enumerate() {
            over.push(warm_up.is_over().unwrap());
            warm_up.saw(step as u64, &wrong(mistakes), 10).unwrap();
        }
        assert_eq!(over, [false, false, false, false, true, true]);
    }

    #[test]
    fn without_one_it_is_over_at_once() {
        assert!(WarmUp::new(None, Device::Cpu).unwrap().is_over().unwrap());
    }
}
