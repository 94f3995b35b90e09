//! Records that go on after their process died.

use std::io::Write;

use results::store::{EVENTS, Runs, Status};
use results::{Error, Run};
use spec::event::{CanaryAnswer, Event, FailureKind};
use spec::metric::Metric;

use super::{answers, begun, complete, everything, outcomes, short};
use crate::made_up::{announce, environment};

fn killed() -> Event {
    Event::Failed { kind: FailureKind::Killed, message: "signal 9".into(), at: None }
}

fn started() -> Event {
    Event::Started { time: 2.0, environment: Box::new(environment()) }
}

fn resumed(step: u64) -> Event {
    Event::Resumed { what: "net".into(), step, at: 0.5 }
}

#[test]
fn a_killed_run_goes_on_and_finishes() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let mut record = begun(&runs, "r1").unwrap();
    let half = answers(1000, 0..300);
    announce(&mut record, outcomes("net", Metric::TEST_ERROR, "clean", short(400)), &half).unwrap();
    announce(&mut record, outcomes("plain", Metric::TEST_ERROR, "clean", complete()), &half).unwrap();
    record.append(&killed()).unwrap();
    drop(record);
    assert!(matches!(runs.open("r1").unwrap().status, Status::Failed { .. }));

    let mut record = runs.reopen("r1").unwrap();
    assert_eq!(record.dir(), folder.path().join("r1"));
    record.append(&started()).unwrap();
    record.append(&resumed(400)).unwrap();
    assert_eq!(runs.open("r1").unwrap().status, Status::Incomplete);
    let whole = answers(1000, 0..50);
    announce(&mut record, outcomes("net", Metric::TEST_ERROR, "clean", complete()), &whole).unwrap();
    record.append(&Event::Finished { at: 3.0 }).unwrap();
    record.seal().unwrap();
    drop(record);
    let run = runs.open("r1").unwrap();
    assert!(run.is_finished() && run.notes.is_empty(), "{:?}", run.notes);
    assert_eq!(run.outcomes.iter().map(|file| file.network.as_str()).collect::<Vec<_>>(), ["net", "plain"]);
    assert_eq!(run.outcomes[0].model.trained(), Some(&complete()), "the later announcement counts");
    assert_eq!((run.resumed.len(), run.resumed[0].step), (1, 400));
    assert!(matches!(runs.reopen("r1"), Err(Error::Finished(_))));
}

#[test]
fn a_failure_after_the_resumption_has_the_last_word() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let mut record = begun(&runs, "r1").unwrap();
    for event in [killed(), started(), resumed(400), Event::Finished { at: 3.0 }, killed(), Event::Finished { at: 4.0 }]
    {
        record.append(&event).unwrap();
    }
    assert!(matches!(runs.open("r1").unwrap().status, Status::Failed { .. }));
}

#[test]
fn a_canary_that_is_looked_at_again_counts_once() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let mut record = begun(&runs, "r1").unwrap();
    let answer = |picture: &str, score| {
        let (picture, pixels) = (picture.to_owned(), "0".repeat(64));
        Event::Canary(CanaryAnswer { picture, top: vec![(1, score)], class: None, score: None, agrees: None, pixels })
    };
    for event in [answer("cat", 0.5), answer("dog", 0.5), killed(), started(), answer("cat", 0.25), answer("dog", 0.5)]
    {
        record.append(&event).unwrap();
    }
    let canary = runs.open("r1").unwrap().canary;
    let told: Vec<_> = canary.iter().map(|answer| (answer.picture.as_str(), answer.top[0].1)).collect();
    assert_eq!(told, [("cat", 0.25), ("dog", 0.5)]);
}

#[test]
fn what_cannot_go_on_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    everything(&runs, "done");
    assert!(matches!(runs.reopen("done"), Err(Error::Finished(_))));
    let going = begun(&runs, "going").unwrap();
    assert!(matches!(runs.reopen("going"), Err(Error::GoingOn(_))));
    drop(going);
    let first = runs.reopen("going").unwrap();
    assert!(matches!(runs.reopen("going"), Err(Error::GoingOn(_))), "only one may take it up");
    assert!(runs.open("going").unwrap().is_going_on());
    drop(first);
    assert!(matches!(runs.reopen("none"), Err(Error::NotARun(_))));
    assert!(matches!(runs.reopen("../going"), Err(Error::BadRunId(_))));
}

#[test]
fn a_torn_last_line_is_cut_off_before_it_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    drop(begun(&runs, "r1").unwrap());
    let path = folder.path().join("r1").join(EVENTS);
    let whole = std::fs::read(&path).unwrap();
    let torn: [&[u8]; 4] = [b"{\"event\":\"no", b"{\"event\":\"note\",\"text\":\"\xc3", b"\0\0\0\n", b""];
    for end in torn {
        std::fs::write(&path, [&whole, end].concat()).unwrap();
        let mut record = runs.reopen("r1").unwrap();
        record.append(&resumed(7)).unwrap();
        record.append(&Event::Finished { at: 1.0 }).unwrap();
        record.seal().unwrap();
        drop(record);
        assert!(std::fs::read(&path).unwrap().starts_with(&whole));
        let run = Run::open(&folder.path().join("r1")).unwrap();
        assert_eq!((run.is_finished(), run.resumed.len(), run.notes.len()), (true, 1, 0));
    }
    // Whole but for its line feed: it is kept.
    std::fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    runs.reopen("r1").unwrap().append(&resumed(7)).unwrap();
    let run = runs.open("r1").unwrap();
    assert!(run.environment.is_some() && run.resumed.len() == 1);
    // A damaged line that is not the last is not mended.
    let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(b"oops\n{\"event\":\"finished\",\"at\":1.0}\n").unwrap();
    let before = std::fs::read(&path).unwrap();
    assert!(matches!(runs.reopen("r1"), Err(Error::Line { .. })));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn another_environment_is_noted() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    drop(begun(&runs, "r1").unwrap());
    let other = spec::event::Environment { cpu: "another processor".into(), ..environment() };
    runs.reopen("r1").unwrap().append(&Event::Started { time: 2.0, environment: Box::new(other) }).unwrap();
    assert_eq!(
        runs.open("r1").unwrap().notes,
        ["resumed in another environment than it began in; the last one is shown"]
    );
}
