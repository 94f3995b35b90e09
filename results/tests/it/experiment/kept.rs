//! Outcomes scored again.

use results::rescore::{keep, rescore};
use results::store::Runs;
use results::store::SCORES;

use super::everything;
use crate::made_up::edit;

#[test]
fn the_same_again_and_what_differs() {
    let folder = tempfile::tempdir().unwrap();
    let run = everything(&Runs::at(folder.path()), "r1");
    assert!(keep(&run).unwrap().is_empty());
    insta::assert_snapshot!(std::fs::read_to_string(run.dir.join(SCORES)).unwrap());
    let again = rescore(folder.path()).unwrap();
    assert_eq!((again.files.len(), again.unreadable.len()), (7, 0));
    for file in &again.files {
        assert!(!file.differs());
        let now = file.now.as_ref().unwrap();
        assert_eq!(Some(now), file.stored.as_ref());
        assert!(now.is_of(&file.file) && now.scores.iter().all(|score| score.n > 0));
    }
    let differing = || -> Vec<String> {
        let files = rescore(folder.path()).unwrap().files;
        files.into_iter().filter_map(|file| file.differs().then_some(file.file.network)).collect()
    };
    edit(&run.dir.join(SCORES), "\"correct\":920", "\"correct\":921");
    assert_eq!(differing(), ["plain"]);
    std::fs::remove_file(run.dir.join("gan-parzen-log-likelihood.csv.gz")).unwrap();
    assert_eq!(differing(), ["gan", "plain"]);
}

#[test]
fn a_damaged_file_costs_its_own_scores() {
    let folder = tempfile::tempdir().unwrap();
    let run = everything(&Runs::at(folder.path()), "r1");
    std::fs::write(run.dir.join("gan-parzen-log-likelihood.csv.gz"), "value\n1\n").unwrap();
    let problems = keep(&run).unwrap();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].run == "r1" && problems[0].message.contains("gan-parzen-log-likelihood.csv.gz: SHA-256 is"));
    assert_eq!(std::fs::read_to_string(run.dir.join(SCORES)).unwrap().lines().count(), 2 + 6);
}
