//! Records of other versions of this project.

use results::store::{EVENTS, HEADER, Runs};
use results::{Error, Run};

use crate::made_up::{Plan, answered, edit, finished};

fn a_run(folder: &std::path::Path) -> Run {
    finished(&Runs::at(folder), &Plan::new("r1"), &answered(10, 5, 8))
}

#[test]
fn fields_that_are_not_known_are_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let run = a_run(folder.path());
    edit(&run.dir.join(HEADER), "\"paper\": \"made-up\",", "\"paper\": \"made-up\", \"weather\": {\"rain\": true},");
    edit(&run.dir.join(HEADER), "\"seed\": 0,", "\"seed\": 0, \"luck\": 7,");
    edit(&run.dir.join(HEADER), "\"id\": \"whole\",", "\"id\": \"whole\", \"colour\": \"blue\",");
    edit(&run.dir.join(EVENTS), "\"task\":\"classify\",", "\"task\":\"classify\",\"mood\":\"good\",");
    edit(&run.dir.join(EVENTS), "\"cores\":2,", "\"cores\":2,\"fans\":3,");
    edit(&run.dir.join(EVENTS), "\"event\":\"finished\",", "\"event\":\"finished\",\"cheers\":[1],");
    let again = Run::open(&run.dir).unwrap();
    // The job is opaque, and keeps what is in it.
    assert_eq!(again.header.job["settings"]["luck"], 7);
    assert_eq!(Run { header: run.header.clone(), seal: run.seal.clone(), ..again }, run);
}

#[test]
fn events_that_are_not_known_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let run = a_run(folder.path());
    edit(
        &run.dir.join(EVENTS),
        "{\"event\":\"finished\"",
        "{\"event\":\"weather\",\"rain\":1}\n{\"event\":\"tide\"}\n{\"event\":\"weather\"}\n{\"event\":\"finished\"",
    );
    let again = Run::open(&run.dir).unwrap();
    assert!(again.is_finished());
    insta::assert_snapshot!(again.notes.join("\n"), @"
    2 event(s) of the kind `weather`, which this build does not know, were passed over: a newer version wrote them
    1 event(s) of the kind `tide`, which this build does not know, were passed over: a newer version wrote them
    ");
    // Another kind may well end a record, but a line without a kind is no event.
    edit(&run.dir.join(EVENTS), "{\"event\":\"tide\"}", "{\"tide\":1}");
    assert!(matches!(Run::open(&run.dir), Err(Error::Line { line: 6, .. })));
}

#[test]
fn words_that_came_later_cost_their_own_event() {
    let folder = tempfile::tempdir().unwrap();
    let run = a_run(folder.path());
    let energy =
        "{\"event\":\"measurement\",\"name\":\"energy\",\"value\":3.0,\"unit\":\"joules\",\"low\":null,\"high\":null}";
    edit(&run.dir.join(EVENTS), "{\"event\":\"finished\"", &format!("{energy}\n{{\"event\":\"finished\""));
    let again = Run::open(&run.dir).unwrap();
    assert_eq!((again.is_finished(), again.measurements.len()), (true, run.measurements.len()));
    insta::assert_snapshot!(again.notes.join("\n"), @"1 event(s) of the kind `measurement` with `joules`, which this build does not know, were passed over: a newer version wrote them");
    // What is no word at all is damage.
    edit(&run.dir.join(EVENTS), "\"joules\"", "7");
    assert!(matches!(Run::open(&run.dir), Err(Error::Line { .. })));
}

#[test]
fn a_later_format_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let run = a_run(folder.path());
    edit(&run.dir.join(HEADER), "\"format\": 2,\n  \"run\"", "\"format\": 3,\n  \"run\"");
    let error = Run::open(&run.dir).unwrap_err();
    assert!(matches!(&error, Error::Format { found: 3, known: 2, .. }), "{error}");
    let message = error.to_string().replace(&folder.path().display().to_string(), "<runs>");
    insta::assert_snapshot!(message, @"<runs>/r1/plan.json: record format 3, this build reads format 2 and the one before; use the version of this project that wrote it");
    edit(&run.dir.join(HEADER), "\"format\": 3", "\"format\": 0");
    assert!(matches!(Run::open(&run.dir), Err(Error::Format { found: 0, .. })));
}
