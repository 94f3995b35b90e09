//! Tables as people and programs read them.

use polars::prelude::DataType;
use results::row::{Row, Verdict};
use results::tables::{Style, frame, json_lines, print, write, write_frame};

use crate::experiment::row;
use crate::made_up::{compared, paper, runs};

fn rows() -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    compared(&paper(), &runs(folder.path())).rows
}

fn some(rows: Vec<Row>, ids: &[&str]) -> Vec<Row> {
    rows.into_iter().filter(|row| ids.contains(&row.id.as_str())).collect()
}

fn plain(width: u16) -> Style {
    Style { width, colour: false }
}

const FEW: [&str; 9] = [
    "same-digits",
    "not-the-same",
    "other-data",
    "size",
    "size-cut",
    "time",
    "ensemble",
    "depth",
    "measured/net/peak-memory/process/here/batch-16",
];

#[test]
fn printed() {
    insta::assert_snapshot!(print(&some(rows(), &FEW), plain(110)).unwrap());
}

#[test]
fn printed_on_a_narrow_terminal() {
    insta::assert_snapshot!(print(&some(rows(), &FEW[..4]), plain(60)).unwrap());
}

#[test]
fn results_come_before_structure_which_is_counted() {
    let rows = rows();
    let text = print(&rows, plain(140)).unwrap();
    let at = |words: &str| text.find(words).unwrap_or_else(|| panic!("no `{words}` in\n{text}"));
    assert!(at("protocol gap") < at("no claim") && at("no claim") < at("differs"));
    // As the page has it: sizes that cannot be compared as they are do not agree, and are no results.
    let counted: Vec<&Row> =
        rows.iter().filter(|row| row.is_structure() && row.verdict != Some(Verdict::NotRun)).collect();
    assert!(counted.iter().any(|row| row.verdict == Some(Verdict::ProtocolGap)));
    assert!(at("differs") < at(&format!("structure: 2 of {} agree", counted.len())));
    let gap = Row { network: "gapped".into(), ..counted[0].clone() };
    let gap = Row { verdict: Some(Verdict::ProtocolGap), reason: Some("counted otherwise".into()), ..gap };
    let mut with_gap = vec![gap];
    with_gap.extend(some(rows.clone(), &["same-digits"]));
    let text = print(&with_gap, plain(140)).unwrap();
    assert!(text.find("gapped").unwrap() > text.find("rounds to").unwrap(), "results come first: {text}");
    assert!(text.ends_with("structure: 0 of 1 agree\n"), "{text}");
    let text = print(&rows, plain(140)).unwrap();
    // What agrees is only counted; what differs is shown.
    assert!(!text.contains("143,667,240\n") && text.contains("19,632,062,464"));
    let agreeing: Vec<Row> = rows.into_iter().filter(|row| row.verdict == Some(Verdict::Agrees)).collect();
    assert_eq!(print(&agreeing, plain(140)).unwrap(), "structure: 2 of 2 agree\n");
}

#[test]
fn lines_fit_and_colours_are_only_there_when_asked_for() {
    let rows = rows();
    for width in [72, 80, 100, 140, 200] {
        let text = print(&rows, plain(width)).unwrap();
        assert!(!text.contains('\x1b'));
        for line in text.lines().filter(|line| !line.starts_with("  ")) {
            assert!(line.chars().count() <= usize::from(width), "{width}: {line}");
        }
    }
    let coloured = print(&rows, Style { width: 100, colour: true }).unwrap();
    assert!(coloured.contains('\x1b') && coloured.contains("replicated"));
}

#[test]
fn many_that_were_not_run_are_counted_by_reason() {
    let mut rows = some(rows(), &["same-digits", "needs-training"]);
    let not_run = row(&rows, "needs-training").clone();
    for n in 0..9 {
        let reason = if n < 3 { "no data" } else { "needs training from scratch" };
        rows.push(Row { id: format!("c{n}"), reason: Some(reason.into()), ..not_run.clone() });
    }
    let text = print(&rows, plain(100)).unwrap();
    let (_, counted) = text.split_once("\n10 claims not run:\n").unwrap();
    insta::assert_snapshot!(counted, @"
    7  needs training from scratch
    3  no data
    ");
    let folder = tempfile::tempdir().unwrap();
    let [csv, jsonl] = write(&rows, folder.path()).unwrap();
    assert_eq!(std::fs::read_to_string(csv).unwrap().lines().count(), 1 + rows.len());
    assert_eq!(std::fs::read_to_string(jsonl).unwrap().lines().count(), rows.len());
}

#[test]
fn many_without_a_claim_are_counted() {
    let one = some(rows(), &["measured/net/peak-memory/process/here/batch-16"]);
    let many: Vec<Row> = std::iter::repeat_n(one[0].clone(), 20).collect();
    let text = print(&many, plain(100)).unwrap();
    assert_eq!(text.matches("no claim").count(), 12);
    assert!(text.ends_with("8 more values without a claim are on the page\n"), "{text}");
}

#[test]
fn nothing_is_said_to_be_nothing() {
    assert_eq!(print(&[], plain(80)).unwrap(), "nothing was claimed and nothing was measured\n");
}

#[test]
fn the_frame_has_the_types_of_what_is_in_it() {
    for rows in [rows(), Vec::new()] {
        let frame = frame(&rows).unwrap();
        assert_eq!(frame.height(), rows.len());
        let of = |name: &str| frame.column(name).unwrap().dtype().clone();
        for name in ["value", "low", "high", "published", "p", "p_holm"] {
            assert_eq!(of(name), DataType::Float64, "{name}");
        }
        for name in ["n", "correct", "trainings"] {
            assert_eq!(of(name), DataType::UInt64, "{name}");
        }
        for name in ["id", "metric", "unit", "verdict", "reason", "mark", "model"] {
            assert_eq!(of(name), DataType::String, "{name}");
        }
        let counts = frame.column("correct").unwrap().null_count();
        assert_eq!(counts, rows.iter().filter(|row| row.correct.is_none()).count(), "absent is null");
    }
}

#[test]
fn written_rows_keep_every_digit() {
    let mut rows = rows();
    (rows[0].value, rows[0].low, rows[0].p) = (Some(0.1 + 0.2), Some(-1.0 / 3.0), Some(5e-324));
    let folder = tempfile::tempdir().unwrap();
    let [csv, jsonl] = write(&rows, folder.path()).unwrap();
    let lines = std::fs::read_to_string(jsonl).unwrap();
    let again: Vec<Row> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(again, rows);
    let mut reader = csv::Reader::from_path(csv).unwrap();
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let names: Vec<String> = frame(&rows).unwrap().columns().iter().map(|column| column.name().to_string()).collect();
    assert_eq!(header, names);
    let place = |name: &str| header.iter().position(|known| known == name).unwrap();
    for (record, row) in reader.records().zip(&rows) {
        let record = record.unwrap();
        assert_eq!(record[place("id")], row.id);
        assert_eq!(record[place("reason")], row.reason.clone().unwrap_or_default());
        for (name, wanted) in [("value", row.value), ("low", row.low), ("high", row.high), ("p", row.p)] {
            assert_eq!(record[place(name)].parse::<f64>().ok(), wanted, "{name} of {}", row.id);
        }
        assert_eq!(record[place("n")].parse::<u64>().ok(), row.n);
    }
}

#[test]
fn a_frame_of_anything_is_written_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let frame = frame(&rows()).unwrap();
    let [csv, jsonl] = write_frame(frame.clone(), folder.path(), "anything").unwrap();
    assert!(csv.ends_with("anything.csv") && std::fs::read(&jsonl).unwrap() == json_lines(&frame).unwrap());
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 2, "no temporary files stay");
    assert!(write_frame(frame, &folder.path().join("none"), "anything").is_err());
}
