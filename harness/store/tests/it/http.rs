//! Downloads from a server that breaks off, lies, stalls and refuses.

use std::time::Duration;

use store::expect::Expect;
use store::http::Fetcher;
use store::{Error, Progress};

use crate::fixture::{Place, bytes, patience};
use crate::server::{Answer, Server};

struct Case {
    place: Place,
    body: Vec<u8>,
    server: Server,
}

impl Case {
    fn new(answers: Vec<Answer>) -> Self {
        let body = bytes(1_000_000, 7);
        Self { place: Place::new(), server: Server::start(body.clone(), answers), body }
    }

    fn fetch(&self) -> Result<store::hash::Measured, Error> {
        self.fetch_pinned(&store::hash::sha256(&self.body))
    }

    fn fetch_pinned(&self, sha256: &str) -> Result<store::hash::Measured, Error> {
        let expect = Expect { size: Some(self.body.len() as u64), sha256: Some(sha256), ..Expect::default() };
        Fetcher::new(patience()).download(&self.server.url, &self.place.path("file"), &expect, &Progress::hidden())
    }

    fn ranges(&self) -> Vec<Option<String>> {
        self.server.asked().into_iter().map(|asked| asked.range).collect()
    }

    fn assert_whole(&self) {
        assert_eq!(fs_err::read(self.place.path("file")).unwrap(), self.body);
        assert_eq!(crate::fixture::all_files(self.place.dir.path()), ["file"], "nothing is left beside it");
    }
}

#[test]
fn a_good_server_is_asked_once() {
    let case = Case::new(vec![]);
    let found = case.fetch().unwrap();
    assert_eq!(found.size, 1_000_000);
    case.assert_whole();
    assert_eq!(case.ranges(), [None]);
}

#[test]
fn a_broken_connection_is_continued_where_it_stopped() {
    let case = Case::new(vec![Answer::CutAfter(300_000), Answer::CutAfter(200_000)]);
    case.fetch().unwrap();
    case.assert_whole();
    let asked = case.server.asked();
    assert_eq!(asked.len(), 3);
    assert_eq!(asked[1].range.as_deref(), Some("bytes=300000-"));
    assert_eq!(asked[1].if_range.as_deref(), Some("\"v1\""));
    assert_eq!(asked[2].range.as_deref(), Some("bytes=500000-"));
}

#[test]
fn what_a_killed_run_left_is_continued() {
    let case = Case::new(vec![]);
    case.place.write("file.part", &case.body[..400_000]);
    case.place.write("file.part.etag", b"\"v1\"");
    case.fetch().unwrap();
    case.assert_whole();
    assert_eq!(case.ranges(), [Some("bytes=400000-".to_owned())]);
}

#[test]
fn a_whole_part_needs_no_server() {
    let case = Case::new(vec![Answer::Status(500)]);
    case.place.write("file.part", &case.body);
    case.fetch().unwrap();
    case.assert_whole();
    assert!(case.ranges().is_empty());
}

#[test]
fn a_part_of_other_bytes_is_thrown_away_once() {
    let case = Case::new(vec![]);
    case.place.write("file.part", &bytes(400_000, 8));
    case.fetch().unwrap();
    case.assert_whole();
    assert_eq!(case.ranges(), [Some("bytes=400000-".to_owned()), None]);
}

#[test]
fn a_part_of_an_older_version_is_not_continued() {
    let case = Case::new(vec![]);
    case.place.write("file.part", &bytes(400_000, 8));
    case.place.write("file.part.etag", b"\"v0\"");
    case.fetch().unwrap();
    case.assert_whole();
    assert_eq!(case.ranges(), [Some("bytes=400000-".to_owned())], "If-Range made the server send the whole");
}

#[test]
fn a_server_without_ranges_starts_over() {
    let case = Case::new(vec![Answer::CutAfter(300_000), Answer::NoRanges]);
    case.fetch().unwrap();
    case.assert_whole();
}

#[test]
fn passing_errors_are_retried_and_stalls_cut_off() {
    let case =
        Case::new(vec![Answer::Status(503), Answer::StallAfter(10_000, Duration::from_secs(2)), Answer::Status(429)]);
    case.fetch().unwrap();
    case.assert_whole();
    assert_eq!(case.ranges().len(), 4);
}

#[test]
fn a_slow_server_is_waited_for() {
    let case = Case::new(vec![Answer::Slowly(100_000, Duration::from_millis(60))]);
    case.fetch().unwrap();
    case.assert_whole();
    assert_eq!(case.ranges(), [None]);
}

#[test]
fn wrong_bytes_are_put_away() {
    let case = Case::new(vec![]);
    let error = case.fetch_pinned(&"0".repeat(64)).unwrap_err();
    let Error::Mismatch(mismatch) = &error else { panic!("{error}") };
    assert_eq!(mismatch.expected, "0".repeat(64));
    assert_eq!(mismatch.found, store::hash::sha256(&case.body));
    assert_eq!(crate::fixture::all_files(case.place.dir.path()), ["file.bad"]);
    let text = error.to_string();
    assert!(text.contains(&mismatch.expected) && text.contains(&mismatch.found) && text.contains("file.bad"), "{text}");
}

#[test]
fn a_refusal_is_not_retried() {
    let case = Case::new(vec![Answer::Status(404)]);
    let error = case.fetch().unwrap_err();
    assert!(matches!(&error, Error::Refused { status, .. } if status.starts_with("404")), "{error}");
    assert_eq!(case.ranges().len(), 1);
}

#[test]
fn no_more_than_the_pinned_size_is_taken() {
    for answer in [Answer::Other(bytes(1_000_001, 7)), Answer::Unannounced(bytes(3_000_000, 7))] {
        let case = Case::new(vec![answer]);
        let error = case.fetch().unwrap_err();
        assert!(matches!(error, Error::TooLong { pinned: 1_000_000, .. }), "{error}");
        let left: u64 = crate::fixture::all_files(case.place.dir.path())
            .iter()
            .map(|file| fs_err::metadata(case.place.path(file)).unwrap().len())
            .sum();
        assert!(left <= 1_000_000, "{left} bytes are left");
    }
}

#[test]
fn no_server_is_one_clear_error() {
    let place = Place::new();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}/file");
    let expect = Expect::sha256("00");
    let error = Fetcher::new(patience()).download(&url, &place.path("file"), &expect, &Progress::hidden()).unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, Error::Network { attempts: 2, .. }), "{text}");
    assert!(text.contains("Connection refused"), "{text}");
}

#[test]
fn other_schemes_are_refused() {
    let place = Place::new();
    for url in ["file:///etc/passwd", "ftp://host/file", "not an address"] {
        let error = Fetcher::new(patience())
            .download(url, &place.path("f"), &Expect::default(), &Progress::hidden())
            .unwrap_err();
        assert!(matches!(error, Error::Url { .. }), "{error}");
    }
}
