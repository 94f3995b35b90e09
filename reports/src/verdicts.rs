//! How verdicts are named, marked and counted.
//!
//! Must not reach a verdict: `results` does. Colour never carries the meaning alone, so each has a word and a symbol.

use results::row::{Row, Verdict};

/// The verdicts in the order of the tables.
pub const ORDER: [Verdict; 5] =
    [Verdict::Replicated, Verdict::WithinNoise, Verdict::ProtocolGap, Verdict::NotReplicated, Verdict::NotRun];

/// The word, as everywhere in the project.
#[must_use]
pub fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Replicated => "replicated",
        Verdict::WithinNoise => "within noise",
        Verdict::ProtocolGap => "protocol gap",
        Verdict::NotReplicated => "not replicated",
        Verdict::NotRun => "not run",
    }
}

/// The symbol.
#[must_use]
pub fn symbol(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Replicated => "✓",
        Verdict::WithinNoise => "≈",
        Verdict::ProtocolGap => "△",
        Verdict::NotReplicated => "✗",
        Verdict::NotRun => "○",
    }
}

/// The style sheet's class.
pub(crate) fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Replicated => "v-replicated",
        Verdict::WithinNoise => "v-noise",
        Verdict::ProtocolGap => "v-gap",
        Verdict::NotReplicated => "v-not",
        Verdict::NotRun => "v-none",
    }
}

/// How many claims got which verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    by_verdict: [u64; 5],
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
                Some(verdict) => counts.by_verdict[place(verdict)] += 1,
                None => counts.without_claim += 1,
            }
        }
        counts
    }

    /// How many claims got that verdict.
    #[must_use]
    pub fn get(&self, verdict: Verdict) -> u64 {
        self.by_verdict[place(verdict)]
    }

    /// How many claims there are.
    #[must_use]
    pub fn claims(&self) -> u64 {
        self.by_verdict.iter().sum()
    }
}

fn place(verdict: Verdict) -> usize {
    match verdict {
        Verdict::Replicated => 0,
        Verdict::WithinNoise => 1,
        Verdict::ProtocolGap => 2,
        Verdict::NotReplicated => 3,
        Verdict::NotRun => 4,
    }
}
