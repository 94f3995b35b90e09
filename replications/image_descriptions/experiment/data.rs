//! Images with what people said of them, as numbers of words.
//!
//! Must not open an image.

use std::cell::Cell;
use std::collections::HashSet;

use engine::error::{Error, Result};
use engine::input::captioned::{Captioned, Described};
use engine::sequence::Packed;
use engine::train::Context;
use replications::image_descriptions::recipe::Recipe;
use replications::image_descriptions::vocabulary::{Counts, Vocabulary, cut};
use spec::lock::PartOf;
use tch::{Device, Tensor};

/// An image with its sentences as numbers; one may have no word that is learned.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Image {
    pub(super) told: Captioned,
    pub(super) sentences: Vec<Vec<i64>>,
}

/// What is learned from, what choices are made on, and what is tested.
pub(super) struct Data {
    pub(super) counts: Counts,
    pub(super) vocabulary: Vocabulary,
    /// The sentences that are learned from, as their words with a blank between.
    pub(super) learned: HashSet<String>,
    pub(super) train: Vec<Image>,
    pub(super) val: Vec<Image>,
    pub(super) test: Vec<Image>,
    /// The set: its id in the lock, its root hash, and the whole that its tested list is a part of.
    pub(super) tested: (String, String, Option<PartOf>),
    pub(super) already_resized: Option<String>,
}

impl Data {
    /// The images of the job's one set with sentences.
    ///
    /// # Errors
    /// As [`Described::read`]; no word that occurs often enough, or no image whose sentences have one.
    pub(super) fn read(context: &Context<'_, '_>, recipe: &Recipe) -> Result<Data> {
        let sets = &context.stage().data;
        let Described { train, val, test, tested } = Described::read(sets)?;
        let counts = Counts::of(train.iter().flat_map(|image| &image.sentences).map(String::as_str));
        let nothing = |told: String| Error::Input(format!("{}: {told}", tested.0));
        let vocabulary = Vocabulary::of(&counts, recipe.least).map_err(nothing)?;
        let cut = Cell::new(0_usize);
        let numbers = |sentence: &String| {
            let mut numbers = vocabulary.numbers(sentence);
            cut.set(cut.get() + usize::from(numbers.len() > recipe.longest));
            numbers.truncate(recipe.longest);
            numbers
        };
        let of = |images: Vec<Captioned>| -> Vec<Image> {
            let all = images.into_iter();
            all.map(|told| Image { sentences: told.sentences.iter().map(numbers).collect(), told }).collect()
        };
        let (train, val, test) = (of(train), of(val), of(test));
        context.emitter().note(format!(
            "images with sentences: {} to learn from, {} to choose on, {} to test; {} words are learned, the end of a sentence among them",
            train.len(),
            val.len(),
            test.len(),
            vocabulary.len()
        ))?;
        if cut.get() > 0 {
            let (sentences, longest) = (base::words::count(cut.get(), "sentence", "sentences"), recipe.longest);
            context.emitter().note(format!("of {sentences} only the first {longest} words are read"))?;
        }
        if train.iter().all(|image| image.sentences.iter().all(Vec::is_empty)) {
            return Err(Error::Input("no sentence that is learned from has a word that is learned".to_owned()));
        }
        let already_resized = sets.iter().find(|set| set.id == tested.0).and_then(|set| set.already_resized.clone());
        let learned = train.iter().flat_map(|image| &image.told.sentences).map(|sentence| plain(sentence)).collect();
        Ok(Data { counts, vocabulary, learned, train, val, test, tested, already_resized })
    }
}

/// A sentence's words with a blank between.
pub(super) fn plain(sentence: &str) -> String {
    cut(sentence).join(" ")
}

/// Sentences in one tensor.
#[derive(Debug)]
pub struct Text {
    /// How they lie.
    pub packed: Packed,
    /// Each row's word, `[rows]`.
    pub words: Tensor,
    /// Each row's sentence, `[rows]`.
    pub sentences: Tensor,
}

impl Text {
    /// Those sentences.
    ///
    /// # Errors
    /// Memory that does not suffice.
    pub fn of(sentences: &[&[i64]], device: Device) -> Result<Text> {
        let packed = Packed::of(&sentences.iter().map(|sentence| sentence.len()).collect::<Vec<_>>());
        let words: Vec<i64> = packed.places().map(|(sentence, step)| sentences[sentence][step]).collect();
        let whose: Vec<i64> = packed.places().map(|(sentence, _)| i64::try_from(sentence).unwrap_or(0)).collect();
        let on = |numbers: &[i64]| -> Result<Tensor> { Ok(Tensor::f_from_slice(numbers)?.f_to_device(device)?) };
        Ok(Text { words: on(&words)?, sentences: on(&whose)?, packed })
    }
}
