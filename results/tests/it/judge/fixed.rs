//! The same weights on the same data by the same protocol.

use results::exit_code;
use results::row::{Row, Verdict};
use serde_json::{Value, json};

use super::beside;
use crate::made_up::{on_whole, paper_with};

const IMAGES: u32 = 50_000;

/// A claim of 24.7 % beside so many wrong of 50,000.
fn judged(wrong: u32, tolerance: Option<f64>, more: Value) -> Row {
    let mut paper = paper_with(json!([on_whole("c", "top-1 error", 24.7, more)]));
    paper.tolerance = tolerance.map(|points| spec::imported::Tolerance { points, source: "two decoders".into() });
    beside(&paper, IMAGES, IMAGES - wrong, |_| {})
}

fn verdict(wrong: u32, tolerance: Option<f64>) -> Verdict {
    judged(wrong, tolerance, json!({})).verdict.unwrap()
}

#[test]
fn half_a_printed_digit_agrees() {
    for wrong in [12_350, 12_330, 12_370, 12_325, 12_375] {
        assert_eq!(verdict(wrong, None), Verdict::Replicated, "{wrong}");
    }
    for wrong in [12_324, 12_376] {
        assert_eq!(verdict(wrong, None), Verdict::NotReplicated, "{wrong}");
    }
    insta::assert_snapshot!(judged(12_370, None, json!({})).reason.unwrap(), @"rounds to the published 24.7 %");
}

#[test]
fn the_declared_tolerance_is_added_and_named() {
    assert_eq!(verdict(12_390, Some(0.03)), Verdict::Replicated);
    assert_eq!(verdict(12_391, Some(0.03)), Verdict::NotReplicated);
    assert_eq!(verdict(12_310, Some(0.03)), Verdict::Replicated);
    assert_eq!(verdict(12_309, Some(0.03)), Verdict::NotReplicated);
    insta::assert_snapshot!(judged(12_390, Some(0.03), json!({})).reason.unwrap(), @"0.080 from the published 24.7 %: within half a printed digit and the declared tolerance of 0.03 (two decoders)");
    insta::assert_snapshot!(judged(12_400, Some(0.03), json!({})).reason.unwrap(), @"same weights, data and protocol, but 0.100 from the published 24.7 %: more than half a printed digit and the declared tolerance of 0.03 (two decoders)");
    insta::assert_snapshot!(judged(12_400, None, json!({})).reason.unwrap(), @"same weights, data and protocol, but 0.100 from the published 24.7 %: more than half a printed digit, and no tolerance is declared");
}

/// As a wrong resize moves a score: another interval over images would have passed it.
#[test]
fn a_shift_of_three_tenths_of_a_point_is_not_replicated_though_the_interval_holds_it() {
    let row = judged(12_500, Some(0.03), json!({}));
    assert_eq!((row.value, row.verdict), (Some(25.0), Some(Verdict::NotReplicated)));
    assert!(row.low.unwrap() < 24.7 && 24.7 < row.high.unwrap());
    assert_eq!((row.p, row.p_holm, exit_code(&[row])), (Some(0.0), Some(0.0), 1));
}

#[test]
fn a_papers_own_plus_minus_belongs_to_its_number() {
    assert_eq!(judged(12_500, None, json!({"plus_minus": 0.3})).verdict, Some(Verdict::Replicated));
    assert_eq!(judged(12_500, None, json!({"plus_minus": 0.2})).verdict, Some(Verdict::NotReplicated));
}

#[test]
fn memory_claims_never_decide() {
    let row = judged(20_000, None, json!({"mark": "memory"}));
    assert_eq!((row.verdict, row.p_holm, exit_code(&[row])), (Some(Verdict::NotReplicated), None, 0));
    let row = judged(20_000, None, json!({"mark": "computed"}));
    assert_eq!(exit_code(&[row]), 1);
}
