//! What a released network makes of images and of their regions: computed once, kept by the hash of what it follows from, and read
//! again image by image, so that memory holds a bounded part of it whatever the number of images.
//!
//! Must not learn from it.

use std::cell::{Cell, RefCell};

use base::boxes::Bounds;
use engine::cache::Cache;
use engine::detection::nms::suppress;
use engine::detection::proposed;
use engine::error::{Error, Result};
use engine::input::batch::Normalisation;
use engine::input::opened::{InFile, Opened};
use engine::net::{How, Network};
use engine::train::Context;
use images::Rgb;
use proposals::Settings;
use rayon::prelude::*;
use replications::graph::Graph;
use replications::image_descriptions::recipe::{Features, Recipe};
use tch::{Device, Kind, Tensor};

use crate::detectors::warp::{Warp, mean};

/// Crops that go through the network at once.
const BATCH: usize = 32;
/// Grows when features come out otherwise.
const VERSION: &str = "2";
/// Numbers of a box, which stand behind its features.
const EDGES: i64 = 4;
/// A network's features are held in memory as far as those of all lists together are no more bytes than this; at most two
/// networks read.
const HELD: usize = 1 << 29;

/// How many regions an image has beside the whole of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Regions {
    looked_at: usize,
    count: usize,
    suppression: f64,
    context: u32,
}

impl Regions {
    pub(super) fn of(recipe: &Recipe) -> Regions {
        let Recipe { looked_at, regions, suppression, context, .. } = *recipe;
        Regions { looked_at, count: regions, suppression, context }
    }

    /// The whole image alone.
    pub(super) const NONE: Regions = Regions { looked_at: 0, count: 0, suppression: 1.0, context: 0 };
}

/// A released network that reads images.
pub(super) struct Reader<'a, 'e> {
    context: &'a Context<'a, 'e>,
    network: Network,
    normalisation: Normalisation,
    warp: Warp,
    regions: Regions,
    kind: String,
    cache: Cache,
    /// Numbers of a row's features.
    width: usize,
    /// Bytes that are held in memory.
    held: Cell<usize>,
}

impl<'a, 'e> Reader<'a, 'e> {
    pub(super) fn load(
        context: &'a Context<'a, 'e>,
        Features { trunk, weights, layer }: &Features,
        regions: Regions,
    ) -> Result<Reader<'a, 'e>> {
        let whole = context.graph(trunk)?;
        let (weights, parameters) = context.weights_named(&whole, weights)?;
        let (layer, _) = whole.find(layer).ok_or_else(|| Error::Input(format!("{trunk} has no layer `{layer}`")))?;
        // The answers rank regions; without regions the layers behind the features are not needed.
        let graph = match regions.count {
            0 => Graph { output: layer, nodes: whole.nodes[..=layer.0].to_vec(), also: Vec::new(), ..whole },
            _ => Graph { also: vec![layer], ..whole },
        };
        let side = u32::try_from(graph.input[1]).unwrap_or(0);
        let warp = Warp { side, context: regions.context, beyond: mean(&weights.input) };
        // Regions are proposed by chance.
        let seed = (regions != Regions::NONE).then(|| context.seed());
        let words = format!(
            "{VERSION} {} {graph:?} {warp:?} {regions:?} {:?} {:?} {} {seed:?}",
            weights.hash,
            weights.input,
            Settings::fast(),
            context.arithmetic()?
        );
        let own = parameters.only(&graph);
        let width = graph.shapes().map_err(|error| Error::Input(error.to_string()))?[layer.0].iter().product();
        Ok(Reader {
            context,
            width,
            held: Cell::new(0),
            network: Network::build(&graph, own, How::fast(context.device(), BATCH))?,
            normalisation: Normalisation::new(&weights.input),
            warp,
            regions,
            kind: format!("descriptions/{}", base::hash::sha256(words.as_bytes())),
            cache: context.cache(),
        })
    }

    /// Bytes that the features of so many images will take beside what is kept of them, at most.
    pub(super) fn wanted(&self, images: usize) -> u64 {
        let row = (self.width + EDGES as usize) * size_of::<f32>();
        let bytes = images.saturating_mul(1 + self.regions.count).saturating_mul(row) as u64;
        bytes.saturating_sub(self.cache.kept(&self.kind))
    }

    /// The features of all regions of images, computed where none are kept.
    pub(super) fn look(&self, paths: &[&std::path::Path], what: &str) -> Result<Seen<'_, 'a, 'e>> {
        self.context.begin(&format!("read the features of {what}"))?;
        let mut sha256 = Vec::with_capacity(paths.len());
        for (index, path) in paths.iter().enumerate() {
            let file = InFile::at(path)?;
            // An image is decoded only where its features are not kept.
            if !self.cache.has(&self.kind, &follows_from(&file.sha256)) {
                let _ = self.kept(&file.sha256, || file.opened())?;
            }
            sha256.push(file.sha256);
            self.context.emitter().progress(index + 1, paths.len(), "images")?;
        }
        let paths = paths.iter().map(|path| path.to_path_buf()).collect();
        let held = std::iter::repeat_with(|| None).take(sha256.len()).collect();
        Ok(Seen { reader: self, paths, held: RefCell::new(held), sha256 })
    }

    fn kept(&self, sha256: &str, open: impl FnOnce() -> Result<Opened>) -> Result<Tensor> {
        self.cache.tensor(&self.kind, &follows_from(sha256), || self.compute(&open()?))
    }

    /// The whole image and its regions, the surest first, `[1 + regions, D + 4]`: features and, behind them, edges. Where there are
    /// fewer regions the whole image stands in their place again.
    fn compute(&self, opened: &Opened) -> Result<Tensor> {
        let _guard = tch::no_grad_guard();
        let picture = &opened.picture;
        let last = |side: u32| f64::from(side.saturating_sub(1));
        let whole = Bounds::new([0.0, 0.0, last(picture.width), last(picture.height)]);
        // None of an image that is too small for any.
        let mut proposals = Vec::new();
        if self.regions.count > 0 {
            proposals = proposed(&self.context.cache(), opened, &Settings::fast(), self.context.seed())?;
            proposals.truncate(self.regions.looked_at);
        }
        let (features, sure) = self.read(picture, whole, &proposals)?;
        let stays = match proposals.is_empty() {
            true => Vec::new(),
            false => suppress(&proposals, &sure[1..], self.regions.suppression, self.regions.count),
        };
        // By row of the features: the whole image is the first.
        let mut rows: Vec<usize> = std::iter::once(0).chain(stays.iter().map(|place| place + 1)).collect();
        rows.resize(1 + self.regions.count, 0);
        let edges: Vec<f32> = rows
            .iter()
            .flat_map(|row| row.checked_sub(1).map_or(whole, |place| proposals[place]).edges())
            .map(|edge| edge as f32)
            .collect();
        let rows: Vec<i64> = rows.iter().map(|row| i64::try_from(*row).unwrap_or(0)).collect();
        let rows = features.f_index_select(0, &Tensor::f_from_slice(&rows)?)?;
        Ok(Tensor::f_cat(&[rows, Tensor::f_from_slice(&edges)?.f_view([-1, EDGES])?], 1)?)
    }

    /// Features of the whole image and of regions, `[1 + N, D]`, and how sure the network is of each: the largest of its answers.
    fn read(&self, picture: &Rgb, whole: Bounds, regions: &[Bounds]) -> Result<(Tensor, Vec<f32>)> {
        let alone = Warp { context: 0, ..self.warp };
        let of_regions = regions.iter().map(|own| (self.warp, *own));
        let shown: Vec<(Warp, Bounds)> = std::iter::once((alone, whole)).chain(of_regions).collect();
        let (mut features, mut sure) = (Vec::new(), Vec::new());
        for some in shown.chunks(BATCH) {
            let crops = some.par_iter().map(|(warp, own)| warp.region(picture, own));
            let crops = crops.collect::<std::result::Result<Vec<_>, _>>();
            let crops = crops.map_err(|error| Error::Input(error.to_string()))?;
            let x = self.network.prepare(&self.normalisation.batch_on(&crops, self.context.device())?)?;
            let answers = self.network.forward_all(&x, None)?;
            let (answer, read) = (&answers[0], answers.last().unwrap_or(&answers[0]));
            features.push(read.f_flatten(1, -1)?.f_to_device(Device::Cpu)?);
            let surest = answer.f_flatten(1, -1)?.f_amax([1_i64], false)?.f_to_device(Device::Cpu)?;
            sure.extend(Vec::<f32>::try_from(surest)?);
            self.context.emitter().alive()?;
        }
        Ok((Tensor::f_cat(&features, 0)?, sure))
    }
}

/// What an image's features follow from, beside what their kind says.
fn follows_from(sha256: &str) -> [&str; 2] {
    [sha256, images::DECODER]
}

/// Images whose features are kept.
pub(super) struct Seen<'b, 'a, 'e> {
    reader: &'b Reader<'a, 'e>,
    paths: Vec<std::path::PathBuf>,
    pub(super) sha256: Vec<String>,
    /// By image what is held in memory.
    held: RefCell<Vec<Option<Tensor>>>,
}

impl Seen<'_, '_, '_> {
    /// Rows of an image.
    pub(super) fn rows(&self) -> usize {
        1 + self.reader.regions.count
    }

    /// Says that work goes on.
    pub(super) fn alive(&self) -> Result<()> {
        self.reader.context.emitter().alive()
    }

    fn of(&self, image: usize) -> Result<Tensor> {
        if let Some(held) = &self.held.borrow()[image] {
            return Ok(held.shallow_clone());
        }
        let read = self.reader.kept(&self.sha256[image], || Opened::at(&self.paths[image]))?;
        let held = self.reader.held.get() + read.numel() * size_of::<f32>();
        if held <= HELD {
            self.held.borrow_mut()[image] = Some(read.shallow_clone());
            self.reader.held.set(held);
        }
        Ok(read)
    }

    /// The features of images, `[N · rows, D]`; of each only the whole image where `whole`.
    pub(super) fn features(&self, images: impl IntoIterator<Item = usize>, whole: bool) -> Result<Tensor> {
        let all = images.into_iter().map(|image| self.of(image)).collect::<Result<Vec<_>>>()?;
        self.together(&all, if whole { 1 } else { self.rows() })
    }

    /// The features of all regions of images, and of each row `[N · rows]` which one it is: its own, or that of the whole image
    /// where this stands in a region's place again.
    pub(super) fn with_originals(&self, images: &[usize]) -> Result<[Tensor; 2]> {
        let all = images.iter().map(|image| self.of(*image)).collect::<Result<Vec<_>>>()?;
        let originals = originals(&all)?.f_to_device(self.reader.context.device())?;
        Ok([self.together(&all, self.rows())?, originals])
    }

    /// The first rows of each image, without edges.
    fn together(&self, all: &[Tensor], rows: usize) -> Result<Tensor> {
        let rows = i64::try_from(rows).unwrap_or(0);
        let some = |of: &Tensor| Ok(of.f_narrow(0, 0, rows)?.f_narrow(1, 0, of.size2()?.1 - EDGES)?);
        let all = all.iter().map(some).collect::<Result<Vec<_>>>()?;
        Ok(Tensor::f_cat(&all, 0)?.f_to_device(self.reader.context.device())?)
    }

    /// Where the regions of an image lie, the whole image first.
    pub(super) fn boxes(&self, image: usize) -> Result<Vec<Bounds>> {
        let of = self.of(image)?;
        let (_, columns) = of.size2()?;
        let edges = of.f_narrow(1, columns - EDGES, EDGES)?.f_to_kind(Kind::Double)?.f_contiguous()?.f_view([-1])?;
        let edges = Vec::<f64>::try_from(edges)?;
        Ok(edges.as_chunks::<4>().0.iter().map(|edges| Bounds::new(*edges)).collect())
    }
}

/// Of each row of images, `[rows, D + 4]`, which one it is: a row like an image's first is that one again.
fn originals(all: &[Tensor]) -> Result<Tensor> {
    let mut originals = Vec::new();
    for of in all {
        let copies = of.f_eq_tensor(&of.f_narrow(0, 0, 1)?)?.f_all_dim(1, false)?;
        let first = originals.len();
        let own = Vec::<bool>::try_from(copies)?.into_iter().enumerate();
        originals.extend(own.map(|(row, is_copy)| if is_copy { first } else { first + row }));
    }
    let originals: Vec<i64> = originals.into_iter().map(|row| i64::try_from(row).unwrap_or(0)).collect();
    Ok(Tensor::f_from_slice(&originals)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_the_whole_image_again_is_taken_for_it() {
        // Two numbers and four edges a row. A region may have the whole image's edges and be seen with what lies around it.
        let row = |value: f32, edge: f32| [value, value, 0.0, 0.0, edge, edge];
        let image = |rows: &[[f32; 6]]| Tensor::from_slice(&rows.concat()).view([-1, 6]);
        let full = image(&[row(1.0, 9.0), row(2.0, 9.0), row(3.0, 5.0)]);
        let lacking = image(&[row(4.0, 9.0), row(5.0, 5.0), row(4.0, 9.0)]);
        let found = originals(&[full, lacking]).unwrap();
        assert_eq!(Vec::<i64>::try_from(found).unwrap(), [0, 1, 2, 3, 4, 3]);
    }
}
