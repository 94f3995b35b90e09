//! What the audit finds in experiments' records.

use std::path::Path;

use results::audit::{Current, audit};
use results::rescore;
use results::store::{EVENTS, Runs};
use spec::event::Event;

use super::{ROOT, begun, edit, everything};

fn found(folder: &Path) -> String {
    let findings = audit(folder, &Current::default()).unwrap();
    let lines = findings.iter().map(|found| format!("{} {}: {}", found.run, found.severity, found.message));
    let text = lines.collect::<Vec<_>>().join("\n").replace(&folder.display().to_string(), "<runs>");
    // How much fs-err says itself depends on which of its features the other packages of a build ask for.
    text.replace(": No such file or directory (os error 2)", "")
}

#[test]
fn nothing_in_a_good_one() {
    let folder = tempfile::tempdir().unwrap();
    rescore::keep(&everything(&Runs::at(folder.path()), "r1")).unwrap();
    assert_eq!(found(folder.path()), "");
}

#[test]
fn everything_in_bad_ones() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let dir = |run: &str| folder.path().join(run);
    everything(&runs, "r1-no-curve");
    std::fs::remove_file(dir("r1-no-curve").join("net.csv")).unwrap();
    everything(&runs, "r2-other-picture");
    std::fs::write(dir("r2-other-picture").join("net.png"), "another").unwrap();
    everything(&runs, "r3-other-answers");
    edit(&dir("r3-other-answers").join("net-clean-test error.csv"), "0.8", "0.7");
    rescore::keep(&everything(&runs, "r4-other-score")).unwrap();
    edit(&dir("r4-other-score").join(rescore::SCORES), "\"wrong\": 80", "\"wrong\": 79");
    everything(&runs, "r5-other-data");
    edit(&dir("r5-other-data").join(EVENTS), &format!("\"root\":\"{ROOT}\""), "\"root\":\"00\"");
    let mut record = begun(&runs, "r6-nothing").unwrap();
    record.append(&Event::Resumed { what: "net".into(), step: 400, at: 1.0 }).unwrap();
    record.append(&Event::Finished { at: 2.0 }).unwrap();
    drop(record);
    everything(&runs, "r7-other-condition");
    edit(&dir("r7-other-condition").join(EVENTS), "\"protocol\":\"parzen\"", "\"protocol\":\"windows\"");
    insta::assert_snapshot!(found(folder.path()));
}
