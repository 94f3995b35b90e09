//! Linear SVMs on the features that the layers behind RoI pooling have learned (section 5.4), trained as R-CNN's.
//!
//! Must not change the features.

use base::boxes::Bounds;
use engine::cache::Cache;
use engine::detection::head::{CLASSES as LAST, Looked, Pooled};
use engine::detection::maps::Maps;
use engine::error::{Error, Result};
use engine::input::objects::Object;
use linear::svm;
use replications::fast_rcnn::network::STRIDE;
use replications::fast_rcnn::recipe::Recipe;
use tch::{Kind, Tensor};

use crate::detectors::machines::{self, Features, edges};
use crate::detectors::on_maps::{Detector, OnMaps};
use crate::detectors::shared::CLASSES;

/// Layers that have learned, read on pictures.
struct Tuned<'a, 'e> {
    on: &'a OnMaps<'a, 'e>,
    /// Of the detector's own trunk, where it was tuned.
    own: Option<&'a Maps<'a, 'e>>,
    layers: Pooled,
}

impl Tuned<'_, '_> {
    /// The features of some regions of a picture, `[R, D]`.
    fn read(&self, looked: &Looked, regions: &[Bounds]) -> Result<Tensor> {
        let map = self.own.unwrap_or(&self.on.maps).of(&looked.image, &looked.sha256, false)?;
        let columns = i64::try_from(self.layers.columns()).unwrap_or(1);
        Ok(self.layers.read(&map, regions)?.swap_remove(0).f_view([-1, columns])?)
    }
}

/// The pictures that machines are trained on: read again and again, so that their features are kept.
struct Learned<'a, 'e> {
    tuned: &'a Tuned<'a, 'e>,
    cache: Cache,
    /// Of each picture the regions, the boxes of its objects first.
    regions: Vec<Vec<Bounds>>,
}

impl Features for Learned<'_, '_> {
    fn pictures(&self) -> usize {
        self.regions.len()
    }

    fn regions(&self, picture: usize) -> &[Bounds] {
        &self.regions[picture]
    }

    fn truths(&self, picture: usize) -> &[Object] {
        &self.tuned.on.train[picture].truths
    }

    fn columns(&self) -> usize {
        self.tuned.layers.columns()
    }

    fn rows(&self, picture: usize) -> Result<Vec<f32>> {
        let (looked, regions) = (&self.tuned.on.train[picture], &self.regions[picture]);
        let kept =
            self.cache.tensor("tuned", &[&looked.sha256, &edges(regions)], || self.tuned.read(looked, regions))?;
        numbers(&kept)
    }
}

fn numbers(features: &Tensor) -> Result<Vec<f32>> {
    Ok(Vec::<f32>::try_from(features.f_to_kind(Kind::Float)?.f_view([-1])?)?)
}

/// The machines, with the layers that they read.
pub(super) struct Machines<'a, 'e> {
    tuned: Tuned<'a, 'e>,
    classes: Vec<u32>,
    own: Vec<svm::Model>,
    scale: f64,
}

impl<'a, 'e> Machines<'a, 'e> {
    /// Trains the machines on the features before a model's last layer.
    pub(super) fn train(
        on: &'a OnMaps<'a, 'e>,
        recipe: &Recipe,
        detector: &'a Detector<'a, 'e>,
    ) -> Result<Machines<'a, 'e>> {
        let (context, graph) = (on.context, detector.model.graph());
        let before =
            graph.find(LAST).and_then(|(_, node)| node.inputs.first().map(|id| graph.nodes[id.0].name.clone()));
        let missing = || Error::Input(format!("{} has no features before `{LAST}`", graph.name));
        let features = graph.between(&graph.nodes[0].name, &[&before.ok_or_else(missing)?]).ok_or_else(missing)?;
        let tuned = Tuned { on, own: detector.own.as_ref(), layers: Pooled::new(&features, &detector.model, STRIDE)? };
        // What the layers have learned changes with every training: it is of no use to another run, and what a run that was
        // stopped left is another training's.
        let cache = context.own_cache();
        cache.clear()?;
        let regions: Vec<Vec<Bounds>> = on.train.iter().map(Looked::with_truths).collect();
        let count: usize = regions.iter().map(Vec::len).sum();
        let bytes = count.saturating_mul(tuned.layers.columns()).saturating_mul(4) as u64;
        cache.has_room(bytes, &format!("features of {}", base::words::count(count, "region", "regions")))?;
        let learned = Learned { tuned: &tuned, cache, regions };
        context.begin("compute the features that were learned")?;
        for picture in 0..learned.pictures() {
            let _ = learned.rows(picture)?;
            context.emitter().progress(picture + 1, learned.pictures(), "pictures")?;
        }
        let scale = machines::scale(context, &learned, recipe.length, recipe.length_over)?;
        let classes = machines::classes(&learned);
        let own = machines::train(context, &recipe.machines, &learned, &classes, scale)?;
        learned.cache.clear()?;
        Ok(Machines { tuned, classes, own, scale })
    }

    /// The scores of each region of a tested picture by class; of a class that nothing was learned of, none that counts.
    pub(super) fn scores(&self, looked: &Looked) -> Result<Vec<Vec<f64>>> {
        let mut rows = numbers(&self.tuned.read(looked, &looked.regions)?)?;
        machines::enlarge(&mut rows, self.scale);
        let score = |row: &[f32]| {
            let mut scores = vec![f64::NEG_INFINITY; CLASSES];
            for (class, model) in self.classes.iter().zip(&self.own) {
                scores[*class as usize] = machines::score(model, row);
            }
            scores
        };
        Ok(rows.chunks_exact(self.tuned.layers.columns()).map(score).collect())
    }
}
