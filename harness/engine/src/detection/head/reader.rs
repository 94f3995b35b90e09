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

    /// Multiply-adds of that many regions.
    ///
    /// # Errors
    /// Layers that do not fit one another.
    pub fn multiply_adds(&self, regions: usize) -> Result<u64> {
        Ok(self.layers.multiply_adds(self.layers.input())?.saturating_mul(regions as u64))
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

    /// Multiply-adds of that many regions.
    ///
    /// # Errors
    /// Layers that do not fit one another.
    pub fn multiply_adds(&self, regions: usize) -> Result<u64> {
        self.layers.multiply_adds(regions)
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

#[cfg(test)]
mod tests {
    use replications::build::Builder;

    use super::*;

    /// A reader whose layers are never asked: one class and the background.
    fn reader() -> Reader {
        let mut net = Builder::new("head", [1, 2, 2]);
        let x = net.flatten("flatten", net.input());
        let classes = net.linear("cls_score", x, 2);
        let boxes = net.linear("bbox_pred", x, 8);
        let graph = net.finish_with(classes, &[boxes]);
        let zeros = |parameter: &replications::count::Parameter| vec![0.0; parameter.shape.iter().product()];
        let model = Model::new(graph, Device::Cpu, zeros).unwrap();
        Reader::new(&model, &Spread::fixed(1, [0.1, 0.1, 0.2, 0.2]), 16).unwrap()
    }

    #[test]
    fn answers_become_boxes_that_are_corrected_cut_and_limited() {
        let at = |left: f64| Bounds::new([left, 0.0, left + 10.0, 10.0]);
        let regions = [at(0.0), at(95.0), at(50.0), at(51.0)];
        // Half a side to the right, which is five deviations; the numbers of the background mean nothing.
        let said = |probability: f32| Said {
            probabilities: vec![1.0 - probability, probability],
            numbers: vec![9.0, 9.0, 9.0, 9.0, 5.0, 0.0, 0.0, 0.0],
        };
        let said = [said(0.3), said(0.9), said(0.04), said(0.5)];
        let kept = Kept { above: 0.05, overlap: 0.3, most: 2 };
        let edges = |found: Vec<Found>| found.iter().map(|one| (one.class, one.bounds.edges())).collect::<Vec<_>>();
        let found = reader().found((&regions, &said), [100, 10], true, &kept);
        // The surest two: beyond the picture nothing of the first is left but its border; the third is not sure enough.
        assert_eq!(edges(found), [(0, [100.0, 0.0, 100.0, 10.0]), (0, [56.0, 0.0, 66.0, 10.0])]);
        let uncorrected = reader().found((&regions, &said), [100, 10], false, &Kept { most: 9, ..kept });
        assert_eq!(edges(uncorrected), [(0, [95.0, 0.0, 100.0, 10.0]), (0, at(51.0).edges()), (0, at(0.0).edges())]);
        // Scores of others count whatever they are, but for those that are none.
        let scores = [vec![-1.5], vec![f64::NEG_INFINITY], vec![-0.5], vec![-2.0]];
        let found = reader().found_by(&scores, (&regions, &said), [100, 10], &Kept { most: 9, ..kept });
        assert_eq!(edges(found), [(0, at(55.0).edges()), (0, at(5.0).edges())]);
    }
}
