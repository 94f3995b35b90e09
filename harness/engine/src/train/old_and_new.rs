//! Goes down a loss at two rates: that of layers that have learned already, and that of layers that are new.
//!
//! Must not choose rates: they come with each step.

use tch::Tensor;

use super::{Model, WeightsAndBiases};
use crate::error::Result;

/// The optimisers of layers that have learned already, and of new ones.
#[derive(Debug)]
pub struct OldAndNew([WeightsAndBiases; 2]);

impl OldAndNew {
    /// Moves those of some models' learned parameters that are `chosen` by name; those that `is_new` says are new have rates of
    /// their own. `decays`: of weights, and of biases.
    ///
    /// # Errors
    /// Memory that does not suffice.
    pub fn new(
        models: &[&Model],
        decays: [f64; 2],
        chosen: impl Fn(&str) -> bool,
        is_new: impl Fn(&str) -> bool,
    ) -> Result<OldAndNew> {
        let those = |new| WeightsAndBiases::new(models, decays, |name| chosen(name) && is_new(name) == new);
        Ok(OldAndNew([those(false)?, those(true)?]))
    }

    /// One step down a loss `[]`; the rates of weights and of biases, first of the old layers.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn step(&mut self, loss: &Tensor, rates: [[f64; 2]; 2], momentum: f64) -> Result<()> {
        let [old, new] = &mut self.0;
        WeightsAndBiases::step_all([(old, rates[0]), (new, rates[1])], loss, momentum)
    }

    /// The velocities, for a checkpoint.
    pub fn tensors(&self) -> Vec<(String, Tensor)> {
        let mut tensors = Vec::new();
        for (part, descent) in ["old", "new"].iter().zip(&self.0) {
            tensors.extend(descent.tensors().into_iter().map(|(name, tensor)| (format!("{part}/{name}"), tensor)));
        }
        tensors
    }
}

/// The layer that a parameter of that name is of: `<layer>.weight`.
#[must_use]
pub fn layer_of(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(layer, _)| layer)
}

#[cfg(test)]
mod tests {
    use replications::build::Builder;
    use tch::{Device, Kind};

    use super::*;
    use crate::train::Mode;

    #[test]
    fn new_layers_have_rates_of_their_own() {
        let model = |layers: &[&str]| {
            let mut net = Builder::new("layers", [2, 1, 1]);
            let mut x = net.flatten("flatten", net.input());
            for layer in layers {
                x = net.linear(*layer, x, 1);
            }
            let ones = |shape: &[usize]| vec![1.0; shape.iter().product()];
            Model::new(net.finish(x), Device::Cpu, |parameter| ones(&parameter.shape)).unwrap()
        };
        let (looking, proposing) = (model(&["fc6", "cls_score", "bbox_pred"]), model(&["rpn"]));
        let is_new = |name: &str| layer_of(name) != Some("fc6");
        let mut descents =
            OldAndNew::new(&[&looking, &proposing], [0.0, 0.0], |name| name != "rpn.bias", is_new).unwrap();
        let x = Tensor::from_slice(&[1.0_f32, 2.0]).view([1, 2, 1, 1]);
        let said = [&looking, &proposing].map(|model| model.forward(&x, Mode::Test).unwrap().sum(Kind::Float));
        descents.step(&(&said[0] + &said[1]), [[0.01, 0.02], [0.1, 0.2]], 0.9).unwrap();
        let numbers = |model: &Model, name: &str| {
            Vec::<f32>::try_from(model.parameter(name).unwrap().detach().view([-1])).unwrap()
        };
        // Gradients: of fc6 and rpn the input, of the layers behind fc6 what they read, 4 and 5; of biases 1.
        for (model, name, wanted) in [
            (&looking, "fc6.weight", &[0.99, 0.98][..]),
            (&looking, "fc6.bias", &[0.98]),
            (&looking, "cls_score.weight", &[0.6]),
            (&looking, "cls_score.bias", &[0.8]),
            (&looking, "bbox_pred.weight", &[0.5]),
            (&looking, "bbox_pred.bias", &[0.8]),
            (&proposing, "rpn.weight", &[0.9, 0.8]),
            (&proposing, "rpn.bias", &[1.0]),
        ] {
            let found = numbers(model, name);
            let is_close = found.iter().zip(wanted).all(|(found, wanted)| (found - wanted).abs() < 1e-6_f32);
            assert!(is_close && found.len() == wanted.len(), "{name}: {found:?} is not {wanted:?}");
        }
        let names: Vec<String> = descents.tensors().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names[0], "old/weights.velocity.000");
        assert_eq!(names.len(), 7);
    }
}
