//! Somebody else's answers: `.npy` with the best classes of each example in rows, or CSV.
//!
//! CSV may have a header (`class`, or `top1` to `topK` with `score1` to `scoreK` where they are known), and names in front
//! (`file,class`, `file,top1,…`), by which it is then matched; without names it stands in the order of the references.
//! Must not guess: what does not fit the references is refused, with its place.

use std::collections::HashMap;
use std::path::Path;

use spec::outcomes::Answer;

use super::given::{Line, class, in_range, is_number, lines};
use super::parse::MOST;
use super::{Answers, truth};
use crate::references::References;
use crate::tasks::text::probability;
use crate::words::thousands;
use crate::{Error, npy};

/// What [`read`] reads.
pub(super) const KINDS: &[&str] = &[
    ".npy with int64 or int32 classes [N] or [N, K]",
    "CSV with `class`, `top1,…,topK`, `file,class` or `file,top1,…`, or just classes",
];

/// The answers in the order of the references; None for a file of another kind.
pub(super) fn read(path: &Path, bytes: &[u8], references: &References) -> Result<Option<Answers>, Error> {
    if npy::is_npy(bytes) || has_ending(path, "npy") {
        let known = truth::known(references)?;
        let answers = from_npy(path, bytes, known.classes)?;
        check_count(path, answers.len(), references, known.examples.classes.len())?;
        return Ok(Some(Answers::new(known.examples, answers)));
    }
    if !["csv", "txt"].iter().any(|ending| has_ending(path, ending)) {
        return Ok(None);
    }
    let lines = lines(path, bytes)?;
    let Some(first) = lines.first() else { return Err(Error::given(path, None, "an empty file")) };
    let Some(form) = Form::of(first) else { return Ok(None) };
    let known = truth::known(references)?;
    let body = if form.header { &lines[1..] } else { &lines[..] };
    let answers = body
        .iter()
        .map(|line| form.answer(line, known.classes).map_err(|message| Error::given(path, Some(line.number), message)));
    let answers = answers.collect::<Result<Vec<_>, _>>()?;
    let answers = match (form.named, &known.examples.files) {
        (false, _) => {
            check_count(path, answers.len(), references, known.examples.classes.len())?;
            answers
        }
        (true, Some(files)) => by_name(path, body, answers, files, references)?,
        (true, None) => {
            let message =
                format!("it names files, but the examples of {} have no names; leave the names out", references.name);
            return Err(Error::given(path, None, message));
        }
    };
    Ok(Some(Answers::new(known.examples, answers)))
}

fn has_ending(path: &Path, wanted: &str) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(wanted))
}

fn check_count(path: &Path, rows: usize, references: &References, wanted: usize) -> Result<(), Error> {
    if rows == wanted {
        return Ok(());
    }
    let [rows, wanted] = [rows, wanted].map(|count| thousands(count as u64));
    let message = format!(
        "{rows} rows, but {} has {wanted} examples: without file names there must be a row for each, in their order ({})",
        references.name,
        references.order()
    );
    Err(Error::given(path, None, message))
}

fn from_npy(path: &Path, bytes: &[u8], classes: Option<u32>) -> Result<Vec<Answer>, Error> {
    let array = npy::read(bytes, MOST).map_err(|message| Error::given(path, None, message))?;
    let answer = |(index, row): (usize, &[i64])| {
        let classes = row.iter().map(|number| in_range(i128::from(*number), classes)).collect::<Result<_, _>>();
        let answer = classes.map(|classes| Answer { classes, scores: Vec::new() });
        answer.and_then(once).map_err(|message| Error::given(path, None, format!("row {}: {message}", index + 1)))
    };
    array.rows().enumerate().map(answer).collect()
}

/// An answer that names no class twice.
fn once(answer: Answer) -> Result<Answer, String> {
    let twice = answer.classes.iter().enumerate().find(|(i, class)| answer.classes[..*i].contains(class));
    match twice {
        Some((_, class)) => Err(format!("the class {class} is named twice")),
        None => Ok(answer),
    }
}

/// Which columns a CSV file has.
struct Form {
    header: bool,
    /// Whether the first column names the example.
    named: bool,
    /// Columns of classes.
    kept: usize,
    /// Whether as many scores follow them.
    scored: bool,
}

impl Form {
    /// None for a first line that is about something else than classes.
    fn of(first: &Line) -> Option<Form> {
        let fields: Vec<&str> = first.fields.iter().map(String::as_str).collect();
        let rest = fields.get(1..).unwrap_or_default();
        let numbers =
            |fields: &[&str]| !fields.is_empty() && fields.len() <= MOST && fields.iter().all(|field| is_number(field));
        if numbers(&fields) {
            return Some(Form { header: false, named: false, kept: fields.len(), scored: false });
        }
        if numbers(rest) {
            return Some(Form { header: false, named: true, kept: rest.len(), scored: false });
        }
        let named = fields.first() == Some(&"file");
        let columns = if named { rest } else { &fields };
        if *columns == ["class"] {
            return Some(Form { header: true, named, kept: 1, scored: false });
        }
        let kept = columns.iter().take_while(|name| name.starts_with("top")).count();
        let counted = |what: &str, names: &[&str]| {
            names.iter().enumerate().all(|(index, name)| *name == format!("{what}{}", index + 1))
        };
        let (tops, scores) = columns.split_at(kept);
        let good = (1..=MOST).contains(&kept)
            && counted("top", tops)
            && (scores.is_empty() || (scores.len() == kept && counted("score", scores)));
        good.then_some(Form { header: true, named, kept, scored: !scores.is_empty() })
    }

    fn answer(&self, line: &Line, classes: Option<u32>) -> Result<Answer, String> {
        let fields = &line.fields[usize::from(self.named)..];
        let (tops, scores) = fields.split_at(self.kept.min(fields.len()));
        let classes = tops.iter().map(|field| class(field, classes)).collect::<Result<_, _>>()?;
        let score = |field: &String| probability(field).map(|score| score as f32);
        let scores = if self.scored { scores.iter().map(score).collect::<Result<_, _>>()? } else { Vec::new() };
        if let Some(rank) = scores.windows(2).position(|pair: &[f32]| pair[1] > pair[0]) {
            return Err(format!("score{} is above score{}: the best answer comes first", rank + 2, rank + 1));
        }
        once(Answer { classes, scores })
    }
}

/// Answers put into the order of the references' files, which are known by their path or, where one of the two names has no
/// folder and that is enough, by its end.
fn by_name(
    path: &Path,
    lines: &[Line],
    answers: Vec<Answer>,
    files: &[String],
    references: &References,
) -> Result<Vec<Answer>, Error> {
    let mut places: HashMap<&str, Option<usize>> = HashMap::new();
    for (index, file) in files.iter().enumerate() {
        // Two files of one name in two folders are told apart by their folders only.
        places.entry(end(file)).and_modify(|place| *place = None).or_insert(Some(index));
    }
    places.extend(files.iter().enumerate().map(|(index, file)| (file.as_str(), Some(index))));
    let mut ordered: Vec<Option<(Answer, usize)>> = vec![None; files.len()];
    for (line, answer) in lines.iter().zip(answers) {
        let name = line.fields[0].as_str();
        let wrong = |message: String| Error::given(path, Some(line.number), message);
        let place = places.get(name).or_else(|| places.get(end(name))).copied().flatten();
        // Two pictures in folders of two names are two, however alike their own names are.
        let apart = |place: &usize| name.contains('/') && files[*place].contains('/') && files[*place] != name;
        let place = place.filter(|place| !apart(place));
        let place = place.ok_or_else(|| wrong(format!("`{name}` is no example of {}", references.name)))?;
        if let Some((_, earlier)) = ordered[place] {
            return Err(wrong(format!("`{name}` has an answer in line {earlier} already")));
        }
        ordered[place] = Some((answer, line.number));
    }
    let missing = ordered.iter().filter(|answer| answer.is_none()).count();
    if let Some(first) = ordered.iter().position(Option::is_none) {
        let message = format!(
            "no answer for {} of the {} examples of {}, the first is `{}`",
            thousands(missing as u64),
            thousands(files.len() as u64),
            references.name,
            files[first]
        );
        return Err(Error::given(path, None, message));
    }
    Ok(ordered.into_iter().flatten().map(|(answer, _)| answer).collect())
}

/// The part of a path behind the last slash.
fn end(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
