//! A head in training: cross-entropy for classes, the Euclidean loss for boxes, gradient descent with momentum and weight decay.
//!
//! Must not know how a picture becomes a map.

use engine::error::{Error, Result};
use engine::train::start::he_normal;
use engine::train::{Batches, Masks, Means, Mode, Model, Sgd, Trainer};
use replications::count::Parameter;
use replications::graph::Graph;
use replications::vgg::recipe::Recipe;
use tch::{Device, Kind, Reduction, Tensor};

use super::boxes::NUMBERS;

/// What a head learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Learns {
    /// Which class there is.
    Classes,
    /// One box, whatever the class.
    Box,
    /// A box for each class.
    BoxOfClass,
}

/// Maps with what is to be said of them.
pub(super) struct Examples {
    /// `[N, C, H, W]`.
    pub(super) maps: Tensor,
    /// `[N]`.
    pub(super) classes: Tensor,
    /// Centre, width and height, `[N, 4]`.
    pub(super) boxes: Tensor,
}

impl Examples {
    /// Those of these places, on the device.
    fn at(&self, places: &Tensor, device: Device) -> Result<Examples> {
        let of = |all: &Tensor| Ok::<Tensor, Error>(all.f_index_select(0, places)?.f_to_device(device)?);
        Ok(Examples { maps: of(&self.maps)?, classes: of(&self.classes)?, boxes: of(&self.boxes)? })
    }
}

/// Caffe's Euclidean loss: half the squared distance, in the mean over examples. `said` is `[N, 4]` or, with a box for each of K
/// classes, `[N, 4·K]`, of which only the example's own class counts.
pub(super) fn euclidean(said: &Tensor, examples: &Examples) -> Result<Tensor> {
    let said = of_class(said, &examples.classes)?;
    let count = said.size().first().copied().unwrap_or(1).max(1) as f64;
    Ok(said.f_sub(&examples.boxes)?.f_square()?.f_sum(Kind::Float)?.f_div_scalar(2.0 * count)?)
}

/// The boxes of those classes, `[N, 4]`, out of one for all or one for each.
pub(super) fn of_class(said: &Tensor, classes: &Tensor) -> Result<Tensor> {
    let numbers = i64::try_from(NUMBERS).unwrap_or(4);
    let each = said.f_view([classes.size()[0], -1, numbers])?;
    if each.size()[1] == 1 {
        return Ok(each.f_squeeze_dim(1)?);
    }
    let place = classes.f_view([-1, 1, 1])?.f_expand([-1, 1, numbers], false)?;
    Ok(each.f_gather(1, &place, false)?.f_squeeze_dim(1)?)
}

/// As [`he_normal`], but for the weights of the layer `last`, which have that standard deviation: a box must not begin far away.
fn begin_boxes(parameter: &Parameter, (seed, last): (u64, &str), deviation: f64) -> Vec<f32> {
    let mut numbers = he_normal(parameter, seed);
    if parameter.name == format!("{last}.weight") {
        let fan_in: usize = parameter.shape[1..].iter().product();
        let by = deviation / libm::sqrt(2.0 / fan_in.max(1) as f64);
        numbers.iter_mut().for_each(|number| *number = (f64::from(*number) * by) as f32);
    }
    numbers
}

/// A head and its optimiser.
pub(super) struct Head<'a> {
    recipe: &'a Recipe,
    learns: Learns,
    examples: &'a Examples,
    measure_every: u64,
    pub(super) model: Model,
    sgd: Sgd,
    batches: Batches,
    masks: Masks,
    /// Of the loss.
    means: Means<1>,
}

impl<'a> Head<'a> {
    /// An untrained head; `known` gives the weights that it begins with where there are some.
    pub(super) fn new(
        (seed, device): (u64, Device),
        (graph, learns): (Graph, Learns),
        examples: &'a Examples,
        (recipe, measure_every): (&'a Recipe, u64),
        known: impl Fn(&Parameter) -> Option<Vec<f32>>,
    ) -> Result<Head<'a>> {
        let name = graph.name.clone();
        let last = graph.nodes[graph.output.0].name.clone();
        let begin = |parameter: &Parameter| {
            let drawn = || match learns {
                Learns::Classes => he_normal(parameter, seed),
                Learns::Box | Learns::BoxOfClass => begin_boxes(parameter, (seed, &last), recipe.box_deviation),
            };
            known(parameter).unwrap_or_else(drawn)
        };
        let model = Model::new(graph, device, begin)?;
        let count = usize::try_from(examples.maps.size()[0]).unwrap_or(0);
        Ok(Head {
            recipe,
            learns,
            examples,
            measure_every,
            sgd: Sgd::new(&model.learned())?.decay(recipe.weight_decay),
            batches: Batches::new(seed, "localisation", count, recipe.batch),
            masks: Masks::new(seed, &name),
            means: Means::new(device)?,
            model,
        })
    }

    fn loss_of(&self, said: &Tensor, examples: &Examples) -> Result<Tensor> {
        match self.learns {
            Learns::Classes => {
                Ok(said.f_cross_entropy_loss::<Tensor>(&examples.classes, None, Reduction::Mean, -100, 0.0)?)
            }
            Learns::Box | Learns::BoxOfClass => euclidean(said, examples),
        }
    }
}

impl Trainer for Head<'_> {
    fn step(&mut self, step: u64, total: u64) -> Result<()> {
        let places = self.batches.on_device(step, self.examples.maps.device())?;
        let examples = self.examples.at(&places, self.model.device())?;
        let said = self.model.forward(&examples.maps, Mode::Train(&self.masks.of(step)))?;
        let loss = self.loss_of(&said, &examples)?;
        let gradients = Tensor::f_run_backward(&[&loss], &self.model.learned(), false, false)?;
        self.sgd.step(&gradients, self.recipe.learning_rate.at(step, total), self.recipe.momentum)?;
        self.means.add([&loss])
    }

    fn measure(&mut self, step: u64) -> Result<Vec<(String, f64)>> {
        let [loss] = self.means.row(step, self.measure_every)?;
        let unit = if self.learns == Learns::Classes { "nats" } else { "squared shares of the crop" };
        Ok(vec![(format!("training loss [{unit}]"), loss)])
    }

    fn tensors(&self) -> Vec<(String, Tensor)> {
        let mut tensors = self.model.tensors("");
        tensors.extend(self.sgd.tensors("sgd"));
        tensors.extend(self.means.tensors());
        tensors
    }
}

#[cfg(test)]
mod tests {
    use replications::build::{Builder, Kernel};
    use replications::schedule::Stairs;
    use replications::vgg::recipe::Views;
    use serde_json::Value;

    use super::super::golden::{golden, numbers};
    use super::*;

    /// A sine of the golden script: `[sizes]` numbers named so.
    fn wave(waves: &Value, name: &str, count: usize) -> Vec<f32> {
        let part = |part: &str| waves[name][part].as_f64().unwrap();
        (0..count).map(|k| (libm::sin(0.37 * k as f64 + part("s")) * part("a")) as f32).collect()
    }

    fn graph(outputs: usize) -> Graph {
        let mut net = Builder::new("head", [6, 7, 7]);
        let x = net.input();
        let x = net.conv("conv", x, 4, Kernel::same(1));
        let x = net.relu("conv/relu", x);
        let x = net.flatten("flatten", x);
        let x = net.linear("fc", x, 10);
        let x = net.relu("fc/relu", x);
        let x = net.linear("box", x, outputs);
        net.finish(x)
    }

    fn recipe() -> Recipe {
        Recipe {
            subjects: Vec::new(),
            batch: 5,
            learning_rate: Stairs { from: 0.01, divided_by: 10.0, after: vec![2], of: 3 },
            momentum: 0.9,
            weight_decay: 5e-4,
            box_deviation: 0.001,
            short_side: 256,
            views: Views::Center,
            test_sides: vec![256],
            merge_below: 0.0,
            guesses: 5,
        }
    }

    fn examples(training: &Value) -> Examples {
        let targets = training["targets"].as_array().unwrap().iter().flat_map(numbers);
        let targets: Vec<f32> = targets.map(|number| number as f32).collect();
        let classes: Vec<i64> = numbers(&training["classes"]).into_iter().map(|class| class as i64).collect();
        Examples {
            maps: Tensor::from_slice(&wave(&training["waves"], "x", 5 * 6 * 49)).view([5, 6, 7, 7]),
            classes: Tensor::from_slice(&classes),
            boxes: Tensor::from_slice(&targets).view([5, 4]),
        }
    }

    fn close(found: f64, wanted: f64, what: &str) {
        assert!((found - wanted).abs() <= 1e-5 * wanted.abs().max(1.0), "{what}: {found} is not {wanted}");
    }

    #[test]
    fn three_steps_are_those_of_an_independent_computation() {
        let golden = golden();
        let training = &golden["training"];
        let (examples, recipe) = (examples(training), recipe());
        for (key, outputs, learns) in [("single", 4, Learns::Box), ("per_class", 12, Learns::BoxOfClass)] {
            let wanted = &training[key];
            let known = |parameter: &Parameter| {
                Some(wave(&training["waves"], &parameter.name, parameter.shape.iter().product()))
            };
            let head = Head::new((0, Device::Cpu), (graph(outputs), learns), &examples, (&recipe, 1), known);
            let mut head = head.unwrap();
            for (step, loss) in (0..).zip(numbers(&wanted["losses"])) {
                head.step(step, 3).unwrap();
                close(head.measure(step + 1).unwrap()[0].1, loss, &format!("{key}, loss of step {step}"));
            }
            let said = tch::no_grad(|| head.model.forward(&examples.maps, Mode::Test)).unwrap();
            let rows = wanted["predictions"].as_array().unwrap();
            for (row, wanted) in (0..).zip(rows) {
                for (column, wanted) in (0..).zip(numbers(wanted)) {
                    close(said.double_value(&[row, column]), wanted, &format!("{key}, said {row} {column}"));
                }
            }
            for (name, tensor) in head.model.parameters() {
                let sums = &wanted["sums"][name];
                let tensor = tensor.detach().to_kind(Kind::Double);
                close(tensor.sum(Kind::Double).double_value(&[]), sums["sum"].as_f64().unwrap(), name);
                close(tensor.square().sum(Kind::Double).double_value(&[]), sums["squares"].as_f64().unwrap(), name);
            }
        }
    }

    #[test]
    fn the_last_layer_of_boxes_begins_near_zero() {
        let of = |name: &str, shape: &[usize]| {
            let parameter = Parameter { name: name.to_owned(), shape: shape.to_vec(), learned: true };
            begin_boxes(&parameter, (1, "box"), 0.001)
        };
        let deviation = |numbers: &[f32]| {
            libm::sqrt(numbers.iter().map(|number| f64::from(*number).powi(2)).sum::<f64>() / numbers.len() as f64)
        };
        let (last, hidden) = (deviation(&of("box.weight", &[40, 500])), deviation(&of("fc.weight", &[40, 500])));
        assert!((last / 0.001 - 1.0).abs() < 0.03, "{last}");
        assert!((hidden / libm::sqrt(2.0 / 500.0) - 1.0).abs() < 0.03, "{hidden}");
        assert_eq!(of("box.bias", &[4]), [0.0; 4]);
    }

    #[test]
    fn a_head_over_a_larger_map_is_the_head_on_each_window() {
        let golden = golden();
        let (dense, waves) = (&golden["dense"], &golden["training"]["waves"]);
        let begin = |parameter: &Parameter| wave(waves, &parameter.name, parameter.shape.iter().product());
        let model = Model::new(graph(4), Device::Cpu, begin).unwrap();
        let map = Tensor::from_slice(&wave(dense, "map", 6 * 9 * 11)).view([1, 6, 9, 11]);
        let said = tch::no_grad(|| model.over_places().unwrap().forward(&map, Mode::Test)).unwrap();
        assert_eq!(said.size(), [1, 4, 3, 5]);
        for (row, places) in (0..).zip(dense["outputs"].as_array().unwrap()) {
            for (column, wanted) in (0..).zip(places.as_array().unwrap()) {
                for (number, wanted) in (0..).zip(numbers(wanted)) {
                    close(said.double_value(&[0, number, row, column]), wanted, &format!("{row} {column} {number}"));
                }
            }
        }
    }
}
