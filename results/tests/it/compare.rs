//! Every verdict, on a made-up paper.

use std::fmt::Write as _;

use results::row::{Row, Verdict};
use results::store::Runs;
use results::{compare, exit_code, json};
use serde_json::json;
use spec::claim::Claim;
use spec::event::{Event, FailureKind};

use crate::made_up::{Plan, begun, facts, finished, paper, predictions, profiles, runs};

fn nothing_planned(_: &Claim) -> Option<String> {
    None
}

fn all_rows() -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    compare(&paper(), &facts(), &runs(folder.path()), &profiles(), &nothing_planned).unwrap()
}

fn row<'a>(rows: &'a [Row], id: &str) -> &'a Row {
    rows.iter().find(|row| row.id == id).unwrap_or_else(|| panic!("no row {id}"))
}

#[test]
fn every_verdict() {
    let text = all_rows().iter().fold(String::new(), |mut text, row| {
        let value = row.value.map_or("-".to_owned(), |value| format!("{value:.3}"));
        let verdict = row.verdict.map_or("-".to_owned(), |verdict| verdict.to_string());
        writeln!(text, "{} | {value} | {verdict} | {}", row.id, row.reason.as_deref().unwrap_or("-")).unwrap();
        text
    });
    insta::assert_snapshot!(text);
}

#[test]
fn each_claim_has_one_row_in_the_papers_order_and_ids_are_unique() {
    let rows = all_rows();
    let claims: Vec<String> = paper().claims.into_iter().map(|claim| claim.id).collect();
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids[..claims.len()], claims);
    assert!(ids[claims.len()..].iter().all(|id| id.starts_with("measured/")));
    let unique: std::collections::HashSet<_> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len());
}

#[test]
fn the_newest_run_counts_and_the_count_is_of_right_images() {
    let rows = all_rows();
    let row = row(&rows, "same-digits");
    assert_eq!((row.run.as_deref(), row.n, row.correct), (Some("r1"), Some(3000), Some(762)));
    assert!(row.low < row.value && row.value < row.high);
}

#[test]
fn a_part_or_own_images_never_replicate() {
    let folder = tempfile::tempdir().unwrap();
    let store = Runs::at(folder.path());
    let mut paper = paper();
    paper.claims.retain(|claim| claim.id == "same-digits");
    let part = json!({"id": "part", "images": 1000, "root": "cd", "part_of": {"whole": "whole", "of": 3000, "how": "the first ones"},
        "already_resized": null, "redistributable": true});
    let own = json!({"id": "images:mine", "images": 1000, "root": "0123456789", "part_of": null, "already_resized": null, "redistributable": true});
    // The very error that is claimed.
    let exact = predictions(1000, 254, 590);
    for (id, data, begins, reads) in [
        ("r1", own, "data: the user's own images in `mine`", "measured/net/top-1-error/images:mine@01234567/center"),
        ("r2", part, "subset: not comparable (1,000 of 3,000 images)", "measured/net/top-1-error/part/center"),
    ] {
        let run = finished(&store, &Plan { data: Some(data), ..Plan::new(id) }, &exact);
        let rows = compare(&paper, &facts(), &[run], &profiles(), &nothing_planned).unwrap();
        assert_eq!(rows[0].verdict, Some(Verdict::ProtocolGap));
        let reason = rows[0].reason.as_deref().unwrap();
        assert!(
            reason.starts_with(begins) && reason.ends_with("lies inside the interval 71.78 to 77.27 %"),
            "{reason}"
        );
        assert_eq!(row(&rows, reads).verdict, None);
    }
    // A file that holds fewer images than the data it names.
    let run = finished(&store, &Plan::new("r3"), &exact);
    let rows = compare(&paper, &facts(), &[run], &profiles(), &nothing_planned).unwrap();
    assert_eq!(rows[0].verdict, Some(Verdict::ProtocolGap));
    assert!(rows[0].reason.as_deref().unwrap().starts_with("subset: not comparable (1,000 of 3,000 images)"));
    // Data of the right name that the plan does not identify.
    let mut run = finished(&store, &Plan { images: 1000, ..Plan::new("r4") }, &exact);
    run.plan.data = None;
    let rows = compare(&paper, &facts(), &[run], &profiles(), &nothing_planned).unwrap();
    assert_eq!(rows[0].verdict, Some(Verdict::ProtocolGap));
}

#[test]
fn only_finished_runs_count_and_the_reason_says_what_happened() {
    let folder = tempfile::tempdir().unwrap();
    let store = Runs::at(folder.path());
    let mut paper = paper();
    paper.claims.retain(|claim| claim.id == "same-digits");
    let reason = |plan: &dyn Fn(&Claim) -> Option<String>| {
        let runs = store.list().unwrap().runs;
        let rows = compare(&paper, &facts(), &runs, &profiles(), plan).unwrap();
        assert_eq!((rows.len(), rows[0].verdict), (1, Some(Verdict::NotRun)));
        rows[0].reason.clone().unwrap()
    };
    assert_eq!(reason(&nothing_planned), "no finished run measured the top-1 error of net");
    let mut record = begun(&store, &Plan::new("r1"), &predictions(3000, 762, 1770)).unwrap();
    assert_eq!(reason(&nothing_planned), "run r1 did not finish");
    record.append(&Event::Failed { kind: FailureKind::OutOfMemory, message: "no memory".into(), at: None }).unwrap();
    assert_eq!(reason(&nothing_planned), "run r1 failed (out-of-memory): no memory");
    assert_eq!(
        reason(&|claim| Some(format!("the budget is too small for {}", claim.network))),
        "the budget is too small for net"
    );
}

#[test]
fn claims_from_memory_never_decide_the_exit_code() {
    let rows = all_rows();
    assert_eq!(exit_code(&rows), 1);
    let without: Vec<Row> = rows.into_iter().filter(|row| row.mark != Some(spec::claim::Mark::Checked)).collect();
    assert_eq!(row(&without, "from-memory").verdict, Some(Verdict::NotReplicated));
    assert_eq!(exit_code(&without), 0);
}

#[test]
fn changed_predictions_stop_the_comparison() {
    let folder = tempfile::tempdir().unwrap();
    let run = finished(&Runs::at(folder.path()), &Plan::new("r1"), &predictions(10, 5, 8));
    std::fs::write(run.dir.join("predictions.jsonl"), "").unwrap();
    let error = compare(&paper(), &facts(), &[run], &profiles(), &nothing_planned).unwrap_err().to_string();
    assert!(error.contains("predictions.jsonl: SHA-256 is e3b0c442"), "{error}");
}

#[test]
fn other_arithmetic_is_a_row_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let store = Runs::at(folder.path());
    let runs = [
        finished(&store, &Plan::new("r1"), &predictions(3000, 762, 1770)),
        finished(&store, &Plan { precision: "bf16", ..Plan::new("r2") }, &predictions(3000, 700, 1700)),
    ];
    let rows = compare(&paper(), &facts(), &runs, &profiles(), &nothing_planned).unwrap();
    assert_eq!(row(&rows, "same-digits").run.as_deref(), Some("r1"), "single precision is what papers used");
    assert_eq!(row(&rows, "measured/net/top-1-error/whole/center/bf16").correct, Some(700));
    assert_eq!(row(&rows, "measured/net/throughput/here/batch-16/bf16").value, Some(20.0));
    // No bf16 peak is known, so there is no share of it.
    assert!(!rows.iter().any(|row| row.id.contains("fraction-of-peak") && row.id.contains("bf16")));
}

#[test]
fn json_has_every_field_and_no_number_that_is_not_one() {
    let folder = tempfile::tempdir().unwrap();
    let runs = runs(folder.path());
    let mut rows = compare(&paper(), &facts(), &runs, &profiles(), &nothing_planned).unwrap();
    rows[0].value = Some(f64::NAN);
    let object = json::object("made-up", &runs, &rows);
    let keys: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["paper", "runs", "rows"]);
    assert!(object["rows"][0]["value"].is_null());
    let wanted = [
        "id",
        "network",
        "metric",
        "value",
        "unit",
        "n",
        "correct",
        "low",
        "high",
        "data",
        "protocol",
        "claim",
        "published",
        "source",
        "verdict",
        "reason",
    ];
    for row in object["rows"].as_array().unwrap() {
        assert!(wanted.iter().all(|key| row.get(key).is_some()), "{row}");
    }
    assert_eq!(object["runs"][1]["status"], "finished");
    let again: Vec<Row> =
        serde_json::from_value(object["rows"].as_array().unwrap()[1..].iter().cloned().collect()).unwrap();
    assert_eq!(again, rows[1..]);
}
