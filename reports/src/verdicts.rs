//! How verdicts are named, marked and counted.
//!
//! Must not reach a verdict: `results` does. Colour never carries the meaning alone, so each has a word and a symbol.

use results::row::{Row, Verdict};

/// The verdicts on results, in the order in which they are counted.
pub const RESULTS: [Verdict; 6] = [
    Verdict::Replicated,
    Verdict::Consistent,
    Verdict::InconsistentSoFar,
    Verdict::ProtocolGap,
    Verdict::NotReplicated,
    Verdict::NotRun,
];

/// The word, as everywhere in the project.
#[must_use]
pub fn word(verdict: Verdict) -> &'static str {
    verdict.as_str()
}

/// The symbol.
#[must_use]
pub fn symbol(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Replicated | Verdict::Agrees => "✓",
        Verdict::Consistent => "≈",
        Verdict::InconsistentSoFar => "≉",
        Verdict::ProtocolGap => "△",
        Verdict::NotReplicated | Verdict::Differs => "✗",
        Verdict::NotRun => "○",
    }
}

/// What it means, in a sentence.
#[must_use]
pub fn meaning(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Replicated => {
            "The same weights give the same number within the declared tolerance; or three or more trainings by the \
             same recipe do not tell the published number from one more of them."
        }
        Verdict::Consistent => {
            "One or two trainings by the same recipe do not contradict the published number. Decides nothing yet."
        }
        Verdict::InconsistentSoFar => {
            "One or two trainings by the same recipe came out elsewhere. Decides nothing yet."
        }
        Verdict::ProtocolGap => {
            "Data, protocol, weights or hardware differ, so that the two cannot be compared as they are."
        }
        Verdict::NotReplicated => {
            "The same weights, or the same recipe trained three times or more, and the number is another one."
        }
        Verdict::NotRun => "Nothing was measured; the page says why.",
        Verdict::Agrees => "A size or shape that follows from the definition is as printed, to the last digit.",
        Verdict::Differs => "A size or shape that follows from the definition is not as printed.",
    }
}

/// The style sheet's class.
pub(crate) fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Replicated | Verdict::Agrees => "v-replicated",
        Verdict::Consistent => "v-consistent",
        Verdict::InconsistentSoFar => "v-sofar",
        Verdict::ProtocolGap => "v-gap",
        Verdict::NotReplicated | Verdict::Differs => "v-not",
        Verdict::NotRun => "v-none",
    }
}

/// How many claims got which verdict. Structure has a count of its own and is never among the results.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    results: [u64; 6],
    /// Sizes and shapes that are as printed.
    pub agree: u64,
    /// Sizes and shapes that are not, or that cannot be compared as they are.
    pub differ: u64,
    /// Measured values that no claim stands beside.
    pub without_claim: u64,
}

impl Counts {
    /// Counts the rows of a table.
    #[must_use]
    pub fn of(rows: &[Row]) -> Self {
        let mut counts = Self::default();
        for row in rows {
            match row.verdict {
                None => counts.without_claim += 1,
                // A size that was not counted is missing from no result.
                Some(Verdict::NotRun) if row.metric.is_static() => {}
                Some(Verdict::Agrees) => counts.agree += 1,
                Some(verdict) if row.metric.is_static() || verdict == Verdict::Differs => counts.differ += 1,
                Some(verdict) => {
                    if let Some(place) = place(verdict) {
                        counts.results[place] += 1;
                    }
                }
            }
        }
        counts
    }

    /// How many results got that verdict.
    #[must_use]
    pub fn get(&self, verdict: Verdict) -> u64 {
        match verdict {
            Verdict::Agrees => self.agree,
            Verdict::Differs => self.differ,
            _ => place(verdict).map_or(0, |place| self.results[place]),
        }
    }

    /// How many claims there are on results.
    #[must_use]
    pub fn claims(&self) -> u64 {
        self.results.iter().sum()
    }

    /// How many of them stand beside a measurement.
    #[must_use]
    pub fn compared(&self) -> u64 {
        self.claims() - self.get(Verdict::NotRun)
    }

    /// `structure: 38 of 39 agree`; None where none was compared.
    #[must_use]
    pub fn structure(&self) -> Option<String> {
        let of = self.agree + self.differ;
        (of > 0).then(|| {
            format!("structure: {} of {} agree", crate::format::thousands(self.agree), crate::format::thousands(of))
        })
    }
}

fn place(verdict: Verdict) -> Option<usize> {
    RESULTS.iter().position(|known| *known == verdict)
}
