//! A network over words as its graph says: whole sentences at once for training, or word by word for writing.
//!
//! Must compute every layer as `replications::sequence::Sequence` defines it. Must not know what words mean.

use std::collections::BTreeMap;

use replications::graph::{Node, Op};
use replications::sequence::Sequence;
use tch::{Kind, Tensor};

use super::{Lstm, Packed, recurrence};
use crate::error::{Error, Result};
use crate::train::{Mode, Model};

/// What a network reads.
#[derive(Debug, Clone, Copy)]
pub struct Read<'a> {
    /// Of images, `[N, C]`: where a layer adds one at a sentence's first word, of each sentence its own.
    pub images: &'a Tensor,
    /// Each word's number in the vocabulary, `[rows]`, packed.
    pub words: &'a Tensor,
    /// How the sentences lie.
    pub packed: &'a Packed,
}

/// What is remembered from word to word while sentences are written: of each recurrent layer the states, `[N, H]`.
#[derive(Debug, Default)]
pub struct States(BTreeMap<usize, Vec<Tensor>>);

impl States {
    /// Those of some of the sentences, `[M]` numbers of theirs, which may repeat.
    ///
    /// # Errors
    /// A number that is none of a sentence.
    pub fn of(&self, sentences: &Tensor) -> Result<States> {
        let some = |(layer, states): (&usize, &Vec<Tensor>)| -> Result<(usize, Vec<Tensor>)> {
            let states = states.iter().map(|state| Ok(state.f_index_select(0, sentences)?));
            Ok((*layer, states.collect::<Result<_>>()?))
        };
        Ok(States(self.0.iter().map(some).collect::<Result<_>>()?))
    }
}

/// Sees each layer's output.
type Watch<'a> = &'a mut dyn FnMut(&Node, &Tensor);

/// Whole sentences, or a word of each.
enum Time<'a> {
    Whole(&'a Packed),
    Step(&'a mut States),
}

impl Model {
    /// One pass over whole sentences: the network's answers, its own first. Those that follow from words are `[rows, …]`, packed; the
    /// others `[N, …]`.
    ///
    /// # Errors
    /// A layer that does not work on words, or libtorch's refusal.
    pub fn forward_words(&self, read: Read<'_>, mode: Mode<'_>) -> Result<Vec<Tensor>> {
        self.forward_words_watched(read, mode, &mut |_, _| ())
    }

    /// The same pass, in which each layer's output is seen.
    ///
    /// # Errors
    /// As [`Model::forward_words`].
    pub fn forward_words_watched(&self, read: Read<'_>, mode: Mode<'_>, watch: Watch<'_>) -> Result<Vec<Tensor>> {
        self.answers(Some(read.images), read.words, mode, (&mut Time::Whole(read.packed), watch))
    }

    /// The next word of sentences, `[N]`: the network's answers of it. `images` are given with the first word and not again.
    ///
    /// # Errors
    /// As [`Model::forward_words`]; a layer that reads a sentence from its end.
    pub fn step_words(&self, images: Option<&Tensor>, words: &Tensor, states: &mut States) -> Result<Vec<Tensor>> {
        self.answers(images, words, Mode::Test, (&mut Time::Step(states), &mut |_, _| ()))
    }

    fn answers(
        &self,
        images: Option<&Tensor>,
        words: &Tensor,
        mode: Mode<'_>,
        (time, watch): (&mut Time<'_>, Watch<'_>),
    ) -> Result<Vec<Tensor>> {
        let graph = self.graph();
        let mut values: Vec<Tensor> = Vec::with_capacity(graph.nodes.len());
        let mut of_words: Vec<bool> = Vec::with_capacity(graph.nodes.len());
        for (index, node) in graph.nodes.iter().enumerate() {
            let reads = matches!(node.op, Op::Sequence(Sequence::Words));
            let follows = reads || node.inputs.iter().any(|id| of_words[id.0]);
            of_words.push(follows);
            let value = match images {
                None if !follows => Tensor::new(),
                _ if reads => words.shallow_clone(),
                _ => self.value_of_words((index, node), images, &values, mode, time)?,
            };
            watch(node, &value);
            values.push(value);
        }
        let outputs = [graph.output].into_iter().chain(graph.also.iter().copied());
        Ok(outputs.map(|id| values[id.0].shallow_clone()).collect())
    }

    fn value_of_words(
        &self,
        (index, node): (usize, &Node),
        images: Option<&Tensor>,
        values: &[Tensor],
        mode: Mode<'_>,
        time: &mut Time<'_>,
    ) -> Result<Tensor> {
        let input = |number: usize| &values[node.inputs[number].0];
        let own = |part: &str| self.parameter(&format!("{}.{part}", node.name));
        let refused = |why: &str| Error::Other(format!("layer {}: {why}", node.name));
        Ok(match &node.op {
            Op::Input => images.ok_or_else(|| refused("there is no image"))?.shallow_clone(),
            Op::Flatten => input(0).f_flatten(1, -1)?,
            Op::Linear { bias, .. } => {
                let bias = if *bias { Some(own("bias")?) } else { None };
                input(0).f_linear(own("weight")?, bias)?
            }
            Op::Relu => input(0).f_relu()?,
            Op::Dropout { p } => match mode {
                Mode::Test => input(0).shallow_clone(),
                Mode::Train(masks) => input(0).f_mul(&masks.mask(&node.name, *p, input(0))?)?,
            },
            Op::Add => input(0).f_add(input(1))?,
            Op::Sequence(Sequence::Embedding { .. }) => own("weight")?.f_index_select(0, input(0))?,
            Op::Sequence(Sequence::AtFirst { instead }) => {
                at_first(input(0), images.map(|_| input(1)), *instead, time)?
            }
            Op::Sequence(Sequence::Recurrence { bias, backwards, .. }) => {
                let x = if *bias { &input(0).f_add(own("bias")?)? } else { input(0) };
                match time {
                    Time::Whole(packed) if *backwards => {
                        let rows = packed.backwards(x.device())?;
                        let states = recurrence(packed, &x.f_index_select(0, &rows)?, own("weight")?)?;
                        states.f_index_select(0, &rows)?
                    }
                    Time::Whole(packed) => recurrence(packed, x, own("weight")?)?,
                    Time::Step(_) if *backwards => {
                        return Err(refused("a sentence that has no end is not read from there"));
                    }
                    Time::Step(states) => {
                        let state = match states.0.get(&index).map(Vec::as_slice) {
                            Some([before, ..]) => x.f_addmm(before, &own("weight")?.f_tr()?)?.f_relu()?,
                            _ => x.f_relu()?,
                        };
                        states.0.insert(index, vec![state.shallow_clone()]);
                        state
                    }
                }
            }
            Op::Sequence(Sequence::Lstm { outputs, .. }) => {
                let lstm = Lstm { of_inputs: own("weight")?, of_states: own("recurrent")?, biases: own("bias")? };
                match time {
                    Time::Whole(packed) => lstm.run(packed, input(0))?,
                    Time::Step(states) => {
                        let shape = [input(0).size2()?.0, crate::ops::int(*outputs)];
                        let zeros = || Tensor::f_zeros(shape, (Kind::Float, input(0).device()));
                        let before = match states.0.remove(&index) {
                            Some(before) => before,
                            None => vec![zeros()?, zeros()?],
                        };
                        let [state, cell] = lstm.step(input(0), [&before[0], &before[1]])?;
                        states.0.insert(index, vec![state.shallow_clone(), cell]);
                        state
                    }
                }
            }
            _ => return Err(refused("it does not work on words")),
        })
    }
}

/// What is there at each word, and the image's at the first ones.
fn at_first(words: &Tensor, image: Option<&Tensor>, instead: bool, time: &Time<'_>) -> Result<Tensor> {
    let Some(image) = image else { return Ok(words.shallow_clone()) };
    let with = |word: &Tensor, own: &Tensor| if instead { Ok(own.shallow_clone()) } else { word.f_add(own) };
    let Time::Whole(packed) = time else { return Ok(with(words, image)?) };
    let first = packed.sizes().first().copied().unwrap_or(0);
    let order: Vec<i64> = packed.places().take(first).map(|(sentence, _)| crate::ops::int(sentence)).collect();
    let own = image.f_index_select(0, &Tensor::f_from_slice(&order)?.f_to_device(image.device())?)?;
    let (first, rows) = (crate::ops::int(first), crate::ops::int(packed.rows()));
    let begin = with(&words.f_narrow(0, 0, first)?, &own)?;
    Ok(Tensor::f_cat(&[begin, words.f_narrow(0, first, rows - first)?], 0)?)
}

#[cfg(test)]
mod tests {
    use replications::build::Builder;
    use tch::Device;

    use super::*;
    use crate::sequence::tests::wave;

    fn model(lstm: bool) -> Model {
        let mut net = Builder::new("n", [3, 1, 1]);
        let image = net.input();
        let image = net.flatten("flatten", image);
        let image = net.linear("image", image, 4);
        let words = net.words("words");
        let x = net.embedding("vectors", words, 6, 4);
        let x = if lstm { net.in_place_of_first("first", x, image) } else { net.at_first("first", x, image) };
        let x = if lstm { net.lstm("h", x, 5) } else { net.recurrence("h", x) };
        let y = net.linear("out", x, 6);
        let begin = |parameter: &replications::count::Parameter| {
            let count: usize = parameter.shape.iter().product();
            (0..count).map(|k| libm::sin(0.7 * k as f64 + parameter.name.len() as f64) as f32).collect()
        };
        Model::new(net.finish(y), Device::Cpu, begin).unwrap()
    }

    #[test]
    fn whole_sentences_are_what_words_one_by_one_are() {
        let sentences: [&[i64]; 3] = [&[1, 5], &[2, 0, 3, 4], &[4]];
        let packed = Packed::of(&sentences.map(<[i64]>::len));
        let words: Vec<i64> = packed.places().map(|(sentence, step)| sentences[sentence][step]).collect();
        let images = wave(&[3, 3], 0.4);
        for lstm in [false, true] {
            let model = model(lstm);
            let read = Read { images: &images, words: &Tensor::from_slice(&words), packed: &packed };
            let whole = model.forward_words(read, Mode::Test).unwrap().remove(0);
            for (number, sentence) in sentences.iter().enumerate() {
                let own = images.narrow(0, number as i64, 1);
                let mut states = States::default();
                for (step, word) in sentence.iter().enumerate() {
                    let image = (step == 0).then_some(&own);
                    let said = model.step_words(image, &Tensor::from_slice(&[*word]), &mut states).unwrap().remove(0);
                    let row = packed.places().position(|place| place == (number, step)).unwrap();
                    assert!(
                        whole.narrow(0, row as i64, 1).allclose(&said, 1e-5, 1e-6, false),
                        "{lstm} {number} {step}"
                    );
                }
            }
        }
    }

    #[test]
    fn states_follow_the_sentences_that_are_gone_on_with() {
        let model = model(true);
        let images = wave(&[2, 3], 0.4);
        let words = |all: &[i64]| Tensor::from_slice(all);
        let mut states = States::default();
        let _ = model.step_words(Some(&images), &words(&[1, 2]), &mut states).unwrap();
        let mut twice = states.of(&words(&[1, 1, 0])).unwrap();
        let said = model.step_words(None, &words(&[3, 3, 3]), &mut twice).unwrap().remove(0);
        let alone = model.step_words(None, &words(&[3, 3]), &mut states).unwrap().remove(0);
        for (row, own) in [(0, 1), (1, 1), (2, 0)] {
            assert!(said.get(row).allclose(&alone.get(own), 1e-5, 1e-6, false), "{row}");
        }
    }
}
