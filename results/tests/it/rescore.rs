//! Scores again, from what was stored.

use results::rescore::{SCORES, keep, rescore};
use results::score::Score;
use results::store::Runs;

use crate::made_up::{Plan, begun, finished, predictions};

#[test]
fn the_same_again_and_what_differs() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let run = finished(&runs, &Plan::new("r1"), &predictions(10, 3, 7));
    let score = Score { n: 10, top1: 3, top5: 7 };
    assert_eq!(keep(&run).unwrap().predictions[0].score, score);
    drop(begun(&runs, &Plan::new("r2"), &predictions(5, 1, 2)).unwrap());
    let again = rescore(folder.path()).unwrap();
    assert_eq!((again.files.len(), again.unreadable.len()), (2, 0));
    assert_eq!((again.files[0].now.as_ref().unwrap(), again.files[0].stored), (&score, Some(score)));
    assert!(again.files.iter().all(|file| !file.differs()));
    assert_eq!(again.files[1].stored, None, "it did not finish, and nothing was kept");

    // Kept scores are not made again, even when they are wrong.
    let path = run.dir.join(SCORES);
    let text = std::fs::read_to_string(&path).unwrap().replace("\"top1\": 3", "\"top1\": 4");
    std::fs::write(&path, text).unwrap();
    keep(&run).unwrap();
    assert!(rescore(folder.path()).unwrap().files[0].differs());

    std::fs::write(&path, "{").unwrap();
    assert_eq!(rescore(folder.path()).unwrap().unreadable.len(), 1);
    std::fs::remove_file(run.dir.join("predictions.jsonl")).unwrap();
    assert!(rescore(folder.path()).unwrap().files[0].differs());
}
