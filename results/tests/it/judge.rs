//! The table of rules, row by row, by hand.

mod fixed;
mod gaps;
mod many;
mod structure;
mod trained;

use results::row::Row;
use results::store::Runs;
use serde_json::Value;
use spec::metric::Metric;
use spec::outcomes::Answer;
use spec::paper::Paper;

use crate::made_up::{Plan, Texts, compared, finished};

/// One answer an example without a score, of which the first `right` are right.
pub(crate) fn bare(n: u32, right: u32) -> Texts {
    let classes: Vec<u32> = (0..n).map(|i| i % 10).collect();
    let answer = |i: u32| Answer { classes: vec![if i < right { i % 10 } else { 11 }], scores: Vec::new() };
    let answers: Vec<Answer> = (0..n).map(answer).collect();
    Texts {
        outcomes: spec::outcomes::answers(&classes, &answers),
        examples: Some(spec::outcomes::examples(None, &classes)),
    }
}

/// The paper's first claim beside a run of `net` that got `right` of `n` right at first.
fn beside(paper: &Paper, n: u32, right: u32, more: impl Fn(&mut Plan<'_>)) -> Row {
    let folder = tempfile::tempdir().unwrap();
    let mut plan = Plan { images: u64::from(n), metrics: &[Metric::TOP_1_ERROR], ..Plan::new("r1") };
    more(&mut plan);
    let run = finished(&Runs::at(folder.path()), &plan, &bare(n, right));
    let comparison = compared(paper, &[run]);
    assert!(comparison.problems.is_empty(), "{:?}", comparison.problems);
    comparison.rows.into_iter().next().unwrap()
}

/// A row with these fields.
fn made(fields: Value) -> Row {
    let base =
        serde_json::json!({"id": "c", "network": "net", "metric": "top-1 error", "unit": "percent", "mark": "checked"});
    serde_json::from_value(crate::made_up::with(base, &fields)).unwrap()
}
