//! Seeds of one training: grouped where everything else is equal, and only there.

use std::ops::Range;

use results::Run;
use results::row::Row;
use results::store::Runs;
use serde_json::{Value, json};
use spec::event::Trained;

use crate::experiment::{compared, complete, header_with, in_lines, short, tested_with};

/// A training of `net`, wrong in this range, with these settings and this recipe.
fn training(runs: &Runs, run: &str, settings: &Value, recipe: &str, wrong: Range<u32>, trained: Trained) -> Run {
    let mut header = header_with(run, settings);
    header.training.as_mut().unwrap().recipe_sha256 = recipe.to_owned();
    tested_with(runs, &header, &[("net", wrong, trained)])
}

fn means(rows: &[Row]) -> Vec<&Row> {
    rows.iter().filter(|row| row.id.contains("-seeds/") && row.id.contains("/test-error/")).collect()
}

#[test]
fn a_row_each_and_one_for_their_mean() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    // The last one repeats seed 2: it takes the place of the one before.
    let all: Vec<Run> = [("r1", 0, 0..60), ("r2", 1, 0..70), ("r3", 2, 0..50), ("r4", 2, 0..90)]
        .into_iter()
        .map(|(run, seed, wrong)| training(&runs, run, &json!({"seed": seed}), "a", wrong, short(500)))
        .collect();
    let rows = compared(&all).rows;
    let ids: std::collections::HashSet<_> = rows.iter().map(|row| &row.id).collect();
    assert_eq!(ids.len(), rows.len());
    let measured: Vec<_> = rows.into_iter().filter(|row| row.id.starts_with("measured/net/test-error")).collect();
    let interval = |row: &Row| format!("{:.3} to {:.3}", row.low.unwrap(), row.high.unwrap());
    let intervals: Vec<_> = measured.iter().map(interval).collect();
    insta::assert_snapshot!(format!("{}{}", in_lines(&measured), intervals.join("\n")), @"
    measured/net/test-error/digits-test/clean/500-steps/seed-0 | 6.000 | - | -
    measured/net/test-error/digits-test/clean/500-steps/seed-1 | 7.000 | - | -
    measured/net/test-error/digits-test/clean/3-seeds/500-steps | 7.333 | - | seeds 0, 1, 2 gave 6.00 to 9.00 %; the interval is Student's over seeds
    4.610 to 7.656
    5.497 to 8.762
    3.539 to 11.128
    ");
}

#[test]
fn whatever_else_differs_keeps_them_apart() {
    let cases = [
        ("batch", json!({"batch": 50}), "a", complete()),
        ("device", json!({"device": "cuda"}), "a", complete()),
        ("threads", json!({"threads": 8}), "a", complete()),
        ("arithmetic", json!({"precision": "bf16"}), "a", complete()),
        ("order in memory", json!({"memory_format": "channels-last"}), "a", complete()),
        ("recipe", json!({}), "b", complete()),
        ("length", json!({}), "a", short(999)),
    ];
    for (what, settings, recipe, trained) in cases {
        let folder = tempfile::tempdir().unwrap();
        let runs = Runs::at(folder.path());
        let second = crate::made_up::with(settings, &json!({"seed": 1}));
        let all = [
            training(&runs, "r1", &json!({"seed": 0}), "a", 0..50, complete()),
            training(&runs, "r2", &second, recipe, 0..52, trained),
        ];
        let rows = compared(&all).rows;
        assert!(means(&rows).is_empty(), "{what}: {}", in_lines(&rows));
        let clean = rows.iter().find(|row| row.id == "clean").unwrap();
        assert_eq!(clean.trainings, Some(1), "{what}");
        let ids: std::collections::HashSet<_> = rows.iter().map(|row| &row.id).collect();
        assert_eq!(ids.len(), rows.len(), "{what}");
    }
}

#[test]
fn what_has_no_part_in_the_training_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let mut all: Vec<Run> = [("r1", 0, 0..50), ("r2", 1, 0..52), ("r3", 2, 0..54)]
        .into_iter()
        .map(|(run, seed, wrong)| training(&runs, run, &json!({"seed": seed}), "a", wrong, complete()))
        .collect();
    all[1].header.command = vec!["another command line".into()];
    all[2].environment.as_mut().unwrap().os = "another kernel".into();
    let rows = compared(&all).rows;
    assert_eq!(means(&rows).len(), 1);
    assert_eq!(rows.iter().find(|row| row.id == "clean").unwrap().trainings, Some(3));
}

/// The same seed on another device is another training, and does not push the first out of its group.
#[test]
fn one_seed_on_two_devices_is_two_trainings() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let all: Vec<Run> =
        [("r1", "cpu", 0, 0..50), ("r2", "cpu", 1, 0..52), ("r3", "cpu", 2, 0..54), ("r4", "cuda", 2, 0..56)]
            .into_iter()
            .map(|(run, device, seed, wrong)| {
                training(&runs, run, &json!({"seed": seed, "device": device}), "a", wrong, complete())
            })
            .collect();
    let rows = compared(&all).rows;
    let means = means(&rows);
    assert_eq!((means.len(), means[0].trainings, means[0].value), (1, Some(3), Some(5.2)));
    let ids: std::collections::HashSet<_> = rows.iter().map(|row| &row.id).collect();
    assert_eq!(ids.len(), rows.len(), "{}", in_lines(&rows));
}

/// The code that trains may have changed, and so may libtorch and the machine.
#[test]
fn other_code_or_another_machine_is_another_training() {
    type Change = fn(&mut Run);
    let changes: [(&str, Change); 5] = [
        ("commit", |run| run.header.commit = "another".into()),
        ("machine", |run| run.header.profile = "there".into()),
        ("runner", |run| run.environment.as_mut().unwrap().runner = "another".into()),
        ("libtorch", |run| run.environment.as_mut().unwrap().libtorch = "another".into()),
        ("run size of a recipe that tells nothing", |run| {
            run.header.job =
                json!({"stages": [{"experiment": {"id": "digits-all", "dose": {"steps": 1000, "what": "more"}}}]});
        }),
    ];
    for (what, change) in changes {
        let folder = tempfile::tempdir().unwrap();
        let runs = Runs::at(folder.path());
        let mut all: Vec<Run> = [("r1", 0, 0..50), ("r2", 1, 0..52), ("r3", 2, 0..54), ("r4", 2, 0..60)]
            .into_iter()
            .map(|(run, seed, wrong)| training(&runs, run, &json!({"seed": seed}), "a", wrong, complete()))
            .collect();
        change(&mut all[3]);
        let rows = compared(&all).rows;
        let means = means(&rows);
        // What was made again does not take a seed out of its group, and has a row for itself.
        assert_eq!((means.len(), means[0].trainings, means[0].value), (1, Some(3), Some(5.2)), "{what}");
        let clean = rows.iter().find(|row| row.id == "clean").unwrap();
        assert_eq!((clean.trainings, clean.run.as_deref()), (Some(1), Some("r4")), "{what}");
        let ids: std::collections::HashSet<_> = rows.iter().map(|row| &row.id).collect();
        assert_eq!(ids.len(), rows.len(), "{what}: {}", in_lines(&rows));
    }
}
