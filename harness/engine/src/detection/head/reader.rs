//! The layers at test, compiled, and what their answers come to.
//!
//! Must not say what is right: the task `detect` does.

use base::boxes::Bounds;
use replications::detectors::Kept;
use replications::graph::Graph;
use tch::{Device, Kind, Tensor};

use super::{NUMBERS, Spread};
use crate::detection::compiled::Compiled;
use crate::detection::found::{Found, suppressed};
use crate::detection::maps::Map;
use crate::error::Result;
use crate::roi::roi_pool;
use crate::train::Model;

/// Regions that go through the layers at once.
const BATCH: usize = 128;

/// Layers that read pooled regions.
pub struct Pooled {
    layers: Compiled,
    /// Parts along a side, and what takes pixels to places of the map.
    pooling: (i64, f64),
    columns: usize,
}

impl Pooled {
    /// Layers with the numbers that a model has of them.
    ///
    /// # Errors
    /// The model has others, or libtorch's refusal.
    pub fn new(graph: &Graph, model: &Model, stride: usize) -> Result<Pooled> {
        let columns = graph.shapes()?[graph.output.0].iter().product();
        let pooling = (crate::ops::int(graph.input[1]), 1.0 / stride as f64);
        Ok(Pooled { layers: Compiled::of(graph, model, BATCH)?, pooling, columns })
    }

    /// Numbers of the first answer.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The answers of all regions of a picture, on the processor: `[R, …]` each.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn read(&self, map: &Map, regions: &[Bounds]) -> Result<Vec<Tensor>> {
        let _guard = tch::no_grad_guard();
        let (bins, scale) = self.pooling;
        let mut all: Vec<Vec<Tensor>> = Vec::new();
        // One pass of none gives the answers' shapes.
        let chunks: Vec<&[Bounds]> = if regions.is_empty() { vec![regions] } else { regions.chunks(BATCH).collect() };
        for some in chunks {
            let rois = map.regions(some, 0)?.f_to_device(map.values.device())?;
            let pooled = roi_pool(&map.values, &rois, scale, bins)?;
            for (place, said) in self.layers.read(&pooled)?.into_iter().enumerate() {
                let said = said.f_to_device(Device::Cpu)?;
                match all.get_mut(place) {
                    Some(own) => own.push(said),
                    None => all.push(vec![said]),
                }
            }
        }
        all.iter().map(|own| Ok(Tensor::f_cat(own, 0)?)).collect()
    }
}

/// The layers that tell classes and boxes.
pub struct Reader {
    layers: Pooled,
    spread: Spread,
}

/// What is said of a region: the probability of each class, the background first, and the numbers of each class's box.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    probabilities: Vec<f32>,
    numbers: Vec<f32>,
}

impl Reader {
    /// The trained layers.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn new(model: &Model, spread: &Spread, stride: usize) -> Result<Reader> {
        Ok(Reader { layers: Pooled::new(model.graph(), model, stride)?, spread: spread.clone() })
    }

    /// What is said of regions of a picture.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn read(&self, map: &Map, regions: &[Bounds]) -> Result<Vec<Said>> {
        if regions.is_empty() {
            return Ok(Vec::new());
        }
        let said = self.layers.read(map, regions)?;
        let rows = |tensor: &Tensor| -> Result<Vec<Vec<f32>>> {
            let columns = usize::try_from(tensor.size2()?.1).unwrap_or(1);
            let numbers = Vec::<f32>::try_from(tensor.f_contiguous()?.f_view([-1])?)?;
            Ok(numbers.chunks_exact(columns).map(<[f32]>::to_vec).collect())
        };
        let probabilities = rows(&said[0].f_softmax(1, Kind::Float)?)?;
        let both = probabilities.into_iter().zip(rows(&said[1])?);
        Ok(both.map(|(probabilities, numbers)| Said { probabilities, numbers }).collect())
    }

    /// The box of a class that is said of a region; None beyond all numbers.
    fn corrected(&self, region: &Bounds, said: &Said, class: usize) -> Option<Bounds> {
        let own: [f64; NUMBERS] = std::array::from_fn(|number| f64::from(said.numbers[class * NUMBERS + number]));
        let bounds = region.decode(self.spread.back(class, own));
        bounds.edges().iter().all(|edge| !edge.is_nan()).then_some(bounds)
    }

    /// Detections on a picture of that width and height: of each region and class a box, corrected where `corrects` says so.
    #[must_use]
    pub fn found(
        &self,
        (regions, said): (&[Bounds], &[Said]),
        size: [u32; 2],
        corrects: bool,
        kept: &Kept,
    ) -> Vec<Found> {
        let mut all = Vec::new();
        for (region, said) in regions.iter().zip(said) {
            for (class, probability) in said.probabilities.iter().enumerate().skip(1) {
                let score = f64::from(*probability);
                if score <= kept.above {
                    continue;
                }
                let bounds = if corrects { self.corrected(region, said, class) } else { Some(*region) };
                all.extend(bounds.map(|bounds| Found { class: class as u32 - 1, score, bounds }));
            }
        }
        stay(all, size, kept)
    }

    /// The same by scores of somebody else, `[regions][classes]` without the background, all of which count.
    #[must_use]
    pub fn found_by(
        &self,
        scores: &[Vec<f64>],
        (regions, said): (&[Bounds], &[Said]),
        size: [u32; 2],
        kept: &Kept,
    ) -> Vec<Found> {
        let mut all = Vec::new();
        for ((region, said), scores) in regions.iter().zip(said).zip(scores) {
            for (class, score) in scores.iter().enumerate().filter(|(_, score)| score.is_finite()) {
                let bounds = self.corrected(region, said, class + 1);
                all.extend(bounds.map(|bounds| Found { class: class as u32, score: *score, bounds }));
            }
        }
        stay(all, size, kept)
    }
}

/// The detections of a picture that stay.
fn stay(mut all: Vec<Found>, [width, height]: [u32; 2], kept: &Kept) -> Vec<Found> {
    let whole = Bounds::new([0.0, 0.0, f64::from(width), f64::from(height)]);
    all.iter_mut().for_each(|one| one.bounds = one.bounds.within(&whole));
    let mut stays = suppressed(&all, kept.overlap);
    // Of equally sure ones the earlier class's.
    stays.sort_by(|one, other| other.score.total_cmp(&one.score));
    stays.truncate(kept.most);
    stays
}
