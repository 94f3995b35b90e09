//! Detectors that pool regions from the maps of a trunk, which stays as it is or is tuned with them: the pictures with their proposals,
//! the training of the layers behind pooling, and what these find.
//!
//! Must not choose trunks, rates, steps or numbers of proposals: recipes do.

use base::boxes::Bounds;
use engine::detection::head::{Head, Learns, Looked, Reader, Said, Settings, Spread};
use engine::detection::maps::{Maps, Scale};
use engine::detection::{Found, Pyramid, Source, Trunk};
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
use spec::job::JobWeights;

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
    /// In place of those, where pictures are looked at at several scales.
    pub pyramid: Option<&'a Pyramid>,
    /// Selective search's proposals that are learned from, and those that are looked into, at most.
    pub searched: [usize; 2],
    /// Whether objects that are too difficult to count are learned from.
    pub difficult: bool,
    /// The first layer that is tuned; None: the trunk stays as it is, and pictures' maps are kept.
    pub tuned_from: Option<&'a str>,
}

impl Opening<'_> {
    fn scale(&self) -> Scale {
        let [shorter, longest] = self.sides;
        Scale { shorter, longest }
    }
}

/// What detectors on one trunk share.
pub struct OnMaps<'a, 'e> {
    opening: Opening<'a>,
    /// The experiment's surroundings.
    pub context: &'a Context<'a, 'e>,
    /// The pictures.
    pub data: Divided,
    /// A detector on the trunk.
    pub graph: Graph,
    /// The trunk as it was loaded.
    pub maps: Maps<'a, 'e>,
    /// What is said of the trunk's weights.
    weights: &'a JobWeights,
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

/// Trained layers behind pooling.
pub struct Detector<'a, 'e> {
    /// The layers.
    pub model: Model,
    /// Its own trunk, where that was tuned.
    pub own: Option<Maps<'a, 'e>>,
    /// How it was trained.
    pub trained: Trained,
}

impl<'a, 'e> OnMaps<'a, 'e> {
    /// Reads the lists of pictures, loads the trunk, and makes what is missing of the pictures' proposals and, where the trunk stays as
    /// it is, of their maps.
    ///
    /// # Errors
    /// Pictures or weights that cannot be used, a full disk, libtorch's refusal.
    pub fn open(context: &'a Context<'a, 'e>, opening: Opening<'a>) -> Result<OnMaps<'a, 'e>> {
        let Opening { trunk: (trunk, weights), detector: (detector, layer), searched, difficult, .. } = opening;
        context.begin("read the lists of pictures")?;
        let data = Divided::read(&context.stage().data)?;
        context.emitter().note(format!("pictures: {} to train on, {} to test", data.train.len(), data.test.len()))?;
        context.begin(&format!("load {trunk}"))?;
        let graph = context.graph(detector)?;
        let (weights, parameters) = context.weights_named(&context.graph(trunk)?, weights)?;
        let maps = Maps::new(context, (weights, &parameters), (&graph, layer), opening.scale())?;
        let [learned, tested] = searched;
        let with = (context, Some(&maps).filter(|_| opening.tuned_from.is_none() && opening.pyramid.is_none()));
        let train = looked::searched(with, &data.train, ("pictures to train on", learned), difficult)?;
        let test = looked::searched(with, &data.test, ("pictures to test", tested), difficult)?;
        let tested = test.iter().map(|one| (one.image.file.as_str(), one.sha256.as_str()));
        tell_of_both(context, train.iter().map(|one| one.sha256.as_str()), tested)?;
        Ok(OnMaps { opening, context, data, graph, maps, weights, parameters, train, test })
    }

    /// The weights that a layer has in the trunk, where they are of its shape.
    #[must_use]
    pub fn of_trunk(&self, parameter: &Parameter) -> Option<Vec<f32>> {
        self.parameters.numbers_of(parameter)
    }

    /// A trunk to tune; None where it stays as it is.
    ///
    /// # Errors
    /// Weights that do not fit, or a layer that is not there.
    pub fn trunk(&self) -> Result<Option<Trunk>> {
        let Opening { detector: (_, layer), tuned_from, .. } = self.opening;
        let (device, of) = (self.context.device(), (self.weights, &self.parameters));
        let new = |first| Trunk::new(device, of, (&self.graph, layer, first), self.opening.scale());
        tuned_from.map(new).transpose()
    }

    /// Where maps come from: of the trunk that is tuned, or else of one that stays as it is.
    pub fn source<'b>(&'b self, tuned: Option<&'b Trunk>, maps: Option<&'b Maps<'a, 'e>>) -> Source<'b, 'e> {
        match (tuned, maps) {
            (Some(trunk), _) => Source::Tuned(trunk),
            (None, maps) => Source::Kept(maps.unwrap_or(&self.maps)),
        }
    }

    /// Trains the layers behind pooling, and the trunk with them where it is tuned; `known` gives the weights that the former begin
    /// with where there are some. `maps`: those of another trunk than the one that was loaded, which stays as it is.
    ///
    /// # Errors
    /// As [`Context::train`].
    pub fn train(
        &self,
        training: Training<'_>,
        settings: Settings<'_>,
        maps: Option<&Maps<'a, 'e>>,
        known: impl Fn(&Parameter) -> Option<Vec<f32>>,
    ) -> Result<Detector<'a, 'e>> {
        let Training { id, learns, from: (pictures, spread), steps: [steps, of], share } = training;
        let steps = steps.max(1);
        let measure_every = (steps / ROWS).max(1);
        let begin = (self.context.seed(), self.context.device());
        let graph = Graph { name: id.to_owned(), ..self.graph.clone() };
        let trunk = if maps.is_none() { self.trunk()? } else { None };
        let source = self.source(trunk.as_ref(), maps);
        let with = (settings, spread, measure_every);
        let mut head = Head::new(begin, (&graph, learns, STRIDE), (source, pictures), with, known)?;
        let schedule = Schedule { name: id, title: id, steps, of, measure_every, share, fixed: false };
        let trained = self.context.train(&schedule, &mut head)?;
        let model = head.into_model();
        Ok(Detector { model, own: self.tuned(trunk.as_ref())?, trained })
    }

    /// The maps of a trunk that was tuned.
    ///
    /// # Errors
    /// Memory that does not suffice.
    pub fn tuned(&self, trunk: Option<&Trunk>) -> Result<Option<Maps<'a, 'e>>> {
        trunk.map(|trunk| self.maps.tuned(trunk)).transpose()
    }

    /// Looks into the regions of pictures, one after the other, and hands `take` each with what is said of it; `own`: the maps of the
    /// detector's own trunk, where it was tuned.
    ///
    /// # Errors
    /// libtorch's refusal, and what `take` says.
    pub fn look(
        &self,
        (reader, own): (&Reader, Option<&Maps<'_, 'e>>),
        pictures: &[Looked],
        mut take: impl FnMut(&Looked, &[Said]) -> Result<()>,
    ) -> Result<()> {
        for (index, picture) in pictures.iter().enumerate() {
            take(picture, &self.said((reader, own.unwrap_or(&self.maps)), picture)?)?;
            self.context.emitter().progress(index + 1, pictures.len(), "pictures")?;
        }
        Ok(())
    }

    /// What is said of a picture's regions, of each at the scale that it belongs to.
    fn said(&self, (reader, maps): (&Reader, &Maps<'_, 'e>), picture: &Looked) -> Result<Vec<Said>> {
        let Looked { image, sha256, regions, .. } = picture;
        let Some(pyramid) = self.opening.pyramid else {
            return reader.read(&maps.of(image, sha256, false)?, regions);
        };
        let mut said = Vec::with_capacity(regions.len());
        for (scale, places) in pyramid.scales.iter().zip(pyramid.levels(image.size, regions)) {
            if places.is_empty() {
                continue;
            }
            let own: Vec<Bounds> = places.iter().map(|place| regions[*place]).collect();
            said.extend(places.into_iter().zip(reader.read(&maps.at(*scale).of(image, sha256, false)?, &own)?));
        }
        // Every region belongs to one scale.
        said.sort_by_key(|(place, _)| *place);
        Ok(said.into_iter().map(|(_, said)| said).collect())
    }

    /// What is found on pictures, boxes corrected or not.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn found(
        &self,
        (reader, own): (&Reader, Option<&Maps<'_, 'e>>),
        pictures: &[Looked],
        (kept, corrects): (&Kept, bool),
    ) -> Result<Vec<Vec<Found>>> {
        let mut all = Vec::with_capacity(pictures.len());
        self.look((reader, own), pictures, |picture, said| {
            all.push(reader.found((&picture.regions, said), picture.image.size, corrects, kept));
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
        looked::searched((self.context, None), &images, ("free photographs", most), false)
    }

    /// Draws what is found on the free photographs.
    ///
    /// # Errors
    /// A photograph that cannot be read, a full disk, libtorch's refusal.
    pub fn draw_photographs(
        &self,
        id: &str,
        (reader, own): (&Reader, Option<&Maps<'_, 'e>>),
        looked: Vec<Looked>,
        kept: &Kept,
    ) -> Result<()> {
        let found = self.found((reader, own), &looked, (kept, true))?;
        let images: Vec<Annotated> = looked.into_iter().map(|picture| picture.image).collect();
        pictures::of_photographs(self.context, id, &images, &found)
    }
}
