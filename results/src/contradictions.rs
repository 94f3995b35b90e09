//! What a record says twice and not alike, and what it announces and does not have: each costs its own rows.
//!
//! A seal shows that a record was changed after it was closed; this looks at what one says in itself. Must not look at what
//! outcomes come to: the tasks do.

use std::collections::BTreeMap;

use spec::event::{Curve, Outcomes, Trained, TrainedPart};

use crate::announced;
use crate::problem::{Damage, Problem};
use crate::store::{EVENTS, Run, contradiction};

/// What of a record a contradiction costs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Costs<'a> {
    /// Measurements: times, rates, memory.
    Measurements,
    /// Files of outcomes.
    Outcomes(Vec<&'a Outcomes>),
    /// A curve or a picture.
    Drawn,
}

/// A contradiction in a record.
#[derive(Debug, Clone)]
pub(crate) struct Contradiction<'a> {
    pub(crate) costs: Costs<'a>,
    /// What, where, and what to do where that helps.
    pub(crate) message: String,
}

/// Everything that a finished run's record contradicts.
pub(crate) fn of(run: &Run) -> Vec<Contradiction<'_>> {
    if !run.is_finished() {
        return Vec::new();
    }
    let events = run.dir.join(EVENTS);
    let mut all = Vec::new();
    let mut add = |costs, message| all.push(Contradiction { costs, message });
    for message in run.contradicted.iter().filter_map(contradiction) {
        add(Costs::Measurements, format!("{}: {message}", events.display()));
    }
    // Each curve is read once, however many tests there are of its network.
    let curves: Vec<_> =
        run.curves.iter().map(|curve| (curve, announced::read(&run.dir, &curve.file, &curve.sha256))).collect();
    let end = |read: &Result<_, _>| read.as_ref().ok().and_then(|(_, bytes): &(_, Vec<u8>)| last_step(bytes));
    let ends: Vec<End<'_>> = curves.iter().map(|(curve, read)| (*curve, end(read))).collect();
    let mut trained: BTreeMap<String, Vec<&Outcomes>> = BTreeMap::new();
    for file in &run.outcomes {
        for message in file.model.trained().into_iter().flat_map(|trained| of_training(run, &ends, file, trained)) {
            // One network is tested more than once.
            trained.entry(format!("{}: {}: {message}", events.display(), file.network)).or_default().push(file);
        }
    }
    for (message, files) in trained {
        add(Costs::Outcomes(files), message);
    }
    let pictures = run.pictures.iter().filter(|picture| !picture.private || run.dir.join(&picture.file).exists());
    let pictures = pictures.map(|picture| announced::read(&run.dir, &picture.file, &picture.sha256));
    for error in curves.into_iter().map(|(_, read)| read).chain(pictures).filter_map(Result::err) {
        add(Costs::Drawn, error.to_string());
    }
    all
}

/// The runs without what contradictions cost them, and what that is.
pub(crate) fn sift(runs: &[Run]) -> (Vec<Run>, Vec<Damage<'_>>) {
    let (mut sound, mut damages) = (Vec::with_capacity(runs.len()), Vec::new());
    for run in runs {
        let contradictions = of(run);
        let is_lost = |file: &Outcomes| {
            contradictions.iter().any(|one| matches!(&one.costs, Costs::Outcomes(files) if files.contains(&file)))
        };
        let mut left = run.clone();
        left.outcomes.retain(|file| !is_lost(file));
        sound.push(left);
        for Contradiction { costs, message } in contradictions {
            let files = match costs {
                Costs::Outcomes(files) => files,
                // A measurement that its samples contradict was set aside when the record was read.
                Costs::Measurements | Costs::Drawn => Vec::new(),
            };
            damages.push(Damage { problem: Problem::of(run, message), files });
        }
    }
    (sound, damages)
}

/// A curve, and the step in its last line; None where it is no curve that can be read, which is told elsewhere.
type End<'a> = (&'a Curve, Option<u64>);

/// How far a network was trained is said by its outcomes, in words, by its curve, and where there was a
/// budget in a note.
fn of_training(run: &Run, curves: &[End<'_>], file: &Outcomes, trained: &Trained) -> Vec<String> {
    let Trained { steps, of, complete, words, parts } = trained;
    let mut all = Vec::new();
    if steps > of || *complete && steps != of {
        let whole = if *complete { "the whole recipe" } else { "a part of the recipe" };
        all.push(format!("{steps} of {of} steps are no training by {whole}"));
    }
    if !parts.is_empty() {
        all.extend(of_parts(run, curves, trained));
        return all;
    }
    if first_number(words).is_some_and(|first| first != steps.to_string()) {
        all.push(format!("{steps} steps are said to be `{words}`"));
    }
    // Networks that are trained against each other share a curve, which has neither's name.
    let networks = run.header.training.as_ref().map_or(&[][..], |training| &training.networks);
    let shared = match curves {
        [one @ (curve, _)] if !networks.is_empty() && !networks.contains(&curve.name) => Some(one),
        _ => None,
    };
    let curve = curves.iter().find(|(curve, _)| curve.name == file.network).or(shared);
    let name = curve.map_or(file.network.as_str(), |(curve, _)| &curve.name);
    all.extend(of_length(run, (name, curve), [*steps, *of]));
    all
}

/// How long one training was is said by its curve and, where there was a budget, in a note.
fn of_length(run: &Run, (name, curve): (&str, Option<&End<'_>>), [steps, of]: [u64; 2]) -> Vec<String> {
    let mut all = Vec::new();
    if let Some((curve, Some(last))) = curve.filter(|(_, last)| last.is_some_and(|last| last != steps)) {
        all.push(format!("{steps} steps were done, the curve {} ends at step {last}", curve.file));
    }
    let fitted = run.notes.iter().rev().find_map(|note| steps_in_budget(note, name));
    if let Some((fitted, whole)) = fitted.filter(|fitted| *fitted != (steps, of)) {
        let noted = format!("{fitted} of {whole} fitted the budget by the runner's own note");
        all.push(format!("{steps} of {of} steps were done, {noted}"));
    }
    all
}

/// The same of trainings one after the other: their steps add up, each is as long as its curve, where that is kept, and the words begin with one of them.
fn of_parts(run: &Run, curves: &[End<'_>], trained: &Trained) -> Vec<String> {
    let Trained { steps, of, words, parts, .. } = trained;
    let mut all = Vec::new();
    let sum = |number: fn(&TrainedPart) -> u64| parts.iter().map(number).fold(0, u64::saturating_add);
    let (done, whole) = (sum(|part| part.steps), sum(|part| part.of));
    if (done, whole) != (*steps, *of) {
        all.push(format!("{steps} of {of} steps are said to be parts of {done} of {whole}"));
    }
    let first = first_number(words);
    if first.is_some_and(|first| parts.iter().all(|part| part.steps.to_string() != first)) {
        all.push(format!("none of the trainings one after the other had as many steps as `{words}`"));
    }
    for TrainedPart { training, steps, of } in parts {
        if steps > of {
            all.push(format!("{training}: {steps} of {of} steps are no training"));
        }
        let curve = curves.iter().find(|(curve, _)| curve.name == *training);
        all.extend(of_length(run, (training, curve), [*steps, *of]));
    }
    all
}

/// The first number in words, without its commas: `82,355 of 575,000 steps`, `the whole recipe, 60,000 steps`.
fn first_number(words: &str) -> Option<String> {
    let mut all = words.split(|c: char| !(c.is_ascii_digit() || c == ','));
    all.find(|word| word.starts_with(|c: char| c.is_ascii_digit())).map(|word| word.replace(',', ""))
}

/// The step in the last line of a curve.
fn last_step(bytes: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(bytes).ok()?;
    text.lines().rfind(|line| !line.trim().is_empty())?.split(',').next()?.trim().parse().ok()
}

/// The steps of the training and of the recipe in `gan-mnist: 82355 of 575000 steps fit the budget`.
fn steps_in_budget(note: &str, name: &str) -> Option<(u64, u64)> {
    let said = note.strip_prefix(name)?.strip_prefix(": ")?.strip_suffix(" steps fit the budget")?;
    let (steps, of) = said.split_once(" of ")?;
    Some((steps.parse().ok()?, of.parse().ok()?))
}
