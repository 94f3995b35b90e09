//! Why a claim has no measured value, and how to get one.
//!
//! Must not run or print.

use results::store::{Run, Status};
use spec::claim::Claim;
use spec::event::FailureKind;
use spec::metric::Metric;

use super::Planned;
use crate::target;

/// What to say of a run that did not finish; None for one that a smaller batch made good.
pub(super) fn failure(run: &Run) -> Option<String> {
    match &run.status {
        Status::Finished => None,
        Status::Failed { kind: FailureKind::OutOfMemory, .. }
            if run.plan.job.settings.batch > 1 && run.experiment().is_none() =>
        {
            None
        }
        Status::Failed { kind, message } => Some(format!("{} failed ({kind}): {message}", run.plan.run)),
        Status::Incomplete => Some(format!("{} has no end", run.plan.run)),
    }
}

/// The plan's reason why a claim has no measured value.
pub(super) fn why_not_run(planned: &Planned<'_>, runs: &[Run], claim: &Claim) -> Option<String> {
    let spec = &planned.paper.spec;
    if !spec.networks.iter().any(|network| network.id == claim.network) {
        return None;
    }
    if target::of_network(spec, &claim.network).next().is_some() {
        return of_experiments(planned, runs, claim);
    }
    let Some(network) = planned.networks.iter().find(|network| network.network.id == claim.network) else {
        return Some(format!("not asked for; `harness replicate {}` runs it", claim.network));
    };
    let of_network = |run: &&Run| run.plan.network.as_ref() == Some(&claim.network);
    if let Some(message) = runs.iter().filter(of_network).find_map(failure) {
        return Some(message);
    }
    match claim.metric {
        Metric::Top1Error | Metric::Top5Error => network.no_accuracy(),
        metric if metric.is_speed() && !network.runs => network.no_accuracy(),
        _ => None,
    }
}

/// The same for a network that is trained or attacked: of the experiments that have it the first with a reason. One
/// that ran to its end has none, and the comparison says what it did not measure.
fn of_experiments(planned: &Planned<'_>, runs: &[Run], claim: &Claim) -> Option<String> {
    let id = &claim.network;
    let plans = || planned.experiments.iter().filter(|plan| plan.experiment.networks.contains(id));
    if plans().next().is_none() {
        return Some(format!("not asked for; `harness replicate {id}` runs it"));
    }
    let of_network = |run: &&Run| run.experiment().is_some_and(|stage| stage.dose.networks.contains(id));
    if let Some(message) = runs.iter().filter(of_network).find_map(failure) {
        return Some(message);
    }
    if runs.iter().filter(of_network).any(Run::is_finished) {
        return None;
    }
    let stopped = || "not run: the command was stopped before it began".to_owned();
    plans().find_map(|plan| plan.no_result(id)).or_else(|| crate::interrupt::asked().then(stopped))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{ExperimentPlan, Means, Where, plan_experiment};
    use crate::project::PaperFolder;
    use crate::samples;

    fn planned<'a>(paper: &'a PaperFolder, words: &[&str]) -> Planned<'a> {
        let asked = samples::asked(words);
        let lock = samples::lock();
        let means = Means { lock: &lock, at_hand: &|_| Where::Here, rate: 1.0 };
        let part = samples::part("digits", None);
        let plan: ExperimentPlan = plan_experiment(&paper.spec, &part, &means, &asked).unwrap();
        Planned { paper, networks: Vec::new(), experiments: vec![plan] }
    }

    #[test]
    fn each_row_says_what_would_run_it() {
        let paper = samples::folder();
        let why = |words: &[&str], network: &str| why_not_run(&planned(&paper, words), &[], &samples::claim(network));
        let said = |words: &[&str], network: &str| why(words, network).unwrap();
        assert_eq!(said(&[], "large"), "not trained at tier smoke; --tier train trains it");
        assert_eq!(said(&[], "attacked"), "not asked for; `harness replicate attacked` runs it");
        assert_eq!(said(&[], "looker"), "not asked for; `harness replicate looker` runs it");
        assert_eq!(said(&["--tier", "instant"], "small"), "tier instant counts and runs nothing");
        assert!(said(&["--tier", "inference"], "small").starts_with("tier inference trains nothing"));
        assert_eq!(why(&["--tier", "train"], "large"), None);
        assert_eq!(why(&[], "of another paper"), None);
    }
}
