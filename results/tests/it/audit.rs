//! What the audit finds.

use std::collections::BTreeMap;
use std::path::Path;

use results::audit::{Current, Severity, audit};
use results::rescore;
use results::store::{EVENTS, HEADER, Runs, SCORES};
use serde_json::json;

use crate::made_up::{Plan, answered, begun, close, edit, finished};

fn current(root: &str) -> Current {
    let lock = json!({"version": 1, "entries": [{
        "id": "whole", "title": "Whole", "kind": "dataset", "access": "open",
        "licence": {"name": "none", "redistributable": true, "read_in": "memory"},
        "files": [{"path": "whole.tar", "size": 1, "sha256": "00", "hash": "recomputed",
            "unpack": {"format": "tar", "to": ".", "manifest": {"files": 3000, "bytes": 1, "root": root}}}],
    }]});
    Current {
        specs: BTreeMap::from([("made-up".to_owned(), "s".to_owned())]),
        lock_sha256: Some("l".into()),
        lock: Some(serde_json::from_value(lock).unwrap()),
    }
}

fn found(folder: &Path, current: &Current) -> String {
    let findings = audit(folder, current).unwrap().findings;
    let lines = findings.iter().map(|found| format!("{} {}: {}", found.run, found.severity, found.message));
    lines.collect::<Vec<_>>().join("\n").replace(&folder.display().to_string(), "<runs>")
}

#[test]
fn nothing_about_a_good_run() {
    let folder = tempfile::tempdir().unwrap();
    close(&finished(&Runs::at(folder.path()), &Plan::new("r1"), &answered(3000, 3, 7)));
    assert_eq!(found(folder.path(), &current("ab")), "");
}

#[test]
fn everything_about_bad_ones() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let some = answered(10, 3, 7);
    let edit = |run: &str, file: &str, from: &str, to: &str| edit(&folder.path().join(run).join(file), from, to);
    let ten = |run| Plan { images: 10, ..Plan::new(run) };
    finished(&runs, &ten("r1-fewer-right"), &some);
    std::fs::write(folder.path().join("r1-fewer-right/answers.csv.gz"), "top1\n1\n").unwrap();
    finished(&runs, &ten("r2-moved"), &some);
    std::fs::rename(folder.path().join("r2-moved"), folder.path().join("r2-away")).unwrap();
    finished(&runs, &ten("r3-no-speed"), &some);
    edit("r3-no-speed", EVENTS, "throughput.network", "throughput.nothing");
    finished(&runs, &ten("r4-other-arithmetic"), &some);
    edit("r4-other-arithmetic", EVENTS, "\"precision\":\"fp32\"", "\"precision\":\"bf16\"");
    finished(&runs, &ten("r5-other-data"), &some);
    edit("r5-other-data", HEADER, "\"root\": \"ab\"", "\"root\": \"ba\"");
    edit("r5-other-data", HEADER, "\"commit\": \"abc\"", "\"commit\": \"abc+\"");
    finished(&runs, &ten("r6-other-score"), &some);
    rescore::keep(&runs.open("r6-other-score").unwrap()).unwrap();
    edit("r6-other-score", SCORES, "\"correct\":3", "\"correct\":4");
    finished(&runs, &Plan::new("r7-too-few"), &some);
    drop(begun(&runs, &ten("r8-killed"), &some).unwrap());
    std::fs::create_dir(folder.path().join("r9-empty")).unwrap();
    std::fs::write(folder.path().join("r9-empty/events.jsonl"), "").unwrap();
    std::fs::create_dir(folder.path().join("notes")).unwrap();
    insta::assert_snapshot!(found(folder.path(), &current("ab")));
}

#[test]
fn data_pinned_file_by_file_have_a_root_too() {
    let folder = tempfile::tempdir().unwrap();
    let text = "11  5  a.jpg\n22  6  b.jpg\n";
    let root = base::hash::sha256(text.as_bytes());
    let data = |root: &str| {
        Some(
            json!({"id": "whole", "images": 10, "root": root, "part_of": null, "already_resized": null, "redistributable": true}),
        )
    };
    let mut now = current("unused");
    let files = json!([
        {"path": "b.jpg", "size": 6, "sha256": "22", "hash": "recomputed"},
        {"path": "a.jpg", "size": 5, "sha256": "11", "hash": "recomputed",
            "sources": [{"member": {"archive": "a.jpg.gz", "member": "a.jpg"}}]},
        // Only a way to get the other; it is not kept.
        {"path": "a.jpg.gz", "size": 3, "sha256": "33", "hash": "published"},
    ]);
    now.lock.as_mut().unwrap().entries[0].files = serde_json::from_value(files).unwrap();
    let runs = Runs::at(folder.path());
    close(&finished(&runs, &Plan { data: data(&root), ..Plan::new("r1") }, &answered(10, 3, 7)));
    assert_eq!(found(folder.path(), &now), "");
    finished(&runs, &Plan { data: data("00"), ..Plan::new("r2") }, &answered(10, 3, 7));
    assert!(found(folder.path(), &now).starts_with("r2 error: the root hash of `whole` is 00, the lock pins"));
}

#[test]
fn specs_and_lock_that_changed_are_warnings() {
    let folder = tempfile::tempdir().unwrap();
    close(&finished(&Runs::at(folder.path()), &Plan { images: 10, ..Plan::new("r1") }, &answered(10, 3, 7)));
    let changed =
        Current { specs: BTreeMap::from([("made-up".into(), "t".into())]), lock_sha256: Some("k".into()), lock: None };
    let findings = audit(folder.path(), &changed).unwrap().findings;
    assert_eq!(findings.iter().map(|found| found.severity).collect::<Vec<_>>(), [Severity::Warning; 2]);
    assert!(audit(folder.path(), &Current::default()).unwrap().findings.is_empty());
}

#[test]
fn a_run_that_is_going_on_is_not_called_killed() {
    let folder = tempfile::tempdir().unwrap();
    let record = begun(&Runs::at(folder.path()), &Plan { images: 10, ..Plan::new("r1") }, &answered(10, 3, 7)).unwrap();
    assert_eq!(found(folder.path(), &Current::default()), "r1 note: the run is still going on");
    drop(record);
    assert!(found(folder.path(), &Current::default()).starts_with("r1 warning: the story has no last line"));
}
