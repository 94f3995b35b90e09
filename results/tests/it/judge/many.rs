//! Many rows at once: Holm's correction and the exit code.

use proptest::prelude::*;
use results::exit_code;
use results::judge::correct;
use results::row::{Row, Verdict};
use results::stats::holm;
use results::store::Runs;
use serde_json::{Value, json};

use super::made;
use crate::experiment::{claim, complete, header_with, paper_with, tested_with};
use crate::made_up::compared;

/// So many decided rows, the first with these fields.
fn decided(count: usize, first: Value) -> Vec<Row> {
    let mut rows: Vec<Row> =
        (0..count).map(|_| made(json!({"verdict": "replicated", "reason": "as printed", "p": 0.7}))).collect();
    rows[0] = made(first);
    correct(&mut rows);
    rows
}

fn stray(p: f64) -> Value {
    json!({"verdict": "not replicated", "reason": "3 trainings: far away", "p": p})
}

#[test]
fn one_of_twenty_by_chance_decides_nothing_and_says_so() {
    let rows = decided(20, stray(0.03));
    assert_eq!((rows[0].verdict, exit_code(&rows)), (Some(Verdict::NotReplicated), 0));
    assert!((rows[0].p_holm.unwrap() - 0.6).abs() < 1e-12);
    insta::assert_snapshot!(rows[0].reason.as_deref().unwrap(), @"3 trainings: far away; by itself: p = 0.60 after Holm's correction for 20 decided rows, so it decides no exit code");
    assert!(rows[1..].iter().all(|row| row.p_holm == Some(1.0) && row.reason.as_deref() == Some("as printed")));
}

#[test]
fn what_chance_does_not_explain_decides() {
    assert_eq!(exit_code(&decided(1, stray(0.03))), 1);
    assert_eq!(exit_code(&decided(20, stray(0.002))), 1);
    let rows = decided(20, stray(0.0));
    assert_eq!((exit_code(&rows), rows[0].reason.as_deref()), (1, Some("3 trainings: far away")));
}

#[test]
fn weaker_words_decide_nothing_and_are_not_counted() {
    for verdict in ["consistent", "inconsistent so far", "protocol gap", "not run"] {
        let mut rows = decided(1, json!({"verdict": verdict, "reason": "r"}));
        assert_eq!((exit_code(&rows), rows[0].p_holm), (0, None), "{verdict}");
        rows.push(made(stray(0.03)));
        correct(&mut rows);
        assert_eq!((exit_code(&rows), rows[1].p_holm), (1, Some(0.03)), "{verdict}");
    }
}

#[test]
fn claims_from_memory_are_not_counted() {
    let mut rows: Vec<Row> =
        (0..19).map(|_| made(json!({"mark": "memory", "verdict": "not replicated", "p": 0.0}))).collect();
    rows.push(made(stray(0.03)));
    correct(&mut rows);
    assert_eq!(exit_code(&rows[..19]), 0);
    assert_eq!((exit_code(&rows), rows[19].p_holm), (1, Some(0.03)));
}

/// Structure is no result: it has a count of its own, and there is no chance in it.
#[test]
fn structure_stands_by_itself() {
    let mut rows: Vec<Row> = (0..39)
        .map(|_| made(json!({"verdict": "agrees", "metric": "parameters", "unit": "count", "p": 1.0})))
        .collect();
    rows.push(made(stray(0.03)));
    correct(&mut rows);
    assert_eq!((exit_code(&rows), rows[39].p_holm), (1, Some(0.03)));
    rows[39] = made(json!({"verdict": "replicated", "p": 0.5}));
    rows[0] = made(json!({"verdict": "differs", "metric": "parameters", "unit": "count", "p": 0.0}));
    correct(&mut rows);
    assert_eq!((exit_code(&rows), rows[0].p_holm), (1, Some(0.0)));
}

/// The same from records to the exit code: 5.0, 5.2 and 5.4 % beside 6.51 % and nineteen claims that hold.
#[test]
fn a_papers_own_rows_are_corrected_together() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let train = |(seed, wrong): (usize, u32)| {
        let header = header_with(&format!("r{seed}"), &json!({"seed": seed}));
        tested_with(&runs, &header, &[("net", 0..wrong, complete())])
    };
    let all: Vec<_> = [50, 52, 54].into_iter().enumerate().map(train).collect();
    let judged = |claims: usize| {
        let value = |place: usize| if place == 0 { 6.51 } else { 5.2 };
        let claim =
            |place: usize| claim(&format!("c{place}"), "test error", "clean", value(place), json!({"step": 0.01}));
        let paper = paper_with((0..claims).map(claim).collect());
        let rows = compared(&paper, &all).rows;
        assert_eq!(rows[0].verdict, Some(Verdict::NotReplicated));
        assert!((rows[0].p.unwrap() - 0.03).abs() < 5e-4, "{:?}", rows[0].p);
        let told = rows[0].reason.as_deref().unwrap().ends_with("so it decides no exit code");
        (exit_code(&rows), told)
    };
    assert_eq!(judged(1), (1, false));
    assert_eq!(judged(20), (0, true));
}

proptest! {
    #[test]
    fn corrected_values_keep_their_order_and_are_never_smaller(p in prop::collection::vec(0.0..=1.0_f64, 0..30)) {
        let adjusted = holm(&p);
        prop_assert_eq!(adjusted.len(), p.len());
        for (i, (one, corrected)) in p.iter().zip(&adjusted).enumerate() {
            prop_assert!(one <= corrected && *corrected <= 1.0);
            for (other, theirs) in p[i..].iter().zip(&adjusted[i..]) {
                prop_assert!(one.total_cmp(other).is_eq() || (one < other) == (corrected <= theirs) || corrected == theirs);
            }
        }
        // The smallest is multiplied by their number.
        if let Some(least) = p.iter().copied().reduce(f64::min) {
            let found = adjusted.iter().copied().fold(f64::INFINITY, f64::min);
            prop_assert!((found - (least * p.len() as f64).min(1.0)).abs() < 1e-12);
        }
    }
}
