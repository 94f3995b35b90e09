//! Detectors that pool regions from the maps of a trunk that stays as it is: the pictures with their maps and proposals, the training
//! of the layers behind pooling, and what these find.
//!
//! Must not choose trunks, rates, steps or numbers of proposals: recipes do.

use engine::detection::Found;
use engine::detection::head::{Head, Learns, Looked, Reader, Said, Settings, Spread};
use engine::detection::maps::{Maps, Scale};
use engine::error::Result;
use engine::input::Divided;
use engine::input::objects::Annotated;
use engine::train::{Context, Model, Schedule};
use engine::weights::Parameters;
use replications::count::Parameter;
use replications::detectors::Kept;
use replications::fast_rcnn::network::STRIDE;
use replications::graph::Graph;
use spec::event::Trained;

use super::shared::{ROWS, tell_of_both, told};
use super::{looked, pictures};

/// Which trunk, and what is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Opening<'a> {
    /// The network that has the weights, and their id.
    pub trunk: (&'a str, &'a str),
    /// A detector on it, and the last layer of what stays as it is.
    pub detector: (&'a str, &'a str),
    /// The shorter side of pictures, in pixels, and the most that the longer may have.
    pub sides: [u32; 2],
    /// Selective search's proposals that are learned from, and those that are looked into, at most.
    pub searched: [usize; 2],
    /// Whether objects that are too difficult to count are learned from.
    pub difficult: bool,
}

/// What detectors on one trunk share.
pub struct OnMaps<'a, 'e> {
    /// The experiment's surroundings.
    pub context: &'a Context<'a, 'e>,
    /// The pictures.
    pub data: Divided,
    /// A detector on the trunk.
    pub graph: Graph,
    /// The trunk.
    pub maps: Maps<'a, 'e>,
    /// The trunk's whole weights: layers behind pooling that the trunk has too begin with them.
    parameters: Parameters,
    /// Pictures to train on, with selective search's proposals.
    pub train: Vec<Looked>,
    /// Pictures to test, likewise.
    pub test: Vec<Looked>,
}

/// One training of the layers behind pooling.
#[derive(Clone, Copy)]
pub struct Training<'a> {
    /// What the training is called.
    pub id: &'a str,
    /// What is learned.
    pub learns: Learns,
    /// The pictures that it is learned from, with their regions, and how the numbers of their boxes are spread.
    pub from: (&'a [Looked], &'a Spread),
    /// Steps to do, and those of the paper's recipe.
    pub steps: [u64; 2],
    /// The share of the experiment's budget.
    pub share: f64,
}

impl<'a, 'e> OnMaps<'a, 'e> {
    /// Reads the lists of pictures, loads the trunk, and makes what is missing of the pictures' maps and proposals.
    ///
    /// # Errors
    /// Pictures or weights that cannot be used, a full disk, libtorch's refusal.
    pub fn open(context: &'a Context<'a, 'e>, opening: Opening<'_>) -> Result<OnMaps<'a, 'e>> {
        let Opening { trunk: (trunk, weights), detector: (detector, layer), sides, searched, difficult } = opening;
        context.begin("read the lists of pictures")?;
        let data = Divided::read(&context.stage().data)?;
        context.emitter().note(format!("pictures: {} to train on, {} to test", data.train.len(), data.test.len()))?;
        context.begin(&format!("load {trunk}"))?;
        let graph = context.graph(detector)?;
        let [shorter, longest] = sides;
        let maps = Maps::load(context, (trunk, weights), (&graph, layer), Scale { shorter, longest })?;
        let (_, parameters) = context.weights_named(&context.graph(trunk)?, weights)?;
        let [learned, tested] = searched;
        let train = looked::searched((context, &maps), &data.train, ("pictures to train on", learned), difficult)?;
        let test = looked::searched((context, &maps), &data.test, ("pictures to test", tested), difficult)?;
        let tested = test.iter().map(|one| (one.image.file.as_str(), one.sha256.as_str()));
        tell_of_both(context, train.iter().map(|one| one.sha256.as_str()), tested)?;
        Ok(OnMaps { context, data, graph, maps, parameters, train, test })
    }

    /// The weights that a layer has in the trunk, where they are of its shape.
    #[must_use]
    pub fn of_trunk(&self, parameter: &Parameter) -> Option<Vec<f32>> {
        self.parameters.numbers_of(parameter)
    }

    /// Trains the layers behind pooling; `known` gives the weights that they begin with where there are some.
    ///
    /// # Errors
    /// As [`Context::train`].
    pub fn train(
        &self,
        training: Training<'_>,
        settings: Settings<'_>,
        known: impl Fn(&Parameter) -> Option<Vec<f32>>,
    ) -> Result<(Model, Trained)> {
        let Training { id, learns, from: (pictures, spread), steps: [steps, of], share } = training;
        let steps = steps.max(1);
        let measure_every = (steps / ROWS).max(1);
        let begin = (self.context.seed(), self.context.device());
        let graph = Graph { name: id.to_owned(), ..self.graph.clone() };
        let with = (settings, spread, measure_every);
        let mut head = Head::new(begin, (&graph, learns, STRIDE), (&self.maps, pictures), with, known)?;
        let schedule = Schedule { name: id, title: id, steps, of, measure_every, share, fixed: false };
        let trained = self.context.train(&schedule, &mut head)?;
        Ok((head.model, trained))
    }

    /// Looks into the regions of pictures, one after the other, and hands `take` each with what is said of it.
    ///
    /// # Errors
    /// libtorch's refusal, and what `take` says.
    pub fn look(
        &self,
        reader: &Reader,
        pictures: &[Looked],
        mut take: impl FnMut(&Looked, &[Said]) -> Result<()>,
    ) -> Result<()> {
        for (index, picture) in pictures.iter().enumerate() {
            let map = self.maps.of(&picture.image, &picture.sha256, false)?;
            take(picture, &reader.read(&map, &picture.regions)?)?;
            self.context.emitter().progress(index + 1, pictures.len(), "pictures")?;
        }
        Ok(())
    }

    /// What is found on pictures, boxes corrected.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn found(&self, reader: &Reader, pictures: &[Looked], kept: &Kept) -> Result<Vec<Vec<Found>>> {
        let mut all = Vec::with_capacity(pictures.len());
        self.look(reader, pictures, |picture, said| {
            all.push(reader.found((&picture.regions, said), picture.image.size, true, kept));
            Ok(())
        })?;
        Ok(all)
    }

    /// Writes what a network found on the tested pictures.
    ///
    /// # Errors
    /// Numbers that are not finite, or a full disk.
    pub fn tell(&self, of: (&str, &Trained), found: &[Vec<Found>]) -> Result<()> {
        told(self.context, &self.data, of, found)
    }

    /// The free photographs, with at most so many of selective search's proposals.
    ///
    /// # Errors
    /// A photograph that cannot be read, a full disk, libtorch's refusal.
    pub fn photographs(&self, most: usize) -> Result<Vec<Looked>> {
        let images = pictures::photographs(self.context)?;
        looked::searched((self.context, &self.maps), &images, ("free photographs", most), false)
    }

    /// Draws what is found on the free photographs.
    ///
    /// # Errors
    /// A photograph that cannot be read, a full disk, libtorch's refusal.
    pub fn draw_photographs(&self, id: &str, reader: &Reader, looked: Vec<Looked>, kept: &Kept) -> Result<()> {
        let found = self.found(reader, &looked, kept)?;
        let images: Vec<Annotated> = looked.into_iter().map(|picture| picture.image).collect();
        pictures::of_photographs(self.context, id, &images, &found)
    }
}
