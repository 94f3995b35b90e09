//! What came out, as the tasks `retrieve`, `caption` and `vocabulary` read it.
//!
//! Must not score.

use engine::error::Result;
use engine::outcomes::{Table, Tested};
use engine::train::Context;
use replications::image_descriptions::vocabulary::END_WORD;
use spec::event::{Model as Origin, Trained};
use spec::metric::Metric;

use super::data::{Data, plain};
use super::ranking::Ranks;
use crate::detectors::shared::tell_of_both;

/// What the tasks measure, the most telling first.
const RANKING: [Metric; 8] = [
    Metric::named("annotation recall@10"),
    Metric::named("annotation recall@1"),
    Metric::named("annotation recall@5"),
    Metric::named("annotation median rank"),
    Metric::named("search recall@1"),
    Metric::named("search recall@5"),
    Metric::named("search recall@10"),
    Metric::named("search median rank"),
];
const SENTENCES: [Metric; 9] = [
    Metric::named("CIDEr"),
    Metric::named("BLEU-1"),
    Metric::named("BLEU-2"),
    Metric::named("BLEU-3"),
    Metric::named("BLEU-4"),
    Metric::named("METEOR"),
    Metric::named("ROUGE-L"),
    Metric::named("CIDEr, unclipped"),
    Metric::named("sentences seen in training"),
];
const VOCABULARY: [Metric; 1] = [Metric::named("vocabulary")];
/// The name under which words are told.
const WORDS: &str = "vocabulary";

/// Whoever tells what came out of a run.
#[derive(Clone, Copy)]
pub(super) struct Telling<'b, 'a, 'e> {
    pub(super) context: &'b Context<'a, 'e>,
    pub(super) data: &'b Data,
}

impl Telling<'_, '_, '_> {
    /// A sentence's words.
    pub(super) fn words(&self, numbers: &[i64]) -> Vec<String> {
        numbers.iter().map(|number| self.data.vocabulary.word(*number).to_owned()).collect()
    }

    /// Which words are learned of those that occur in the sentences that are learned from.
    pub(super) fn vocabulary(&self, least: u64) -> Result<()> {
        let counts = &self.data.counts;
        let words = counts.words.iter().map(|(word, count)| (word.as_str(), *count, self.data.vocabulary.holds(word)));
        let all: Vec<(&str, u64, bool)> = words.chain([(END_WORD, counts.sentences, true)]).collect();
        let (examples, text) = spec::outcomes::counted_words(all.iter().copied());
        let (id, root, _) = &self.data.tested;
        let data = format!("{id}-train");
        let sentences = counts.sentences;
        let counted = Trained {
            steps: sentences,
            of: sentences,
            complete: true,
            words: format!("words of {} sentences that occur {least} times or more", base::words::thousands(sentences)),
            parts: Vec::new(),
        };
        for condition in &self.context.stage().conditions {
            use replications::image_descriptions::recipe::Asked;
            if let Some(Asked::Vocabulary {}) = self.context.with::<Asked>(condition)? {
                let tested =
                    self.context.tested((WORDS, Origin::Trained(counted.clone())), (&data, root), &condition.id);
                let table = Table {
                    task: "vocabulary",
                    metrics: &VOCABULARY,
                    text: &text,
                    count: all.len(),
                    examples: Some(&examples),
                };
                self.context.outcomes(&tested, &table)?;
            }
        }
        Ok(())
    }

    /// Notes which tested images are learned from too.
    pub(super) fn both(&self, train: &[String], test: &[String]) -> Result<()> {
        let named = self.data.test.iter().zip(test).map(|(image, sha256)| (image.told.file.as_str(), sha256.as_str()));
        tell_of_both(self.context, train.iter().map(String::as_str), named)
    }

    fn tested<'c>(&'c self, network: &'c str, trained: Option<&Trained>, condition: &'c str) -> Tested<'c> {
        let (id, root, part_of) = &self.data.tested;
        let model = trained.map_or(Origin::Baseline, |trained| Origin::Trained(trained.clone()));
        let mut tested = self.context.tested((network, model), (id, root), condition);
        tested.part_of.clone_from(part_of);
        tested.already_resized.clone_from(&self.data.already_resized);
        tested
    }

    fn examples(&self) -> String {
        let images = self.data.test.iter();
        spec::outcomes::described_examples(
            images.map(|image| (image.told.file.as_str(), image.told.sentences.as_slice())),
        )
    }

    /// Ranks of the tested images and their sentences.
    pub(super) fn ranks(&self, (id, trained): (&str, &Trained), condition: &str, ranks: &[Ranks]) -> Result<()> {
        let text = spec::outcomes::ranked(ranks.iter().map(|image| (image.annotation, image.search.as_slice())));
        let examples = self.examples();
        let table =
            Table { task: "retrieve", metrics: &RANKING, text: &text, count: ranks.len(), examples: Some(&examples) };
        self.context.outcomes(&self.tested(id, Some(trained), condition), &table)
    }

    /// What is said of the tested images, by a model or by who only looks up.
    pub(super) fn sentences(
        &self,
        (id, trained): (&str, Option<&Trained>),
        condition: &str,
        sentences: &[String],
    ) -> Result<()> {
        let said = sentences.iter().map(|said| (Some(self.data.learned.contains(&plain(said))), said.as_str()));
        let text = spec::outcomes::captioned(said);
        let examples = self.examples();
        let table = Table {
            task: "caption",
            metrics: &SENTENCES,
            text: &text,
            count: sentences.len(),
            examples: Some(&examples),
        };
        self.context.outcomes(&self.tested(id, trained, condition), &table)
    }
}
