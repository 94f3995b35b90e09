//! Answers as records of format 1 have them: a JSON object a line for predictions, `class,given,confidence` for the rest.

use serde::Deserialize;
use spec::outcomes::Answer;

use super::{Answers, Examples};
use crate::Error;
use crate::tasks::Text;
use crate::tasks::text::{class, probability};

/// One image's prediction.
#[derive(Deserialize)]
struct Prediction {
    file: String,
    class: u32,
    top: Vec<u32>,
    scores: Vec<f32>,
}

/// The table, if the file is one of that format.
pub(super) fn read(text: &Text<'_>) -> Result<Option<Answers>, Error> {
    if text.bytes.starts_with(b"{") {
        return predictions(text).map(Some);
    }
    if !text.bytes.starts_with(b"class,given,confidence\n") {
        return Ok(None);
    }
    let mut examples = Examples::default();
    let mut answers = Vec::new();
    text.lines()?.each(|fields| {
        let [own, given, confidence] = fields else { return Err("three fields are needed".to_owned()) };
        examples.classes.push(class("class", own)?.ok_or("no `class`")?);
        let given = class("given", given)?.ok_or("no `given`")?;
        answers.push(Answer { classes: vec![given], scores: vec![probability(confidence)? as f32] });
        Ok(())
    })?;
    Ok(Some(Answers::new(examples, answers)))
}

fn predictions(text: &Text<'_>) -> Result<Answers, Error> {
    let mut files = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut examples = Examples::default();
    let mut answers = Vec::new();
    let lines = text.bytes.split(|byte| *byte == b'\n').zip(1..).filter(|(line, _)| !line.is_empty());
    for (line, number) in lines {
        let one: Prediction = serde_json::from_slice(line).map_err(|error| text.wrong(number, error.to_string()))?;
        let senseless = one.top.is_empty()
            || one.top.len() != one.scores.len()
            || one.top.iter().enumerate().any(|(i, class)| one.top[..i].contains(class))
            || one.scores.iter().any(|score| !score.is_finite());
        if senseless {
            return Err(
                text.wrong(number, format!("`{}` has no list of different classes with a score each", one.file))
            );
        }
        if !seen.insert(one.file.clone()) {
            return Err(text.wrong(number, format!("`{}` comes twice", one.file)));
        }
        files.push(one.file);
        examples.classes.push(one.class);
        answers.push(Answer { classes: one.top, scores: one.scores });
    }
    examples.files = Some(files);
    Ok(Answers::new(examples, answers))
}
