//! Verdicts on what was trained here.

use results::Run;
use results::row::{Row, Verdict};
use results::store::Runs;
use results::tables::{Style, print};
use spec::event::{Event, Model};
use spec::metric::Metric;

use serde_json::json;

use super::{answers, begun, claim, complete, everything, in_lines, outcomes, paper_with, row, short, tested};
use crate::made_up::{announce, released};

fn compared(runs: &[Run]) -> Vec<Row> {
    let comparison = super::compared(runs);
    assert!(comparison.problems.is_empty(), "{:?}", comparison.problems);
    comparison.rows
}

#[test]
fn every_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let rows = compared(&[everything(&Runs::at(folder.path()), "r1")]);
    insta::assert_snapshot!(in_lines(&rows));
}

#[test]
fn printed() {
    let folder = tempfile::tempdir().unwrap();
    let rows = compared(&[everything(&Runs::at(folder.path()), "r1")]);
    let wanted = [
        "clean",
        "attacked-confidence",
        "rubbish",
        "agreement",
        "likelihood",
        "distortion",
        "half-trained",
        "versus-plain",
    ];
    let some: Vec<_> = rows
        .into_iter()
        .filter(|row| wanted.contains(&row.id.as_str()) || row.id == "measured/net/mean-confidence/digits-test/clean")
        .collect();
    insta::assert_snapshot!(print(&some, Style { width: 120, colour: false }).unwrap());
}

#[test]
fn the_whole_recipe_counts_before_more_steps_and_those_before_the_newest() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let mut all = vec![tested(&runs, "r1", &[("net", 0..70, short(500))])];
    all.push(tested(&runs, "r2", &[("net", 0..80, short(100))]));
    let rows = compared(&all);
    let clean = row(&rows, "clean");
    assert_eq!((clean.run.as_deref(), clean.correct), (Some("r1"), Some(930)));
    assert_eq!((clean.verdict, clean.variant.as_deref()), (Some(Verdict::ProtocolGap), Some("500 of 1,000 steps")));
    assert!(
        clean
            .reason
            .as_deref()
            .unwrap()
            .starts_with("trained for 500 of 1,000 steps; the published 5.0 % lies outside")
    );
    assert_eq!(row(&rows, "measured/net/test-error/digits-test/clean/100-steps").correct, Some(920));

    all.push(tested(&runs, "r3", &[("net", 0..50, complete())]));
    all.push(tested(&runs, "r4", &[("net", 0..90, short(999))]));
    let clean = compared(&all).into_iter().find(|row| row.id == "clean").unwrap();
    assert_eq!((clean.run.as_deref(), clean.verdict), (Some("r3"), Some(Verdict::Consistent)));
    all.push(tested(&runs, "r5", &[("net", 0..60, complete())]));
    let rows = compared(&all);
    assert_eq!(row(&rows, "clean").run.as_deref(), Some("r5"));
    let ids: std::collections::HashSet<_> = rows.iter().map(|row| &row.id).collect();
    assert_eq!(ids.len(), rows.len());
}

#[test]
fn loaded_weights_and_parts_never_stand_for_the_recipe() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let judged = |run: &str, change: &dyn Fn(&mut spec::event::Outcomes)| {
        let mut record = begun(&runs, run).unwrap();
        let mut file = outcomes("net", Metric::TEST_ERROR, "clean", complete());
        change(&mut file);
        announce(&mut record, file, &answers(1000, 0..50)).unwrap();
        record.append(&Event::Finished { at: 1.0 }).unwrap();
        record.seal().unwrap();
        drop(record);
        let clean = compared(&[runs.open(run).unwrap()]).into_iter().find(|row| row.id == "clean").unwrap();
        (clean.verdict.unwrap(), clean.reason.unwrap())
    };
    assert_eq!(
        judged("r1", &|_| {}),
        (
            Verdict::Consistent,
            "1 training: the published 5.0 % lies inside the interval over examples 3.73 to 6.54 %".into()
        )
    );
    let reasons = [
        judged("r2", &|file| file.model = released("net-theirs")),
        judged("r5", &|file| file.model = Model::Baseline),
        judged("r3", &|file| file.root = "00".into()),
        judged("r4", &|file| {
            let part = r#"{"whole": "digits-test", "of": 10000, "how": "the first"}"#;
            file.part_of = Some(serde_json::from_str(part).unwrap());
            file.data = "digits-test-1000".into();
        }),
    ]
    .map(|(verdict, reason)| format!("{verdict}: {reason}"));
    insta::assert_snapshot!(reasons.join("\n"));
}

#[test]
fn a_failed_experiment_is_the_reason_for_each_of_its_networks() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    drop(begun(&runs, "r1").unwrap());
    let rows = compared(&[runs.open("r1").unwrap()]);
    assert_eq!(row(&rows, "never").reason.as_deref(), Some("run r1 did not finish"));
    assert_eq!(
        row(&rows, "likelihood").reason.as_deref(),
        Some("no finished run measured the log-likelihood of gan"),
        "the job had left it out"
    );
}

#[test]
fn a_network_stands_in_for_one_that_cannot_be_had_as_a_gap_that_says_so() {
    let claims = json!([
        claim(
            "stood-in-for",
            "test error",
            "clean",
            6.0,
            json!({"network": "huge", "data": "faces", "stand_in": "net", "not_run": "nobody has it"})
        ),
        claim(
            "otherwise",
            "test error",
            "fgsm",
            6.0,
            json!({"network": "huge", "data": "faces", "stand_in": "net", "not_run": "nobody has it"})
        ),
        claim(
            "same-data",
            "test error",
            "clean",
            6.0,
            json!({"network": "other", "stand_in": "net", "not_run": "nobody has it"})
        ),
        claim("own", "test error", "clean", 5.0, json!({"network": "plain", "stand_in": "net"})),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let record = tested(&runs, "r1", &[("net", 0..60, complete()), ("plain", 0..50, complete())]);
    let rows = crate::made_up::compared(&paper_with(claims), &[record]).rows;
    let said = |id: &str| {
        let row = row(&rows, id);
        format!("{}: {}", row.verdict.unwrap(), row.reason.as_deref().unwrap())
    };
    insta::assert_snapshot!(["stood-in-for", "otherwise", "same-data", "own"].map(said).join("\n"), @"
    protocol gap: network: net stands in for huge; data: digits-test, the claim is about faces; the published 6.0 % lies inside the interval 4.61 to 7.66 %; the claim itself was not run: nobody has it
    not run: nobody has it
    protocol gap: network: net stands in for other; the published 6.0 % lies inside the interval 4.61 to 7.66 %; the claim itself was not run: nobody has it
    consistent: 1 training: the published 5.0 % lies inside the interval over examples 3.73 to 6.54 %
    ");
    // What stands in for another has its own row too.
    assert!(rows.iter().any(|row| row.id.starts_with("measured/net/")));
}
