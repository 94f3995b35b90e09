//! Normalisation, alignment and scores over made-up tables, against the official program.

use crate::golden::{Corpus, tiny};
use meteor::{Statistics, Tables, statistics};

#[test]
fn lines_are_normalised_as_by_the_official_program() {
    let tables = tiny().unwrap();
    let golden: Vec<(String, String)> = serde_json::from_str(include_str!("../golden/normaliser.json")).unwrap();
    for (line, expected) in golden {
        assert_eq!(tables.normalise(&line), expected, "of {line:?}");
    }
}

#[test]
fn statistics_and_scores_are_those_of_the_official_program() {
    let golden: Corpus = serde_json::from_str(include_str!("../golden/tiny.json")).unwrap();
    golden.check(&tiny().unwrap());
}

#[test]
fn without_words_or_references_the_score_is_0() {
    let tables = tiny().unwrap();
    assert_eq!(statistics(&tables, "a dog", &[]), Statistics::default());
    for (hypothesis, reference) in [("", ""), ("", "a"), ("a", ""), ("\u{1}", " "), ("|||", "|||")] {
        assert!(statistics(&tables, hypothesis, &[reference]).score().abs() < f64::EPSILON);
    }
}

#[test]
fn the_separator_makes_two_references_of_one() {
    let tables = tiny().unwrap();
    let two = statistics(&tables, "the dog", &["a man ||| the dog"]);
    assert_eq!(two, statistics(&tables, "the dog", &["a man", "the dog"]));
    assert_eq!(statistics(&tables, "the ||| dog", &["the dog"]).hypothesis.length, 2);
}

#[test]
fn whole_segments_bring_no_chunk_into_a_sum_in_any_order() {
    let tables = tiny().unwrap();
    let whole = statistics(&tables, "the dog", &["the dog"]);
    let parts = statistics(&tables, "the dog and man", &["man and the dog"]);
    assert_eq!((whole.chunks, parts.chunks), (1, 3));
    for order in [[whole, parts, whole], [parts, whole, whole], [whole, whole, parts]] {
        assert_eq!(order.into_iter().sum::<Statistics>().chunks, 3);
        assert_eq!((order[0] + (order[1] + order[2])).chunks, 3);
    }
    assert!(([whole, whole].into_iter().sum::<Statistics>().score() - 1.0).abs() < f64::EPSILON);
}

#[test]
fn long_lines_end() {
    let tables = tiny().unwrap();
    let line = "the dog is running in front of a big man ".repeat(60);
    let other = "a man beside the puppy runs quickly to town ".repeat(60);
    assert!(statistics(&tables, &line, &[&other]).score() > 0.0);
    assert!((statistics(&tables, &line, &[&line]).score() - 1.0).abs() < f64::EPSILON);
    let dots = statistics(&tables, &".".repeat(10_000), &[&"-'.,".repeat(300)]);
    assert_eq!(dots.hypothesis.length, 1);
}

#[test]
fn tables_are_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Tables>();
    shared::<Statistics>();
}
