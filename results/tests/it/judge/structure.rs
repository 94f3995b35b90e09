//! Structure: exact to the printed digits.

use results::exit_code;
use results::row::{Row, Verdict};
use serde_json::{Value, json};

use crate::made_up::{claim, compared, paper_with};

/// The made-up network has 143,667,240 parameters, 19,632,062,464 multiply-adds and 19 layers.
fn judged(metric: &str, value: f64, step: f64, more: Value) -> Row {
    let unit = if metric == "parameter ratio" { "ratio" } else { "count" };
    let paper = paper_with(json!([claim("c", metric, value, unit, step, more)]));
    compared(&paper, &[]).rows.into_iter().next().unwrap()
}

#[test]
fn it_agrees_or_differs_at_the_printed_digits() {
    for (metric, value, step, verdict) in [
        ("parameters", 144e6, 1e6, Verdict::Agrees),
        ("parameters", 143_667_240.0, 1.0, Verdict::Agrees),
        ("parameters", 143_667_241.0, 1.0, Verdict::Differs),
        ("parameters", 143e6, 1e6, Verdict::Differs),
        ("parameters", 138e6, 1e6, Verdict::Differs),
        ("multiply-adds", 19.6e9, 1e8, Verdict::Agrees),
        ("multiply-adds", 19.5e9, 1e8, Verdict::Differs),
        ("layers", 19.0, 1.0, Verdict::Agrees),
        ("layers", 16.0, 1.0, Verdict::Differs),
    ] {
        let row = judged(metric, value, step, json!({}));
        assert_eq!(row.verdict, Some(verdict), "{metric} {value}");
        assert!(verdict.is_structure() && row.value.is_some() && row.run.is_none() && row.n.is_none());
        assert_eq!(exit_code(&[row]), u8::from(verdict == Verdict::Differs));
    }
}

#[test]
fn a_known_gap_or_a_number_from_memory_decides_nothing() {
    let row = judged("parameters", 138e6, 1e6, json!({"gap": "without the last layer"}));
    assert_eq!(row.verdict, Some(Verdict::ProtocolGap));
    assert_eq!(exit_code(&[row]), 0);
    let row = judged("parameters", 138e6, 1e6, json!({"mark": "memory"}));
    assert_eq!((row.verdict, row.p_holm), (Some(Verdict::Differs), None));
    assert_eq!(exit_code(&[row]), 0);
    let row = judged("parameters", 140e6, 1e6, json!({"plus_minus": 4e6}));
    assert_eq!(row.verdict, Some(Verdict::Agrees));
}

#[test]
fn what_cannot_be_derived_is_not_run() {
    let row = judged("parameters", 138e6, 1e6, json!({"network": "old"}));
    assert_eq!((row.verdict, row.reason.as_deref()), (Some(Verdict::NotRun), Some("old is not built here")));
    let row = judged("parameter ratio", 12.0, 1.0, json!({"versus": "old"}));
    assert_eq!(row.verdict, Some(Verdict::NotRun), "nobody states how many parameters `old` has");
    let row = judged("parameter ratio", 1.0, 1.0, json!({"versus": "net"}));
    assert_eq!(row.verdict, Some(Verdict::Agrees));
}
