//! What is damaged costs its own rows, and is named.

use results::row::{Row, Verdict};
use results::store::{EVENTS, HEADER, Runs};
use results::{Comparison, Problem};

use crate::experiment::{compared, everything, row};
use crate::made_up::{Plan, answered, compared as evaluated, edit, finished, paper};

/// Everything that [`everything`] measures but the log-likelihood, and the one problem.
fn all_but_the_likelihood(comparison: &Comparison) -> &Problem {
    let folder = tempfile::tempdir().unwrap();
    let whole = compared(&[everything(&Runs::at(folder.path()), "r1")]).rows;
    let others = |rows: &[Row]| -> Vec<(String, Option<f64>, Option<Verdict>)> {
        let rows = rows.iter().filter(|row| !row.id.contains("likelihood"));
        rows.map(|row| (row.id.clone(), row.value, row.verdict)).collect()
    };
    assert_eq!(others(&comparison.rows), others(&whole));
    for id in ["likelihood", "likelihood-far"] {
        assert_eq!((row(&comparison.rows, id).verdict, row(&comparison.rows, id).value), (Some(Verdict::NotRun), None));
    }
    assert_eq!(comparison.problems.len(), 1, "{:?}", comparison.problems);
    assert_eq!(comparison.problems[0].run, "r1");
    &comparison.problems[0]
}

#[test]
fn a_changed_file() {
    let folder = tempfile::tempdir().unwrap();
    let run = everything(&Runs::at(folder.path()), "r1");
    std::fs::write(run.dir.join("gan-parzen-log-likelihood.csv.gz"), "value\n900\n").unwrap();
    let comparison = compared(&[run]);
    let message = &all_but_the_likelihood(&comparison).message;
    assert!(message.contains("gan-parzen-log-likelihood.csv.gz: SHA-256 is"), "{message}");
}

#[test]
fn a_missing_file_and_one_of_an_unknown_task() {
    let folder = tempfile::tempdir().unwrap();
    let run = everything(&Runs::at(folder.path()), "r1");
    std::fs::remove_file(run.dir.join("gan-parzen-log-likelihood.csv.gz")).unwrap();
    all_but_the_likelihood(&compared(&[run]));

    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let run = everything(&runs, "r1");
    edit(&run.dir.join(EVENTS), "\"task\":\"likelihood\"", "\"task\":\"captions\"");
    let comparison = compared(&[runs.open("r1").unwrap()]);
    let message = &all_but_the_likelihood(&comparison).message;
    let message = message.replace(&folder.path().display().to_string(), "<runs>");
    insta::assert_snapshot!(message, @"r1/gan-parzen-log-likelihood.csv.gz: outcomes of the task `captions`, which this build does not know; use a version of this project that does");
}

#[test]
fn a_value_that_is_no_number() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let run = everything(&runs, "r1");
    let file = run.outcomes.iter().find(|file| file.task == "likelihood").unwrap();
    let text = "value\n".to_owned() + &"NaN\n".repeat(1000);
    let packed = base::gzip::pack(text.as_bytes()).unwrap();
    std::fs::write(run.dir.join(&file.file), &packed).unwrap();
    edit(&run.dir.join(EVENTS), &file.sha256, &base::hash::sha256(&packed));
    let comparison = compared(&[runs.open("r1").unwrap()]);
    let message = &all_but_the_likelihood(&comparison).message;
    assert!(message.contains("line 2: `NaN` is not a finite number"), "{message}");
}

/// The pair reads the file too: it is named once.
#[test]
fn a_file_that_several_rows_need_is_named_once() {
    let folder = tempfile::tempdir().unwrap();
    let run = everything(&Runs::at(folder.path()), "r1");
    std::fs::write(run.dir.join("net-clean-test error.csv.gz"), "").unwrap();
    let comparison = compared(&[run]);
    assert_eq!(comparison.problems.len(), 1, "{:#?}", comparison.problems);
    let rows = &comparison.rows;
    for id in ["clean", "clean-spread", "versus-plain"] {
        let row = row(rows, id);
        assert_eq!(row.verdict, Some(Verdict::NotRun), "{id}");
        assert!(row.reason.as_deref().unwrap().starts_with("what was measured cannot be read: "), "{id}");
    }
    assert_eq!(row(rows, "half-trained").verdict, Some(Verdict::ProtocolGap));
    assert_eq!(row(rows, "attacked").verdict, Some(Verdict::Consistent));
}

#[test]
fn an_unreadable_record_is_named_and_the_others_count() {
    let folder = tempfile::tempdir().unwrap();
    let store = Runs::at(folder.path());
    finished(&store, &Plan::new("r1"), &answered(3000, 762, 1770));
    finished(&store, &Plan::new("r2"), &answered(3000, 0, 0));
    std::fs::write(folder.path().join("r2").join(HEADER), "{").unwrap();
    let listing = store.list().unwrap();
    let problems: Vec<Problem> = listing.unreadable.iter().map(Problem::from).collect();
    assert_eq!((problems.len(), problems[0].run.as_str()), (1, "r2"));
    assert!(problems[0].message.contains("plan.json, line 1: EOF"), "{}", problems[0].message);
    let comparison = evaluated(&paper(), &listing.runs);
    assert_eq!(row(&comparison.rows, "same-digits").verdict, Some(Verdict::Replicated));
}

/// Only what is about the damaged file says so.
#[test]
fn the_reason_names_the_file_only_where_it_matters() {
    let folder = tempfile::tempdir().unwrap();
    let run = everything(&Runs::at(folder.path()), "r1");
    std::fs::write(run.dir.join("net-fgsm-test error.csv.gz"), "").unwrap();
    let rows = compared(&[run]).rows;
    for id in ["attacked", "attacked-confidence"] {
        assert!(row(&rows, id).reason.as_deref().unwrap().contains("net-fgsm-test error.csv.gz"), "{id}");
    }
    assert_eq!(row(&rows, "never").reason.as_deref(), Some("no finished run measured the test error of never"));
}

/// An older record of the same conditions counts where the newest is damaged, which is named.
#[test]
fn an_older_record_stands_in_for_a_damaged_one() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let all = [everything(&runs, "r1"), everything(&runs, "r2")];
    for file in ["gan-parzen-log-likelihood.csv.gz", "net-clean-test error.csv.gz"] {
        std::fs::write(all[1].dir.join(file), "").unwrap();
    }
    let comparison = compared(&all);
    for (id, run) in [("likelihood", "r1"), ("clean", "r1"), ("versus-plain", "r1"), ("attacked", "r2")] {
        assert_eq!(row(&comparison.rows, id).run.as_deref(), Some(run), "{id}");
    }
    let named: Vec<&str> = comparison.problems.iter().map(|problem| problem.run.as_str()).collect();
    assert_eq!(named, ["r2", "r2"], "{:?}", comparison.problems);
}

#[test]
fn a_score_that_is_no_number_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let run = everything(&runs, "r1");
    let file = run.outcomes.iter().find(|file| file.task == "likelihood").unwrap();
    let packed = base::gzip::pack(("value\n".to_owned() + &"1.7e308\n".repeat(1000)).as_bytes()).unwrap();
    std::fs::write(run.dir.join(&file.file), &packed).unwrap();
    edit(&run.dir.join(EVENTS), &file.sha256, &base::hash::sha256(&packed));
    let comparison = compared(&[runs.open("r1").unwrap()]);
    let message = &all_but_the_likelihood(&comparison).message;
    assert!(message.contains("the log-likelihood comes to no finite number"), "{message}");
}

/// What a run said is lost with its events: outcomes beside none are damage, not a run that has yet to begin.
#[test]
fn outcomes_without_events_are_an_unreadable_record() {
    for gone in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let store = Runs::at(folder.path());
        let dir = everything(&store, "r1").dir;
        match gone {
            true => std::fs::remove_file(dir.join(EVENTS)).unwrap(),
            false => std::fs::write(dir.join(EVENTS), "").unwrap(),
        }
        let listing = store.list().unwrap();
        assert!(listing.runs.is_empty());
        let message = listing.unreadable[0].to_string();
        assert!(message.contains("events.jsonl: gone or empty, but examples-"), "{message}");
        assert_eq!(results::rescore::rescore(folder.path()).unwrap().unreadable.len(), 1);
        let findings = results::audit::audit(folder.path(), &results::audit::Current::default()).unwrap().findings;
        assert!(findings.iter().any(|found| found.severity == results::audit::Severity::Error), "{findings:?}");
    }
}
