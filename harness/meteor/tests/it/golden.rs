//! Golden values of the official program, and the made-up tables.

use meteor::{LoadError, Statistics, Tables, Texts, statistics};
use serde::Deserialize;

/// The made-up small tables.
pub(crate) const TEXTS: Texts<'static> = Texts {
    prefixes: include_str!("../golden/tiny/english.prefixes"),
    function_words: include_str!("../golden/tiny/english.words"),
    exceptions: include_str!("../golden/tiny/english.exceptions"),
    synsets: include_str!("../golden/tiny/english.synsets"),
};

/// The made-up paraphrases.
pub(crate) const PARAPHRASES: &str = include_str!("../golden/tiny/paraphrases");

/// The made-up tables.
pub(crate) fn tiny() -> Result<Tables, LoadError> {
    Tables::from_texts(TEXTS, ("paraphrases", PARAPHRASES.as_bytes()))
}

/// What the official program says of a corpus.
#[derive(Deserialize)]
pub(crate) struct Corpus {
    corpus: f64,
    segments: Vec<Segment>,
}

#[derive(Deserialize)]
struct Segment {
    references: Vec<String>,
    hypothesis: String,
    statistics: String,
    score: f64,
}

impl Corpus {
    /// Fails where ours differ: the statistics must be equal, scores within the rounding of a power.
    pub(crate) fn check(&self, tables: &Tables) {
        let mut sum = Statistics::default();
        for segment in &self.segments {
            let references: Vec<&str> = segment.references.iter().map(String::as_str).collect();
            let ours = statistics(tables, &segment.hypothesis, &references);
            assert_eq!(ours.to_string(), segment.statistics, "{} against {references:?}", segment.hypothesis);
            assert!((ours.score() - segment.score).abs() < 1e-15, "{} and {}", ours.score(), segment.score);
            sum += ours;
        }
        assert!((sum.score() - self.corpus).abs() < 1e-15, "{} and {}", sum.score(), self.corpus);
    }
}
