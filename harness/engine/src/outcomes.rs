//! What came out for each example, written as files that scores are computed from.
//!
//! Must not compute a score.

use std::path::Path;

use spec::event::{self, Announced, Event, Model};
use spec::lock::PartOf;
use spec::metric::Metric;
use spec::outcomes as text;
use tch::{Kind, Tensor};

use crate::emit::Emitter;
use crate::error::{Error, Result};

/// What was tested, on what, under which condition.
#[derive(Debug, Clone)]
pub struct Tested<'a> {
    /// The network's id in the spec, or a baseline's name.
    pub network: &'a str,
    /// How it came to be what it is.
    pub model: Model,
    /// The data: `digits-test`.
    pub data: &'a str,
    /// SHA-256 that pins the data.
    pub root: &'a str,
    /// The condition's or protocol's id.
    pub protocol: &'a str,
    /// The whole set, when this is a part of it.
    pub part_of: Option<PartOf>,
    /// See [`spec::lock::LabelledImages::already_resized`].
    pub already_resized: Option<String>,
}

/// The outcomes of a task: a text that its readers know.
#[derive(Debug, Clone, Copy)]
pub struct Table<'a> {
    /// The task.
    pub task: &'a str,
    /// What is asked of the outcomes, the most telling first.
    pub metrics: &'a [Metric],
    /// CSV with a header.
    pub text: &'a str,
    /// Lines without the header.
    pub count: usize,
    /// What is known of the examples beforehand, as CSV, for tasks that need it.
    pub examples: Option<&'a str>,
}

/// One example's answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answer {
    /// The true class.
    pub class: u32,
    /// The class that was given; None where there is no answer.
    pub given: Option<u32>,
    /// Its probability, 0 to 1.
    pub confidence: f32,
}

impl Answer {
    /// Answers from probabilities `[N, classes]` and true classes `[N]`: the most probable class, the first of equals.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn all(probabilities: &Tensor, classes: &Tensor) -> Result<Vec<Answer>> {
        let (confidence, given) = probabilities.f_max_dim(1, false)?;
        let confidence = Vec::<f32>::try_from(confidence.f_to_kind(Kind::Float)?.f_to_device(tch::Device::Cpu)?)?;
        let given = Vec::<i64>::try_from(given.f_to_device(tch::Device::Cpu)?)?;
        let classes = Vec::<i64>::try_from(classes.f_to_kind(Kind::Int64)?.f_to_device(tch::Device::Cpu)?)?;
        let number = |class: i64| u32::try_from(class).unwrap_or(u32::MAX);
        let both = classes.into_iter().zip(given).zip(confidence);
        Ok(both
            .map(|((class, given), confidence)| Answer { class: number(class), given: Some(number(given)), confidence })
            .collect())
    }

    /// How many of these are wrong, in percent; none of none.
    #[must_use]
    pub fn percent_wrong(answers: &[Answer]) -> f64 {
        let wrong = answers.iter().filter(|answer| answer.given != Some(answer.class)).count();
        100.0 * wrong as f64 / answers.len().max(1) as f64
    }
}

/// Writes a classification's answers (task `classify`); `classes` are the true ones, `files` the examples' names where they
/// have any.
///
/// # Errors
/// Scores that are not finite, a full disk, or nobody reads any more.
pub fn classified(
    to: (&Path, &Emitter<'_>),
    tested: &Tested<'_>,
    metrics: &[Metric],
    (files, classes): (Option<&[String]>, &[u32]),
    answers: &[text::Answer],
) -> Result<()> {
    let scores = answers.iter().flat_map(|answer| answer.scores.iter().map(|score| f64::from(*score)));
    finite(tested, "scores", scores)?;
    let examples = text::examples(files, classes);
    let text = text::answers(classes, answers);
    let table = Table { task: "classify", metrics, text: &text, count: answers.len(), examples: Some(&examples) };
    write(to, tested, &table)
}

/// Writes outcomes whose numbers were checked ([`finite`]), and tells of them.
///
/// # Errors
/// A full disk, or nobody reads any more.
pub fn write((folder, emitter): (&Path, &Emitter<'_>), tested: &Tested<'_>, table: &Table<'_>) -> Result<()> {
    let Tested { network, model, data, root, protocol, part_of, already_resized } = tested;
    let examples = table.examples.map(|text| {
        // Named by its content too: a part of a set is not the set.
        let name = format!("examples-{}-{}", base::files::file_name(data), &base::hash::sha256(text.as_bytes())[..8]);
        packed(folder, &name, text)
    });
    // No id holds a slash, so that two outcomes never have one name; and what stands for it is told apart by a hash.
    let name = base::files::file_name(&format!("{}/{network}/{data}/{protocol}", table.task));
    let Announced { file, sha256 } = packed(folder, &format!("outcomes-{name}"), table.text)?;
    emitter.event(&Event::Outcomes(Box::new(event::Outcomes {
        task: table.task.to_owned(),
        network: (*network).to_owned(),
        model: model.clone(),
        data: (*data).to_owned(),
        protocol: (*protocol).to_owned(),
        metrics: table.metrics.to_vec(),
        file,
        count: table.count as u64,
        sha256,
        examples: examples.transpose()?,
        root: (*root).to_owned(),
        part_of: part_of.clone(),
        already_resized: already_resized.clone(),
    })))
}

/// Refuses outcomes with numbers that are none: no score could be computed from them, and a record would keep them.
///
/// # Errors
/// There are such numbers; the message says whose.
pub fn finite(tested: &Tested<'_>, what: &str, numbers: impl Iterator<Item = f64>) -> Result<()> {
    let (mut all, mut wrong) = (0, 0);
    for number in numbers {
        all += 1;
        wrong += usize::from(!number.is_finite());
    }
    if wrong == 0 {
        return Ok(());
    }
    let Tested { network, data, protocol, .. } = tested;
    Err(Error::Other(format!(
        "{wrong} of {all} {what} of `{network}` on {data} ({protocol}) are not finite, so that nothing can be computed from them; look at its training curve, and train it with a lower learning rate"
    )))
}

/// Writes a packed text.
fn packed(folder: &Path, name: &str, text: &str) -> Result<Announced> {
    let file = format!("{name}.csv.gz");
    let bytes = base::gzip::pack(text.as_bytes()).map_err(|error| Error::Other(format!("{file}: {error}")))?;
    let sha256 = base::hash::sha256(&bytes);
    let path = folder.join(&file);
    // The same examples stand under many outcomes: they are written once.
    let there = fs_err::read(&path).is_ok_and(|found| found == bytes);
    if !there {
        write_file(&path, &bytes)?;
    }
    Ok(Announced { file, sha256 })
}

/// Writes a whole file, and its folder before it.
///
/// # Errors
/// The disk is full or refuses.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let disk = |error: std::io::Error| Error::Disk(format!("{error}; free some space and resume the run"));
    fs_err::create_dir_all(base::files::folder_of(path)).map_err(disk)?;
    base::files::write_atomic(path, bytes).map_err(disk)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tested<'a>(network: &'a str, data: &'a str) -> Tested<'a> {
        let model = Model::Baseline;
        Tested { network, model, data, root: "0", protocol: "clean", part_of: None, already_resized: None }
    }

    fn answer(class: u32, score: f32) -> text::Answer {
        text::Answer { classes: vec![class], scores: vec![score] }
    }

    fn told(out: &[u8]) -> Vec<event::Outcomes> {
        let lines = std::str::from_utf8(out).unwrap().lines();
        lines
            .map(|line| match serde_json::from_str(line).unwrap() {
                Event::Outcomes(outcomes) => *outcomes,
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn outcomes_are_packed_named_by_what_they_are_and_share_their_examples() {
        let room = tempfile::tempdir().unwrap();
        let mut out = Vec::new();
        let emitter = Emitter::new(&mut out);
        let answers = [answer(3, 0.75), answer(4, 1.0)];
        for (network, data) in [("a-b", "c"), ("a", "b-c"), ("a", "c")] {
            let known = (None, &[3, 3][..]);
            classified((room.path(), &emitter), &tested(network, data), &[Metric::TEST_ERROR], known, &answers)
                .unwrap();
        }
        drop(emitter);
        let told = told(&out);
        let files: std::collections::HashSet<&str> = told.iter().map(|one| one.file.as_str()).collect();
        assert_eq!(files.len(), 3, "{files:?}");
        assert_eq!(told[0].examples, told[2].examples);
        let unpacked = |file: &str| base::gzip::unpack(&fs_err::read(room.path().join(file)).unwrap(), 1000).unwrap();
        assert_eq!(unpacked(&told[0].file), b"top1,score1\n,0.75\n4,1\n");
        assert_eq!(unpacked(&told[0].examples.as_ref().unwrap().file), b"class\n3\n3\n");
        let bytes = fs_err::read(room.path().join(&told[1].file)).unwrap();
        assert_eq!((told[1].sha256.clone(), told[1].count), (base::hash::sha256(&bytes), 2));
    }

    #[test]
    fn what_is_no_number_is_not_written() {
        let room = tempfile::tempdir().unwrap();
        let emitter = Emitter::new(std::io::sink());
        let answers = [answer(3, f32::NAN), answer(4, 1.0)];
        let known = (None, &[3, 3][..]);
        let metrics = [Metric::TEST_ERROR];
        let error = classified((room.path(), &emitter), &tested("a", "b"), &metrics, known, &answers).unwrap_err();
        assert!(error.to_string().starts_with("1 of 2 scores of `a` on b (clean) are not finite"), "{error}");
        assert_eq!(fs_err::read_dir(room.path()).unwrap().count(), 0);
    }
}
