//! Reading examples and answers.
//!
//! Must not score.

use std::collections::HashSet;
use std::path::Path;

use spec::outcomes::Answer;

use crate::Error;
use crate::tasks::Text;
use crate::tasks::text::{Lines, class, probability};

/// More answers an example than this are kept by nobody.
pub(super) const MOST: usize = 100;

/// What is known of the examples beforehand.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Examples {
    /// Their names, where they have some.
    pub files: Option<Vec<String>>,
    /// Their classes.
    pub classes: Vec<u32>,
}

/// Reads `class` or `file,class`. `path` is only named in errors.
///
/// # Errors
/// Another header, a class that is none, or a name that comes twice.
pub fn examples(path: &Path, bytes: &[u8]) -> Result<Examples, Error> {
    let lines = Lines::new(path, bytes)?;
    lines.expect(&["class", "file,class"])?;
    let named = lines.header.len() == 2;
    let (mut files, mut classes) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    lines.each(|fields| {
        let (file, given) = if named { (fields[0], fields[1]) } else { ("", fields[0]) };
        classes.push(class("class", given)?.ok_or("no `class`")?);
        if named {
            if !seen.insert(file.to_owned()) {
                return Err(format!("`{file}` comes twice"));
            }
            files.push(file.to_owned());
        }
        Ok(())
    })?;
    Ok(Examples { files: named.then_some(files), classes })
}

/// Reads answers; an empty `top1` is the true class.
///
/// # Errors
/// Another header, a class given twice, a score that is no probability, more lines than `classes`.
pub fn answers(text: &Text<'_>, classes: &[u32]) -> Result<Vec<Answer>, Error> {
    let lines = text.lines()?;
    let kept = lines.header.iter().filter(|name| name.starts_with("top")).count().min(MOST);
    let names = |what: &str| (1..=kept).map(|place| format!("{what}{place}")).collect::<Vec<_>>().join(",");
    let (bare, scored) = (names("top"), format!("{},{}", names("top"), names("score")));
    lines.expect(&if kept == 0 { ["top1", "top1,score1"] } else { [bare.as_str(), scored.as_str()] })?;
    let has_scores = lines.header.len() > kept;
    let mut answers: Vec<Answer> = Vec::with_capacity(classes.len());
    lines.each(|fields| {
        let Some(own) = classes.get(answers.len()) else {
            return Err(format!("one answer more than there are examples ({})", classes.len()));
        };
        let mut answer = Answer::default();
        for (place, field) in fields.iter().take(kept).enumerate() {
            match *field {
                "" if place == 0 => answer.classes.push(*own),
                "-" => break,
                field => answer
                    .classes
                    .push(class("top", field)?.ok_or("an answer is missing; `-` says that there is none")?),
            }
        }
        if let Some(twice) = answer.classes.iter().enumerate().find(|(i, class)| answer.classes[..*i].contains(class)) {
            return Err(format!("the class {} is named twice", twice.1));
        }
        if has_scores {
            for field in fields.iter().skip(kept).take(answer.classes.len()) {
                answer.scores.push(probability(field)? as f32);
            }
        }
        answers.push(answer);
        Ok(())
    })?;
    Ok(answers)
}
