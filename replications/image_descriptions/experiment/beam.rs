//! Sentences by beam search: at each word the likeliest few sentences are gone on with, as the authors' code does it. A sentence that has
//! ended stays among them as it is; one of no word is none, since nobody said nothing.
//!
//! Must not train.

use engine::error::Result;
use engine::sequence::States;
use engine::train::Model;
use replications::image_descriptions::vocabulary::END;
use tch::{Device, Kind, Tensor};

use super::writer::words_before;

/// Images that are written about at once.
const IMAGES: usize = 100;

/// A sentence in the making, or done.
#[derive(Debug, Clone, PartialEq)]
struct Sentence {
    words: Vec<i64>,
    /// The logarithm of its probability.
    probability: f64,
    done: bool,
    /// Its row among those that are gone on with.
    row: usize,
}

/// For each row of features `[N, D]` the likeliest sentence that a beam of that many finds, with the logarithm of its probability;
/// one that has not ended after `longest` words is cut there.
pub(super) fn write(
    model: &Model,
    features: &Tensor,
    (beam, longest): (usize, usize),
    alive: &dyn Fn() -> Result<()>,
) -> Result<Vec<(Vec<i64>, f64)>> {
    let _guard = tch::no_grad_guard();
    let (count, _) = features.size2()?;
    let mut written = Vec::new();
    for first in (0..count).step_by(IMAGES) {
        let some = features.f_narrow(0, first, (count - first).min(IMAGES as i64))?;
        written.extend(write_some(model, &some, (beam, longest), alive)?);
    }
    Ok(written)
}

fn write_some(
    model: &Model,
    features: &Tensor,
    (beam, longest): (usize, usize),
    alive: &dyn Fn() -> Result<()>,
) -> Result<Vec<(Vec<i64>, f64)>> {
    let (count, _) = features.size2()?;
    let images = usize::try_from(count).unwrap_or(0);
    let mut states = States::default();
    let begin = Tensor::f_full([count], END, (Kind::Int64, features.device()))?;
    let mut said = model.step_words(Some(features), &begin, &mut states)?.swap_remove(0);
    for _ in 1..words_before(model.graph()) {
        said = model.step_words(None, &begin, &mut states)?.swap_remove(0);
    }
    let start = |row| vec![Sentence { words: Vec::new(), probability: 0.0, done: false, row }];
    let mut all: Vec<Vec<Sentence>> = (0..images).map(start).collect();
    for step in 1..=longest {
        // One more, since a sentence does not begin with its end.
        let (values, words) = likeliest(&said, beam + 1)?;
        let width = values.len() / usize::try_from(said.size2()?.0).unwrap_or(1).max(1);
        for sentences in &mut all {
            *sentences = gone_on(sentences, (&values, &words, width), beam);
        }
        let open: Vec<&mut Sentence> = all.iter_mut().flatten().filter(|sentence| !sentence.done).collect();
        if open.is_empty() || step == longest {
            break;
        }
        let (mut rows, mut last) = (Vec::new(), Vec::new());
        for (row, sentence) in open.into_iter().enumerate() {
            rows.push(i64::try_from(sentence.row).unwrap_or(0));
            last.extend(sentence.words.last());
            sentence.row = row;
        }
        let on =
            |numbers: &[i64]| -> Result<Tensor> { Ok(Tensor::f_from_slice(numbers)?.f_to_device(features.device())?) };
        states = states.of(&on(&rows)?)?;
        said = model.step_words(None, &on(&last)?, &mut states)?.swap_remove(0);
        alive()?;
    }
    let best = |sentences: Vec<Sentence>| {
        let best = sentences.into_iter().next();
        best.map_or((Vec::new(), 0.0), |sentence| (sentence.words, sentence.probability))
    };
    Ok(all.into_iter().map(best).collect())
}

/// Of each row the likeliest words with the logarithms of their probabilities.
fn likeliest(said: &Tensor, beam: usize) -> Result<(Vec<f64>, Vec<i64>)> {
    let (_, words) = said.size2()?;
    let all = said.f_to_kind(Kind::Double)?.f_log_softmax(1, Kind::Double)?;
    let (values, places) = all.f_topk(i64::try_from(beam).unwrap_or(1).min(words), 1, true, true)?;
    let values = Vec::<f64>::try_from(values.f_to_device(Device::Cpu)?.f_contiguous()?.f_view([-1])?)?;
    let places = Vec::<i64>::try_from(places.f_to_device(Device::Cpu)?.f_contiguous()?.f_view([-1])?)?;
    Ok((values, places))
}

/// The likeliest of what sentences become; of equally likely ones the first.
fn gone_on(sentences: &[Sentence], (values, words, width): (&[f64], &[i64], usize), beam: usize) -> Vec<Sentence> {
    let mut all = Vec::new();
    for sentence in sentences {
        if sentence.done {
            all.push(sentence.clone());
            continue;
        }
        let own = sentence.row * width..(sentence.row + 1) * width;
        for (value, word) in values[own.clone()].iter().zip(&words[own]) {
            if *word == END && sentence.words.is_empty() {
                continue;
            }
            let mut next = sentence.clone();
            next.probability += value;
            next.done = *word == END;
            if !next.done {
                next.words.push(*word);
            }
            all.push(next);
        }
    }
    all.sort_by(|one, other| other.probability.total_cmp(&one.probability));
    all.truncate(beam);
    all
}

#[cfg(test)]
mod tests {
    use replications::image_descriptions::network::with_words;

    use super::*;

    /// A small model with numbers of order one, so that no two words are equally likely.
    fn model(id: &str) -> Model {
        let begin = |parameter: &replications::count::Parameter| {
            let count: usize = parameter.shape.iter().product();
            (0..count).map(|k| 0.3 * libm::sin(0.7 * k as f64 + parameter.name.len() as f64) as f32).collect()
        };
        Model::new(with_words(id, 4).unwrap(), Device::Cpu, begin).unwrap()
    }

    fn features(count: i64) -> Tensor {
        let numbers: Vec<f32> = (0..count * 1024).map(|k| libm::cos(0.01 * k as f64) as f32).collect();
        Tensor::from_slice(&numbers).view([count, 1024])
    }

    /// Every sentence up to that length, by its probability.
    fn probability(model: &Model, image: &Tensor, words: &[i64], ends: bool) -> f64 {
        let _guard = tch::no_grad_guard();
        let mut states = States::default();
        let word = |word: i64| Tensor::from_slice(&[word]);
        let mut said = model.step_words(Some(image), &word(END), &mut states).unwrap().remove(0);
        for _ in 1..words_before(model.graph()) {
            said = model.step_words(None, &word(END), &mut states).unwrap().remove(0);
        }
        let mut sum = 0.0;
        for next in words.iter().copied().chain(ends.then_some(END)) {
            sum += said.to_kind(Kind::Double).log_softmax(1, Kind::Double).double_value(&[0, next]);
            said = model.step_words(None, &word(next), &mut states).unwrap().remove(0);
        }
        sum
    }

    #[test]
    fn a_beam_as_wide_as_all_sentences_finds_the_likeliest() {
        for id in ["generation-googlenet", "generation-googlenet-lstm"] {
            let (model, images) = (model(id), features(3));
            // Sentences of up to two words out of three, ended or cut at two.
            let mut all: Vec<(Vec<i64>, bool)> = Vec::new();
            for one in 1..4 {
                all.push((vec![one], true));
                all.extend((1..4).map(|two| (vec![one, two], false)));
            }
            let wide = write(&model, &images, (50, 2), &|| Ok(())).unwrap();
            let narrow = write(&model, &images, (1, 2), &|| Ok(())).unwrap();
            for image in 0..3 {
                let own = images.narrow(0, image, 1);
                let scored = all.iter().map(|(words, ends)| (words, probability(&model, &own, words, *ends)));
                let best = scored.max_by(|one, other| one.1.total_cmp(&other.1)).unwrap();
                let (words, found) = &wide[image as usize];
                assert_eq!(words, best.0, "{id}");
                assert!((found - best.1).abs() < 1e-5, "{found} {}", best.1);
                assert!(narrow[image as usize].1 <= found + 1e-5);
            }
        }
    }

    #[test]
    fn what_has_ended_stays_and_of_equals_the_first() {
        let sentence = |words: &[i64], probability, done| Sentence { words: words.to_vec(), probability, done, row: 0 };
        let values = [-1.0, -2.0];
        let next = gone_on(&[sentence(&[1], -1.0, true), sentence(&[2], 0.0, false)], (&values, &[3, END], 2), 2);
        assert_eq!(next, [sentence(&[1], -1.0, true), sentence(&[2, 3], -1.0, false)]);
        let all = gone_on(&[sentence(&[2], 0.0, false)], (&values, &[3, END], 2), 9);
        assert_eq!((all.len(), all[1].done, all[1].words.clone()), (2, true, vec![2]));
        let begun = gone_on(&[sentence(&[], 0.0, false)], (&values, &[3, END], 2), 9);
        assert_eq!(begun, [sentence(&[3], -1.0, false)]);
    }
}
