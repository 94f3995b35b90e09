//! RMSprop (Tieleman and Hinton 2012): steps are divided by the root of a running mean of squared gradients, which are clipped first.
//!
//! Must not choose rates: they come with each step.

use tch::Tensor;

use crate::error::Result;

/// One optimiser: the parameters it moves and their running means.
#[derive(Debug)]
pub struct RmsProp {
    parameters: Vec<Tensor>,
    means: Vec<Tensor>,
    settings: Settings,
}

/// How it moves them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// The share of a running mean that is kept.
    pub decay: f64,
    /// Added to a running mean before its root is taken.
    pub epsilon: f64,
    /// Each number of a gradient is held between minus this and this.
    pub clip: f64,
}

impl RmsProp {
    /// Moves these parameters; running means begin at zero.
    ///
    /// # Errors
    /// Memory that does not suffice.
    pub fn new(parameters: &[&Tensor], settings: Settings) -> Result<RmsProp> {
        let means = parameters.iter().map(|tensor| Ok(tensor.detach().f_zeros_like()?));
        let means = means.collect::<Result<_>>()?;
        Ok(RmsProp { means, parameters: parameters.iter().map(|tensor| tensor.detach()).collect(), settings })
    }

    /// One step: with the running mean m = decay · m + (1 - decay) · g², p = p - rate · g / √(m + ε). `gradients` are in the order of the
    /// parameters.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn step(&mut self, gradients: &[Tensor], rate: f64) -> Result<()> {
        let Settings { decay, epsilon, clip } = self.settings;
        let all = self.parameters.iter_mut().zip(&mut self.means).zip(gradients);
        for ((parameter, mean), gradient) in all {
            let g = gradient.f_clamp(-clip, clip)?;
            let _ = mean.f_mul_scalar_(decay)?;
            let _ = mean.f_addcmul_(&g, &g.f_mul_scalar(1.0 - decay)?)?;
            let root = mean.f_add_scalar(epsilon)?.f_sqrt_()?;
            let _ = parameter.f_sub_(&g.f_div(&root)?.f_mul_scalar_(rate)?)?;
        }
        Ok(())
    }

    /// The running means, named after `prefix` and their index, for a checkpoint.
    pub fn tensors(&self, prefix: &str) -> Vec<(String, Tensor)> {
        let named = self.means.iter().enumerate();
        named.map(|(index, tensor)| (format!("{prefix}.mean.{index:03}"), tensor.shallow_clone())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_steps_by_hand() {
        let p = Tensor::from_slice(&[1.0_f32, 2.0]);
        let mut own = RmsProp::new(&[&p], Settings { decay: 0.9, epsilon: 0.0, clip: 5.0 }).unwrap();
        // The second number is clipped to 5: by either the root of the running mean is √.1 times the gradient.
        own.step(&[Tensor::from_slice(&[0.5_f32, -70.0])], 0.01).unwrap();
        let moved = 0.01 / 0.1_f64.sqrt();
        let found = Vec::<f32>::try_from(&p).unwrap();
        assert!(
            (f64::from(found[0]) - (1.0 - moved)).abs() < 1e-6 && (f64::from(found[1]) - (2.0 + moved)).abs() < 1e-6
        );
        own.step(&[Tensor::from_slice(&[0.5_f32, 0.0])], 0.01).unwrap();
        let second = 0.01 / (0.1_f64 * 0.9 + 0.1).sqrt();
        let found = Vec::<f32>::try_from(&p).unwrap();
        assert!((f64::from(found[0]) - (1.0 - moved - second)).abs() < 1e-6, "{found:?}");
        assert_eq!(own.tensors("x")[0].0, "x.mean.000");
    }
}
