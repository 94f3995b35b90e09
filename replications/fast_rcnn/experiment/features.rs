//! Linear SVMs on the features that the layers behind RoI pooling have learned (section 5.4), trained as R-CNN's.
//!
//! Must not change the features.

use base::boxes::Bounds;
use engine::cache::Cache;
use engine::detection::head::{CLASSES as LAST, Looked, Pooled};
use engine::detection::maps::Maps;
use engine::error::{Error, Result};
use engine::input::objects::Object;
use engine::train::{Context, Model};
use replications::fast_rcnn::network::STRIDE;
use replications::fast_rcnn::recipe::Recipe;
use tch::{Kind, Tensor};

use crate::detectors::machines::{self, Features, edges};
use crate::detectors::shared::CLASSES;

/// Pictures with the layers that read their regions.
struct Tuned<'a, 'e> {
    maps: &'a Maps<'a, 'e>,
    layers: &'a Pooled,
    cache: &'a Cache,
    /// The hash of what the layers have learned.
    words: &'a str,
    pictures: &'a [Looked],
    /// Of each picture the objects that are learned from, and the regions with their boxes first.
    own: Vec<(Vec<Object>, Vec<Bounds>)>,
}

impl Features for Tuned<'_, '_> {
    fn pictures(&self) -> usize {
        self.pictures.len()
    }

    fn regions(&self, picture: usize) -> &[Bounds] {
        &self.own[picture].1
    }

    fn truths(&self, picture: usize) -> &[Object] {
        &self.own[picture].0
    }

    fn columns(&self) -> usize {
        self.layers.columns()
    }

    fn rows(&self, picture: usize) -> Result<Vec<f32>> {
        let (looked, regions) = (&self.pictures[picture], &self.own[picture].1);
        let kept = self.cache.tensor("tuned", &[self.words, &looked.sha256, &edges(regions)], || {
            let map = self.maps.of(&looked.image, &looked.sha256, false)?;
            let columns = i64::try_from(self.columns()).unwrap_or(1);
            Ok(self.layers.read(&map, regions)?.swap_remove(0).f_view([-1, columns])?)
        })?;
        Ok(Vec::<f32>::try_from(kept.f_to_kind(Kind::Float)?.f_view([-1])?)?)
    }
}

/// Trains the machines and gives of each tested picture, region by region, the score of each class.
pub(super) fn machines(
    context: &Context<'_, '_>,
    recipe: &Recipe,
    (maps, model): (&Maps<'_, '_>, &Model),
    [train, test]: [&[Looked]; 2],
) -> Result<Vec<Vec<Vec<f64>>>> {
    let graph = model.graph();
    let before = graph.find(LAST).and_then(|(_, node)| node.inputs.first().map(|id| graph.nodes[id.0].name.clone()));
    let missing = || Error::Input(format!("{} has no features before `{LAST}`", graph.name));
    let features = graph.between(&graph.nodes[0].name, &[&before.ok_or_else(missing)?]).ok_or_else(missing)?;
    let layers = Pooled::new(&features, model, STRIDE)?;
    // What the layers have learned changes with every training: it is of no use to another run.
    let folder = context.out().join("tuned");
    let cache = Cache::at(&folder);
    let words = hash(model)?;
    let regions = |pictures: &'_ [Looked], learns: bool| -> Vec<(Vec<Object>, Vec<Bounds>)> {
        let of = |picture: &Looked| match learns {
            true => (picture.truths.clone(), picture.with_truths()),
            false => (Vec::new(), picture.regions.clone()),
        };
        pictures.iter().map(of).collect()
    };
    let tuned = |pictures, own| Tuned { maps, layers: &layers, cache: &cache, words: &words, pictures, own };
    let learned = tuned(train, regions(train, true));
    context.begin("compute the features that were learned")?;
    for picture in 0..learned.pictures() {
        let _ = learned.rows(picture)?;
        context.emitter().progress(picture + 1, learned.pictures(), "pictures")?;
    }
    let scale = machines::scale(context, &learned, recipe.length, recipe.length_over)?;
    let classes = machines::classes(&learned);
    let own = machines::train(context, &recipe.machines, &learned, &classes, scale)?;
    let tested = tuned(test, regions(test, false));
    context.begin("test the linear SVMs")?;
    let mut all = Vec::with_capacity(tested.pictures());
    for picture in 0..tested.pictures() {
        let rows = machines::scaled(&tested, picture, scale)?;
        let score = |row: &[f32]| {
            // Of a class that nothing was learned of nothing is found.
            let mut scores = vec![f64::NEG_INFINITY; CLASSES];
            for (class, model) in classes.iter().zip(&own) {
                scores[*class as usize] = machines::score(model, row);
            }
            scores
        };
        all.push(rows.chunks_exact(tested.columns()).map(score).collect());
        context.emitter().progress(picture + 1, tested.pictures(), "pictures")?;
    }
    // What stays costs room and nothing else.
    let _ = fs_err::remove_dir_all(folder);
    Ok(all)
}

/// The hash of all that a model has learned.
fn hash(model: &Model) -> Result<String> {
    let mut bytes = Vec::new();
    for (_, tensor) in model.parameters() {
        let tensor: Tensor = tensor.detach().f_to_device(tch::Device::Cpu)?.f_contiguous()?;
        let mut own = vec![0; 4 * tensor.numel()];
        tensor.f_copy_data_u8(&mut own, tensor.numel())?;
        bytes.extend(base::hash::sha256(&own).into_bytes());
    }
    Ok(base::hash::sha256(&bytes))
}
