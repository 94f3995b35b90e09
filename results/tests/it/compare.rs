//! Every verdict of an evaluation, on a made-up paper.

use results::compare;
use results::row::{Row, Verdict};
use results::store::Runs;
use serde_json::json;
use spec::claim::Claim;
use spec::event::{Event, FailureKind};

use crate::experiment::{in_lines, row};
use crate::made_up::{Plan, answered, begun, compared, facts, finished, paper, profiles, runs};

fn all_rows() -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let comparison = compared(&paper(), &runs(folder.path()));
    assert!(comparison.problems.is_empty());
    comparison.rows
}

#[test]
fn every_verdict() {
    insta::assert_snapshot!(in_lines(&all_rows()));
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
    assert_eq!((row.task.as_deref(), row.model.as_deref()), (Some("classify"), Some("released (net-theirs)")));
    assert!(row.low < row.value && row.value < row.high && row.trainings.is_none());
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
    let unknown = json!({"id": "whole", "images": 1000, "root": "", "part_of": null, "already_resized": null, "redistributable": true});
    // The very error that is claimed.
    let exact = answered(1000, 254, 590);
    let subset = "subset: 1,000 of 3,000 examples, not comparable with the whole";
    for (id, data, begins, reads) in [
        (
            "r1",
            Some(own),
            "data: the user's own images in `mine`",
            "measured/net/top-1-error/images:mine@01234567/center",
        ),
        ("r2", Some(part), subset, "measured/net/top-1-error/part/center"),
        // A file that holds fewer images than the data it names.
        ("r3", None, subset, "measured/net/top-1-error/whole/center"),
        // Data of the right name that the record does not identify.
        ("r4", Some(unknown), "data: whole is not identified in the record", "measured/net/top-1-error/whole/center"),
    ] {
        let run = finished(&store, &Plan { data, ..Plan::new(id) }, &exact);
        let rows = compared(&paper, &[run]).rows;
        assert_eq!((rows[0].verdict, rows[0].p, rows[0].p_holm), (Some(Verdict::ProtocolGap), None, None), "{id}");
        let reason = rows[0].reason.as_deref().unwrap();
        assert!(
            reason.starts_with(begins) && reason.ends_with("lies inside the interval 71.78 to 77.27 %"),
            "{reason}"
        );
        assert_eq!(row(&rows, reads).verdict, None);
    }
}

#[test]
fn only_finished_runs_count_and_the_reason_says_what_happened() {
    let folder = tempfile::tempdir().unwrap();
    let store = Runs::at(folder.path());
    let mut paper = paper();
    paper.claims.retain(|claim| claim.id == "same-digits");
    let reason = |plan: &dyn Fn(&Claim) -> Option<String>| {
        let runs = store.list().unwrap().runs;
        let rows = compare(&paper, &facts(), &runs, &profiles(), plan).rows;
        assert_eq!((rows.len(), rows[0].verdict), (1, Some(Verdict::NotRun)));
        rows[0].reason.clone().unwrap()
    };
    assert_eq!(reason(&|_| None), "no finished run measured the top-1 error of net");
    let mut record = begun(&store, &Plan::new("r1"), &answered(3000, 762, 1770)).unwrap();
    assert_eq!(reason(&|_| None), "run r1 did not finish");
    record.append(&Event::Failed { kind: FailureKind::OutOfMemory, message: "no memory".into(), at: None }).unwrap();
    assert_eq!(reason(&|_| None), "run r1 failed (out-of-memory): no memory");
    assert_eq!(
        reason(&|claim| Some(format!("the budget is too small for {}", claim.network))),
        "the budget is too small for net"
    );
}

#[test]
fn another_papers_runs_do_not_count() {
    let folder = tempfile::tempdir().unwrap();
    let store = Runs::at(folder.path());
    let run = finished(&store, &Plan { paper: "another", ..Plan::new("r1") }, &answered(3000, 762, 1770));
    let rows = compared(&paper(), &[run]).rows;
    assert_eq!(row(&rows, "same-digits").verdict, Some(Verdict::NotRun));
    assert!(rows.iter().all(|row| row.claim.is_some()));
}
