//! Counts and means from outcomes.
//!
//! Must not know claims, nor turn shares into percent.

use serde::{Deserialize, Serialize};
use spec::metric::Metric;

use super::{Answer, Table};
use crate::stats::{Mean, mean};

/// What a file of outcomes comes to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutcomesScore {
    /// From answers.
    Answers(AnswersScore),
    /// The mean of values; None without examples.
    Values(Option<Mean>),
}

/// What answers come to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswersScore {
    /// Examples.
    pub n: u64,
    /// Mistakes: answers that are not the class (for agreement: not the other network's answer), and every answer at
    /// all to rubbish.
    pub wrong: u64,
    /// The mean confidence over all examples, 0 to 1; None without examples.
    pub confidence: Option<Mean>,
    /// The mean confidence over the mistakes, 0 to 1; None without mistakes.
    pub on_mistakes: Option<Mean>,
}

/// Counts and means. `metric` says what a mistake is.
#[must_use]
pub fn score(table: &Table, metric: Metric) -> OutcomesScore {
    let answers = match table {
        Table::Values(values) => return OutcomesScore::Values(mean(values)),
        Table::Answers(answers) => answers,
    };
    let confidences = |of: &dyn Fn(&Answer) -> bool| -> Vec<f64> {
        answers.iter().filter(|answer| of(answer)).map(|answer| answer.confidence).collect()
    };
    let mistakes = confidences(&|answer| answer.is_mistake(metric));
    OutcomesScore::Answers(AnswersScore {
        n: answers.len() as u64,
        wrong: mistakes.len() as u64,
        confidence: mean(&confidences(&|_| true)),
        on_mistakes: mean(&mistakes),
    })
}

impl OutcomesScore {
    /// Examples.
    #[must_use]
    pub fn n(&self) -> u64 {
        match self {
            OutcomesScore::Answers(answers) => answers.n,
            OutcomesScore::Values(mean) => mean.map_or(0, |mean| mean.n),
        }
    }
}

impl Answer {
    /// Whether the answer is a mistake: any class for rubbish, else another one than the true class.
    #[must_use]
    pub fn is_mistake(&self, metric: Metric) -> bool {
        match metric {
            Metric::RubbishError => self.given.is_some(),
            _ => self.given != self.class,
        }
    }
}
