//! Records as they are written and read again, whole or torn.

use results::store::{EVENTS, Runs, Status, new_run_id, run_id};
use results::{Error, Run};
use spec::event::{Event, FailureKind};

use crate::made_up::{Plan, answered, begun, finished, unseal};

#[test]
fn a_record_reads_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path().join("new/folder"));
    let run = finished(&runs, &Plan::new("r1"), &answered(10, 5, 8));
    assert_eq!(run.header, Plan::new("r1").header());
    assert_eq!(run.status, Status::Finished);
    assert_eq!(run.environment, Some(crate::made_up::environment()));
    assert_eq!(run.measurement("throughput.network").unwrap().value, 20.0);
    assert_eq!(run.outcomes[0].count, 10);
    assert!(run.notes.is_empty() && !run.is_going_on());
}

#[test]
fn a_torn_last_line_is_passed_over_and_noted() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let whole = finished(&runs, &Plan::new("r1"), &answered(10, 5, 8));
    let path = whole.dir.join(EVENTS);
    unseal(&whole.dir);
    let whole = Run::open_unsealed(&whole.dir).unwrap();
    let text = std::fs::read(&path).unwrap();
    let last = text[..text.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    for end in [last + 1, text.len() - 2] {
        std::fs::write(&path, &text[..end]).unwrap();
        let torn = Run::open(&whole.dir).unwrap();
        assert_eq!(torn.status, Status::Incomplete);
        assert_eq!(torn.measurements, whole.measurements);
        assert_eq!(torn.notes, ["events.jsonl, line 5 is torn, as a crash leaves it, and was passed over"]);
    }
    // Torn between two characters of UTF-8, or just before its line's end.
    std::fs::write(&path, [&text[..last], b"{\"event\":\"note\",\"text\":\"\xc3"].concat()).unwrap();
    assert_eq!(Run::open(&whole.dir).unwrap().notes.len(), 1);
    std::fs::write(&path, &text[..text.len() - 1]).unwrap();
    assert_eq!(Run::open_unsealed(&whole.dir).unwrap(), whole);
}

#[test]
fn a_damaged_line_in_the_middle_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let run = finished(&Runs::at(folder.path()), &Plan::new("r1"), &answered(10, 5, 8));
    let path = run.dir.join(EVENTS);
    let text = std::fs::read_to_string(&path).unwrap().replace("\"memory.process.peak\"", "oops");
    std::fs::write(&path, text).unwrap();
    let error = Run::open(&run.dir).unwrap_err();
    assert!(matches!(&error, Error::Line { line: 4, .. }), "{error}");
}

#[test]
fn a_failure_has_the_last_word() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let mut record = begun(&runs, &Plan::new("r1"), &answered(0, 0, 0)).unwrap();
    record.append(&Event::Progress { done: 1, total: 2, unit: "images".into() }).unwrap();
    record.append(&Event::Finished { at: 1.0 }).unwrap();
    record.append(&Event::Failed { kind: FailureKind::Killed, message: "signal 9".into(), at: None }).unwrap();
    let text = std::fs::read_to_string(record.dir().join(EVENTS)).unwrap();
    assert!(!text.contains("progress"), "progress is not kept: {text}");
    let status = runs.open("r1").unwrap().status;
    assert_eq!(status, Status::Failed { kind: FailureKind::Killed, message: "signal 9".into() });
}

#[test]
fn nothing_is_overwritten_and_no_name_leads_out() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path().join("runs"));
    let first = finished(&runs, &Plan::new("r1"), &answered(10, 5, 8));
    assert!(matches!(runs.create(&Plan::new("r1").header()), Err(Error::Exists(_))));
    assert_eq!(runs.open("r1").unwrap(), first);
    for bad in ["../r1", "", ".r1", "a/b", "r 1"] {
        assert!(matches!(runs.create(&Plan::new(bad).header()), Err(Error::BadRunId(_))), "{bad}");
        assert!(matches!(runs.open(bad), Err(Error::BadRunId(_))), "{bad}");
    }
}

#[test]
fn a_folder_that_cannot_be_read_does_not_hide_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    assert!(Runs::at(folder.path().join("none")).list().unwrap().runs.is_empty());
    finished(&runs, &Plan::new("r2"), &answered(10, 5, 8));
    finished(&runs, &Plan::new("r1"), &answered(10, 5, 8));
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    std::fs::write(folder.path().join("empty/events.jsonl"), "").unwrap();
    std::fs::create_dir(folder.path().join("notes")).unwrap();
    std::fs::create_dir(folder.path().join(".hidden")).unwrap();
    std::fs::write(folder.path().join("a-file"), "x").unwrap();
    let later = finished(&runs, &Plan::new("later"), &answered(10, 5, 8));
    let plan = std::fs::read_to_string(later.dir.join("plan.json")).unwrap();
    std::fs::write(later.dir.join("plan.json"), plan.replacen("\"format\": 2", "\"format\": 3", 1)).unwrap();
    let listing = runs.list().unwrap();
    assert_eq!(listing.runs.iter().map(Run::id).collect::<Vec<_>>(), ["r1", "r2"]);
    assert_eq!(listing.foreign, [folder.path().join("notes")]);
    // A run's own folder is that run's.
    let own = Runs::at(runs.dir("r1")).list().unwrap();
    assert_eq!((own.runs.len(), own.runs[0].id(), own.unreadable.len()), (1, "r1", 0));
    let messages: Vec<String> = listing
        .unreadable
        .iter()
        .map(|unreadable| unreadable.to_string().replace(&folder.path().display().to_string(), "<runs>"))
        .collect();
    insta::assert_snapshot!(messages.join("\n"), @"
    <runs>/empty: no plan.json here, so this is not a run's folder or its run was killed before it began
    <runs>/later/plan.json: record format 3, this build reads format 2 and the one before; use the version of this project that wrote it
    ");
}

#[test]
fn run_ids_sort_by_time_and_are_folder_names() {
    let early = run_id("2026-11-23T21:15:00Z".parse().unwrap(), "resnet50", 0xab_3f2a01);
    assert_eq!(early, "20261123T211500Z-resnet50-3f2a01");
    let late = run_id("2026-11-24T00:00:00Z".parse().unwrap(), "a/b c", 1);
    assert_eq!(late, "20261124T000000Z-a-b-c-000001");
    assert!(early < late);
    let ids: std::collections::HashSet<String> = (0..100).map(|_| new_run_id("x")).collect();
    assert_eq!(ids.len(), 100);
}
