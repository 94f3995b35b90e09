//! What `--json` prints.

use results::json;
use results::row::Row;
use results::store::Runs;

use crate::experiment::everything;
use crate::made_up::{compared, paper, runs};

#[test]
fn every_field_and_no_number_that_is_not_one() {
    let folder = tempfile::tempdir().unwrap();
    let runs = runs(folder.path());
    let mut rows = compared(&paper(), &runs).rows;
    rows[0].value = Some(f64::NAN);
    let object = json::object("made-up", &runs, &rows, &[], &[]);
    let keys: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["paper", "runs", "rows", "problems", "warnings"]);
    assert!(object["rows"][0]["value"].is_null());
    let wanted = "id network metric value unit n correct low high data protocol claim published source verdict reason \
        mark claim_data claim_protocol variant run precision task model trainings p p_holm";
    for row in object["rows"].as_array().unwrap() {
        let keys: Vec<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys.join(" "), wanted);
    }
    assert_eq!(object["runs"][1]["status"], "finished");
    let again: Vec<Row> =
        serde_json::from_value(object["rows"].as_array().unwrap()[1..].iter().cloned().collect()).unwrap();
    assert_eq!(again, rows[1..]);
}

#[test]
fn a_run_lists_what_it_left() {
    let folder = tempfile::tempdir().unwrap();
    let object = json::run(&everything(&Runs::at(folder.path()), "r1"));
    assert!(object["subject"].is_null());
    assert_eq!(object["training"]["experiment"], "digits-all");
    assert_eq!(object["outcomes"].as_array().unwrap().len(), 7);
    assert_eq!((&object["curves"][0]["file"], &object["pictures"][0]["file"]), (&"net.csv".into(), &"net.png".into()));
    assert_eq!(object["resumed"].as_array().unwrap().len(), 0);
}
