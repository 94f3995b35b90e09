//! Outcomes that are no classification of the example's own class (task `attack`): whether two networks agree, and what a
//! network makes of rubbish.
//!
//! Must not compute a score.

use engine::outcomes::{Answer, Table};
use spec::metric::Metric;

/// What is asked of two networks' answers.
pub(super) const AGREEMENT: [Metric; 1] = [Metric::named("agreement")];
/// What is asked of answers to rubbish.
pub(super) const RUBBISH: [Metric; 3] =
    [Metric::named("rubbish error"), Metric::named("mean confidence"), Metric::named("mean confidence on mistakes")];

/// The outcomes as a table of the task.
pub(super) fn table<'a>(text: &'a str, count: usize, metrics: &'a [Metric]) -> Table<'a> {
    Table { task: "attack", metrics, text, count, examples: None }
}

/// Pairs of classes, the other network's and a network's own, on the examples that the other one gets wrong; `both`: and
/// this one too.
pub(super) fn where_the_other_errs([own, theirs]: [&[Answer]; 2], both: bool) -> Vec<(u32, u32)> {
    let is_wrong = |answer: &Answer| answer.given != Some(answer.class);
    let pairs = own.iter().zip(theirs).filter(|(own, theirs)| is_wrong(theirs) && (!both || is_wrong(own)));
    pairs.map(|(own, theirs)| (theirs.given.unwrap_or_default(), own.given.unwrap_or_default())).collect()
}

/// What a network makes of images without an object: the class that got more than one half, None where none did, and how
/// much the best one got.
pub(super) fn without_object(answers: &[Answer]) -> Vec<(Option<u32>, f64)> {
    let given = |answer: &Answer| answer.given.filter(|_| answer.confidence > 0.5);
    answers.iter().map(|answer| (given(answer), f64::from(answer.confidence))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(class: u32, given: u32, confidence: f32) -> Answer {
        Answer { class, given: Some(given), confidence }
    }

    #[test]
    fn agreement_is_counted_where_the_other_network_errs() {
        let own = [answer(1, 1, 0.5), answer(1, 2, 0.5), answer(1, 3, 0.25), answer(1, 2, 0.5)];
        let theirs = [answer(1, 2, 0.5), answer(1, 2, 0.5), answer(1, 2, 0.5), answer(1, 1, 0.5)];
        let compared = where_the_other_errs([&own, &theirs], false);
        assert_eq!(compared, [(2, 1), (2, 2), (2, 3)]);
        assert_eq!(where_the_other_errs([&own, &theirs], true), [(2, 2), (2, 3)]);
    }

    #[test]
    fn an_answer_to_rubbish_needs_more_than_one_half() {
        assert_eq!(without_object(&[answer(0, 7, 0.75), answer(0, 7, 0.5)]), [(Some(7), 0.75), (None, 0.5)]);
    }
}
