//! Outcomes scored again.

use results::outcomes::OutcomesScore;
use results::rescore::{SCORES, keep, rescore};
use results::store::Runs;

use super::{edit, everything};

#[test]
fn the_same_again_and_what_differs() {
    let folder = tempfile::tempdir().unwrap();
    let run = everything(&Runs::at(folder.path()), "r1");
    let kept = keep(&run).unwrap();
    assert_eq!((kept.predictions.len(), kept.outcomes.len()), (0, 7));
    insta::assert_snapshot!(std::fs::read_to_string(run.dir.join(SCORES)).unwrap());
    let again = rescore(folder.path()).unwrap();
    assert_eq!((again.files.len(), again.outcomes.len(), again.unreadable.len()), (0, 7, 0));
    for (now, kept) in again.outcomes.iter().zip(&kept.outcomes) {
        assert!(!now.differs());
        assert_eq!((now.now.as_ref().unwrap(), now.stored), (&kept.score, Some(kept.score)));
        assert_eq!((&now.network, now.metric), (&kept.network, kept.metric));
        assert_eq!(now.now.as_ref().map(OutcomesScore::n).unwrap(), 1000);
    }
    edit(&run.dir.join(SCORES), "\"wrong\": 80", "\"wrong\": 79");
    let differing: Vec<String> = rescore(folder.path())
        .unwrap()
        .outcomes
        .into_iter()
        .filter_map(|file| file.differs().then_some(file.network))
        .collect();
    assert_eq!(differing, ["plain"]);
    std::fs::remove_file(run.dir.join("gan-parzen-log-likelihood.csv")).unwrap();
    assert_eq!(rescore(folder.path()).unwrap().outcomes.iter().filter(|file| file.differs()).count(), 2);
}

#[test]
fn the_reference_runs_score_as_they_did() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("reference");
    let again = rescore(&folder).unwrap();
    assert!(!again.files.is_empty() && again.unreadable.is_empty(), "{:?}", again.unreadable);
    assert!(again.files.iter().all(|file| file.stored.is_some() && !file.differs()));
    assert!(again.outcomes.iter().all(|file| file.stored.is_some() && !file.differs()));
}
