//! Why a claim has no measured value, and how to get one.
//!
//! Must not run or print.

use results::store::{Run, Status};
use spec::claim::Claim;
use spec::event::FailureKind;

use crate::plan::Planned;

/// What to say of a run that did not finish; None for one that a smaller batch made good.
pub(super) fn failure(run: &Run) -> Option<String> {
    let smaller = run.header.settings.batch > 1 && run.header.training.is_none();
    if let Some((kind, message)) =
        run.attempt.as_ref().filter(|(kind, _)| *kind != FailureKind::OutOfMemory || !smaller)
    {
        return Some(format!("{} could not be gone on with ({kind}): {message}", run.id()));
    }
    match &run.status {
        Status::Finished => None,
        Status::Failed { kind: FailureKind::OutOfMemory, .. } if smaller => None,
        _ if run.attempt.is_some() => None,
        Status::Failed { kind, message } => Some(format!("{} failed ({kind}): {message}", run.id())),
        Status::Incomplete => Some(format!("{} has no end", run.id())),
    }
}

/// The plan's reason why a claim has no measured value: of the evaluations that could have given one the first with a
/// reason. Where one ran to its end there is none, and the comparison says what it did not measure.
pub(super) fn why_not_run(planned: &Planned<'_>, runs: &[Run], claim: &Claim) -> Option<String> {
    let id = &claim.network;
    if !planned.paper.spec.networks.iter().any(|network| network.id == *id) {
        return None;
    }
    let plans = || planned.evaluations.iter().filter(|plan| plan.is_about(id));
    if plans().next().is_none() {
        return Some(format!("not asked for; `harness replicate {id}` runs it"));
    }
    let of_network = |run: &&Run| run.is_about(id);
    if let Some(message) = runs.iter().filter(of_network).find_map(failure) {
        return Some(message);
    }
    let finished = |run: &Run| run.is_finished() && (!run.outcomes.is_empty() || !claim.metric.is_score());
    if runs.iter().filter(of_network).any(finished) {
        return None;
    }
    let stopped = || "not run: the command was stopped before it began".to_owned();
    if !claim.metric.is_score() {
        return plans().find_map(|plan| plan.not_run.clone()).or_else(|| crate::interrupt::asked().then(stopped));
    }
    plans().find_map(|plan| plan.no_result(id)).or_else(|| crate::interrupt::asked().then(stopped))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Resources, Where, plan};
    use crate::project::PaperFolder;
    use crate::samples;

    fn planned<'a>(paper: &'a PaperFolder, words: &[&str]) -> Planned<'a> {
        let asked = samples::asked(words);
        let lock = samples::lock();
        let resources = Resources { lock: &lock, at_hand: &|_| Where::Here, rate: 1.0, own: None };
        let plan = plan(&paper.spec, &samples::trained("digits", None), &resources, &asked).unwrap();
        Planned { paper, evaluations: vec![plan] }
    }

    #[test]
    fn each_row_says_what_would_run_it() {
        let paper = samples::folder();
        let why = |words: &[&str], network: &str| why_not_run(&planned(&paper, words), &[], &samples::claim(network));
        let said = |words: &[&str], network: &str| why(words, network).unwrap();
        assert_eq!(
            said(&[], "large"),
            "not trained at tier smoke unless asked for by its name; --tier train trains it"
        );
        assert_eq!(said(&[], "attacked"), "not asked for; `harness replicate attacked` runs it");
        assert_eq!(said(&[], "looker"), "not asked for; `harness replicate looker` runs it");
        assert_eq!(said(&["--tier", "instant"], "small"), "tier instant counts and runs nothing");
        assert!(said(&["--tier", "inference"], "small").starts_with("tier inference trains nothing"));
        assert_eq!(why(&["--tier", "train"], "large"), None);
        assert_eq!(why(&[], "of another paper"), None);
    }
}
