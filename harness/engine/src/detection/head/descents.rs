//! Goes down the loss at two rates: that of the layers that the trunk's classifier has too, and that of the detector's own.
//!
//! Must not choose rates: they come with each step.

use tch::Tensor;

use super::{BOXES, CLASSES};
use crate::error::Result;
use crate::train::{Model, WeightsAndBiases};

/// The optimisers of layers that a classifier has too, and of those that are a detector's own.
#[derive(Debug)]
pub struct Descents([WeightsAndBiases; 2]);

impl Descents {
    /// Moves those of some models' learned parameters that are `chosen` by name; `own`: a model all of whose layers are the
    /// detector's own, no parameter of which is called as one of the others is; `decays`: of weights, and of biases.
    ///
    /// # Errors
    /// Memory that does not suffice.
    pub fn new(
        models: &[&Model],
        own: Option<&Model>,
        decays: [f64; 2],
        chosen: impl Fn(&str) -> bool,
    ) -> Result<Descents> {
        let all: Vec<&Model> = models.iter().copied().chain(own).collect();
        let is_own = |name: &str| {
            [CLASSES, BOXES].iter().any(|layer| Some(*layer) == layer_of(name))
                || own.is_some_and(|own| own.parameter(name).is_ok())
        };
        let those = |of_own| WeightsAndBiases::new(&all, decays, |name| chosen(name) && is_own(name) == of_own);
        Ok(Descents([those(false)?, those(true)?]))
    }

    /// One step down a loss `[]`; `rates`: of the weights of either. Biases learn twice as fast, as in the authors' prototxts.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn step(&mut self, loss: &Tensor, rates: [f64; 2], momentum: f64) -> Result<()> {
        let [others, own] = &mut self.0;
        let [first, second] = rates.map(|rate| [rate, 2.0 * rate]);
        WeightsAndBiases::step_all([(others, first), (own, second)], loss, momentum)
    }

    /// The velocities, for a checkpoint.
    pub fn tensors(&self) -> Vec<(String, Tensor)> {
        let parts = ["others", "own"].into_iter().zip(&self.0);
        let named = |(part, descent): (&str, &WeightsAndBiases)| {
            descent
                .tensors()
                .into_iter()
                .map(move |(name, tensor)| (format!("{part}/{name}"), tensor))
                .collect::<Vec<_>>()
        };
        parts.flat_map(named).collect()
    }
}

/// The layer that a parameter of that name is of.
pub(super) fn layer_of(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(layer, _)| layer)
}

#[cfg(test)]
mod tests {
    use replications::build::Builder;
    use tch::{Device, Kind};

    use super::*;
    use crate::train::Mode;

    #[test]
    fn the_detectors_own_layers_have_a_rate_of_their_own() {
        let model = |layers: &[&str]| {
            let mut net = Builder::new("layers", [2, 1, 1]);
            let mut x = net.flatten("flatten", net.input());
            for layer in layers {
                x = net.linear(*layer, x, 1);
            }
            let ones = |shape: &[usize]| vec![1.0; shape.iter().product()];
            Model::new(net.finish(x), Device::Cpu, |parameter| ones(&parameter.shape)).unwrap()
        };
        let (looking, proposing) = (model(&["fc6", CLASSES, BOXES]), model(&["rpn"]));
        let mut descents = Descents::new(&[&looking], Some(&proposing), [0.0, 0.0], |name| name != "rpn.bias").unwrap();
        let x = Tensor::from_slice(&[1.0_f32, 2.0]).view([1, 2, 1, 1]);
        let said = [&looking, &proposing].map(|model| model.forward(&x, Mode::Test).unwrap().sum(Kind::Float));
        descents.step(&(&said[0] + &said[1]), [0.01, 0.1], 0.9).unwrap();
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
        assert_eq!(names[0], "others/weights.velocity.000");
        assert_eq!(names.len(), 7);
    }
}
