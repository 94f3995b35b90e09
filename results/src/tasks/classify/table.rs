//! Answers beside the true classes: counts, ranks, confidences.

use std::any::Any;
use std::collections::HashMap;

use polars::prelude::{Column, DataFrame};
use spec::metric::{Metric, Unit};
use spec::outcomes::Answer;

use super::{CONFIDENCE_ON_MISTAKES, Examples, MEAN_CONFIDENCE, SAME_ANSWER};
use crate::Error;
use crate::error::refused;
use crate::stats::mean;
use crate::tasks::{Pairing, Score, Table, Written, Wrong};

/// A whole file, in the order of the examples.
#[derive(Debug, Clone, PartialEq)]
pub struct Answers {
    /// What is known of the examples.
    pub examples: Examples,
    /// What was answered.
    pub answers: Vec<Answer>,
}

/// The place of the true class among the answers, from 1; None when it is not among them.
#[must_use]
pub fn rank(answer: &Answer, class: u32) -> Option<usize> {
    answer.classes.iter().position(|given| *given == class).map(|place| place + 1)
}

impl Answers {
    /// Both side by side.
    #[must_use]
    pub fn new(examples: Examples, answers: Vec<Answer>) -> Answers {
        Answers { examples, answers }
    }

    fn pairs(&self) -> impl Iterator<Item = (u32, &Answer)> {
        self.examples.classes.iter().copied().zip(&self.answers)
    }

    /// How many have their true class among the first `places` answers.
    #[must_use]
    pub fn within(&self, places: usize) -> u64 {
        self.pairs().filter(|(class, answer)| rank(answer, *class).is_some_and(|rank| rank <= places)).count() as u64
    }

    /// The name of an example.
    fn name(&self, index: usize) -> Option<&str> {
        self.examples.files.as_ref()?.get(index).map(String::as_str)
    }

    /// The first answer's score, where it was kept.
    fn confidences(&self, of: impl Fn(bool) -> bool) -> Vec<f64> {
        let chosen = self.pairs().filter(|(class, answer)| of(rank(answer, *class) == Some(1)));
        chosen.filter_map(|(_, answer)| answer.scores.first()).map(|score| f64::from(*score)).collect()
    }
}

impl Table for Answers {
    fn len(&self) -> usize {
        self.answers.len()
    }

    fn score(&self, metric: Metric) -> Option<Score> {
        let n = self.answers.len() as u64;
        let wrong_within = |places: usize| {
            let right = self.within(places);
            Score::share(metric, n - right, right, n)
        };
        match metric {
            Metric::TOP_1_ERROR | Metric::TEST_ERROR | Metric::TRAINING_ERROR => wrong_within(1),
            // Fewer answers than five do not say who would have been among five.
            Metric::TOP_5_ERROR if self.answers.iter().any(|answer| answer.classes.len() >= 5) => wrong_within(5),
            MEAN_CONFIDENCE => mean(&self.confidences(|_| true)).map(|mean| Score::mean(metric, mean, Unit::Percent)),
            CONFIDENCE_ON_MISTAKES => {
                mean(&self.confidences(|right| !right)).map(|mean| Score::mean(metric, mean, Unit::Percent))
            }
            _ => None,
        }
    }

    fn paired(&self, other: &dyn Table, metric: Metric) -> Result<Option<Pairing>, String> {
        let places = match metric {
            Metric::TOP_1_ERROR | Metric::TEST_ERROR | Metric::TRAINING_ERROR => 1,
            Metric::TOP_5_ERROR => 5,
            _ => return Ok(None),
        };
        let Some(other) = other.as_any().downcast_ref::<Answers>() else {
            return Err("the one classifies, the other does not".to_owned());
        };
        if self.len() != other.len() {
            return Err(format!("{} examples against {}", self.len(), other.len()));
        }
        let differs = |(a, b): (&u32, &u32)| a != b;
        if let Some(index) = self.examples.classes.iter().zip(&other.examples.classes).position(differs) {
            return Err(format!("the class of example {} is another one", index + 1));
        }
        if let (Some(ours), Some(theirs)) = (&self.examples.files, &other.examples.files)
            && let Some(index) = ours.iter().zip(theirs).position(|(a, b)| a != b)
        {
            return Err(format!(
                "example {} is `{}` in the one, `{}` in the other",
                index + 1,
                ours[index],
                theirs[index]
            ));
        }
        let wrong = |class: u32, answer: &Answer| rank(answer, class).is_none_or(|rank| rank > places);
        let pairs = self.pairs().zip(&other.answers);
        Ok(Some(Pairing::of_mistakes(pairs.map(|((class, a), b)| (wrong(class, a), wrong(class, b))))))
    }

    fn agreement(&self, other: &dyn Table) -> Option<Score> {
        let other = other.as_any().downcast_ref::<Answers>()?;
        let (ours, theirs) = (self.examples.files.as_ref()?, other.examples.files.as_ref()?);
        // A part of a set may lie in another folder than the whole.
        let name = |file: &str| file.rsplit('/').next().unwrap_or(file).to_owned();
        let places: HashMap<String, usize> = theirs.iter().map(|file| name(file)).zip(0..).collect();
        let common = ours.iter().enumerate().filter_map(|(place, file)| Some((place, *places.get(&name(file))?)));
        // Where the class is another one, it is another picture of that name.
        let common = common.filter(|(a, b)| self.examples.classes.get(*a) == other.examples.classes.get(*b));
        let first = |answers: &[Answer], place: usize| answers.get(place)?.classes.first().copied();
        let (mut same, mut n) = (0, 0);
        for (a, b) in common {
            n += 1;
            same += u64::from(first(&self.answers, a) == first(&other.answers, b));
        }
        Score::share(SAME_ANSWER, same, same, n)
    }

    /// The examples with the largest score given to a wrong class (ties: in the order of the data).
    fn most_wrong(&self, limit: usize) -> Vec<Wrong> {
        let mut wrong: Vec<Wrong> = Vec::new();
        for (index, (class, answer)) in self.pairs().enumerate() {
            if let Some(given) = answer.classes.first().filter(|given| **given != class) {
                let score = answer.scores.first().map(|score| f64::from(*score));
                wrong.push(Wrong { index, file: self.name(index).map(str::to_owned), class, given: *given, score });
            }
        }
        let sure = |wrong: &Wrong| wrong.score.unwrap_or(0.0);
        wrong.sort_by(|a, b| sure(b).total_cmp(&sure(a)).then(a.index.cmp(&b.index)));
        wrong.truncate(limit);
        wrong
    }

    fn suspicion(&self) -> Option<String> {
        let pairs: Vec<_> = self.pairs().map(|(class, answer)| (class, answer.classes.first().copied())).collect();
        super::doubt::doubt(&pairs)
    }

    /// `file` (where examples have names), `class`, `top1` …, `score1` …, `rank` of the true class, `right`.
    fn frame(&self) -> Result<DataFrame, Error> {
        let kept = self.answers.iter().map(|answer| answer.classes.len()).max().unwrap_or(0);
        let mut columns = Vec::new();
        if let Some(files) = &self.examples.files {
            columns.push(Column::new("file".into(), files.as_slice()));
        }
        columns.push(Column::new("class".into(), self.examples.classes.as_slice()));
        for place in 0..kept {
            let top: Vec<Option<u32>> = self.answers.iter().map(|answer| answer.classes.get(place).copied()).collect();
            columns.push(Column::new(format!("top{}", place + 1).into(), top));
        }
        for place in 0..kept {
            let scores: Vec<Option<f32>> =
                self.answers.iter().map(|answer| answer.scores.get(place).copied()).collect();
            if scores.iter().any(Option::is_some) {
                columns.push(Column::new(format!("score{}", place + 1).into(), scores));
            }
        }
        let ranks: Vec<Option<usize>> = self.pairs().map(|(class, answer)| rank(answer, class)).collect();
        let shown: Vec<Option<u32>> = ranks.iter().map(|rank| rank.and_then(|rank| u32::try_from(rank).ok())).collect();
        columns.push(Column::new("rank".into(), shown));
        columns.push(Column::new("right".into(), ranks.iter().map(|rank| *rank == Some(1)).collect::<Vec<_>>()));
        DataFrame::new(self.answers.len(), columns).map_err(refused)
    }

    fn write(&self) -> Option<Written> {
        let Examples { files, classes } = &self.examples;
        let examples = Some(spec::outcomes::examples(files.as_deref(), classes));
        Some(Written { examples, outcomes: spec::outcomes::answers(classes, &self.answers) })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
