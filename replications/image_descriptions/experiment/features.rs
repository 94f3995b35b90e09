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
/// Features are held in memory as far as those of all lists together are no more bytes than this.
const HELD: usize = 1 << 30;

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
    /// The chance that features follow from; none where there are no regions.
    seed: String,
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
        let words = format!(
            "{VERSION} {} {graph:?} {warp:?} {regions:?} {:?} {:?} {}",
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
            seed: if regions == Regions::NONE { String::new() } else { context.seed().to_string() },
            network: Network::build(&graph, own, How::fast(context.device(), BATCH))?,
            normalisation: Normalisation::new(&weights.input),
            warp,
            regions,
            kind: format!("descriptions/{}", base::hash::sha256(words.as_bytes())),
            cache: context.cache(),
        })
    }

    /// Whether the disk holds the features of so many images.
    ///
    /// # Errors
    /// It does not: the message says how much they take.
    pub(super) fn has_room(&self, images: usize) -> Result<()> {
        let row = (self.width + EDGES as usize) * size_of::<f32>();
        let wanted = (images * (1 + self.regions.count) * row) as u64;
        let what = format!("features of {}", base::words::count(images, "image", "images"));
        self.cache.has_room(wanted.saturating_sub(self.cache.kept(&self.kind)), &what)
    }

    /// The features of all regions of images, computed where none are kept.
    pub(super) fn look(&self, paths: &[&std::path::Path], what: &str) -> Result<Seen<'_, 'a, 'e>> {
        self.context.begin(&format!("read the features of {what}"))?;
        let mut sha256 = Vec::with_capacity(paths.len());
        for (index, path) in paths.iter().enumerate() {
            let file = InFile::at(path)?;
            // An image is decoded only where its features are not kept.
            if !self.cache.has(&self.kind, &self.follows_from(&file.sha256)) {
                let _ = self.kept(&file.sha256, || file.opened())?;
            }
            sha256.push(file.sha256);
            self.context.emitter().progress(index + 1, paths.len(), "images")?;
        }
        let paths = paths.iter().map(|path| path.to_path_buf()).collect();
        let held = std::iter::repeat_with(|| None).take(sha256.len()).collect();
        Ok(Seen { reader: self, paths, held: RefCell::new(held), sha256 })
    }

    /// What an image's features follow from, beside what their kind says. Regions are proposed by chance.
    fn follows_from<'s>(&'s self, sha256: &'s str) -> [&'s str; 3] {
        [sha256, images::DECODER, &self.seed]
    }

    fn kept(&self, sha256: &str, open: impl FnOnce() -> Result<Opened>) -> Result<Tensor> {
        self.cache.tensor(&self.kind, &self.follows_from(sha256), || self.compute(&open()?))
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

    /// Of each row of [`Seen::features`] of those images, `[N · rows]`, itself, or where the whole image stands in a region's place
    /// again that of the whole image.
    pub(super) fn originals(&self, images: &[usize]) -> Result<Vec<i64>> {
        let mut originals = Vec::with_capacity(images.len() * self.rows());
        for image in images {
            let boxes = self.boxes(*image)?;
            let first = originals.len();
            let own = boxes.iter().enumerate().map(|(row, own)| if *own == boxes[0] { first } else { first + row });
            originals.extend(own.map(|row| row as i64));
        }
        Ok(originals)
    }

    /// The features of images, `[N · rows, D]`; of each only the whole image where `whole`.
    pub(super) fn features(&self, images: impl IntoIterator<Item = usize>, whole: bool) -> Result<Tensor> {
        let mut all = Vec::new();
        for image in images {
            let of = self.of(image)?;
            let (rows, columns) = of.size2()?;
            all.push(of.f_narrow(0, 0, if whole { 1 } else { rows })?.f_narrow(1, 0, columns - EDGES)?);
        }
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
