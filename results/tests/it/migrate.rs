//! Records of format 1 written again in today's.

use std::path::Path;

use results::Run;
use results::migrate::{Migrated, migrate};
use results::store::{HEADER, Runs};

use crate::format1::{evaluation, experiment, scores};
use crate::made_up::{Plan, answered, begun, finished};

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn migrated(folder: &Path) -> Vec<Migrated> {
    let done = migrate(folder, &|_, _| false).unwrap();
    assert_eq!(done.problems, []);
    done.migrated
}

#[test]
fn every_score_stays() {
    let folder = tempfile::tempdir().unwrap();
    for (run, is_evaluation) in [("r1", true), ("r2", false)] {
        let dir = if is_evaluation { evaluation(folder.path(), run) } else { experiment(folder.path(), run) };
        let before = Run::open(&dir).unwrap();
        let wanted: Vec<String> = scores(&before).into_iter().filter(|line| !line.contains("training error")).collect();
        let done = migrated(folder.path());
        assert_eq!(done.len(), 1);
        let after = Run::open(&dir).unwrap();
        assert_eq!((after.header.format, after.is_finished(), after.notes.len()), (2, true, 0));
        assert!(after.outcomes.iter().all(|file| file.file.ends_with(".csv.gz")));
        // A tenth of the last digit that is shown is less than what these three decimals show.
        assert_eq!(scores(&after), wanted);
        assert_eq!((&after.curves, &after.environment), (&before.curves, &before.environment));
        assert_eq!(after.header.training, before.header.training);
        assert_eq!(after.header.job, before.header.job, "the job stays as it was given");
        assert!(
            done[0].after < done[0].before && results::rescore::rescore(folder.path()).unwrap().unreadable.is_empty()
        );
    }
    let again = results::rescore::rescore(folder.path()).unwrap();
    assert!(again.files.iter().all(|file| file.stored.is_some() && !file.differs()));
    let findings = results::audit::audit(folder.path(), &results::audit::Current::default()).unwrap().findings;
    assert!(findings.iter().all(|found| found.severity != results::audit::Severity::Error), "{findings:#?}");
}

#[test]
fn answers_on_training_sets_stay_only_where_a_claim_is_about_them() {
    let folder = tempfile::tempdir().unwrap();
    let dir = experiment(folder.path(), "r1");
    let done = migrated(folder.path());
    assert_eq!(done[0].left_out, ["outcomes-net-digits-train-training-error.csv"]);
    assert_eq!(Run::open(&dir).unwrap().outcomes.len(), 5);

    let folder = tempfile::tempdir().unwrap();
    let dir = experiment(folder.path(), "r1");
    let done = migrate(folder.path(), &|paper, network| (paper, network) == ("trained", "net")).unwrap().migrated;
    assert!(done[0].left_out.is_empty());
    let run = Run::open(&dir).unwrap();
    assert_eq!(run.outcomes.len(), 6);
    assert!(scores(&run).contains(&"net training error 2000 Some(1993) 0.350".to_owned()), "{:?}", scores(&run));
}

#[test]
fn a_second_time_does_nothing_and_neither_does_a_record_of_today() {
    let folder = tempfile::tempdir().unwrap();
    evaluation(folder.path(), "r1");
    finished(&Runs::at(folder.path()), &Plan::new("r2"), &answered(10, 3, 7));
    assert_eq!(migrated(folder.path()).iter().map(|one| one.run.as_str()).collect::<Vec<_>>(), ["r1"]);
    let bytes = |run: &str| -> Vec<Vec<u8>> {
        let dir = folder.path().join(run);
        names(&dir).iter().map(|name| std::fs::read(dir.join(name)).unwrap()).collect()
    };
    let before = [bytes("r1"), bytes("r2")];
    assert!(migrated(folder.path()).is_empty());
    assert_eq!([bytes("r1"), bytes("r2")], before);
}

/// Wherever the process dies, one of the two is there, and the next time finds it.
#[test]
fn a_killed_migration_is_recovered() {
    let folder = tempfile::tempdir().unwrap();
    let dir = evaluation(folder.path(), "r1");
    let old = scores(&Run::open(&dir).unwrap());
    // While the new record was written.
    std::fs::create_dir(folder.path().join(".migrating-r1")).unwrap();
    std::fs::write(folder.path().join(".migrating-r1/plan.json"), "{").unwrap();
    assert_eq!(migrated(folder.path()).len(), 1);
    assert_eq!((names(folder.path()), scores(&Run::open(&dir).unwrap())), (vec!["r1".to_owned()], old.clone()));
    // Between the old one's going and the new one's coming.
    let whole = folder.path().join(".migrating-r1");
    std::fs::rename(&dir, &whole).unwrap();
    evaluation(folder.path(), "r1");
    std::fs::rename(&dir, folder.path().join(".migrated-r1")).unwrap();
    assert!(migrated(folder.path()).is_empty(), "it was written already");
    assert_eq!((names(folder.path()), scores(&Run::open(&dir).unwrap())), (vec!["r1".to_owned()], old.clone()));
    assert_eq!(Run::open(&dir).unwrap().header.format, 2);
    // Before the old one was taken away.
    evaluation(folder.path(), "aside");
    std::fs::rename(folder.path().join("aside"), folder.path().join(".migrated-r1")).unwrap();
    assert!(migrated(folder.path()).is_empty());
    assert_eq!((names(folder.path()), scores(&Run::open(&dir).unwrap())), (vec!["r1".to_owned()], old));
}

#[test]
fn what_did_not_finish_stays_and_what_cannot_be_read_costs_itself_alone() {
    let folder = tempfile::tempdir().unwrap();
    let dir = evaluation(folder.path(), "r1");
    crate::made_up::edit(&dir.join("events.jsonl"), "{\"event\":\"finished\",\"at\":2.0}\n", "");
    drop(begun(&Runs::at(folder.path()), &Plan::new("r2"), &answered(10, 3, 7)).unwrap());
    assert!(migrated(folder.path()).is_empty());
    assert_eq!(Run::open(&dir).unwrap().header.format, 1);
    evaluation(folder.path(), "r3");
    std::fs::write(folder.path().join("r2").join(HEADER), "{").unwrap();
    let done = migrate(folder.path(), &|_, _| false).unwrap();
    assert_eq!(done.migrated.iter().map(|one| one.run.as_str()).collect::<Vec<_>>(), ["r3"]);
    assert_eq!(done.problems.iter().map(|problem| problem.run.as_str()).collect::<Vec<_>>(), ["r2"]);
    assert_eq!(Run::open(&folder.path().join("r3")).unwrap().header.format, 2);
}

#[test]
fn a_changed_file_is_not_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let dir = evaluation(folder.path(), "r1");
    std::fs::write(dir.join("predictions.jsonl"), crate::format1::predictions(650, 161, 390)).unwrap();
    let done = migrate(folder.path(), &|_, _| false).unwrap();
    assert!(done.migrated.is_empty() && done.problems[0].message.contains("SHA-256"), "{:?}", done.problems);
    assert_eq!(names(folder.path()), ["r1"], "nothing that was begun is left");
    assert_eq!(Run::open(&dir).unwrap().header.format, 1);
    assert!(dir.join("predictions.jsonl").is_file());
}

#[test]
fn what_the_record_says_nothing_of_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let dir = evaluation(folder.path(), "r1");
    std::fs::write(dir.join("notes.txt"), "mine").unwrap();
    assert_eq!(migrated(folder.path())[0].not_carried, ["notes.txt"]);
    let folder = tempfile::tempdir().unwrap();
    experiment(folder.path(), "r1");
    assert!(migrated(folder.path())[0].not_carried.is_empty());
}
