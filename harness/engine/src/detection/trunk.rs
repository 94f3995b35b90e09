//! A detector's trunk in training: the map of a picture that gradients go back from, through the layers that are tuned.
//!
//! Nothing is kept: every step has other weights. Must not look into regions.

use images::Rgb;
use replications::graph::{Graph, Op};
use spec::job::JobWeights;
use tch::{Device, Tensor};

use super::head::Looked;
use super::maps::{Map, Maps, Scale};
use crate::error::{Error, Result};
use crate::input::Opened;
use crate::input::batch::Normalisation;
use crate::train::{Mode, Model, layer_of};
use crate::weights::Parameters;

/// The layers of a detector up to one.
#[derive(Debug)]
pub struct Trunk {
    /// The layers; gradients flow to those that are tuned.
    pub model: Model,
    normalisation: Normalisation,
    scale: Scale,
}

impl Trunk {
    /// The layers of a detector up to `layer`, with the weights of a network that begins with them; those from the layer
    /// `tuned` on are learned, but for scale and shift of batch norm, whose statistics stay too.
    ///
    /// # Errors
    /// Weights that do not fit, or a layer that is not there.
    pub fn new(
        device: Device,
        (weights, parameters): (&JobWeights, &Parameters),
        (detector, layer, tuned): (&Graph, &str, &str),
        scale: Scale,
    ) -> Result<Trunk> {
        let missing = |layer: &str| Error::Input(format!("{} has no layer `{layer}`", detector.name));
        let graph = detector.until(layer).ok_or_else(|| missing(layer))?;
        let (first, _) = graph.find(tuned).ok_or_else(|| missing(tuned))?;
        let learned = graph.nodes.iter().skip(first.0).filter(|node| !matches!(node.op, Op::BatchNorm { .. }));
        let learned: Vec<String> = learned.map(|node| node.name.clone()).collect();
        let model = Model::loaded(graph.clone(), device, parameters.clone().only(&graph))?;
        let model = model.learning(|name| learned.iter().any(|layer| Some(layer.as_str()) == layer_of(name)))?;
        Ok(Trunk { model, normalisation: Normalisation::new(&weights.input), scale })
    }

    /// The map of a picture, or of its mirror image; `scale`: another one than its own.
    ///
    /// # Errors
    /// The picture cannot be read or is of another size than its annotation says, or libtorch's refusal.
    pub fn map(&self, looked: &Looked, mirrored: bool, scale: Option<Scale>) -> Result<Map> {
        let scale = scale.unwrap_or(self.scale);
        let picture: Rgb = Opened::of(&looked.image)?.picture;
        let x = scale.batch(&picture, (&self.normalisation, self.model.device()), mirrored)?;
        // Nothing in a trunk is drawn at random, and batch norm stays as it is.
        let values = self.model.forward(&x, Mode::Test)?;
        Ok(scale.placed(values, looked.image.size))
    }
}

/// Where the maps of the pictures that are trained on come from.
#[derive(Clone, Copy)]
pub enum Source<'a, 'e> {
    /// From a trunk that stays as it is.
    Kept(&'a Maps<'a, 'e>),
    /// From one that is trained.
    Tuned(&'a Trunk),
}

impl Source<'_, '_> {
    /// The map of a picture, or of its mirror image; `scale`: another one than the source's own.
    ///
    /// # Errors
    /// The picture cannot be read, a full disk, or libtorch's refusal.
    pub fn of(&self, looked: &Looked, mirrored: bool, scale: Option<Scale>) -> Result<Map> {
        match (self, scale) {
            (Source::Kept(maps), None) => maps.of(&looked.image, &looked.sha256, mirrored),
            (Source::Kept(maps), Some(scale)) => maps.at(scale).of(&looked.image, &looked.sha256, mirrored),
            (Source::Tuned(trunk), scale) => trunk.map(looked, mirrored, scale),
        }
    }

    /// The model that is trained with what stands behind it.
    #[must_use]
    pub fn model(&self) -> Option<&Model> {
        match self {
            Source::Kept(_) => None,
            Source::Tuned(trunk) => Some(&trunk.model),
        }
    }

    /// What of it belongs into a checkpoint.
    pub fn tensors(&self) -> Vec<(String, Tensor)> {
        self.model().map(|model| model.tensors("trunk/")).unwrap_or_default()
    }
}
