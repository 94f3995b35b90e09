//! Tier `instant`: counts against the papers' tables, with no libtorch, no data and no network.

use serde_json::Value;

use crate::common::Place;

const FIELDS: [&str; 17] = [
    "id",
    "network",
    "metric",
    "value",
    "unit",
    "n",
    "correct",
    "low",
    "high",
    "data",
    "protocol",
    "claim",
    "published",
    "source",
    "verdict",
    "reason",
    "mark",
];

#[test]
fn every_paper_is_counted_and_nothing_is_contradicted() {
    for (paper, least) in [("zfnet", 12), ("vgg", 8), ("googlenet", 10), ("resnet", 8)] {
        let place = Place::new();
        let said = place.harness(&["replicate", paper, "--tier", "instant", "--json"]);
        assert_eq!(said.code, 0, "{paper}: {}", said.stderr);
        let object: Value = serde_json::from_str(&said.stdout).unwrap();
        assert_eq!(object["paper"], paper);
        assert_eq!(object["runs"], Value::Array(Vec::new()));
        let rows = object["rows"].as_array().unwrap();
        for row in rows {
            for field in FIELDS {
                assert!(row.get(field).is_some(), "{paper}: a row without `{field}`: {row}");
            }
            assert_ne!(row["verdict"], "differs", "{row}");
            assert!(row["verdict"] != "not run" || row["reason"].is_string(), "not run, and no reason: {row}");
        }
        let agree = rows.iter().filter(|row| row["verdict"] == "agrees").count();
        assert!(agree >= least, "{paper}: only {agree} claims agree");
        let page = std::fs::read_to_string(place.path("site").join(paper).join("index.html")).unwrap();
        assert!(page.contains("<!DOCTYPE html>") && page.contains("not run"));
        assert!(place.path("site").join(paper).join("tables/rows.csv").is_file());
        assert!(place.path("site/index.html").is_file());
    }
}

#[test]
fn one_network_asked_for_leaves_the_others_with_a_reason() {
    let place = Place::new();
    let said = place.harness(&["replicate", "vgg19", "--tier", "instant", "--json"]);
    let object: Value = serde_json::from_str(&said.stdout).unwrap();
    let of = |id: &str| object["rows"].as_array().unwrap().iter().find(|row| row["id"] == id).cloned().unwrap();
    let other = object["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["network"] == "vgg16" && row["verdict"] == "not run" && row["metric"] == "top-1 error")
        .cloned()
        .unwrap();
    assert_eq!(of(other["id"].as_str().unwrap())["value"], Value::Null);
    assert!(other["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
}
