//! One file of outcomes, written again.

use std::path::Path;

use base::files::{file_name, write_atomic};
use base::gzip;
use base::hash::sha256;
use spec::event::{Announced, Outcomes};
use spec::metric::Metric;
use spec::outcomes::{self, Answer};

use crate::store::{Run, model_id};
use crate::tasks::classify::Answers;
use crate::tasks::values::Values;
use crate::tasks::{attack, from_run};
use crate::{Error, announced};

/// Writes the file into `folder` and says what is to be announced.
pub(super) fn rewrite(run: &Run, file: &Outcomes, folder: &Path) -> Result<Outcomes, Error> {
    let table = from_run(run, file)?;
    let table = table.as_any();
    let mut new = file.clone();
    let text = if let Some(answers) = table.downcast_ref::<Answers>() {
        new.examples = Some(examples(answers, folder)?);
        outcomes::answers(&answers.examples.classes, &asked(answers, file))
    } else if let Some(values) = table.downcast_ref::<Values>() {
        outcomes::values(&values.values, decimals(file))
    } else if let Some(answers) = table.downcast_ref::<attack::Answers>() {
        answers.text()
    } else {
        let message = format!("outcomes of the task `{}` have no newer form", file.task);
        return Err(Error::Line { path: run.dir.join(&file.file), line: 0, message });
    };
    Announced { file: new.file, sha256: new.sha256 } = announced::pack(folder, named(file), &text)?;
    Ok(new)
}

/// What the file is called. A slash is no part of an id: two different tests never give one name, whatever dashes they have.
fn named(file: &Outcomes) -> String {
    let metric = file.metrics.first().map_or(file.task.as_str(), |metric| metric.name());
    let model = model_id(&file.model).unwrap_or_default();
    let parts = [file.network.as_str(), model, &file.data, &file.protocol, metric];
    format!("outcomes-{}.csv.gz", file_name(&parts.join("/")))
}

/// The answers, without confidences where nothing is asked of them.
fn asked(answers: &Answers, file: &Outcomes) -> Vec<Answer> {
    let bare = file.metrics.as_slice() == [Metric::TRAINING_ERROR];
    let answer = |answer: &Answer| match bare {
        true => Answer { scores: Vec::new(), ..answer.clone() },
        false => answer.clone(),
    };
    answers.answers.iter().map(answer).collect()
}

/// The examples' classes, once for all outcomes on them.
fn examples(answers: &Answers, folder: &Path) -> Result<Announced, Error> {
    let text = outcomes::examples(answers.examples.files.as_deref(), &answers.examples.classes);
    let packed = gzip::pack(text.as_bytes())?;
    let sha256 = sha256(&packed);
    let file = format!("examples-{}.csv.gz", &sha256[..12]);
    if !folder.join(&file).exists() {
        write_atomic(&folder.join(&file), &packed)?;
    }
    Ok(Announced { file, sha256 })
}

/// Decimals that move no digit which is shown.
fn decimals(file: &Outcomes) -> usize {
    if file.metrics.contains(&attack::MEAN_DISTORTION) { 6 } else { 3 }
}

#[cfg(test)]
mod tests {
    use spec::event::Model;

    use super::*;

    #[test]
    fn two_tests_never_give_one_name() {
        let of = |data: &str, protocol: &str| Outcomes {
            task: "classify".into(),
            network: "net".into(),
            model: Model::Baseline,
            data: data.into(),
            protocol: protocol.into(),
            metrics: vec![Metric::TEST_ERROR],
            file: String::new(),
            count: 1,
            sha256: String::new(),
            examples: None,
            root: String::new(),
            part_of: None,
            already_resized: None,
        };
        let names = [of("digits", "test-clean"), of("digits-test", "clean"), of("digits test", "clean")]
            .map(|file| named(&file));
        assert!(names[0] != names[1] && names[1] != names[2] && names[0] != names[2], "{names:?}");
        assert!(names.iter().all(|name| !name.contains([' ', '/'])), "{names:?}");
    }
}
