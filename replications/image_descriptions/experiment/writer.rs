//! A model that writes, in training: the probability of each word of a sentence after those before it (section 3.2).
//!
//! Must not read images.

use engine::error::Result;
use engine::sequence::Read;
use engine::train::rms_prop::{RmsProp, Settings};
use engine::train::{Batches, Masks, Means, Mode, Model, Trainer};
use replications::graph::{Graph, Op};
use replications::image_descriptions::recipe::Writing;
use replications::image_descriptions::vocabulary::END;
use replications::sequence::Sequence;
use tch::{Device, Reduction, Tensor};

use super::best::{Best, uniform};
use super::data::Text;
use super::features::Seen;

/// Sentences whose probability is measured at once.
const MEASURED: usize = 500;

/// A sentence with the row of features that it is about: the image's number, and of it the region's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair<'b> {
    pub(super) image: usize,
    /// 0 is the whole image.
    pub(super) region: usize,
    pub(super) sentence: &'b [i64],
}

/// Pairs and the features that they are about.
#[derive(Clone, Copy)]
pub(super) struct Set<'b, 'a, 'e> {
    pub(super) pairs: &'b [Pair<'b>],
    pub(super) seen: &'b Seen<'b, 'a, 'e>,
}

impl Set<'_, '_, '_> {
    /// The features of pairs, `[N, D]`.
    fn features(&self, pairs: &[Pair<'_>]) -> Result<Tensor> {
        if pairs.iter().all(|pair| pair.region == 0) {
            return self.seen.features(pairs.iter().map(|pair| pair.image), true);
        }
        let rows = self.seen.rows();
        let all = self.seen.features(pairs.iter().map(|pair| pair.image), false)?;
        let places: Vec<i64> = pairs
            .iter()
            .enumerate()
            .map(|(index, pair)| i64::try_from(index * rows + pair.region).unwrap_or(0))
            .collect();
        Ok(all.f_index_select(0, &Tensor::f_from_slice(&places)?.f_to_device(all.device())?)?)
    }
}

/// How many words a network reads before a sentence's first: its mark, and the image where that is a word of its own.
pub(super) fn words_before(graph: &Graph) -> usize {
    let is_word = |op: &Op| matches!(op, Op::Sequence(Sequence::AtFirst { instead: true }));
    1 + usize::from(graph.nodes.iter().any(|node| is_word(&node.op)))
}

/// The model and its optimiser.
pub(super) struct Writer<'b, 'a, 'e> {
    settings: Writing,
    pub(super) model: Model,
    train: Set<'b, 'a, 'e>,
    val: Set<'b, 'a, 'e>,
    measure_every: u64,
    optimiser: RmsProp,
    batches: Batches,
    masks: Masks,
    pub(super) best: Best,
    /// Of the loss.
    means: Means<1>,
}

impl<'b, 'a, 'e> Writer<'b, 'a, 'e> {
    pub(super) fn new(
        (seed, device): (u64, Device),
        graph: Graph,
        [train, val]: [Set<'b, 'a, 'e>; 2],
        (settings, measure_every): (Writing, u64),
    ) -> Result<Writer<'b, 'a, 'e>> {
        let name = graph.name.clone();
        let model = Model::new(graph, device, |parameter| uniform(parameter, seed, settings.begin))?;
        let Writing { decay, epsilon, clip, .. } = settings;
        Ok(Writer {
            settings,
            measure_every,
            optimiser: RmsProp::new(&model.learned(), Settings { decay, epsilon, clip })?,
            batches: Batches::new(seed, &format!("pairs of {name}"), train.pairs.len(), settings.batch),
            masks: Masks::new(seed, &name),
            best: Best::of(&model)?,
            means: Means::new(device)?,
            train,
            val,
            model,
        })
    }
}

/// The sum over words of minus the logarithm of their probability, and how many words there are, ends among them.
///
/// # Errors
/// libtorch's refusal.
pub fn surprise(model: &Model, features: &Tensor, sentences: &[&[i64]], mode: Mode<'_>) -> Result<(Tensor, usize)> {
    let before = words_before(model.graph());
    let read: Vec<Vec<i64>> = sentences.iter().map(|sentence| [&[END; 2][..before], *sentence].concat()).collect();
    let text = Text::of(&read.iter().map(Vec::as_slice).collect::<Vec<_>>(), model.device())?;
    // What follows each word that is read; nothing is asked of an image that is a word.
    let asked = |(sentence, step): (usize, usize)| match (step + 1).checked_sub(before) {
        Some(place) => sentences[sentence].get(place).copied().unwrap_or(END),
        None => IGNORED,
    };
    let wanted: Vec<i64> = text.packed.places().map(asked).collect();
    let words = wanted.iter().filter(|word| **word != IGNORED).count();
    let wanted = Tensor::f_from_slice(&wanted)?.f_to_device(model.device())?;
    let given = Read { images: features, words: &text.words, packed: &text.packed };
    let said = model.forward_words(given, mode)?.swap_remove(0);
    Ok((said.f_cross_entropy_loss::<Tensor>(&wanted, None, Reduction::Sum, IGNORED, 0.0)?, words))
}

/// No word is asked for.
const IGNORED: i64 = -100;

impl Trainer for Writer<'_, '_, '_> {
    fn step(&mut self, step: u64, _total: u64) -> Result<()> {
        let all = self.train.pairs;
        let pairs: Vec<Pair<'_>> = self
            .batches
            .indices(step)
            .iter()
            .filter_map(|index| all.get(usize::try_from(*index).ok()?).copied())
            .collect();
        let features = self.train.features(&pairs)?;
        let sentences: Vec<&[i64]> = pairs.iter().map(|pair| pair.sentence).collect();
        let (sum, words) = surprise(&self.model, &features, &sentences, Mode::Train(&self.masks.of(step)))?;
        let loss = sum.f_div_scalar(pairs.len().max(1) as f64)?;
        let learned = self.model.learned();
        let gradients = Tensor::f_run_backward(&[&loss], &learned, false, false)?;
        let decay = self.settings.weight_decay;
        tch::no_grad(|| {
            let with_decay = gradients.iter().zip(&learned);
            let with_decay = with_decay
                .map(|(gradient, own)| Ok(gradient.f_add(&own.detach().f_mul_scalar(decay)?)?))
                .collect::<Result<Vec<Tensor>>>()?;
            self.optimiser.step(&with_decay, self.settings.learning_rate)?;
            self.means.add([&sum.f_div_scalar(words.max(1) as f64)?])
        })
    }

    fn measure(&mut self, step: u64) -> Result<Vec<(String, f64)>> {
        let [loss] = self.means.row(step, self.measure_every)?;
        let mut row = vec![("loss [nats a word]".to_owned(), loss)];
        if !self.val.pairs.is_empty() {
            let _guard = tch::no_grad_guard();
            let (mut sum, mut words) = (0.0, 0);
            for some in self.val.pairs.chunks(MEASURED) {
                let sentences: Vec<&[i64]> = some.iter().map(|pair| pair.sentence).collect();
                let (own, count) = surprise(&self.model, &self.val.features(some)?, &sentences, Mode::Test)?;
                sum += own.f_double_value(&[])?;
                words += count;
                self.val.seen.alive()?;
            }
            let mean = sum / words.max(1) as f64;
            row.push(("loss, list val [nats a word]".to_owned(), mean));
            self.best.look(&self.model, -mean)?;
        }
        Ok(row)
    }

    fn tensors(&self) -> Vec<(String, Tensor)> {
        let mut all = self.model.tensors("");
        all.extend(self.optimiser.tensors("rms"));
        all.extend(self.best.tensors());
        all.extend(self.means.tensors());
        all
    }
}
