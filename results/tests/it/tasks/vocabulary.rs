//! Words that are learned: how many there are, and what is refused.

use results::tasks::vocabulary::VOCABULARY;
use spec::metric::Unit;

use super::{read, refused};

#[test]
fn words_that_are_kept_are_counted() {
    let (examples, text) = spec::outcomes::counted_words([("a", 9, true), ("cat", 1, false), ("<end>", 5, true)]);
    let table = read("vocabulary", VOCABULARY, text.as_bytes(), Some(examples.as_bytes())).unwrap();
    let score = table.score(VOCABULARY).unwrap();
    assert_eq!((score.value, score.unit, score.n, score.low), (2.0, Unit::Count, 3, None));
    assert_eq!(table.frame().unwrap().shape(), (3, 3));
}

#[test]
fn what_is_no_count_is_refused_with_its_line() {
    let wrong = |text: &str, words: &str| refused("vocabulary", VOCABULARY, text.as_bytes(), Some(words.as_bytes()));
    let errors = [
        wrong("count\n1\n", "word\na\n"),
        wrong("count,kept\n-1,true\n", "word\na\n"),
        wrong("count,kept\n1,yes\n", "word\na\n"),
        wrong("count,kept\n", "word\na\n"),
    ];
    insta::assert_snapshot!(errors.join("\n"), @"
    o.csv, line 1: the header is `count`, it must be `count,kept`
    o.csv, line 2: `-1` in `count` is no whole number
    o.csv, line 2: `yes` in `kept` is neither `true` nor `false`
    o.csv, line 2: the counts end here, and there are 1 images
    ");
    assert!(wrong("count,kept\n", "word\na\na\n").contains("`a` is no word of its own"));
    assert!(read("vocabulary", VOCABULARY, b"count,kept\n", None).is_err());
}
