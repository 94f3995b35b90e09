//! What the audit finds in experiments' records.

use std::path::Path;

use results::audit::{Current, audit};
use results::rescore;
use results::store::{EVENTS, HEADER, Runs, SCORES};
use spec::event::Event;

use super::{ROOT, begun, everything};
use crate::made_up::{close, edit, seal_again};

/// Without the note that each of these records gets for its job.
fn found(folder: &Path) -> String {
    let findings = audit(folder, &Current::default()).unwrap().findings;
    let lines = findings.iter().map(|found| format!("{} {}: {}", found.run, found.severity, found.message));
    let lines = lines.filter(|line| !line.contains("the job is in another version's words"));
    let text = lines.collect::<Vec<_>>().join("\n").replace(&folder.display().to_string(), "<runs>");
    // How much fs-err says itself depends on which of its features the other packages of a build ask for.
    text.replace(": No such file or directory (os error 2)", "")
}

#[test]
fn nothing_in_a_good_one() {
    let folder = tempfile::tempdir().unwrap();
    close(&everything(&Runs::at(folder.path()), "r1"));
    assert_eq!(found(folder.path()), "");
    let findings = audit(folder.path(), &Current::default()).unwrap().findings;
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].message, "the job is in another version's words; what it asked for is not checked");
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
    std::fs::write(dir("r3-other-answers").join("net-clean-test error.csv.gz"), "top1,score1\n,1\n").unwrap();
    rescore::keep(&everything(&runs, "r4-other-score")).unwrap();
    edit(&dir("r4-other-score").join(SCORES), "\"correct\":920", "\"correct\":921");
    everything(&runs, "r5-nothing-pins");
    edit(&dir("r5-nothing-pins").join(EVENTS), &format!("\"root\":\"{ROOT}\""), "\"root\":\"\"");
    let mut record = begun(&runs, "r6-resumed").unwrap();
    record.append(&Event::Resumed { what: "net".into(), step: 400, at: 1.0 }).unwrap();
    record.append(&Event::Finished { at: 2.0 }).unwrap();
    record.seal().unwrap();
    drop(record);
    everything(&runs, "r7-not-to-train");
    let header = std::fs::read_to_string(dir("r7-not-to-train").join(HEADER)).unwrap();
    let mut header: serde_json::Value = serde_json::from_str(&header).unwrap();
    header["training"] = serde_json::Value::Null;
    std::fs::write(dir("r7-not-to-train").join(HEADER), header.to_string()).unwrap();
    seal_again(&dir("r7-not-to-train"));
    everything(&runs, "r8-unknown-task");
    edit(&dir("r8-unknown-task").join(EVENTS), "\"task\":\"likelihood\"", "\"task\":\"captions\"");
    rescore::keep(&everything(&runs, "r9-scores-torn")).unwrap();
    std::fs::write(dir("r9-scores-torn").join(SCORES), "[").unwrap();
    everything(&runs, "s1-private");
    edit(&dir("s1-private").join(EVENTS), "\"private\":false", "\"private\":true");
    std::fs::remove_file(dir("s1-private").join("net.png")).unwrap();
    insta::assert_snapshot!(found(folder.path()));
}
