//! Times, rates and memory are judged on their own machine only; whatever is measured on examples never is.

use results::row::{Row, Verdict};
use results::store::Runs;
use results::{exit_code, tasks};
use serde_json::{Value, json};
use spec::metric::Metric;

use crate::experiment::row;
use crate::made_up::{Plan, answered, claim, compared, finished, paper_with};

/// A claim beside 20 images a second, 19.5 to 20.5, at batch 16 on this machine.
fn judged(metric: &str, value: f64, unit: &str, more: Value) -> Row {
    let folder = tempfile::tempdir().unwrap();
    let run = finished(&Runs::at(folder.path()), &Plan::new("r1"), &answered(100, 10, 20));
    let paper = paper_with(json!([claim("c", metric, value, unit, 0.1, more)]));
    compared(&paper, &[run]).rows.into_iter().next().unwrap()
}

#[test]
fn on_the_same_machine() {
    let here = json!({"hardware": "here", "batch": 16});
    let rate = |value: f64| judged("throughput", value, "images/s", here.clone());
    assert_eq!(rate(20.0).verdict, Some(Verdict::Replicated));
    assert_eq!(rate(20.3).verdict, Some(Verdict::Replicated));
    let row = rate(25.0);
    assert_eq!(row.verdict, Some(Verdict::NotReplicated));
    assert_eq!((row.p, row.p_holm), (None, None), "it is no decided row");
    insta::assert_snapshot!(row.reason.as_deref().unwrap(), @"same hardware and batch, but the published 25.0 images/s lies outside the interval 19.50 to 20.50 images/s; a speed decides no exit code");
    assert_eq!(exit_code(&[row]), 0);
    assert_eq!(rate(20.0).p, None);
    assert_eq!(judged("forward time", 800.0, "milliseconds", here).verdict, Some(Verdict::Replicated));
}

#[test]
fn on_another_machine_only_shares_of_the_peak_are_told() {
    let row = judged("forward time", 800.0, "milliseconds", json!({"hardware": "era", "batch": 64}));
    assert_eq!((row.verdict, row.p), (Some(Verdict::ProtocolGap), None));
    insta::assert_snapshot!(row.reason.unwrap(), @"hardware: this machine, the claim is about 4 × Era GPU; batch 16, the claim has 64; published 3.14 TFLOP/s, 16 % of its machine's peak; measured 785.3 GFLOP/s, 79 % of its machine's peak");
    let row = judged("throughput", 20.0, "images/s", json!({}));
    assert_eq!(row.verdict, Some(Verdict::ProtocolGap), "a claim that names no machine is about another one");
}

/// What was not run here still says how well the paper's machine was used, where it is known what was computed.
#[test]
fn a_published_time_alone_is_a_share_of_its_machines_peak_too() {
    let not_run = |more: Value| {
        let mut all = json!({"network": "detector", "hardware": "era", "batch": 1, "not_run": "no such machine"});
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        judged("forward time", 200.0, "milliseconds", all).reason.unwrap()
    };
    // 10 + 300 billion multiply-adds in a fifth of a second.
    insta::assert_snapshot!(not_run(json!({"regions": 300})), @"no such machine; published 3.10 TFLOP/s, 16 % of its machine's peak");
    assert_eq!(not_run(json!({})), "no such machine");
    assert_eq!(
        not_run(json!({"regions": 300, "hardware": null})),
        "no such machine; published 3.10 TFLOP/s, of a peak that is not known"
    );
}

/// Metrics that papers state before any task here measures them.
#[test]
fn statistics_of_a_set_are_no_speeds() {
    for metric in tasks::metrics() {
        assert!(metric.metric.is_score() && !metric.metric.is_speed(), "{}", metric.metric);
    }
    for name in ["mAP", "mAP@[.5,.95]", "mean class recall", "localisation error", "BLEU-4 of next year"] {
        let row = judged(name, 66.0, "percent", json!({"data": "boxes", "hardware": "here"}));
        assert_eq!((row.verdict, row.value), (Some(Verdict::NotRun), None), "{name}");
        assert_eq!(row.reason.unwrap(), format!("no finished run measured the {name} of net"));
    }
}

/// A record may ask for what its task does not tell: no value, and no harm.
#[test]
fn a_metric_that_the_task_does_not_tell_is_no_value() {
    let folder = tempfile::tempdir().unwrap();
    let metrics: &[Metric] = &[Metric::TOP_1_ERROR, Metric::named("mAP")];
    let run = finished(&Runs::at(folder.path()), &Plan { metrics, ..Plan::new("r1") }, &answered(3000, 762, 1770));
    let paper = paper_with(json!([claim("c", "mAP", 66.0, "percent", 0.1, json!({"data": "whole"}))]));
    let comparison = compared(&paper, &[run]);
    assert!(comparison.problems.is_empty());
    assert_eq!(comparison.rows[0].verdict, Some(Verdict::NotRun));
    assert_eq!(row(&comparison.rows, "measured/net/top-1-error/whole/center").correct, Some(762));
}
