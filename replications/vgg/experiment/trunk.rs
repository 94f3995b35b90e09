//! A trunk: the layers of a released network up to one, which stay as they are.
//!
//! Must not train.

use engine::error::{Error, Result};
use engine::input::batch::Normalisation;
use engine::input::loader::with_loader;
use engine::input::opened::other_size;
use engine::net::{How, Network};
use engine::train::Context;
use engine::weights::Parameters;
use images::{Crop, Place};
use replications::count::Parameter;
use replications::vgg::recipe::{Recipe, Subject};
use spec::protocol::{Average, Filter, Protocol, Resize, ViewKind, Views};
use tch::Tensor;

use super::boxes::Window;
use super::data::Picture;

/// Crops that go through the trunk at once.
const BATCH: usize = 16;
/// Pictures that are decoded ahead.
const AHEAD: usize = 8;

/// The loaded trunk.
pub(super) struct Trunk<'a, 'e> {
    context: &'a Context<'a, 'e>,
    network: Network,
    normalisation: Normalisation,
    /// All weights of the network that it is a part of.
    parameters: Parameters,
    /// Of the network's input, in pixels.
    pub(super) side: usize,
    /// Pixels from one place of its map to the next.
    pub(super) stride: usize,
}

/// One view of a picture: where it lies, and what the trunk makes of it, `[C, H, W]`.
pub(super) struct View {
    pub(super) window: Window,
    pub(super) map: Tensor,
}

impl<'a, 'e> Trunk<'a, 'e> {
    pub(super) fn load(context: &'a Context<'a, 'e>, subject: &Subject) -> Result<Trunk<'a, 'e>> {
        let whole = context.graph(&subject.trunk)?;
        let (weights, parameters) = context.weights_named(&whole, &subject.weights)?;
        let missing = || Error::Input(format!("{} has no layer `{}`", subject.trunk, subject.layer));
        let graph = whole.until(&subject.layer).ok_or_else(missing)?;
        let map = graph.shapes()?.pop().unwrap_or_default();
        let &[_, height, width] = map.as_slice() else { return Err(missing()) };
        if height == 0 || height != width {
            return Err(Error::Input(format!("the map of `{}` is not square", subject.layer)));
        }
        let own = parameters.clone().only(&graph);
        Ok(Trunk {
            context,
            network: Network::build(&graph, own, How::fast(context.device(), BATCH))?,
            normalisation: Normalisation::new(&weights.input),
            parameters,
            side: graph.input[1],
            stride: graph.input[1] / height,
        })
    }

    /// The weights that the whole network has under that name, where they are of that shape.
    pub(super) fn weights_of(&self, parameter: &Parameter) -> Option<Vec<f32>> {
        self.parameters.numbers_of(parameter)
    }

    /// The maps of crops of one size, `[N, C, H, W]`.
    fn maps(&self, crops: &[Crop]) -> Result<Tensor> {
        let _guard = tch::no_grad_guard();
        let x = self.network.prepare(&self.normalisation.batch_on(crops, self.context.device())?)?;
        Ok(self.network.forward(&x)?.f_contiguous()?)
    }

    /// What the trunk makes of a picture's views, some of one size at a time.
    fn seen(&self, crops: &[Crop], places: &[Place], picture: &Picture) -> Result<Vec<View>> {
        let mut maps = Vec::with_capacity(crops.len());
        for same in crops.chunk_by(|a, b| (a.width, a.height) == (b.width, b.height)) {
            for some in same.chunks(BATCH) {
                maps.extend(self.maps(some)?.f_unbind(0)?);
            }
        }
        let views = places.iter().zip(maps);
        Ok(views.map(|(place, map)| View { window: Window::of(place, picture.size), map }).collect())
    }

    /// Shows `take` the views of each picture with their maps, in order.
    ///
    /// # Errors
    /// A picture that cannot be read or is of another size than its annotation says, and what `take` says.
    pub(super) fn views(
        &self,
        pictures: &[Picture],
        protocol: &Protocol,
        what: &str,
        mut take: impl FnMut(usize, Vec<View>) -> Result<()>,
    ) -> Result<()> {
        let paths: Vec<_> = pictures.iter().map(|picture| picture.path.as_path()).collect();
        with_loader(&paths, protocol, self.context.loader_threads(), AHEAD, |loader| {
            for (index, (loaded, picture)) in loader.zip(pictures).enumerate() {
                let loaded = loaded?;
                let [width, height] = picture.size;
                let path = picture.path.display();
                if loaded.size != picture.size {
                    return Err(other_size(&picture.path, picture.size, loaded.size));
                }
                let places = Place::all(width, height, protocol);
                let places = places.map_err(|error| Error::Input(format!("{path}: {error}")))?;
                let views = self.seen(&loaded.crops, &places, picture)?;
                take(index, views)?;
                self.context.emitter().progress(index + 1, pictures.len(), what)?;
            }
            Ok(())
        })
    }
}

/// Views of pictures whose shorter side becomes one of these, of the trunk's size where they are crops.
pub(super) fn protocol(kind: ViewKind, short_side: &[u32], side: usize) -> Protocol {
    Protocol {
        id: String::new(),
        title: String::new(),
        resize: Some(Resize { short_side: short_side.to_vec(), filter: Filter::Bilinear, antialias: true }),
        orient: false,
        views: Views { kind, size: u32::try_from(side).unwrap_or(u32::MAX), within: None },
        average: Average::default(),
        metrics: Vec::new(),
        source: String::new(),
        note: None,
    }
}

/// The views that are trained on.
pub(super) fn trained_on(recipe: &Recipe, side: usize) -> Protocol {
    use replications::vgg::recipe::Views;
    let kind = match recipe.views {
        Views::Center => ViewKind::Center,
        Views::TenCrop => ViewKind::TenCrop,
    };
    protocol(kind, &[recipe.short_side], side)
}
