//! The same training with several seeds: the mean of its scores, and how far seeds are apart.
//!
//! Must not mix trainings that differ in anything else.

use crate::evidence::Evidence;
use crate::judge::trained::mean_of;
use crate::row::Row;
use crate::stats::CONFIDENCE;
use crate::tasks::decimals;
use crate::words::{decimal, quantity};

/// A row for each score that was measured with two or more seeds, in the order of their first values. Its interval is
/// Student's over the seeds: unlike an interval over examples it speaks of the mean of all trainings.
pub(super) fn rows(evidence: &[Evidence<'_>]) -> Vec<Row> {
    let mut groups: Vec<Vec<&Evidence<'_>>> = Vec::new();
    for one in evidence.iter().filter(|one| one.scored.as_ref().is_some_and(|scored| scored.trained().is_some())) {
        match groups.iter_mut().find(|group| group.first().is_some_and(|first| first.differs_by_seed(one))) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    let mut rows: Vec<Row> = Vec::new();
    for group in groups.iter().filter(|group| group.len() > 1) {
        let Some(mut row) = row(group) else { continue };
        // Trained by other code or on another machine: told apart by the newest of its runs.
        if let (true, Some(newest)) =
            (rows.iter().any(|other| other.id == row.id), group.iter().max_by_key(|one| one.run.id()))
        {
            row.id = format!("{}/{}", row.id, newest.run.id());
        }
        rows.push(row);
    }
    rows
}

fn row(group: &[&Evidence<'_>]) -> Option<Row> {
    let first = group.first()?;
    let values: Vec<f64> = group.iter().map(|one| one.value).collect();
    let mean = mean_of(&values)?;
    let mut seeds: Vec<u64> = group.iter().map(|one| one.run.header.settings.seed).collect();
    seeds.sort_unstable();
    let row = first.row();
    let metric = first.metric.to_string().replace(' ', "-");
    let (data, protocol) = (row.data.clone().unwrap_or_default(), row.protocol.clone().unwrap_or_default());
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
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
        trainings: Some(seeds.len() as u64),
        variant: Some(format!("mean of {} seeds; {}", seeds.len(), row.variant.as_deref().unwrap_or_default())),
        reason: Some(format!(
            "seeds {} gave {} to {}; the interval is Student's over seeds",
            seeds.iter().map(u64::to_string).collect::<Vec<_>>().join(", "),
            decimal(least, digits),
            quantity(most, digits, first.unit),
        )),
        ..row
    })
}

fn steps(evidence: &Evidence<'_>) -> String {
    let trained = evidence.scored.as_ref().and_then(|scored| scored.trained());
    trained.map_or_else(String::new, |trained| format!("{}-steps", trained.steps))
}
