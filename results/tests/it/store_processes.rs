//! Records survive crashes and other processes.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use results::store::{Runs, Status, new_run_id};
use spec::event::Event;

use crate::made_up::{Plan, answered, begun, finished};

/// Set for the processes that these tests start: the folder of runs.
const CHILD: &str = "RESULTS_TEST_CHILD";

#[test]
fn two_processes_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut children = [child(folder.path(), "writes_a_few_runs"), child(folder.path(), "writes_a_few_runs")];
    for child in &mut children {
        assert!(child.wait().unwrap().success());
    }
    let listing = Runs::at(folder.path()).list().unwrap();
    assert_eq!((listing.runs.len(), listing.unreadable.len()), (8, 0));
    assert!(listing.runs.iter().all(|run| run.is_finished() && run.measurements.len() == 2));
}

#[test]
fn a_killed_process_leaves_a_readable_record() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = child(folder.path(), "writes_until_killed");
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let written =
        lines.find_map(|line| line.unwrap().rsplit("written ").next()?.parse::<usize>().ok().filter(|n| *n >= 3));
    let going = Runs::at(folder.path()).open("endless").unwrap();
    assert!(going.is_going_on());
    child.kill().unwrap();
    child.wait().unwrap();
    let run = Runs::at(folder.path()).open("endless").unwrap();
    assert_eq!(run.status, Status::Incomplete);
    assert!(!run.is_going_on());
    let notes = run.notes.iter().filter(|note| note.starts_with("note ")).count();
    assert!(notes >= written.unwrap(), "{notes} of at least {written:?} synced notes are there");
}

#[test]
#[ignore = "started by two_processes_lose_nothing"]
fn writes_a_few_runs() {
    let Some(folder) = std::env::var_os(CHILD) else { return };
    for _ in 0..4 {
        let id = new_run_id("net");
        finished(&Runs::at(&folder), &Plan::new(&id), &answered(10, 5, 8));
    }
}

#[test]
#[ignore = "started by a_killed_process_leaves_a_readable_record"]
fn writes_until_killed() {
    let Some(folder) = std::env::var_os(CHILD) else { return };
    let mut record = begun(&Runs::at(folder), &Plan::new("endless"), &answered(0, 0, 0)).unwrap();
    for n in 0..1_000_000 {
        record.append(&Event::Note { text: format!("note {n}") }).unwrap();
        let mut stdout = std::io::stdout().lock();
        writeln!(stdout, "written {n}").unwrap();
        stdout.flush().unwrap();
    }
}

fn child(folder: &std::path::Path, test: &str) -> std::process::Child {
    Command::new(std::env::current_exe().unwrap())
        .args([&format!("store_processes::{test}"), "--exact", "--ignored", "--nocapture"])
        .env(CHILD, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}
