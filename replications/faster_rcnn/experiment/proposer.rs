//! The layers that propose regions (sections 3.1 and 3.3): anchors that learn where objects are, and what they propose.
//!
//! Must not look into regions.

use base::boxes::Bounds;
use engine::detection::head::Looked;
use engine::detection::maps::{Map, Maps};
use engine::detection::{Anchored, Anchors, Choice, Compiled, anchored, anchors_over, propose, smooth_l1};
use engine::error::{Error, Result};
use engine::streams::Stream;
use engine::train::curve::steps_since_row;
use engine::train::start::normal;
use engine::train::{Batches, Masks, Mode, Model, Sgd, Trainer};
use replications::fast_rcnn::network::STRIDE;
use replications::faster_rcnn::network::ANCHORS;
use replications::faster_rcnn::recipe::{AnchorShapes, Chosen, Recipe};
use replications::graph::Graph;
use tch::{Device, Kind, Reduction, Tensor};

/// The layers' answers.
const SCORES: &str = "rpn_cls_score";
/// See [`SCORES`].
const MOVES: &str = "rpn_bbox_pred";
/// The standard deviation of the weights that all of these layers begin with, as in the authors' prototxts.
const DEVIATION: f64 = 0.01;
/// Numbers of a box.
const NUMBERS: usize = 4;

/// The anchors of a place.
pub(super) fn shapes(own: &AnchorShapes) -> Anchors {
    Anchors { base: own.base, ratios: own.ratios.clone(), scales: own.scales.clone() }
}

/// The layers between the map and the answers.
pub(super) fn layers(detector: &Graph, layer: &str) -> Result<Graph> {
    let found = detector.between(layer, &[SCORES, MOVES]);
    found.ok_or_else(|| Error::Input(format!("{} proposes no regions", detector.name)))
}

/// The anchors of a picture's map.
fn anchors_of(shapes: &Anchors, map: &Map) -> Result<Vec<Bounds>> {
    let (_, _, height, width) = map.values.size4()?;
    let side = |side: i64| usize::try_from(side).unwrap_or(0);
    Ok(anchors_over(shapes, [side(height), side(width)], STRIDE as f64))
}

/// The layers in training.
pub(super) struct Proposer<'a, 'e> {
    maps: &'a Maps<'a, 'e>,
    pictures: &'a [Looked],
    recipe: &'a Recipe,
    shapes: Anchors,
    seed: u64,
    measure_every: u64,
    pub(super) model: Model,
    /// Of weights, and of biases.
    sgd: [Sgd; 2],
    order: Batches,
    masks: Masks,
    /// The sums of the losses over scores and boxes since the curve's last row, `[2]`: part of what a checkpoint keeps.
    losses: Tensor,
}

/// What the anchors of one step are to say.
struct Told {
    /// Anchors, and whether there is an object.
    classes: Vec<(i64, i64)>,
    /// Anchors on objects, and the numbers that lead to them.
    boxes: Vec<(i64, [f32; NUMBERS])>,
}

impl<'a, 'e> Proposer<'a, 'e> {
    pub(super) fn new(
        (seed, device): (u64, Device),
        (detector, layer): (&Graph, &str),
        (maps, pictures): (&'a Maps<'a, 'e>, &'a [Looked]),
        (recipe, measure_every): (&'a Recipe, u64),
    ) -> Result<Proposer<'a, 'e>> {
        let name = format!("{}-proposals", detector.name);
        let model = Model::new(layers(detector, layer)?, device, |parameter| normal(parameter, seed, DEVIATION))?;
        let [weights, biases] = [false, true].map(|biases| learned(&model, biases));
        let sgd = [Sgd::new(&weights)?.decay(recipe.weight_decay), Sgd::new(&biases)?.decay(recipe.weight_decay)];
        Ok(Proposer {
            maps,
            pictures,
            recipe,
            shapes: shapes(&recipe.anchors),
            seed,
            measure_every,
            sgd,
            order: Batches::new(seed, &name, pictures.len(), 1),
            masks: Masks::new(seed, &name),
            losses: Tensor::f_zeros([2], (Kind::Float, device))?,
            model,
        })
    }

    /// The map of a step's picture, and what its anchors are to say.
    fn batch(&mut self, step: u64) -> Result<(Map, Told)> {
        let place = self.order.indices(step).first().copied().unwrap_or(0);
        let picture = &self.pictures[usize::try_from(place).unwrap_or(0)];
        let mut stream = Stream::new(self.seed, "anchors of a step", step);
        let mirrored = self.recipe.mirror && stream.below(2) == 1;
        let map = self.maps.of(&picture.image, &picture.sha256, mirrored)?;
        let truths = picture.truths.iter().map(|object| {
            let width = f64::from(picture.image.size[0]);
            let own = if mirrored { object.bounds.mirrored(width) } else { object.bounds };
            own.scaled(map.scale)
        });
        let truths: Vec<Bounds> = truths.collect();
        let anchors = anchors_of(&self.shapes, &map)?;
        let own = &self.recipe.proposing;
        let labels = anchored(&anchors, map.size, &truths, [own.background_below, own.foreground_from]);
        let order = stream.permutation(anchors.len());
        let order: Vec<usize> = order.into_iter().filter_map(|place| usize::try_from(place).ok()).collect();
        let most = (own.anchors as f64 * own.foreground).round() as usize;
        let mut told = Told { classes: Vec::new(), boxes: Vec::new() };
        let on_objects = order.iter().filter_map(|place| match labels[*place] {
            Anchored::Object(truth) => Some((*place, truth)),
            _ => None,
        });
        for (place, truth) in on_objects.take(most) {
            told.classes.push((place as i64, 1));
            told.boxes.push((place as i64, anchors[place].encode(&truths[truth]).map(|number| number as f32)));
        }
        let room = own.anchors.saturating_sub(told.classes.len());
        let others = order.iter().filter(|place| labels[**place] == Anchored::Background);
        told.classes.extend(others.take(room).map(|place| (*place as i64, 0)));
        Ok((map, told))
    }
}

/// The losses over scores and over boxes, each in the mean over a step's anchors; of the layers' answers `[1, 18, H, W]` and
/// `[1, 36, H, W]`.
fn losses(said: &[Tensor], told: &Told, sigma: f64) -> Result<[Tensor; 2]> {
    let device = said[0].device();
    let index = |numbers: Vec<i64>| -> Result<Tensor> { Ok(Tensor::f_from_slice(&numbers)?.f_to_device(device)?) };
    let [scores, moves] = by_anchor(said)?;
    let places = index(told.classes.iter().map(|(place, _)| *place).collect())?;
    let classes = index(told.classes.iter().map(|(_, class)| *class).collect())?;
    let own = scores.f_index_select(0, &places)?;
    let over_scores = own.f_cross_entropy_loss::<Tensor>(&classes, None, Reduction::Mean, -100, 0.0)?;
    if told.boxes.is_empty() {
        return Ok([over_scores, moves.f_sum(Kind::Float)?.f_mul_scalar(0.0)?]);
    }
    let own = moves.f_index_select(0, &index(told.boxes.iter().map(|(place, _)| *place).collect())?)?;
    let wanted: Vec<f32> = told.boxes.iter().flat_map(|(_, numbers)| *numbers).collect();
    let wanted = Tensor::f_from_slice(&wanted)?.f_view([-1, NUMBERS as i64])?.f_to_device(device)?;
    let sum = smooth_l1(&own, &wanted, sigma)?.f_sum(Kind::Float)?;
    Ok([over_scores, sum.f_div_scalar(told.classes.len().max(1) as f64)?])
}

fn learned(model: &Model, biases: bool) -> Vec<&Tensor> {
    let all = model.parameters().iter().filter(|(name, _)| name.ends_with(".bias") == biases);
    all.map(|(_, tensor)| tensor).filter(|tensor| tensor.requires_grad()).collect()
}

/// The answers by anchor, row by row and place by place: background and object `[A, 2]`, and four numbers `[A, 4]`.
fn by_anchor(said: &[Tensor]) -> Result<[Tensor; 2]> {
    let anchors = ANCHORS as i64;
    let (_, _, height, width) = said[0].size4()?;
    let scores = said[0].f_view([2, anchors, height, width])?.f_permute([2, 3, 1, 0])?.f_reshape([-1, 2])?;
    let moves = said[1].f_view([anchors, NUMBERS as i64, height, width])?.f_permute([2, 3, 0, 1])?;
    Ok([scores, moves.f_reshape([-1, NUMBERS as i64])?])
}

impl Trainer for Proposer<'_, '_> {
    fn step(&mut self, step: u64, total: u64) -> Result<()> {
        let (map, told) = self.batch(step)?;
        if told.classes.is_empty() {
            return Ok(());
        }
        let said = self.model.forward_all(&map.values, Mode::Train(&self.masks.of(step)))?;
        let [scores, boxes] = losses(&said, &told, self.recipe.proposing.sigma)?;
        let [weights, biases] = [false, true].map(|biases| learned(&self.model, biases));
        let by: Vec<&Tensor> = weights.iter().chain(&biases).copied().collect();
        let gradients = Tensor::f_run_backward(&[&scores.f_add(&boxes)?], &by, false, false)?;
        let (of_weights, of_biases) = gradients.split_at(weights.len());
        let rate = self.recipe.proposing_rate.at(step, total);
        self.sgd[0].step(of_weights, rate, self.recipe.momentum)?;
        self.sgd[1].step(of_biases, 2.0 * rate, self.recipe.momentum)?;
        tch::no_grad(|| {
            let _ = self.losses.f_add_(&Tensor::f_stack(&[scores.detach(), boxes.detach()], 0)?)?;
            Ok(())
        })
    }

    fn measure(&mut self, step: u64) -> Result<Vec<(String, f64)>> {
        let since = steps_since_row(step, self.measure_every) as f64;
        let [scores, boxes] = [0, 1].map(|place| self.losses.f_double_value(&[place]));
        let row = vec![
            ("training loss over anchors [nats]".to_owned(), scores? / since),
            ("training loss over boxes [smooth L1]".to_owned(), boxes? / since),
        ];
        let _ = self.losses.f_zero_()?;
        Ok(row)
    }

    fn tensors(&self) -> Vec<(String, Tensor)> {
        let mut tensors = self.model.tensors("");
        tensors.extend(self.sgd[0].tensors("weights"));
        tensors.extend(self.sgd[1].tensors("biases"));
        tensors.push(("sums of losses".to_owned(), self.losses.shallow_clone()));
        tensors
    }
}

/// The trained layers, compiled.
pub(super) struct Proposals {
    network: Compiled,
    shapes: Anchors,
}

impl Proposals {
    pub(super) fn new(model: &Model, recipe: &Recipe) -> Result<Proposals> {
        Ok(Proposals { network: Compiled::of(model.graph(), model, 1)?, shapes: shapes(&recipe.anchors) })
    }

    /// The proposals on a picture, in its own pixels, the surest first.
    pub(super) fn on(&self, map: &Map, chosen: &Chosen) -> Result<Vec<Bounds>> {
        let _guard = tch::no_grad_guard();
        let [scores, moves] = by_anchor(&self.network.read(&map.values)?)?;
        let objects = scores.f_softmax(1, Kind::Float)?.f_select(1, 1)?.f_contiguous()?;
        let objects = Vec::<f32>::try_from(objects.f_to_device(Device::Cpu)?)?;
        let moves = Vec::<f32>::try_from(moves.f_contiguous()?.f_view([-1])?.f_to_device(Device::Cpu)?)?;
        let anchors = anchors_of(&self.shapes, map)?;
        let choice = Choice {
            least_side: chosen.least_side * map.scale[0].min(map.scale[1]),
            before: chosen.before.unwrap_or(usize::MAX),
            overlap: chosen.overlap,
            after: chosen.after,
        };
        let found = propose(&anchors, &objects, moves.as_chunks::<NUMBERS>().0, map.size, &choice);
        let back = map.scale.map(|scale| 1.0 / scale);
        Ok(found.into_iter().map(|one| one.bounds.scaled(back)).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn wave(shape: &[i64], s: f64) -> Tensor {
        let count: i64 = shape.iter().product();
        let all: Vec<f32> = (0..count).map(|k| (2.0 * libm::sin(0.37 * k as f64 + s)) as f32).collect();
        Tensor::from_slice(&all).view(shape)
    }

    fn numbers(value: &Value) -> Vec<f64> {
        value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
    }

    #[test]
    fn losses_and_their_gradients_are_those_of_pytorch() {
        let golden: Value = serde_json::from_str(include_str!("../golden/losses.json")).unwrap();
        let said = [wave(&[1, 18, 2, 3], 0.2), wave(&[1, 36, 2, 3], 0.9)].map(|tensor| tensor.set_requires_grad(true));
        let pairs = |key: &str| golden[key].as_array().unwrap().iter().map(numbers).collect::<Vec<_>>();
        let told = Told {
            classes: pairs("classes").iter().map(|pair| (pair[0] as i64, pair[1] as i64)).collect(),
            boxes: pairs("boxes")
                .iter()
                .map(|own| (own[0] as i64, std::array::from_fn(|number| own[1 + number] as f32)))
                .collect(),
        };
        let [scores, boxes] = losses(&said, &told, golden["sigma"].as_f64().unwrap()).unwrap();
        let close = |found: f64, wanted: f64| assert!((found - wanted).abs() < 1e-5, "{found} is not {wanted}");
        close(scores.double_value(&[]), golden["over_scores"].as_f64().unwrap());
        close(boxes.double_value(&[]), golden["over_boxes"].as_f64().unwrap());
        let gradients = Tensor::run_backward(&[scores + boxes], &[&said[0], &said[1]], false, false);
        for (found, key) in gradients.iter().zip(["gradient_of_scores", "gradient_of_boxes"]) {
            let found = Vec::<f32>::try_from(found.contiguous().view([-1])).unwrap();
            let wanted = numbers(&golden[key]);
            assert_eq!(found.len(), wanted.len());
            found.iter().zip(wanted).for_each(|(found, wanted)| close(f64::from(*found), wanted));
        }
        let nothing = Told { classes: vec![(0, 0)], boxes: Vec::new() };
        assert_eq!(losses(&said, &nothing, 3.0).unwrap()[1].double_value(&[]), 0.0);
    }
}
