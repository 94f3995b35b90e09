//! METEOR 1.5 for English (Denkowski & Lavie 2014, "Meteor Universal: Language Specific Translation Evaluation for Any
//! Target Language"), with the numbers of the official Java program as pycocoevalcap 1.2 calls it.
//!
//! [`Tables`] are read once from the official package, `meteor-1.5.jar` and `paraphrase-en.gz`. [`statistics()`] aligns a
//! caption with each of its references and gives the statistics of the best one. Their [`Statistics::score`] is the
//! score of the caption; the score of their sum is the one of the corpus. All of it may be used from many threads.

mod error;
mod java;
mod matches;
mod normaliser;
mod paraphrases;
mod score;
mod search;
mod sentence;
mod statistics;
mod stemmer;
mod synonyms;
mod tables;
mod unpacking;

pub use error::LoadError;
pub use statistics::{Side, Statistics};
pub use tables::{Tables, Texts};

/// The statistics of a caption and the reference that gives it the best score; of equal ones the first counts.
///
/// The texts are those that pycocoevalcap's METEOR gets: tokenised captions of one line. They are prepared as it does,
/// so that `|||` in a reference makes it two. Without references, nothing is matched and the score is 0.
#[must_use]
pub fn statistics(tables: &Tables, hypothesis: &str, references: &[&str]) -> Statistics {
    let hypothesis = hypothesis.replace("|||", "").replace("  ", " ");
    let hypothesis = tables.sentence(java::trim(&hypothesis));
    let mut best: Option<(f64, Statistics)> = None;
    for reference in references.iter().flat_map(|reference| reference.split("|||")) {
        let found = Statistics::of(tables, &hypothesis, &tables.sentence(java::trim(reference)));
        let score = found.score();
        if best.is_none_or(|(best, _)| score > best) {
            best = Some((score, found));
        }
    }
    best.map(|(_, statistics)| statistics).unwrap_or_default()
}
