//! What is printed: where it cannot be, that is told.

use std::process::{Command, Stdio};

use super::{FINISHES, record};
use crate::common::Place;

/// Whether the system has a device that is always full.
fn full() -> Stdio {
    Stdio::from(std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap())
}

fn ended(mut command: Command, stdout: Stdio) -> (i32, String) {
    let output = command.stdout(stdout).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
    (output.status.code().unwrap_or(-1), String::from_utf8(output.stderr).unwrap())
}

/// A place with a record that is wrong.
fn damaged() -> Place {
    let place = Place::new();
    let run = record(&place, "-resnet50-");
    std::fs::write(run.join("plan.json"), "{").unwrap();
    place
}

#[test]
fn a_full_disk_is_an_error() {
    let place = damaged();
    for arguments in [&["audit"][..], &["list"], &["list", "--json"], &["show", "vgg"], &["data", "list"]] {
        let (code, stderr) = ended(place.command(arguments), full());
        assert_eq!(code, 2, "{arguments:?}: {stderr}");
        assert!(stderr.contains("standard output could not be written"), "{arguments:?}: {stderr}");
        assert_eq!(stderr.matches("error: ").count(), 1, "{stderr}");
    }
    let place = Place::with_runner(FINISHES);
    let (code, stderr) = ended(place.command(&["replicate", "vgg19", "--tier", "instant", "--json"]), full());
    assert_eq!(code, 2, "{stderr}");
}

#[test]
fn nobody_reading_is_no_error_and_the_verdict_stands() {
    let place = damaged();
    let closed = || {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        Stdio::from(writer)
    };
    assert_eq!(ended(place.command(&["audit"]), closed()), (1, String::new()));
    assert_eq!(ended(place.command(&["list"]), closed()), (0, String::new()));
}

#[test]
fn standard_error_may_be_gone() {
    let place = damaged();
    let mut command = place.command(&["report", "--reference"]);
    let output = command.stdout(Stdio::piped()).stderr(full()).spawn().unwrap().wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
}

#[test]
fn a_page_that_cannot_be_written_takes_nothing_from_the_screen() {
    let place = Place::new();
    std::fs::write(place.path("site"), "no folder").unwrap();
    let said = place.harness(&["replicate", "all", "--tier", "instant"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.stdout.matches("structure: ").count() > 3 && !said.stdout.contains("on the page"), "{said:?}");
    assert!(said.stderr.contains("the page could not be written"), "{said:?}");
}
