//! Somebody else's stored predictions beside what was run here.

use results::row::{Row, Verdict};
use results::store::{Run, Runs};
use serde_json::json;
use spec::event::{Announced, Model};
use spec::metric::Metric;

use crate::experiment::{in_lines, row};
use crate::judge::bare;
use crate::made_up::{Plan, announce, compared, finished, on_whole, paper_with};

fn imported(id: &str, weights: Option<&str>) -> Model {
    Model::Imported {
        id: id.into(),
        by: "somebody".into(),
        from: Announced { file: "net.npy".into(), sha256: "77".into() },
        weights: weights.map(str::to_owned),
    }
}

fn run(runs: &Runs, id: &str, model: Model, right: u32) -> Run {
    let plan = Plan { model, metrics: &[Metric::TOP_1_ERROR], ..Plan::new(id) };
    finished(runs, &plan, &bare(3000, right))
}

fn judged(all: &[Run], claims: serde_json::Value) -> Vec<Row> {
    let comparison = compared(&paper_with(claims), all);
    assert!(comparison.problems.is_empty());
    comparison.rows
}

#[test]
fn they_have_verdicts_with_their_own_tolerance_and_say_by_whom() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let all = [
        run(&runs, "r1", imported("net-stored", Some("net-theirs")), 762),
        run(&runs, "r2", imported("net-own", None), 780),
    ];
    let rows = judged(
        &all,
        json!([
            // Half a point is what that file may be off.
            on_whole("theirs", "top-1 error", 75.1, json!({})),
            on_whole("theirs-far", "top-1 error", 75.3, json!({})),
            on_whole("by-its-own-id", "top-1 error", 74.6, json!({"weights": ["net-stored"]})),
            // 74.0 % and no tolerance.
            on_whole("the-papers-own", "top-1 error", 74.0, json!({"weights": []})),
            on_whole("the-papers-own-far", "top-1 error", 74.2, json!({"weights": []})),
            on_whole("another", "top-1 error", 74.6, json!({"weights": ["net-others"]})),
        ]),
    );
    assert_eq!(row(&rows, "theirs").model.as_deref(), Some("imported (by somebody, net.npy)"));
    insta::assert_snapshot!(in_lines(&rows), @"
    theirs | 74.600 | replicated | 0.500 from the published 75.1 %: within half a printed digit and the declared tolerance of 0.5 (two decoders)
    theirs-far | 74.600 | not replicated | same weights, data and protocol, but 0.700 from the published 75.3 %: more than half a printed digit and the declared tolerance of 0.5 (two decoders)
    by-its-own-id | 74.600 | replicated | rounds to the published 74.6 %
    the-papers-own | 74.000 | replicated | rounds to the published 74.0 %
    the-papers-own-far | 74.000 | not replicated | same weights, data and protocol, but 0.200 from the published 74.2 %: more than half a printed digit, and no tolerance is declared
    another | - | not run | no finished run measured the top-1 error of net on whole under center with net-others
    measured/net/throughput/here/batch-16 | 20.000 | - | -
    measured/net/fraction-of-peak/here/batch-16 | 78.528 | - | -
    measured/net/peak-memory/process/here/batch-16 | 3500000000.000 | - | -
    ");
}

#[test]
fn what_was_run_here_counts_first_but_a_part_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let claims = || json!([on_whole("theirs", "top-1 error", 74.6, json!({}))]);
    let part = json!({"id": "part", "images": 650, "root": "cd", "part_of": {"whole": "whole", "of": 3000, "how": "some"},
        "already_resized": null, "redistributable": true});
    let metrics: &[Metric] = &[Metric::TOP_1_ERROR];
    let mut all = vec![
        run(&runs, "r1", imported("net-stored", Some("net-theirs")), 762),
        finished(&runs, &Plan { data: Some(part), metrics, ..Plan::new("r2") }, &bare(650, 10)),
    ];
    let rows = judged(&all, claims());
    assert_eq!(
        (row(&rows, "theirs").run.as_deref(), row(&rows, "theirs").verdict),
        (Some("r1"), Some(Verdict::Replicated))
    );
    all.push(run(&runs, "r3", crate::made_up::released("net-theirs"), 700));
    let rows = judged(&all, claims());
    assert_eq!(
        (row(&rows, "theirs").run.as_deref(), row(&rows, "theirs").verdict),
        (Some("r3"), Some(Verdict::NotReplicated))
    );
    assert!(rows.iter().any(|row| row.id == "measured/net/top-1-error/whole/center/net-stored"), "{}", in_lines(&rows));
}

/// The settings are of this machine, which computed nothing.
#[test]
fn the_arithmetic_of_this_machine_says_nothing_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let metrics: &[Metric] = &[Metric::TOP_1_ERROR];
    let import = |id, precision| {
        let model = imported("net-stored", Some("net-theirs"));
        finished(&runs, &Plan { model, metrics, precision, ..Plan::new(id) }, &bare(3000, 762))
    };
    let rows = judged(
        &[import("r1", "fp32"), import("r2", "bf16")],
        json!([on_whole("theirs", "top-1 error", 74.6, json!({}))]),
    );
    let row = row(&rows, "theirs");
    assert_eq!(
        (row.verdict, row.precision.as_deref(), row.run.as_deref()),
        (Some(Verdict::Replicated), None, Some("r2"))
    );
    assert!(rows.iter().all(|row| row.metric != Metric::TOP_1_ERROR || row.id == "theirs"), "{}", in_lines(&rows));
}

/// Two files of one network on one set, of nobody's listed weights, in one record.
#[test]
fn one_record_may_hold_several() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let plan = Plan { model: imported("net-others", None), metrics: &[Metric::TOP_1_ERROR], ..Plan::new("r1") };
    let mut record = runs.create(&plan.header()).unwrap();
    for (id, right) in [("net-others", 762), ("net-own", 780)] {
        let mut file = plan.outcomes();
        (file.model, file.file) = (imported(id, None), format!("{id}.csv.gz"));
        announce(&mut record, file, &bare(3000, right)).unwrap();
    }
    record.append(&spec::event::Event::Finished { at: 1.0 }).unwrap();
    record.seal().unwrap();
    drop(record);
    let run = runs.open("r1").unwrap();
    assert_eq!(run.outcomes.len(), 2);
    let ids: Vec<String> = judged(&[run], json!([])).into_iter().map(|row| row.id).collect();
    assert_eq!(
        ids,
        ["measured/net/top-1-error/whole/center/net-others", "measured/net/top-1-error/whole/center/net-own"]
    );
    let findings = results::audit::audit(folder.path(), &results::audit::Current::default()).unwrap().findings;
    assert!(findings.iter().all(|found| !found.message.contains("environment")), "{findings:?}");
}
