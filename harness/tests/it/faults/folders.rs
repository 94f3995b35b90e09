//! Folders that are named to be checked.

use super::record;
use crate::common::Place;

#[test]
fn a_runs_own_folder_is_a_run() {
    let place = Place::new();
    let run = record(&place, "-resnet50-");
    let own = run.to_str().unwrap();
    for command in ["audit", "rescore"] {
        let said = place.harness(&[command, own]);
        assert_eq!(said.code, 0, "{said:?}");
        assert!(format!("{}{}", said.stdout, said.stderr).contains("1 record"), "{said:?}");
        // From within, by a name that is none.
        let mut within = place.command(&[command, "."]);
        assert_eq!(crate::common::said(within.current_dir(&run)).code, 0);
    }
    let outcomes = std::fs::read_dir(&run).unwrap().map(|entry| entry.unwrap().path());
    let outcomes = outcomes.into_iter().find(|path| path.to_string_lossy().contains("outcomes-")).unwrap();
    let mut bytes = std::fs::read(&outcomes).unwrap();
    bytes.push(b'\n');
    std::fs::write(&outcomes, bytes).unwrap();
    for command in ["audit", "rescore"] {
        let said = place.harness(&[command, own]);
        assert_eq!(said.code, 1, "{said:?}");
        assert!(said.stdout.contains("SHA-256"), "{said:?}");
    }
}

#[test]
fn nothing_checked_is_an_error() {
    let place = Place::new();
    std::fs::create_dir_all(place.path("empty/notes")).unwrap();
    for command in ["audit", "rescore"] {
        for folder in ["nowhere", "empty", "empty/notes"] {
            let said = place.harness(&[command, place.path(folder).to_str().unwrap()]);
            assert_eq!((said.code, said.stdout.as_str()), (2, ""), "{said:?}");
            assert!(said.stderr.contains("nothing was checked"), "{said:?}");
        }
        // Without a folder it is the results, which are not there yet.
        assert_eq!(place.harness(&[command]).code, 2);
    }
}

#[test]
fn somebody_elses_folder_among_the_runs_is_passed_over() {
    let place = Place::new();
    record(&place, "-resnet50-");
    std::fs::create_dir_all(place.path("results/notes")).unwrap();
    std::fs::write(place.path("results/notes/today.txt"), "x").unwrap();
    let said = place.harness(&["audit"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.stdout.contains("notes") && said.stdout.contains("passed over"), "{said:?}");
    assert_eq!(place.harness(&["rescore"]).code, 0);
}

#[test]
fn one_damaged_record_costs_its_own_rows_and_no_page() {
    let place = Place::new();
    record(&place, "-googlenet-");
    let run = record(&place, "-resnet50-");
    let outcomes = std::fs::read_dir(&run).unwrap().map(|entry| entry.unwrap().path());
    let outcomes = outcomes.into_iter().find(|path| path.to_string_lossy().contains("outcomes-")).unwrap();
    let mut bytes = std::fs::read(&outcomes).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&outcomes, bytes).unwrap();
    let said = place.harness(&["report"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.stderr.contains(outcomes.file_name().unwrap().to_str().unwrap()), "{said:?}");
    for paper in ["googlenet", "resnet"] {
        assert!(place.path("site").join(paper).join("index.html").is_file(), "{paper}");
    }
    let page = std::fs::read_to_string(place.path("site/resnet/index.html")).unwrap();
    assert!(page.contains(outcomes.file_name().unwrap().to_str().unwrap()), "the page names what is damaged");
    std::fs::remove_file(&outcomes).unwrap();
    assert_eq!(place.harness(&["report"]).code, 1);
}

#[test]
fn two_data_sets_of_one_name_have_no_winner() {
    let place = Place::new();
    let run = record(&place, "-resnet50-");
    let header: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(run.join("plan.json")).unwrap()).unwrap();
    let root = header["data"][0]["root"].as_str().unwrap();
    let id = run.file_name().unwrap().to_str().unwrap();
    // The same names, other pictures.
    let other = place.path("results/20260101T000000Z-resnet50-000000");
    super::copy(&run, &other);
    for name in ["plan.json", "events.jsonl"] {
        let text = std::fs::read_to_string(other.join(name)).unwrap();
        let text = text.replace(root, &"0".repeat(64)).replace(id, "20260101T000000Z-resnet50-000000");
        std::fs::write(other.join(name), text).unwrap();
    }
    super::unseal(&other);
    let sealed = place.harness(&["records", "seal", other.to_str().unwrap()]);
    assert_eq!(sealed.code, 0, "{sealed:?}");
    let compared = place.harness(&["compare", id, "20260101T000000Z-resnet50-000000"]);
    assert_eq!(compared.code, 1, "{compared:?}");
    assert!(compared.stderr.contains("not the same data: `imagenet-val-650`"), "{}", compared.stderr);
    assert!(!compared.stdout.contains("McNemar"), "{compared:?}");
}
