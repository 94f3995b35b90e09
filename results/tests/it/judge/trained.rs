//! The same recipe, trained here.

use std::ops::Range;

use results::exit_code;
use results::row::{Row, Verdict};
use results::store::{Run, Runs};
use serde_json::{Value, json};
use spec::event::Event;
use spec::metric::Metric;

use crate::experiment::{answers, begun, claim, complete, header_with, outcomes, paper_with, tested_with};
use crate::made_up::{announce, compared};

/// A claim about the error beside one training for each number of wrong answers of 1,000.
fn judged(value: f64, step: f64, wrong: &[u32], more: Value) -> Row {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let train = |(seed, wrong): (usize, &u32)| -> Run {
        let header = header_with(&format!("r{seed}"), &json!({"seed": seed}));
        tested_with(&runs, &header, &[("net", 0..*wrong, complete())])
    };
    let all: Vec<Run> = wrong.iter().enumerate().map(train).collect();
    let mut more = more;
    more["step"] = step.into();
    let paper = paper_with(json!([claim("c", "test error", "clean", value, more)]));
    let comparison = compared(&paper, &all);
    assert!(comparison.problems.is_empty());
    comparison.rows.into_iter().next().unwrap()
}

#[test]
fn one_training_is_consistent_or_inconsistent_so_far() {
    let row = judged(6.0, 0.1, &[50], json!({}));
    assert_eq!((row.verdict, row.trainings, row.value), (Some(Verdict::Consistent), Some(1), Some(5.0)));
    insta::assert_snapshot!(row.reason.as_deref().unwrap(), @"1 training: the published 6.0 % lies inside the interval over examples 3.73 to 6.54 %");
    let row = judged(9.0, 0.1, &[50], json!({}));
    assert_eq!((row.verdict, row.p, row.p_holm), (Some(Verdict::InconsistentSoFar), None, None));
    insta::assert_snapshot!(row.reason.as_deref().unwrap(), @"1 training: the published 9.0 % lies outside the interval over examples 3.73 to 6.54 %");
    assert_eq!(exit_code(&[row]), 0);
}

#[test]
fn two_trainings_decide_nothing_either() {
    let row = judged(5.2, 0.1, &[50, 54], json!({}));
    assert_eq!((row.verdict, row.trainings, row.value), (Some(Verdict::Consistent), Some(2), Some(5.2)));
    assert_eq!(
        (row.run, row.correct, row.low),
        (None, None, None),
        "a mean of two is of no one run, and has no interval"
    );
    let row = judged(20.0, 0.1, &[50, 54], json!({}));
    assert_eq!(row.verdict, Some(Verdict::InconsistentSoFar));
    assert!(row.reason.as_deref().unwrap().starts_with("2 trainings: "));
    assert_eq!(exit_code(&[row]), 0);
}

/// 5.0, 5.2 and 5.4 %: one more falls into 5.2 ± 4.303 · .2 · √(4/3), which is 4.21 to 6.19.
#[test]
fn three_trainings_decide_by_where_one_more_would_fall() {
    let row = judged(6.0, 0.1, &[50, 52, 54], json!({}));
    assert_eq!((row.verdict, row.trainings), (Some(Verdict::Replicated), Some(3)));
    let [value, low, high] = [row.value, row.low, row.high].map(|end| (end.unwrap() * 100.0).round() / 100.0);
    assert_eq!((value, low, high), (5.2, 4.21, 6.19));
    insta::assert_snapshot!(row.reason.as_deref().unwrap(), @"3 trainings: the published 6.0 % lies inside where one more would fall, 4.21 to 6.19 %, p = 0.083");
    // Rounded down from 6.19: what the printed digits stand for counts.
    assert_eq!(judged(6.2, 0.1, &[50, 52, 54], json!({})).verdict, Some(Verdict::Replicated));
    let row = judged(7.0, 0.1, &[50, 52, 54], json!({}));
    assert_eq!((row.verdict, exit_code(std::slice::from_ref(&row))), (Some(Verdict::NotReplicated), 1));
    insta::assert_snapshot!(row.reason.as_deref().unwrap(), @"3 trainings: the published 7.0 % lies outside where one more would fall, 4.21 to 6.19 %, p = 0.017");
    // The interval over 1,000 examples, 3.9 to 6.8, is not asked.
    assert_eq!(judged(6.4, 0.1, &[52, 52, 53], json!({})).verdict, Some(Verdict::NotReplicated));
}

#[test]
fn mean_and_deviation_of_several_trainings_are_compared_by_welchs_test() {
    let of_five = json!({"plus_minus": 0.16, "trainings": 5});
    let row = judged(6.61, 0.01, &[64, 66, 67], of_five.clone());
    assert_eq!(row.verdict, Some(Verdict::Replicated));
    insta::assert_snapshot!(row.reason.as_deref().unwrap(), @"3 trainings: Welch's test against the paper's 5 trainings, 6.61 % ± 0.16, p = 0.75");
    let row = judged(6.61, 0.01, &[74, 75, 77], of_five.clone());
    assert_eq!((row.verdict, exit_code(std::slice::from_ref(&row))), (Some(Verdict::NotReplicated), 1));
    insta::assert_snapshot!(row.reason.as_deref().unwrap(), @"3 trainings: Welch's test against the paper's 5 trainings, 6.61 % ± 0.16, p = 7e-4");
    // One training against where theirs fall: 6.61 ± 2.776 · .16 · √(6/5).
    assert_eq!(judged(6.61, 0.01, &[70], of_five.clone()).verdict, Some(Verdict::Consistent));
    let row = judged(6.61, 0.01, &[72], of_five);
    assert_eq!(row.verdict, Some(Verdict::InconsistentSoFar));
    insta::assert_snapshot!(row.reason.as_deref().unwrap(), @"1 training: 7.20 % lies outside where the paper's 5 trainings put one more, 6.12 to 7.10 %");
}

/// A spread of nothing in three trainings says that few examples were counted, not that a fourth would give the same.
#[test]
fn trainings_that_all_give_one_value_do_not_say_how_far_they_are_apart() {
    let row = judged(5.0, 0.1, &[50, 50, 50], json!({}));
    assert_eq!(row.verdict, Some(Verdict::Replicated));
    let row = judged(5.3, 0.1, &[50, 50, 50], json!({}));
    assert_eq!(
        (row.verdict, row.p_holm, exit_code(std::slice::from_ref(&row))),
        (Some(Verdict::InconsistentSoFar), None, 0)
    );
    insta::assert_snapshot!(row.reason.as_deref().unwrap(), @"all 3 trainings gave one value, so that nothing says how far trainings are apart; it does not round to the published 5.3 %");
    // The sum of equal values rounds, and so would their mean.
    for wrong in [21, 49, 58, 94, 103] {
        for count in [3, 5, 6, 7, 10] {
            let row = judged(f64::from(wrong) / 10.0 + 0.3, 0.1, &vec![wrong; count], json!({}));
            assert_eq!((row.verdict, row.p), (Some(Verdict::InconsistentSoFar), None), "{count} times {wrong}");
            assert_eq!(row.value, judged(1.0, 0.1, &[wrong], json!({})).value);
        }
    }
    // Where the paper tells its own spread, there is one.
    let row = judged(5.3, 0.1, &[50, 50, 50], json!({"plus_minus": 0.4, "trainings": 5}));
    assert_eq!(row.verdict, Some(Verdict::Replicated));
}

/// A ± that is no spread of trainings is a standard error of the printed number, and counts however many trainings there are.
#[test]
fn a_standard_error_counts_the_same_for_any_number_of_trainings() {
    let known = json!({"plus_minus": 0.5});
    // Without it 6.25 is too far from 5.2 ± 4.303 · .2 · √(4/3); with it, from 5.2 ± 2.00 · √(.2² · 4/3 + .5²), not.
    assert_eq!(judged(6.3, 0.1, &[50, 52, 54], json!({})).verdict, Some(Verdict::NotReplicated));
    let row = judged(6.3, 0.1, &[50, 52, 54], known.clone());
    assert_eq!((row.verdict, row.trainings), (Some(Verdict::Replicated), Some(3)));
    insta::assert_snapshot!(row.reason.as_deref().unwrap(), @"3 trainings: the published 6.3 % lies inside where one more would fall, with the paper's own ±, 4.10 to 6.30 %, p = 0.061");
    assert_eq!(judged(9.0, 0.1, &[50, 52, 54], known.clone()).verdict, Some(Verdict::NotReplicated));
    // 5.0 and its interval to 6.54, with 1.96 · .5: √(1.54² + .98²) is 1.83.
    for (value, verdict) in [(6.8, Verdict::Consistent), (6.9, Verdict::InconsistentSoFar)] {
        assert_eq!(judged(value, 0.1, &[50], known.clone()).verdict, Some(verdict), "{value}");
    }
    // Trainings that all gave one value still do not say how far they are apart.
    assert_eq!(judged(5.9, 0.1, &[50, 50, 50], known.clone()).verdict, Some(Verdict::Replicated));
    assert_eq!(judged(7.0, 0.1, &[50, 50, 50], known).verdict, Some(Verdict::InconsistentSoFar));
}

/// One network that errs on all but one of 10,000 attacked images, where the paper prints 99.9 %.
#[test]
fn a_hundredth_beside_a_tenth_is_not_called_a_failure() {
    let attacked = |wrong: Range<u32>| {
        let folder = tempfile::tempdir().unwrap();
        let runs = Runs::at(folder.path());
        let mut record = begun(&runs, "r1").unwrap();
        let mut file = outcomes("net", Metric::TEST_ERROR, "fgsm", complete());
        (file.data, file.root) = ("letters-test".into(), "77".into());
        announce(&mut record, file, &answers(10_000, wrong)).unwrap();
        record.append(&Event::Finished { at: 1.0 }).unwrap();
        record.seal().unwrap();
        drop(record);
        let more = json!({"data": "letters-test"});
        let paper = paper_with(json!([claim("c", "test error", "fgsm", 99.9, more)]));
        compared(&paper, &[runs.open("r1").unwrap()]).rows.into_iter().next().unwrap()
    };
    let row = attacked(0..9_999);
    assert_eq!((row.value, row.verdict), (Some(99.99), Some(Verdict::Consistent)));
    insta::assert_snapshot!(row.reason.as_deref().unwrap(), @"1 training: the published 99.9 % lies as far as it is printed inside the interval over examples 99.94 to 100.00 %");
    let row = attacked(0..9_500);
    assert_eq!(row.verdict, Some(Verdict::InconsistentSoFar));
}
