//! Two at once: one fetches, the other waits and finds the file; threads here, processes in the same test binary.

use std::process::Command;
use std::time::Duration;

use spec::lock::{Entry, Source};
use store::{Origin, Store};

use crate::fixture::{Place, bytes, entry, pinned};
use crate::server::{Answer, Server};

fn lock(server: &str) -> Entry {
    entry("w", vec![pinned("f", &bytes(200_000, 5), vec![Source::Url(server.to_owned())])])
}

#[test]
fn two_threads_fetch_once() {
    let place = Place::new();
    let server = Server::start(bytes(200_000, 5), vec![Answer::Slowly(20_000, Duration::from_millis(20))]);
    let lock = lock(&server.url);
    let run = || place.store().ensure(&lock).unwrap().files[0].from.clone();
    let (one, two) = std::thread::scope(|scope| {
        let one = scope.spawn(run);
        let two = scope.spawn(run);
        (one.join().unwrap(), two.join().unwrap())
    });
    let fetched = Origin::Url(server.url.clone());
    assert!([&one, &two].contains(&&fetched) && [&one, &two].contains(&&Origin::Store), "{one} {two}");
    assert_eq!(server.asked().len(), 1);
}

/// The other process of the next tests: this binary, asked for this test alone.
#[test]
#[ignore = "started by the tests of two processes"]
fn other_process() {
    let (Some(home), Some(url)) = (std::env::var_os("TEST_HOME"), std::env::var("TEST_URL").ok()) else { return };
    let mut options = store::Options::new(store::Home::at(home));
    options.progress = store::Progress::stderr();
    let fetched = Store::new(options).ensure(&lock(&url)).unwrap();
    println!("from {}", fetched.files[0].from);
}

fn other(place: &Place, server: &Server) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "together::other_process", "--ignored", "--nocapture"]);
    command.env("TEST_HOME", place.path("home")).env("TEST_URL", &server.url);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    command
}

#[test]
fn two_processes_fetch_once_and_the_second_says_that_it_waits() {
    let place = Place::new();
    let server = Server::start(bytes(200_000, 5), vec![Answer::Slowly(10_000, Duration::from_millis(50))]);
    let first = other(&place, &server).spawn().unwrap();
    while server.asked().is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let second = other(&place, &server).output().unwrap();
    let first = first.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(text(&first.stdout).contains("from http://"), "{}", text(&first.stderr));
    assert!(text(&second.stdout).contains("from store"), "{}", text(&second.stderr));
    assert!(text(&second.stderr).contains("w: another process is at work on it; waiting"), "{}", text(&second.stderr));
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn a_killed_process_blocks_nobody_and_its_bytes_are_used() {
    let place = Place::new();
    let server = Server::start(bytes(200_000, 5), vec![Answer::Slowly(10_000, Duration::from_millis(30))]);
    let mut first = other(&place, &server).spawn().unwrap();
    let part = place.path("home/downloads/w/f.part");
    while fs_err::metadata(&part).map_or(0, |facts| facts.len()) < 50_000 {
        std::thread::sleep(Duration::from_millis(5));
    }
    first.kill().unwrap();
    first.wait().unwrap();
    let kept = fs_err::metadata(&part).unwrap().len();
    let fetched = place.store().ensure(&lock(&server.url)).unwrap();
    assert_eq!(fs_err::read(fetched.path("f").unwrap()).unwrap(), bytes(200_000, 5));
    assert_eq!(server.asked()[1].range, Some(format!("bytes={kept}-")));
}
