//! Agreement of two networks, classes given to no object, and the size of a change.

use results::tasks::Table;
use results::tasks::attack::{AGREEMENT, MEAN_DISTORTION, RUBBISH_ERROR};
use results::tasks::classify::{CONFIDENCE_ON_MISTAKES, MEAN_CONFIDENCE};
use spec::metric::Metric;

use super::{read, refused};
use crate::experiment::{pairs, rubbish, values};

fn table(metric: Metric, text: &str) -> Box<dyn Table> {
    read("attack", metric, text.as_bytes(), None).unwrap()
}

#[test]
fn a_class_for_no_object_is_a_mistake() {
    for text in [
        rubbish(10, 4).outcomes,
        format!("class,{}", rubbish(10, 4).outcomes.replace('\n', "\n,").trim_end_matches(',')),
    ] {
        let table = table(RUBBISH_ERROR, &text);
        let error = table.score(RUBBISH_ERROR).unwrap();
        assert_eq!((error.value, error.n, error.correct), (40.0, 10, Some(6)));
        let mistakes = table.score(CONFIDENCE_ON_MISTAKES).unwrap();
        assert_eq!((mistakes.n, (mistakes.value * 1e6).round()), (4, 70e6));
        assert_eq!((table.score(MEAN_CONFIDENCE).unwrap().value * 1e6).round(), 43e6);
        assert_eq!((table.score(AGREEMENT), table.score(Metric::TEST_ERROR)), (None, None));
    }
}

#[test]
fn agreement_is_counted_by_equal_answers() {
    let table = table(AGREEMENT, &pairs(10, 7..10).outcomes);
    let same = table.score(AGREEMENT).unwrap();
    assert_eq!((same.value, same.n, same.correct), (70.0, 10, Some(7)));
    assert_eq!(table.score(RUBBISH_ERROR), None);
}

#[test]
fn only_mistakes_on_the_same_inputs_are_paired() {
    let [ours, theirs, fewer] =
        [rubbish(10, 4), rubbish(10, 7), rubbish(9, 7)].map(|texts| table(RUBBISH_ERROR, &texts.outcomes));
    let pairing = ours.paired(theirs.as_ref(), RUBBISH_ERROR).unwrap().unwrap();
    assert_eq!((pairing.difference.round(), pairing.n), (-30.0, 10));
    assert_eq!(pairing.test, "exact McNemar test: 0 against 3 discordant answers, p = 0.25");
    assert_eq!(ours.paired(fewer.as_ref(), RUBBISH_ERROR).unwrap_err(), "10 examples against 9");
    let agreement = table(AGREEMENT, &pairs(10, 7..10).outcomes);
    assert!(ours.paired(agreement.as_ref(), RUBBISH_ERROR).is_err());
    assert_eq!(agreement.paired(agreement.as_ref(), AGREEMENT), Ok(None), "asked of other examples for each pair");
    assert!(ours.most_wrong(3).is_empty());
}

#[test]
fn senseless_files_are_refused_with_their_line() {
    let old = "class,given,confidence\n1,1,0.5\n";
    let cases = [
        (RUBBISH_ERROR, "value\n1\n".to_owned()),
        (RUBBISH_ERROR, "given,confidence\n,1.5\n".to_owned()),
        (RUBBISH_ERROR, "given,confidence\nx,.5\n".to_owned()),
        (RUBBISH_ERROR, "given,confidence\n1\n".to_owned()),
        (AGREEMENT, format!("{old}1,1,NaN\n")),
        (AGREEMENT, format!("{old}1,,0.5\n")),
        (AGREEMENT, format!("{old},1,0.5\n")),
        (MEAN_DISTORTION, "value\n1\n2 3\n".to_owned()),
        (MEAN_DISTORTION, old.to_owned()),
        (Metric::TOP_1_ERROR, "given,confidence\n,.5\n".to_owned()),
    ];
    let errors: Vec<String> =
        cases.iter().map(|(metric, text)| refused("attack", *metric, text.as_bytes(), None)).collect();
    insta::assert_snapshot!(errors.join("\n"), @"
    o.csv, line 1: the header is `value`, it must be `given,confidence` or `class,given,confidence`
    o.csv, line 2: the confidence is 1.5, not a probability from 0 to 1
    o.csv, line 2: `x` in `given` is not a class: 0, 1, 2 …
    o.csv, line 2: 1 fields, not the 2 of `given,confidence`
    o.csv, line 3: `NaN` is not a finite number
    o.csv, line 3: an answer is missing, which only inputs without an object may lack
    o.csv, line 3: an answer is missing, which only inputs without an object may lack
    o.csv, line 3: `2 3` is not a finite number
    o.csv, line 1: the header is `class,given,confidence`, it must be `value`
    o.csv, line 1: the task `attack` is asked for top-1 error, which it does not measure
    ");
}

#[test]
fn the_size_of_a_change_is_a_mean() {
    let score = table(MEAN_DISTORTION, &values(10, 0.06, 0.01).outcomes).score(MEAN_DISTORTION).unwrap();
    assert_eq!(((score.value * 1e9).round(), score.n, score.correct), (6e7, 10, None));
}
