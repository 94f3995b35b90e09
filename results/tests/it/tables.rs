//! Tables as people and programs read them.

use results::compare;
use results::row::{Row, Verdict};
use results::tables::{Style, print, write, write_predictions};

use crate::made_up::{facts, paper, predictions, profiles, runs};

fn rows() -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    compare(&paper(), &facts(), &runs(folder.path()), &profiles(), &|_| None).unwrap()
}

fn some(rows: Vec<Row>, ids: &[&str]) -> Vec<Row> {
    rows.into_iter().filter(|row| ids.contains(&row.id.as_str())).collect()
}

const FEW: [&str; 7] = [
    "same-digits",
    "not-the-same",
    "other-data",
    "size",
    "time",
    "ensemble",
    "measured/net/peak-memory/process/here/batch-16",
];

#[test]
fn printed() {
    let rows = some(rows(), &FEW);
    insta::assert_snapshot!(print(&rows, Style { width: 110, colour: false }).unwrap());
}

#[test]
fn printed_on_a_narrow_terminal() {
    let rows = some(rows(), &FEW[..4]);
    insta::assert_snapshot!(print(&rows, Style { width: 60, colour: false }).unwrap());
}

#[test]
fn lines_fit_and_colours_are_only_there_when_asked_for() {
    let rows = rows();
    for width in [72, 80, 100, 140, 200] {
        let text = print(&rows, Style { width, colour: false }).unwrap();
        assert!(!text.contains('\x1b'));
        let table = text.lines().filter(|line| !line.starts_with("  "));
        for line in table {
            assert!(line.chars().count() <= usize::from(width), "{width}: {line}");
        }
    }
    let coloured = print(&rows, Style { width: 100, colour: true }).unwrap();
    assert!(coloured.contains('\x1b') && coloured.contains("replicated"));
}

#[test]
fn many_that_were_not_run_are_counted_by_reason() {
    let mut rows = some(rows(), &["same-digits", "needs-training"]);
    let not_run = rows.iter().position(|row| row.verdict == Some(Verdict::NotRun)).unwrap();
    for n in 0..9 {
        let reason = if n < 3 { "no data" } else { "needs training from scratch" };
        rows.push(Row { id: format!("c{n}"), reason: Some(reason.into()), ..rows[not_run].clone() });
    }
    let text = print(&rows, Style { width: 100, colour: false }).unwrap();
    let (_, counted) = text.split_once("\n10 claims not run:\n").unwrap();
    insta::assert_snapshot!(counted);
    let folder = tempfile::tempdir().unwrap();
    let [csv, jsonl] = write(&rows, folder.path()).unwrap();
    assert_eq!(std::fs::read_to_string(csv).unwrap().lines().count(), 1 + rows.len());
    assert_eq!(std::fs::read_to_string(jsonl).unwrap().lines().count(), rows.len());
}

#[test]
fn nothing_is_said_to_be_nothing() {
    assert_eq!(
        print(&[], Style { width: 80, colour: false }).unwrap(),
        "nothing was claimed and nothing was measured\n"
    );
}

#[test]
fn written_rows_keep_every_digit() {
    let rows = rows();
    let folder = tempfile::tempdir().unwrap();
    let [csv, jsonl] = write(&rows, folder.path()).unwrap();
    let lines = std::fs::read_to_string(jsonl).unwrap();
    let again: Vec<Row> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(again, rows);
    let csv = std::fs::read_to_string(csv).unwrap();
    let header = csv.lines().next().unwrap();
    assert!(header.starts_with(
        "id,network,metric,value,unit,n,correct,low,high,data,protocol,claim,published,source,verdict,reason"
    ));
    let line = csv.lines().find(|line| line.starts_with("other-data,")).unwrap();
    let value: f64 = line.split(',').nth(3).unwrap().parse().unwrap();
    assert_eq!(Some(value), rows.iter().find(|row| row.id == "other-data").unwrap().value);
}

#[test]
fn written_predictions() {
    let folder = tempfile::tempdir().unwrap();
    let mut some = predictions(3, 1, 2);
    some[0].file = "a, \"b\".jpg".into();
    some[2].top.truncate(2);
    some[2].scores.truncate(2);
    let [csv, jsonl] = write_predictions(&some, folder.path()).unwrap();
    let text = std::fs::read_to_string(csv).unwrap() + &std::fs::read_to_string(jsonl).unwrap();
    insta::assert_snapshot!(text);
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 2, "no temporary files stay");
    assert!(write_predictions(&some, &folder.path().join("none")).is_err());
}
