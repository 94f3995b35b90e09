//! Answers without a true class.

use std::any::Any;

use polars::prelude::{Column, DataFrame};
use spec::metric::{Metric, Unit};

use super::{AGREEMENT, RUBBISH_ERROR};
use crate::Error;
use crate::error::refused;
use crate::stats::mean;
use crate::tasks::classify::{CONFIDENCE_ON_MISTAKES, MEAN_CONFIDENCE};
use crate::tasks::text::{class, probability};
use crate::tasks::{Pairing, Score, Table, Text};

/// What the answers are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Another network's answers.
    Agreement,
    /// Nothing: there was no object, and any class is a mistake.
    NoObject,
}

/// One answer.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Answer {
    /// The other network's answer.
    other: Option<u32>,
    /// The class given; None for an input without an object that got none.
    given: Option<u32>,
    /// The largest class probability, 0 to 1; 0 where it was not kept.
    confidence: f64,
}

/// A whole file.
#[derive(Debug, Clone, PartialEq)]
pub struct Answers {
    kind: Kind,
    answers: Vec<Answer>,
}

impl Answers {
    /// Reads the file; records of format 1 have a column `class` in front in either case.
    ///
    /// # Errors
    /// Another header, a class or probability that is none.
    pub fn read(text: &Text<'_>, kind: Kind) -> Result<Answers, Error> {
        const FORMAT_1: &str = "class,given,confidence";
        let lines = text.lines()?;
        let agreement = kind == Kind::Agreement;
        lines.expect(&[if agreement { "other,given" } else { "given,confidence" }, FORMAT_1])?;
        let format_1 = lines.header.len() == 3;
        let mut answers = Vec::new();
        lines.each(|fields| {
            let (other, given, confidence) = match fields {
                [other, given, confidence] if format_1 && agreement => (*other, *given, *confidence),
                [_, given, confidence] => ("", *given, *confidence),
                [other, given] if agreement => (*other, *given, "0"),
                [given, confidence] => ("", *given, *confidence),
                _ => return Err("fields are missing".to_owned()),
            };
            let confidence = probability(confidence)?;
            let answer = Answer { other: class("other", other)?, given: class("given", given)?, confidence };
            if agreement && (answer.other.is_none() || answer.given.is_none()) {
                return Err("an answer is missing, which only inputs without an object may lack".to_owned());
            }
            answers.push(answer);
            Ok(())
        })?;
        Ok(Answers { kind, answers })
    }

    /// The file's text.
    #[must_use]
    pub fn text(&self) -> String {
        let class = |class: Option<u32>| class.unwrap_or_default();
        match self.kind {
            Kind::Agreement => {
                let pairs = self.answers.iter().map(|answer| (class(answer.other), class(answer.given)));
                spec::outcomes::agreement(&pairs.collect::<Vec<_>>())
            }
            Kind::NoObject => {
                let given = self.answers.iter().map(|answer| (answer.given, answer.confidence));
                spec::outcomes::without_object(&given.collect::<Vec<_>>())
            }
        }
    }

    /// Whether an answer is a mistake: any class where there is no object, else another one than the other network's.
    fn is_mistake(&self, answer: &Answer) -> bool {
        match self.kind {
            Kind::NoObject => answer.given.is_some(),
            Kind::Agreement => answer.given != answer.other,
        }
    }
}

impl Table for Answers {
    fn len(&self) -> usize {
        self.answers.len()
    }

    fn score(&self, metric: Metric) -> Option<Score> {
        let n = self.answers.len() as u64;
        let mistakes = || self.answers.iter().filter(|answer| self.is_mistake(answer));
        let wrong = mistakes().count() as u64;
        let confidence = |values: Vec<f64>| mean(&values).map(|mean| Score::mean(metric, mean, Unit::Percent));
        match (metric, self.kind) {
            (AGREEMENT, Kind::Agreement) => Score::share(metric, n - wrong, n - wrong, n),
            (RUBBISH_ERROR, Kind::NoObject) => Score::share(metric, wrong, n - wrong, n),
            (MEAN_CONFIDENCE, Kind::NoObject) => {
                confidence(self.answers.iter().map(|answer| answer.confidence).collect())
            }
            (CONFIDENCE_ON_MISTAKES, Kind::NoObject) => {
                confidence(mistakes().map(|answer| answer.confidence).collect())
            }
            _ => None,
        }
    }

    fn paired(&self, other: &dyn Table, metric: Metric) -> Result<Option<Pairing>, String> {
        let Some(other) = other.as_any().downcast_ref::<Answers>().filter(|other| other.kind == self.kind) else {
            return Err("the two are not answers to the same question".to_owned());
        };
        // Where two networks agree is asked of other examples for each pair of them.
        if (metric, self.kind) != (RUBBISH_ERROR, Kind::NoObject) {
            return Ok(None);
        }
        if self.len() != other.len() {
            return Err(format!("{} examples against {}", self.len(), other.len()));
        }
        let pairs = self.answers.iter().zip(&other.answers);
        Ok(Some(Pairing::of_mistakes(pairs.map(|(a, b)| (self.is_mistake(a), other.is_mistake(b))))))
    }

    fn frame(&self) -> Result<DataFrame, Error> {
        let column = |name: &str, get: fn(&Answer) -> Option<u32>| {
            Column::new(name.into(), self.answers.iter().map(get).collect::<Vec<_>>())
        };
        let mut columns = Vec::new();
        if self.kind == Kind::Agreement {
            columns.push(column("other", |answer| answer.other));
        }
        columns.push(column("given", |answer| answer.given));
        if self.kind == Kind::NoObject {
            let confidence: Vec<f64> = self.answers.iter().map(|answer| answer.confidence).collect();
            columns.push(Column::new("confidence".into(), confidence));
        }
        DataFrame::new(self.len(), columns).map_err(refused)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
