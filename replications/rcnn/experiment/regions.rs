//! The regions of each picture with their features: computed once, kept, and read again a picture at a time, so that memory holds
//! those of one picture whatever their number.
//!
//! Must not learn from them.

use base::boxes::Bounds;
use engine::cache::Cache;
use engine::detection::{nearest, proposed};
use engine::error::{Error, Result};
use engine::input::batch::Normalisation;
use engine::input::objects::{Annotated, Object};
use engine::input::{Divided, Opened};
use engine::net::{How, Network};
use engine::train::Context;
use proposals::Settings;
use replications::graph::Graph;
use replications::rcnn::recipe::{Recipe, Subject};
use spec::job::JobWeights;
use tch::{Device, Kind, Tensor};

use super::tuning::Tuned;
use crate::detectors::machines::{Features, edges};
use crate::detectors::shared::tell_of_both;
use crate::detectors::warp::{Warp, mean};

/// Crops that go through the network at once.
const BATCH: usize = 32;
/// Grows when features come out otherwise.
const VERSION: &str = "1";

/// A picture with its regions.
#[derive(Debug, Clone)]
pub(super) struct Picture {
    pub(super) image: Annotated,
    sha256: String,
    /// First the objects that count, where it is learned from, then the proposals.
    pub(super) regions: Vec<Bounds>,
    /// Those objects, as many as regions come first.
    pub(super) truths: Vec<Object>,
}

impl Picture {
    /// The object that a region shares most with, and how much; the first of equals. None without objects.
    pub(super) fn nearest(&self, region: usize) -> Option<(&Object, f64)> {
        let boxes = &self.regions[..self.truths.len()];
        let found = nearest(std::slice::from_ref(&self.regions[region]), boxes).pop()?;
        self.truths.get(found.truth).map(|object| (object, found.overlap))
    }
}

/// What is read of regions, as far as it follows from no number of the weights.
pub(super) struct Reading<'a> {
    weights: &'a JobWeights,
    /// The layers that read a warped region.
    features: Graph,
    warp: Warp,
    /// The features' kind: those of other trunks and weights are kept elsewhere.
    pub(super) kind: String,
    /// Numbers of a region.
    columns: usize,
}

impl<'a> Reading<'a> {
    /// The layers of the linear machines' network `id` before its last one, with the trunk's weights or those that it was tuned to.
    pub(super) fn of(
        context: &Context<'a, '_>,
        recipe: &Recipe,
        (subject, id): (&Subject, &str),
        tuned: Option<&Tuned>,
    ) -> Result<Reading<'a>> {
        let weights = context.job_weights(&subject.weights)?;
        let detector = context.graph(id)?;
        let last = &detector.nodes[detector.output.0];
        let before = last.inputs.first().map(|id| detector.nodes[id.0].name.clone());
        let features = before.and_then(|name| detector.until(&name));
        let features = features.ok_or_else(|| Error::Input(format!("{id} has no features")))?;
        let columns = features.shapes()?.pop().unwrap_or_default().into_iter().product();
        let side = u32::try_from(features.input[1]).unwrap_or(0);
        let warp = Warp { side, context: recipe.context, beyond: mean(&weights.input) };
        let hash = tuned.map_or(&weights.hash, |tuned| &tuned.hash);
        let words = format!("{VERSION} {hash} {features:?} {warp:?} {:?} {}", weights.input, context.arithmetic()?);
        let kind = format!("features/{}", base::hash::sha256(words.as_bytes()));
        Ok(Reading { weights, features, warp, kind, columns })
    }

    /// Bytes that the features of an experiment's pictures will take beside what is kept of them, at most: four a number. Where
    /// objects are learned from it is a little more.
    pub(super) fn wanted(&self, cache: &Cache, recipe: &Recipe, data: &Divided) -> u64 {
        let regions = data.train.len().saturating_mul(recipe.train_proposals)
            + data.test.len().saturating_mul(recipe.test_proposals);
        let bytes = regions.saturating_mul(self.columns).saturating_mul(4) as u64;
        bytes.saturating_sub(cache.kept(&self.kind))
    }
}

/// The trunk that features are read from.
pub(super) struct Trunk<'a, 'e> {
    context: &'a Context<'a, 'e>,
    reading: Reading<'a>,
    network: Network,
    normalisation: Normalisation,
    cache: Cache,
    /// Whether objects that are too difficult to count are learned from.
    difficult: bool,
}

impl<'a, 'e> Trunk<'a, 'e> {
    /// As [`Reading::of`], with its network.
    pub(super) fn load(
        context: &'a Context<'a, 'e>,
        recipe: &Recipe,
        (subject, id): (&Subject, &str),
        tuned: Option<&Tuned>,
    ) -> Result<Trunk<'a, 'e>> {
        let reading = Reading::of(context, recipe, (subject, id), tuned)?;
        let parameters = match tuned {
            Some(tuned) => tuned.parameters.clone(),
            None => context.weights_named(&context.graph(&subject.trunk)?, &subject.weights)?.1,
        };
        let how = How::fast(context.device(), BATCH);
        Ok(Trunk {
            context,
            network: Network::build(&reading.features, parameters.only(&reading.features), how)?,
            normalisation: Normalisation::new(&reading.weights.input),
            cache: if tuned.is_some() { context.own_cache() } else { context.cache() },
            difficult: recipe.difficult,
            reading,
        })
    }

    /// The pictures with their proposals, of which features are computed where none are kept: those that are learned from, and those
    /// that are tested.
    pub(super) fn look(&self, recipe: &Recipe, data: &Divided) -> Result<[Regions<'_, 'e>; 2]> {
        let train = self.pictures(&data.train, ("pictures to train on", recipe.train_proposals), true)?;
        let test = self.pictures(&data.test, ("pictures to test", recipe.test_proposals), false)?;
        let tested = test.pictures.iter().map(|one| (one.image.file.as_str(), one.sha256.as_str()));
        tell_of_both(self.context, train.pictures.iter().map(|one| one.sha256.as_str()), tested)?;
        Ok([train, test])
    }

    /// Photographs that nothing is learned from.
    pub(super) fn photographs(&self, recipe: &Recipe, images: &[Annotated]) -> Result<Regions<'_, 'e>> {
        self.pictures(images, ("free photographs", recipe.test_proposals), false)
    }

    fn pictures(&self, images: &[Annotated], (what, most): (&str, usize), learns: bool) -> Result<Regions<'_, 'e>> {
        self.context.begin(&format!("propose regions and compute their features: {what}"))?;
        let mut pictures = Vec::with_capacity(images.len());
        for (index, image) in images.iter().enumerate() {
            let opened = Opened::of(image)?;
            let truths = if learns { image.learned_from(self.difficult) } else { Vec::new() };
            let mut regions: Vec<Bounds> = truths.iter().map(|object| object.bounds).collect();
            let proposals = proposed(&self.context.cache(), &opened, &Settings::fast(), self.context.seed())?;
            regions.extend(proposals.into_iter().take(most));
            let picture = Picture { image: image.clone(), sha256: opened.sha256.clone(), regions, truths };
            let _ = self.kept(&picture, || Ok(opened))?;
            pictures.push(picture);
            self.context.emitter().progress(index + 1, images.len(), "pictures")?;
        }
        Ok(Regions { trunk: self, pictures })
    }

    /// The features of all regions of a picture, `[N, D]`.
    pub(super) fn features(&self, picture: &Picture) -> Result<Vec<f32>> {
        let kept = self.kept(picture, || Opened::of(&picture.image))?;
        Ok(Vec::<f32>::try_from(kept.f_to_kind(Kind::Float)?.f_view([-1])?)?)
    }

    fn kept(&self, picture: &Picture, open: impl FnOnce() -> Result<Opened>) -> Result<Tensor> {
        let edges = edges(&picture.regions);
        self.cache.tensor(&self.reading.kind, &[&picture.sha256, &edges], || self.compute(&open()?, &picture.regions))
    }

    /// The features of regions of a picture, computed.
    pub(super) fn compute(&self, opened: &Opened, regions: &[Bounds]) -> Result<Tensor> {
        let _guard = tch::no_grad_guard();
        let columns = i64::try_from(self.reading.columns).unwrap_or(0);
        let mut all = vec![Tensor::f_zeros([0, columns], (Kind::Float, Device::Cpu))?];
        let (warp, picture) = (self.reading.warp, &opened.picture);
        for some in regions.chunks(BATCH) {
            let crops = warp.regions(picture, some).map_err(|error| Error::Input(error.to_string()))?;
            let x = self.network.prepare(&self.normalisation.batch_on(&crops, self.context.device())?)?;
            all.push(self.network.forward(&x)?.f_to_device(Device::Cpu)?);
            self.context.emitter().alive()?;
        }
        Ok(Tensor::f_cat(&all, 0)?)
    }
}

/// Pictures with the trunk that reads their regions.
pub(super) struct Regions<'a, 'e> {
    pub(super) trunk: &'a Trunk<'a, 'e>,
    pub(super) pictures: Vec<Picture>,
}

impl Features for Regions<'_, '_> {
    fn pictures(&self) -> usize {
        self.pictures.len()
    }

    fn regions(&self, picture: usize) -> &[Bounds] {
        &self.pictures[picture].regions
    }

    fn truths(&self, picture: usize) -> &[Object] {
        &self.pictures[picture].truths
    }

    fn columns(&self) -> usize {
        self.trunk.reading.columns
    }

    fn rows(&self, picture: usize) -> Result<Vec<f32>> {
        self.trunk.features(&self.pictures[picture])
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A picture that nothing is learned from.
    pub(in super::super) fn picture(image: &Annotated, regions: &[Bounds]) -> Picture {
        Picture { image: image.clone(), sha256: String::new(), regions: regions.to_vec(), truths: Vec::new() }
    }
}
