//! Records that were changed after they were made.

use std::path::Path;

use super::{edit, record, unseal};
use crate::common::Place;

/// What the audit and the report say, which must both give 1, and the page of that paper.
fn told(place: &Place, paper: &str) -> (String, String, String) {
    let audit = place.harness(&["audit", "--json"]);
    assert_eq!(audit.code, 1, "{audit:?}");
    let report = place.harness(&["report", paper]);
    assert_eq!(report.code, 1, "{report:?}");
    let page = std::fs::read_to_string(place.path("site").join(paper).join("index.html")).unwrap();
    (audit.stdout, report.stderr, page)
}

#[test]
fn how_far_a_network_was_trained_cannot_be_said_anew() {
    let place = Place::new();
    let run = record(&place, "-gan-mnist-");
    let events = run.join("events.jsonl");
    edit(
        &events,
        "\"steps\":82355,\"of\":575000,\"complete\":false",
        "\"steps\":575000,\"of\":575000,\"complete\":true",
    );
    let id = run.file_name().unwrap().to_str().unwrap().to_owned();
    let (audit, report, page) = told(&place, "gan");
    for text in [&audit, &report] {
        assert!(text.contains("seal"), "{text}");
    }
    assert!(
        page.contains("Parts of records that could not be used") && page.contains(&id),
        "the page names the record"
    );
    assert!(!page.contains("135.2"), "nothing of the record is drawn");
    // Without the seal it counts for nothing, and it is not sealed again: the curve and the note say otherwise too.
    unseal(&run);
    let (audit, report, page) = told(&place, "gan");
    for text in [&audit, &report, &page] {
        assert!(text.contains("harness records seal"), "{text}");
    }
    let said = place.harness(&["records", "seal"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.stderr.contains("the curve curve-gan-mnist.csv ends at step 82355"), "{said:?}");
    assert!(said.stderr.contains("82355 of 575000 fitted the budget"), "{said:?}");
}

#[test]
fn a_speed_cannot_be_doubled() {
    let place = Place::new();
    let run = record(&place, "-resnet50-");
    let events = run.join("events.jsonl");
    let text = std::fs::read_to_string(&events).unwrap();
    let line = text.lines().find(|line| line.contains("\"throughput.network\"")).unwrap();
    let value = serde_json::from_str::<serde_json::Value>(line).unwrap()["value"].as_f64().unwrap();
    edit(&events, &format!("\"value\":{value}"), &format!("\"value\":{}", 2.0 * value));
    let (audit, report, _) = told(&place, "resnet");
    assert!(audit.contains("seal") && report.contains("seal"), "{audit}{report}");
    unseal(&run);
    let (_, report, page) = told(&place, "resnet");
    assert!(report.contains("harness records seal"), "{report}");
    assert!(!page.contains(&format!("{:.1} images/s", 2.0 * value)), "it is drawn nowhere");
    let said = place.harness(&["records", "seal"]);
    assert!(said.code == 1 && said.stderr.contains("the median of its"), "{said:?}");
}

#[test]
fn a_row_cannot_be_hidden_and_none_told_twice() {
    let place = Place::new();
    let run = record(&place, "-resnet50-");
    let events = run.join("events.jsonl");
    let text = std::fs::read_to_string(&events).unwrap();
    let line = text.lines().find(|line| line.contains("\"event\":\"outcomes\"")).unwrap().to_owned();
    for (changed, says) in [("", "no event announces outcomes-"), ("twice", "announces outcomes-")] {
        std::fs::write(&events, &text).unwrap();
        edit(
            &events,
            &format!("{line}\n"),
            &if changed.is_empty() { String::new() } else { format!("{line}\n{line}\n") },
        );
        assert!(place.harness(&["audit", "--json"]).stdout.contains("seal"));
        unseal(&run);
        assert_eq!(place.harness(&["audit"]).code, 1);
        let said = place.harness(&["records", "seal"]);
        assert!(said.code == 1 && said.stderr.contains(says), "{said:?}");
    }
}

#[test]
fn what_is_drawn_is_what_was_announced() {
    for (word, paper, ending) in [("-gan-mnist-", "gan", ".csv"), ("-gan-mnist-", "gan", ".png")] {
        let place = Place::new();
        let run = record(&place, word);
        let is_it = |path: &Path| path.to_string_lossy().ends_with(ending);
        let files = std::fs::read_dir(&run).unwrap().map(|entry| entry.unwrap().path());
        let file = files.into_iter().find(|path| is_it(path)).unwrap();
        let mut bytes = std::fs::read(&file).unwrap();
        let last = bytes.len() - 2;
        bytes[last] ^= 1;
        std::fs::write(&file, bytes).unwrap();
        let name = file.file_name().unwrap().to_str().unwrap();
        let (audit, report, page) = told(&place, paper);
        for text in [&audit, &report, &page] {
            assert!(text.contains(name), "{name}: {text}");
        }
    }
}

#[test]
fn scores_that_are_gone_or_empty_are_told() {
    for text in [None, Some(""), Some("[]\n")] {
        let place = Place::new();
        let run = record(&place, "-resnet50-");
        let scores = run.join("scores.json");
        match text {
            Some(text) => std::fs::write(&scores, text).unwrap(),
            None => std::fs::remove_file(&scores).unwrap(),
        }
        for command in ["audit", "rescore"] {
            let said = place.harness(&[command, "--json"]);
            assert_eq!(said.code, 1, "{said:?}");
            assert!(format!("{}{}", said.stdout, said.stderr).contains("scores.json"), "{said:?}");
        }
    }
}

#[test]
fn a_record_is_closed_by_hand_once_and_never_a_changed_one() {
    let place = Place::new();
    let run = record(&place, "-resnet50-");
    let own = run.to_str().unwrap();
    assert!(place.harness(&["records", "seal", own]).stdout.contains("0 records sealed now, 1 before"));
    unseal(&run);
    let said = place.harness(&["records", "seal", "--json"]);
    assert_eq!(said.code, 0, "{said:?}");
    let rows: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(rows[0]["root"].as_str().map(str::len), Some(64), "{rows}");
    assert_eq!(place.harness(&["audit", "--json"]).code, 0);
    let page = place.harness(&["report", "resnet"]);
    assert_eq!(page.code, 0, "{page:?}");
    let page = std::fs::read_to_string(place.path("site/resnet/index.html")).unwrap();
    assert!(page.contains(rows[0]["root"].as_str().unwrap()), "the root hash is on the page");
    unseal(&run);
    edit(&run.join("events.jsonl"), "\"precision\":\"fp32\"", "\"precision\":\"bf16\"");
    let said = place.harness(&["records", "seal"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.stderr.contains("was not sealed: the runner computed in bf16"), "{said:?}");
    assert_eq!(place.harness(&["records", "seal", "nowhere"]).code, 2);
}

#[test]
fn a_record_that_lost_its_end_or_its_header_is_on_its_papers_page() {
    let place = Place::new();
    let run = record(&place, "-gan-mnist-");
    let id = run.file_name().unwrap().to_str().unwrap().to_owned();
    let events = std::fs::read_to_string(run.join("events.jsonl")).unwrap();
    let is_end = |line: &&str| line.contains("\"event\":\"finished\"") || line.contains("\"event\":\"sealed\"");
    let cut: Vec<&str> = events.lines().filter(|line| !is_end(line)).collect();
    std::fs::write(run.join("events.jsonl"), cut.join("\n") + "\n").unwrap();
    let (_, report, page) = told(&place, "gan");
    assert!(report.contains("its last lines are gone") && page.contains(&id), "{report}");
    std::fs::write(run.join("events.jsonl"), &events).unwrap();
    edit(&run.join("plan.json"), "\"paper\": \"gan\"", "\"paper\": \"vgg\"");
    let (_, _, page) = told(&place, "gan");
    assert!(page.contains(&id), "by what its folder is called");
    std::fs::write(run.join("plan.json"), "{").unwrap();
    let (_, _, page) = told(&place, "gan");
    assert!(page.contains(&id));
}

#[test]
fn one_that_lost_its_seal_takes_no_others_place() {
    let place = Place::new();
    let run = record(&place, "-resnet50-");
    let good = place.harness(&["report", "resnet"]);
    assert_eq!(good.code, 0, "{good:?}");
    let id = run.file_name().unwrap().to_str().unwrap();
    let rows = || -> Vec<String> {
        let text = std::fs::read_to_string(place.path("site/resnet/tables/rows.jsonl")).unwrap();
        text.lines().filter(|line| line.contains(id)).map(str::to_owned).collect()
    };
    let before = rows();
    assert!(before.len() > 1, "{before:?}");
    let other = place.path("results/20990101T000000Z-resnet50-000000");
    super::copy(&run, &other);
    for name in ["plan.json", "events.jsonl"] {
        let text = std::fs::read_to_string(other.join(name)).unwrap();
        let text = text.replace(id, "20990101T000000Z-resnet50-000000").replace("\"time\": \"2026", "\"time\": \"2099");
        std::fs::write(other.join(name), text).unwrap();
    }
    unseal(&other);
    let said = place.harness(&["report", "resnet"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(rows() == before, "the sound one's rows stand");
    let compared = place.harness(&["compare", run.to_str().unwrap(), other.to_str().unwrap()]);
    assert!(compared.code == 2 && compared.stderr.contains("harness records seal"), "{compared:?}");
}
