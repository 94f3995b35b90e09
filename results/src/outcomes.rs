//! What came out for each example of an experiment's test: reading the files, and refusing those that are not the ones
//! the runner wrote.
//!
//! Must not score: [`score`] does, in a file of its own.

mod score;

use std::path::Path;

use spec::event::Outcomes;
use spec::metric::Metric;

use crate::{Error, announced};

pub use score::{AnswersScore, OutcomesScore, score};

/// The header of a file with an answer for each example.
const ANSWERS: &str = "class,given,confidence";
/// The header of a file with a value for each example.
const VALUES: &str = "value";

/// A whole file, in the order of the data.
#[derive(Debug, Clone, PartialEq)]
pub enum Table {
    /// An answer for each example.
    Answers(Vec<Answer>),
    /// A value for each example: nats for log-likelihoods, a root of a mean square of pixels (0 to 1) for distortions.
    Values(Vec<f64>),
}

/// What a network said about one example.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answer {
    /// The true class; for agreement the other network's answer; None where there is none (rubbish).
    pub class: Option<u32>,
    /// The class given; None for a rubbish input that got none.
    pub given: Option<u32>,
    /// The largest class probability, 0 to 1.
    pub confidence: f64,
}

impl Table {
    /// Examples.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Table::Answers(answers) => answers.len(),
            Table::Values(values) => values.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Reads one file of outcomes in the run's folder `dir`, after checking its SHA-256 and its count.
///
/// # Errors
/// When the file is missing, its hash or its count is not the recorded one, or a line makes no sense.
pub fn read(dir: &Path, file: &Outcomes) -> Result<Table, Error> {
    let (path, bytes) = announced::read(dir, &file.file, &file.sha256)?;
    let table = parse(&path, &bytes, file.metric)?;
    if table.len() as u64 != file.count {
        return Err(Error::Count { path, found: table.len() as u64, recorded: file.count });
    }
    Ok(table)
}

/// Reads outcomes for that metric: the header `class,given,confidence` for shares of examples (test error, training
/// error, rubbish error, agreement), `value` for the rest, then a line an example. `path` is only named in errors.
///
/// # Errors
/// When the header is another one, or a line has other fields, no class where there must be one, a confidence outside 0
/// to 1, or a value that is not finite.
pub fn parse(path: &Path, bytes: &[u8], metric: Metric) -> Result<Table, Error> {
    let wrong = |line: usize, message: String| Error::Line { path: path.to_owned(), line, message };
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        wrong(1 + before.iter().filter(|byte| **byte == b'\n').count(), "not UTF-8 text".to_owned())
    })?;
    let mut lines = text.lines().zip(1..);
    let header = if metric.is_proportion() { ANSWERS } else { VALUES };
    match lines.next() {
        Some((found, _)) if found == header => {}
        Some((found, line)) => {
            return Err(wrong(line, format!("the header is `{found}`, for the {metric} it must be `{header}`")));
        }
        None => return Err(wrong(1, format!("the file is empty, the header `{header}` is missing"))),
    }
    if metric.is_proportion() {
        let answers = lines.map(|(text, line)| answer(text, metric).map_err(|message| wrong(line, message)));
        answers.collect::<Result<_, _>>().map(Table::Answers)
    } else {
        let values = lines.map(|(text, line)| finite(text).map_err(|message| wrong(line, message)));
        values.collect::<Result<_, _>>().map(Table::Values)
    }
}

fn answer(line: &str, metric: Metric) -> Result<Answer, String> {
    let fields: Vec<&str> = line.split(',').collect();
    let [class, given, confidence] = fields[..] else {
        return Err(format!("{} fields, not the three of `{ANSWERS}`", fields.len()));
    };
    let answer =
        Answer { class: number("class", class)?, given: number("given", given)?, confidence: finite(confidence)? };
    // Rubbish has no true class, and may get none.
    if metric != Metric::RubbishError {
        for (name, field) in [("class", answer.class), ("given", answer.given)] {
            field.ok_or_else(|| format!("no `{name}`, which only rubbish inputs may lack"))?;
        }
    }
    if !(0.0..=1.0).contains(&answer.confidence) {
        return Err(format!("the confidence is {confidence}, not a probability from 0 to 1"));
    }
    Ok(answer)
}

/// A class; None for an empty field.
fn number(name: &str, field: &str) -> Result<Option<u32>, String> {
    if field.is_empty() {
        return Ok(None);
    }
    field.parse().map(Some).map_err(|_| format!("`{field}` in `{name}` is not a class: 0, 1, 2 …"))
}

fn finite(field: &str) -> Result<f64, String> {
    let value: Option<f64> = field.parse().ok();
    value.filter(|value| value.is_finite()).ok_or_else(|| format!("`{field}` is not a finite number"))
}
