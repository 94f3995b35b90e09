//! The same training with several seeds: the mean of its scores, and how far seeds are apart.
//!
//! Must not mix trainings that differ in anything else.

use super::evidence::Evidence;
use crate::row::Row;
use crate::stats::{CONFIDENCE, mean};
use crate::words::{decimal, decimals};

/// A row for each score that was measured with two or more seeds, in the order of their first values. Its interval is
/// Student's over the seeds: unlike an interval over examples it speaks of another training.
pub(super) fn rows(evidence: &[Evidence<'_>]) -> Vec<Row> {
    let mut groups: Vec<Vec<&Evidence<'_>>> = Vec::new();
    for one in evidence.iter().filter(|one| one.scored.as_ref().is_some_and(|scored| scored.trained.is_some())) {
        match groups.iter_mut().find(|group| group.first().is_some_and(|first| differ_by_seed(first, one))) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    groups.iter().filter(|group| group.len() > 1).filter_map(|group| row(group)).collect()
}

fn differ_by_seed(a: &Evidence<'_>, b: &Evidence<'_>) -> bool {
    let conditions = |evidence: &Evidence<'_>| {
        evidence.scored.as_ref().map(|scored| {
            let trained = scored.trained.map(|trained| (trained.complete, trained.steps));
            let of = (scored.data.to_owned(), scored.protocol.to_owned(), scored.root.map(str::to_owned));
            (of, scored.part_of.is_some(), trained, evidence.run.plan.job.settings.precision)
        })
    };
    (a.network, a.metric) == (b.network, b.metric) && conditions(a) == conditions(b)
}

fn row(group: &[&Evidence<'_>]) -> Option<Row> {
    let first = group.first()?;
    let values: Vec<f64> = group.iter().map(|one| one.value).collect();
    let mean = mean(&values)?;
    let mut seeds: Vec<u64> = group.iter().map(|one| one.run.plan.job.settings.seed).collect();
    seeds.sort_unstable();
    let row = first.row();
    let metric = first.metric.to_string().replace(' ', "-");
    let (data, protocol) = (row.data.clone().unwrap_or_default(), row.protocol.clone().unwrap_or_default());
    let (least, most) = (
        values.iter().copied().fold(f64::INFINITY, f64::min),
        values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    );
    let digits = decimals(first.metric, first.unit);
    let interval = mean.student_interval(CONFIDENCE);
    Some(Row {
        id: format!("measured/{}/{metric}/{data}/{protocol}/{}-seeds/{}", first.network, seeds.len(), steps(first)),
        value: Some(mean.value),
        low: interval.map(|interval| interval.low),
        high: interval.map(|interval| interval.high),
        n: None,
        correct: None,
        run: None,
        variant: Some(format!("mean of {} seeds; {}", seeds.len(), row.variant.as_deref().unwrap_or_default())),
        reason: Some(format!(
            "seeds {} gave {} to {}; the interval is Student's over seeds",
            seeds.iter().map(u64::to_string).collect::<Vec<_>>().join(", "),
            decimal(least, digits),
            crate::words::quantity(most, digits, first.unit),
        )),
        ..row
    })
}

fn steps(evidence: &Evidence<'_>) -> String {
    let trained = evidence.scored.as_ref().and_then(|scored| scored.trained);
    trained.map_or_else(String::new, |trained| format!("{}-steps", trained.steps))
}
