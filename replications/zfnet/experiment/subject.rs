//! A network that is looked into: as it is written, for projections, and compiled, for everything that needs speed.
//!
//! Must not draw.

use engine::error::{Error, Result};
use engine::explain::occlusion::{Occluder, Slider};
use engine::explain::{Strongest, Winner};
use engine::input::batch::Normalisation;
use engine::net::{How, Network};
use engine::train::{Context, Model};
use engine::weights::Parameters;
use images::Crop;
use replications::zfnet::recipe::{Recipe, Subject};
use spec::job::JobWeights;
use spec::protocol::Colour;
use tch::{Device, Tensor};

/// Places of the square at once on a processor: what so few of them need stays in its caches, where networks have hardly any
/// weights to be read anew (`engine/examples/occlusion_time.rs`: GoogLeNet and ResNet-50 are a tenth faster than with 16).
const ON_CPU: usize = 4;

/// What is looked into, and by which recipe.
pub(super) struct Looked<'a, 'e> {
    pub(super) context: &'a Context<'a, 'e>,
    pub(super) recipe: &'a Recipe,
    pub(super) subject: &'a Subject,
    pub(super) model: Model,
    pub(super) network: Network,
    weights: &'a JobWeights,
    parameters: Parameters,
    normalisation: Normalisation,
}

impl<'a, 'e> Looked<'a, 'e> {
    /// Loads the weights twice: the compiled network keeps no parameter by its name.
    pub(super) fn load(
        context: &'a Context<'a, 'e>,
        recipe: &'a Recipe,
        subject: &'a Subject,
    ) -> Result<Looked<'a, 'e>> {
        let graph = context.graph(&subject.of)?;
        let (weights, parameters) = context.weights_named(&graph, &subject.weights)?;
        let how = How::fast(context.device(), recipe.batch.max(1));
        let network = Network::build(&graph, parameters.clone(), how)?;
        let model = Model::loaded(graph, context.device(), parameters.clone())?;
        let normalisation = Normalisation::new(&weights.input);
        Ok(Looked { context, recipe, subject, model, network, weights, parameters, normalisation })
    }

    /// The network made ready for a square that slides.
    pub(super) fn slider(&self, occluder: Occluder, layer: usize) -> Result<Slider> {
        let how = How::fast(self.context.device(), self.recipe.batch.max(1));
        let batch = if how.device == Device::Cpu { how.batch.min(ON_CPU) } else { how.batch };
        Slider::new(self.model.graph(), &self.parameters, How { batch, ..how }, occluder, layer)
    }

    /// The side of the pictures that it reads.
    pub(super) fn side(&self) -> usize {
        self.model.graph().input[1]
    }

    /// A layer's node.
    pub(super) fn layer(&self, name: &str) -> Result<usize> {
        let found = self.model.graph().find(name);
        found
            .map(|(id, _)| id.0)
            .ok_or_else(|| Error::Input(format!("{} has no layer `{name}`", self.model.graph().name)))
    }

    /// Pictures in the network's units, `[N, 3, H, W]`.
    pub(super) fn batch(&self, crops: &[Crop]) -> Result<Tensor> {
        Ok(self.normalisation.batch_on(crops, self.context.device())?.f_contiguous()?)
    }

    /// Middle grey in the network's units, `[1, 3, 1, 1]`.
    pub(super) fn grey(&self) -> Result<Tensor> {
        self.batch(&[Crop { width: 1, height: 1, weight: 1.0, pixels: vec![128; 3] }])
    }

    /// Whether the network's first channel is blue.
    pub(super) fn blue_first(&self) -> bool {
        self.weights.input.colour == Colour::Bgr
    }

    /// The strongest activations of every map of some layers, over all pictures.
    pub(super) fn strongest(&self, layers: &[usize], crops: &[Crop]) -> Result<Vec<Strongest>> {
        let mut found: Vec<Strongest> = layers.iter().map(|_| Strongest::new(self.recipe.top)).collect();
        let batch = self.recipe.batch.max(1);
        let _guard = tch::no_grad_guard();
        for (number, chunk) in crops.chunks(batch).enumerate() {
            let first = number * batch;
            let owners: Vec<usize> = (first..first + chunk.len()).collect();
            let x = self.network.prepare(&self.batch(chunk)?)?;
            let mut problem = Ok(());
            let _ = self.network.forward_watched(&x, &mut |node, value| {
                for (_, strongest) in layers.iter().zip(&mut found).filter(|(own, _)| **own == node) {
                    if problem.is_ok() {
                        problem = strongest.add(value, &owners);
                    }
                }
            })?;
            problem?;
            self.context.emitter().progress(first + chunk.len(), crops.len(), "pictures")?;
        }
        match found.iter().position(|strongest| strongest.maps() == 0) {
            Some(layer) => Err(Error::Input(format!(
                "layer {} of {} is not computed by itself when the network is compiled; name the ReLU after it",
                self.model.graph().nodes[layers[layer]].name,
                self.model.graph().name
            ))),
            None => Ok(found),
        }
    }

    /// Maps drawn at random among those that are active in as many pictures as are shown; the network, the layer and the
    /// seed say which.
    pub(super) fn drawn(&self, layer: &str, strongest: &Strongest) -> Vec<usize> {
        let active = |map: &usize| {
            let winners: &[Winner] = strongest.of(*map);
            winners.len() == self.recipe.top && winners.iter().all(|winner| winner.value > 0.0)
        };
        let name = format!("maps of {} {layer}", self.subject.of);
        let order = self.context.stream(&name, 0).permutation(strongest.maps());
        let order = order.into_iter().filter_map(|map| usize::try_from(map).ok());
        let mut drawn: Vec<usize> = order.filter(active).take(self.recipe.maps).collect();
        drawn.sort_unstable();
        drawn
    }
}
