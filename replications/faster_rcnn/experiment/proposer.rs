//! The layers that propose regions, in training (sections 3.1.2 and 3.1.3): anchors learn whether and where objects are.
//!
//! Must not look into regions.

use base::boxes::Bounds;
use engine::detection::head::Looked;
use engine::detection::maps::Map;
use engine::detection::{Anchored, Anchors, Source, anchored, smooth_l1};
use engine::error::{Error, Result};
use engine::input::objects::Object;
use engine::streams::Stream;
use engine::train::start::normal;
use engine::train::{Batches, Masks, Means, Mode, Model, Trainer, WeightsAndBiases};
use replications::faster_rcnn::recipe::Recipe;
use replications::graph::Graph;
use tch::{Device, Kind, Reduction, Tensor};

use super::proposals::{NUMBERS, anchors_of, by_anchor, shapes};

/// The layers' answers.
const SCORES: &str = "rpn_cls_score";
/// See [`SCORES`].
const MOVES: &str = "rpn_bbox_pred";
/// The standard deviation of the weights that all of these layers begin with, as in the authors' prototxts.
const DEVIATION: f64 = 0.01;
/// The layers between the map and the answers.
pub(super) fn layers(detector: &Graph, layer: &str) -> Result<Graph> {
    let found = detector.between(layer, &[SCORES, MOVES]);
    found.ok_or_else(|| Error::Input(format!("{} proposes no regions", detector.name)))
}

/// The layers, and what they learn.
pub(super) struct Proposing<'a> {
    recipe: &'a Recipe,
    shapes: Anchors,
    pub(super) model: Model,
    masks: Masks,
    /// Of the losses over scores and over boxes.
    means: Means<2>,
}

/// What the anchors of one step are to say.
struct Told {
    /// Anchors, and whether there is an object.
    classes: Vec<(i64, i64)>,
    /// Anchors on objects, and the numbers that lead to them.
    boxes: Vec<(i64, [f32; NUMBERS])>,
}

/// What the layers in training said of a picture.
pub(super) struct Seen {
    /// The picture's map, or that of its mirror image.
    pub(super) map: Map,
    /// The objects, in the pixels of the picture or its mirror image.
    pub(super) truths: Vec<Object>,
    /// The layers' answers.
    pub(super) said: Vec<Tensor>,
    /// The losses over scores and over boxes; none of a picture without anchors that are to say something.
    losses: Option<[Tensor; 2]>,
}

impl<'a> Proposing<'a> {
    /// Untrained layers of a detector.
    pub(super) fn new(
        (seed, device): (u64, Device),
        (detector, name): (&Graph, &str),
        recipe: &'a Recipe,
    ) -> Result<Proposing<'a>> {
        let layers = layers(detector, &recipe.subject.layer)?;
        Ok(Proposing {
            recipe,
            shapes: shapes(&recipe.anchors),
            model: Model::new(layers, device, |parameter| normal(parameter, seed, DEVIATION))?,
            masks: Masks::new(seed, name),
            means: Means::new(device)?,
        })
    }

    /// Looks at a picture or, if the stream says so, at its mirror image.
    pub(super) fn see(
        &self,
        source: Source<'_, '_>,
        (picture, stream): (&Looked, &mut Stream),
        step: u64,
    ) -> Result<Seen> {
        let mirrored = self.recipe.mirror && stream.below(2) == 1;
        let map = source.of(picture, mirrored, None)?;
        let truths = picture.truths_in(mirrored);
        let told = self.told(&map, &truths, stream)?;
        let said = self.model.forward_all(&map.values, Mode::Train(&self.masks.of(step)))?;
        let losses = match told.classes.is_empty() {
            true => None,
            false => Some(losses(&said, &told, self.recipe.proposing.sigma)?),
        };
        Ok(Seen { map, truths, said, losses })
    }

    /// What the anchors over a map are to say; objects are in the pixels of the picture.
    fn told(&self, map: &Map, truths: &[Object], stream: &mut Stream) -> Result<Told> {
        let truths: Vec<Bounds> = truths.iter().map(|object| object.bounds.pixels_scaled(map.scale)).collect();
        let anchors = anchors_of(&self.shapes, map)?;
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
        Ok(told)
    }

    /// The mean of the losses over a step's pictures, `[]`; None where no anchor says anything.
    pub(super) fn loss(&mut self, seen: &[Seen]) -> Result<Option<Tensor>> {
        let all: Vec<&[Tensor; 2]> = seen.iter().filter_map(|one| one.losses.as_ref()).collect();
        if all.is_empty() {
            return Ok(None);
        }
        let mean = |kind: usize| -> Result<Tensor> {
            let own: Vec<&Tensor> = all.iter().map(|losses| &losses[kind]).collect();
            Ok(Tensor::f_stack(&own, 0)?.f_sum(Kind::Float)?.f_div_scalar(seen.len() as f64)?)
        };
        let [scores, boxes] = [mean(0)?, mean(1)?];
        self.means.add([&scores, &boxes])?;
        Ok(Some(scores.f_add(&boxes.f_mul_scalar(self.recipe.proposing.balance)?)?))
    }

    /// The mean losses at the curve's row after `step` steps, of which there is one every `every` steps.
    pub(super) fn row(&mut self, step: u64, every: u64) -> Result<Vec<(String, f64)>> {
        let [scores, boxes] = self.means.row(step, every)?;
        Ok(vec![
            ("training loss over anchors [nats]".to_owned(), scores),
            ("training loss over boxes of anchors [smooth L1]".to_owned(), boxes),
        ])
    }

    /// What a checkpoint keeps.
    pub(super) fn tensors(&self) -> Vec<(String, Tensor)> {
        let mut tensors = self.model.tensors("");
        tensors.extend(self.means.tensors());
        tensors
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

/// The pictures of a step, each with a stream of its own, in which nothing was drawn yet.
pub(super) fn pictures_of<'b>(
    order: &mut Batches,
    pictures: &'b [Looked],
    (stream, seed, step): (&str, u64, u64),
) -> Vec<(&'b Looked, Stream)> {
    let places = order.indices(step);
    let count = places.len() as u64;
    let of = |(number, place): (u64, &i64)| {
        let stream = Stream::new(seed, stream, step * count + number);
        (&pictures[usize::try_from(*place).unwrap_or(0)], stream)
    };
    (0..).zip(places).map(of).collect()
}

/// The layers in training, with the trunk where it is tuned: one picture a step.
pub(super) struct Proposer<'a, 'e> {
    source: Source<'a, 'e>,
    pictures: &'a [Looked],
    proposing: Proposing<'a>,
    recipe: &'a Recipe,
    seed: u64,
    /// What the stream of anchors is called.
    stream: String,
    measure_every: u64,
    descent: WeightsAndBiases,
    order: Batches,
}

impl<'a, 'e> Proposer<'a, 'e> {
    /// Untrained layers of a detector.
    pub(super) fn new(
        (seed, device): (u64, Device),
        (detector, name): (&Graph, &str),
        (source, pictures): (Source<'a, 'e>, &'a [Looked]),
        (recipe, measure_every): (&'a Recipe, u64),
    ) -> Result<Proposer<'a, 'e>> {
        let proposing = Proposing::new((seed, device), (detector, name), recipe)?;
        let models: Vec<&Model> = source.model().into_iter().chain([&proposing.model]).collect();
        Ok(Proposer {
            descent: WeightsAndBiases::new(&models, [recipe.weight_decay; 2], |_| true)?,
            order: Batches::new(seed, name, pictures.len(), 1),
            source,
            pictures,
            proposing,
            recipe,
            seed,
            stream: format!("anchors of a step {name}"),
            measure_every,
        })
    }

    /// The trained layers.
    pub(super) fn into_model(self) -> Model {
        self.proposing.model
    }
}

impl Trainer for Proposer<'_, '_> {
    fn step(&mut self, step: u64, total: u64) -> Result<()> {
        let mut seen = Vec::new();
        for (picture, mut stream) in pictures_of(&mut self.order, self.pictures, (&self.stream, self.seed, step)) {
            seen.push(self.proposing.see(self.source, (picture, &mut stream), step)?);
        }
        let Some(loss) = self.proposing.loss(&seen)? else { return Ok(()) };
        let rate = self.recipe.proposing_rate.at(step, total);
        self.descent.step(&loss, [rate, 2.0 * rate], self.recipe.momentum)
    }

    fn measure(&mut self, step: u64) -> Result<Vec<(String, f64)>> {
        self.proposing.row(step, self.measure_every)
    }

    fn tensors(&self) -> Vec<(String, Tensor)> {
        let mut tensors = self.proposing.tensors();
        tensors.extend(self.source.tensors());
        tensors.extend(self.descent.tensors());
        tensors
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
