//! Scores again, from what was stored.

use results::rescore::{keep, rescore};
use results::store::Runs;
use results::store::SCORES;

use crate::made_up::edit;
use crate::made_up::{Plan, answered, begun, finished};

#[test]
fn the_same_again_and_what_differs() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let run = finished(&runs, &Plan::new("r1"), &answered(10, 3, 7));
    assert!(keep(&run).unwrap().is_empty());
    drop(begun(&runs, &Plan::new("r2"), &answered(5, 1, 2)).unwrap());
    let again = rescore(folder.path()).unwrap();
    assert_eq!((again.files.len(), again.unreadable.len()), (2, 0));
    let first = &again.files[0];
    let counts = |scores: &results::rescore::FileScores| -> Vec<_> {
        scores.scores.iter().map(|score| (score.metric.name(), score.n, score.correct)).collect()
    };
    let now = first.now.as_ref().unwrap();
    assert_eq!(counts(now), [("top-1 error", 10, Some(3)), ("top-5 error", 10, Some(7))]);
    assert_eq!((first.stored.as_ref(), now.model.as_deref()), (Some(now), Some("net-theirs")));
    assert!(again.files.iter().all(|file| !file.differs()));
    assert_eq!(again.files[1].stored, None, "it did not finish, and nothing was kept");

    // Kept scores are not made again, even when they are wrong.
    let path = run.dir.join(SCORES);
    edit(&path, "\"correct\":3", "\"correct\":4");
    keep(&run).unwrap();
    assert!(rescore(folder.path()).unwrap().files[0].differs());

    std::fs::write(&path, "{").unwrap();
    assert_eq!(rescore(folder.path()).unwrap().unreadable.len(), 1);
    std::fs::remove_file(run.dir.join("answers.csv.gz")).unwrap();
    assert!(rescore(folder.path()).unwrap().files[0].differs());
}

#[test]
fn an_unreadable_folder_is_named_and_the_others_are_scored() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    finished(&runs, &Plan::new("r1"), &answered(10, 3, 7));
    // Killed between its events and its header; the other is somebody else's.
    std::fs::create_dir(folder.path().join("r0-empty")).unwrap();
    std::fs::write(folder.path().join("r0-empty/events.jsonl"), "").unwrap();
    std::fs::create_dir(folder.path().join("notes")).unwrap();
    let again = rescore(folder.path()).unwrap();
    assert_eq!((again.files.len(), again.unreadable.len(), again.records), (1, 1, 2));
    assert!(again.unreadable[0].to_string().contains("r0-empty: no plan.json here"));
}
