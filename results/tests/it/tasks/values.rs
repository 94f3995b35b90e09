//! One number for each example, whose mean is the result.

use proptest::prelude::*;
use results::tasks::likelihood::LOG_LIKELIHOOD;
use results::tasks::sign_change::MEAN_SIGN_CHANGE;
use results::tasks::values::Values;
use results::tasks::{IntervalKind, Table};
use spec::metric::{Metric, Unit};

use super::{read, refused};
use crate::experiment::values;

fn table(text: &str) -> Box<dyn Table> {
    read("likelihood", LOG_LIKELIHOOD, text.as_bytes(), None).unwrap()
}

#[test]
fn a_mean_with_students_interval() {
    let score = table(&values(6, 2.0, 1.0).outcomes).score(LOG_LIKELIHOOD).unwrap();
    assert_eq!((score.value, score.n, score.unit, score.interval), (2.0, 6, Unit::Nats, IntervalKind::Mean));
    // s = √(6/5), over √6; Student's quantile for five degrees of freedom.
    let half = 2.570_581_835_636_314 * (6.0_f64 / 5.0).sqrt() / 6.0_f64.sqrt();
    assert!((score.high.unwrap() - 2.0 - half).abs() < 1e-9 && (2.0 - score.low.unwrap() - half).abs() < 1e-9);
    let few = table("value\n1\n2\n").score(LOG_LIKELIHOOD).unwrap();
    assert_eq!((few.value, few.low, few.high), (1.5, None, None));
    assert_eq!(table("value\n").score(LOG_LIKELIHOOD), None);
    assert_eq!(table("value\n1\n").score(Metric::TEST_ERROR), None);
}

#[test]
fn differences_are_paired_example_by_example() {
    let [ours, theirs] = ["value\n1\n2\n3\n4\n5\n", "value\n0\n1.5\n2\n3.5\n4\n"].map(table);
    let pairing = ours.paired(theirs.as_ref(), LOG_LIKELIHOOD).unwrap().unwrap();
    assert_eq!((pairing.difference, pairing.unit, pairing.n), (0.8, Unit::Nats, 5));
    assert!(pairing.low > 0.0 && pairing.high < 1.6 && pairing.p < 0.01);
    assert_eq!(pairing.test, "Student's test of the differences, p = 0.003");
    assert_eq!(ours.paired(table("value\n1\n").as_ref(), LOG_LIKELIHOOD).unwrap_err(), "5 examples against 1");
    let answers = read("classify", Metric::TEST_ERROR, b"top1\n\n", Some(b"class\n1\n")).unwrap();
    assert!(
        ours.paired(answers.as_ref(), LOG_LIKELIHOOD).is_err()
            && answers.paired(ours.as_ref(), Metric::TEST_ERROR).is_err()
    );
    assert_eq!(ours.paired(theirs.as_ref(), Metric::TEST_ERROR), Ok(None));
}

#[test]
fn senseless_files_are_refused_with_their_line() {
    let cases: [&[u8]; 7] = [
        b"",
        b"values\n1\n",
        b"value\n1\n-inf\n",
        b"value\nNaN\n",
        b"value\n1\n\n2\n",
        b"value\n1,2\n",
        b"value\n1\n\xff\n",
    ];
    let errors = cases.map(|text| refused("likelihood", LOG_LIKELIHOOD, text, None));
    insta::assert_snapshot!(errors.join("\n"), @"
    o.csv, line 1: the file is empty, its header is missing
    o.csv, line 1: the header is `values`, it must be `value`
    o.csv, line 3: `-inf` is not a finite number
    o.csv, line 2: `NaN` is not a finite number
    o.csv, line 3: `` is not a finite number
    o.csv, line 2: 2 fields, not the 1 of `value`
    o.csv, line 3: not UTF-8 text
    ");
}

#[test]
fn a_share_of_features_is_between_none_and_all() {
    let table = read("sign-change", MEAN_SIGN_CHANGE, b"value\n0\n1\n0.5\n", None).unwrap();
    let score = table.score(MEAN_SIGN_CHANGE).unwrap();
    assert_eq!((score.value, score.n, score.unit), (0.5, 3, Unit::Ratio));
    assert_eq!(
        refused("sign-change", MEAN_SIGN_CHANGE, b"value\n0.5\n1.5\n", None),
        "o.csv, line 3: a share of features is between 0 and 1"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn written_values_read_the_same(some in prop::collection::vec(-1e6..1e6_f64, 0..50)) {
        let table = table(&spec::outcomes::values(&some, 3));
        let read = &table.as_any().downcast_ref::<Values>().unwrap().values;
        prop_assert_eq!(read.len(), some.len());
        prop_assert!(read.iter().zip(&some).all(|(a, b)| (a - b).abs() <= 5.1e-4));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let text = [b"value\n".as_slice(), &bytes].concat();
        if let Ok(table) = read("likelihood", LOG_LIKELIHOOD, &text, None) {
            prop_assert!(table.len() <= bytes.len());
            prop_assert!(table.score(LOG_LIKELIHOOD).is_none_or(|score| !score.value.is_nan()));
        }
    }
}
