//! Answers: properties that any right count has, files written and read, and files that must be refused.

use proptest::prelude::*;
use results::tasks::classify::{Answers, CONFIDENCE_ON_MISTAKES, Examples, MEAN_CONFIDENCE, rank};
use results::tasks::{IntervalKind, Table};
use spec::metric::Metric;
use spec::outcomes::Answer;

use super::{read, refused};

type One = (u32, Answer);

/// Five different classes of eight, best first, with five decimals each.
fn any_answer() -> impl Strategy<Value = One> {
    let top = Just((0_u32..8).collect::<Vec<_>>()).prop_shuffle().prop_map(|mut classes| {
        classes.truncate(5);
        classes
    });
    (0_u32..8, top, prop::collection::vec(0_u32..100_000, 5)).prop_map(|(class, classes, mut scores)| {
        scores.sort_by(|a, b| b.cmp(a));
        let scores = scores.into_iter().map(|score| score as f32 / 1e5).collect();
        (class, Answer { classes, scores })
    })
}

fn table(some: &[One]) -> Answers {
    let (classes, answers) = some.iter().cloned().unzip();
    Answers::new(Examples { files: None, classes }, answers)
}

/// Examples, right at first, right within five.
fn counts(table: &dyn Table) -> Option<(u64, u64, u64)> {
    let [top1, top5] = [Metric::TOP_1_ERROR, Metric::TOP_5_ERROR].map(|metric| table.score(metric));
    let (top1, top5) = (top1?, top5?);
    assert!(top1.n == top5.n && top1.interval == IntervalKind::Binomial);
    Some((top1.n, top1.correct?, top5.correct?))
}

/// Written as the runner writes and read again.
fn again(some: &[One], files: Option<&[String]>) -> Box<dyn Table> {
    let (classes, answers): (Vec<u32>, Vec<Answer>) = some.iter().cloned().unzip();
    let text = spec::outcomes::answers(&classes, &answers);
    let examples = spec::outcomes::examples(files, &classes);
    read("classify", Metric::TOP_1_ERROR, text.as_bytes(), Some(examples.as_bytes())).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn scores_are_sums_over_examples_in_any_order(
        (some, shuffled) in prop::collection::vec(any_answer(), 1..50)
            .prop_flat_map(|some| (Just(some.clone()), Just(some).prop_shuffle())),
        cut in 0_usize..50,
    ) {
        let (n, top1, top5) = counts(&table(&some)).unwrap();
        prop_assert_eq!(Some((n, top1, top5)), counts(&table(&shuffled)));
        prop_assert!(top1 <= top5 && top5 <= n && n == some.len() as u64);
        let (one, other) = some.split_at(cut.min(some.len()));
        let [one, other] = [one, other].map(|part| counts(&table(part)).unwrap_or_default());
        prop_assert_eq!((one.0 + other.0, one.1 + other.1, one.2 + other.2), (n, top1, top5));
        let first = some.iter().filter(|(class, answer)| rank(answer, *class) == Some(1)).count();
        prop_assert_eq!(first as u64, top1);
        prop_assert_eq!(table(&some).within(5), top5);
    }

    #[test]
    fn the_most_wrong_are_wrong_and_sorted(some in prop::collection::vec(any_answer(), 0..50), limit in 0_usize..60) {
        let worst = table(&some).most_wrong(limit);
        let all_wrong = some.iter().filter(|(class, answer)| rank(answer, *class) != Some(1)).count();
        prop_assert_eq!(worst.len(), limit.min(all_wrong));
        prop_assert!(worst.iter().all(|wrong| wrong.given != wrong.class && some[wrong.index].0 == wrong.class));
        prop_assert!(worst.windows(2).all(|pair| pair[0].score >= pair[1].score));
    }

    #[test]
    fn written_answers_read_the_same(
        some in prop::collection::vec(any_answer(), 1..50), kept in 1_usize..6, scored in any::<bool>(), named in any::<bool>(),
    ) {
        let some: Vec<One> = some.into_iter().map(|(class, mut answer)| {
            answer.classes.truncate(kept);
            answer.scores.truncate(if scored { kept } else { 0 });
            (class, answer)
        }).collect();
        let files: Vec<String> = (0..some.len()).map(|i| format!("{i}, \"a\".jpg")).collect();
        let read = again(&some, named.then_some(files.as_slice()));
        let read = read.as_any().downcast_ref::<Answers>().unwrap();
        prop_assert_eq!(&read.examples.files, &named.then_some(files));
        prop_assert_eq!(read.answers.len(), some.len());
        for ((class, answer), (ours, theirs)) in some.iter().zip(read.examples.classes.iter().zip(&read.answers)) {
            prop_assert_eq!((class, &answer.classes), (ours, &theirs.classes));
            prop_assert_eq!(answer.scores.len(), theirs.scores.len());
            prop_assert!(answer.scores.iter().zip(&theirs.scores).all(|(a, b)| (a - b).abs() < 2e-5));
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), head in 0_usize..5) {
        let heads = ["", "top1\n", "top1,score1\n", "top1,top2\n", "class,given,confidence\n"];
        let text = [heads[head].as_bytes(), &bytes].concat();
        if let Ok(table) = read("classify", Metric::TEST_ERROR, &text, Some(b"class\n1\n2\n3\n")) {
            prop_assert!(table.len() <= text.len());
        }
        if let Ok(table) = read("classify", Metric::TEST_ERROR, b"top1\n\n\n\n", Some(&[b"class\n", bytes.as_slice()].concat())) {
            prop_assert!(table.len() <= 3);
        }
    }
}

fn one(class: u32, classes: &[u32], scores: &[f32]) -> One {
    (class, Answer { classes: classes.to_vec(), scores: scores.to_vec() })
}

#[test]
fn counts_and_means_by_hand() {
    let some = [one(3, &[3], &[0.5]), one(1, &[2], &[0.75]), one(1, &[7], &[1.0]), one(0, &[0], &[0.25])];
    let table = table(&some);
    let error = table.score(Metric::TEST_ERROR).unwrap();
    assert_eq!((error.value, error.n, error.correct), (50.0, 4, Some(2)));
    let all = table.score(MEAN_CONFIDENCE).unwrap();
    assert_eq!((all.value, all.n, all.low, all.interval), (62.5, 4, None, IntervalKind::Mean));
    let mistakes = table.score(CONFIDENCE_ON_MISTAKES).unwrap();
    assert_eq!((mistakes.value, mistakes.n, mistakes.correct), (87.5, 2, None));
    let worst = table.most_wrong(9);
    assert_eq!(
        worst.iter().map(|wrong| (wrong.index, wrong.given, wrong.score)).collect::<Vec<_>>(),
        [(2, 7, Some(1.0)), (1, 2, Some(0.75))]
    );
    assert_eq!(table.score(Metric::TOP_5_ERROR), None, "one answer does not say who would have been among five");
    assert_eq!(table.score(Metric::PARAMETERS), None);
}

#[test]
fn no_mistakes_have_no_confidence_and_no_examples_no_score() {
    let right = table(&[one(3, &[3], &[0.5])]);
    assert_eq!((right.score(Metric::TEST_ERROR).unwrap().value, right.score(CONFIDENCE_ON_MISTAKES)), (0.0, None));
    let none = table(&[]);
    for metric in [Metric::TOP_1_ERROR, Metric::TEST_ERROR, MEAN_CONFIDENCE] {
        assert_eq!(none.score(metric), None);
    }
    let bare = table(&[one(3, &[4], &[])]);
    assert_eq!((bare.score(MEAN_CONFIDENCE), bare.most_wrong(1)[0].score), (None, None));
}

#[test]
fn an_answer_may_be_missing_and_a_line_empty() {
    // Nothing at all stands in the lines of right answers when one is kept without its score.
    let some = [one(3, &[3], &[]), one(1, &[2], &[]), one(1, &[1], &[]), one(0, &[0], &[])];
    assert_eq!(again(&some, None).score(Metric::TOP_1_ERROR).unwrap().correct, Some(3));
    let some = [one(3, &[3, 1], &[]), one(1, &[2], &[]), one(1, &[], &[])];
    let read = again(&some, None);
    assert!(read.as_any().downcast_ref::<Answers>().unwrap().answers[2].classes.is_empty());
    assert_eq!((read.len(), read.score(Metric::TOP_1_ERROR).unwrap().correct), (3, Some(1)));
}

#[test]
fn senseless_files_are_refused_with_their_line() {
    let examples: Option<&[u8]> = Some(b"class\n1\n2\n");
    let cases: [(&[u8], Option<&[u8]>); 18] = [
        (b"", examples),
        (b"value\n1\n", examples),
        (b"top2,top1\n1,2\n", examples),
        (b"top1,score1,score2\n1,.5,.5\n", examples),
        (b"score1\n.5\n", examples),
        (b"top1,score1\n,.5\n1\n", examples),
        (b"top1,score1\n,.5\nx,.5\n", examples),
        (b"top1,score1\n,.5\n-1,.5\n", examples),
        (b"top1,score1\n,.5\n,1.5\n", examples),
        (b"top1,score1\n,.5\n,NaN\n", examples),
        (b"top1,score1\n,.5\n,\n", examples),
        (b"top1,top2\n,2\n,\n", examples),
        (b"top1,top2\n,2\n,2\n", examples),
        (b"top1\n\n\n\n", examples),
        (b"top1,score1\n,.5\n\xff,.5\n", examples),
        (b"top1\n\n\n", None),
        (b"top1\n\n\n", Some(b"class\n1\n\n")),
        (b"top1\n\n\n", Some(b"file,class\na,1\na,2\n")),
    ];
    let errors = cases.map(|(text, examples)| refused("classify", Metric::TOP_1_ERROR, text, examples));
    insta::assert_snapshot!(errors.join("\n"), @"
    o.csv, line 1: the file is empty, its header is missing
    o.csv, line 1: the header is `value`, it must be `top1` or `top1,score1`
    o.csv, line 1: the header is `top2,top1`, it must be `top1,top2` or `top1,top2,score1,score2`
    o.csv, line 1: the header is `top1,score1,score2`, it must be `top1` or `top1,score1`
    o.csv, line 1: the header is `score1`, it must be `top1` or `top1,score1`
    o.csv, line 3: 1 fields, not the 2 of `top1,score1`
    o.csv, line 3: `x` in `top` is not a class: 0, 1, 2 …
    o.csv, line 3: `-1` in `top` is not a class: 0, 1, 2 …
    o.csv, line 3: the confidence is 1.5, not a probability from 0 to 1
    o.csv, line 3: `NaN` is not a finite number
    o.csv, line 3: `` is not a finite number
    o.csv, line 3: an answer is missing; `-` says that there is none
    o.csv, line 3: the class 2 is named twice
    o.csv, line 4: one answer more than there are examples (2)
    o.csv, line 3: not UTF-8 text
    o.csv, line 1: the record does not say which classes the examples have
    e.csv, line 3: no `class`
    e.csv, line 3: `a` comes twice
    ");
}

#[test]
fn the_table_for_people() {
    let files = ["a, \"b\".jpg", "b.jpg", "c.jpg"].map(str::to_owned);
    let some = [one(0, &[0, 11], &[0.75, 0.25]), one(1, &[11, 1], &[0.5, 0.25]), one(2, &[11], &[0.5])];
    let frame = again(&some, Some(&files)).frame().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let [csv, jsonl] = results::tables::write_frame(frame, folder.path(), "answers").unwrap();
    insta::assert_snapshot!(std::fs::read_to_string(csv).unwrap() + &std::fs::read_to_string(jsonl).unwrap(), @r#"
    file,class,top1,top2,score1,score2,rank,right
    "a, ""b"".jpg",0,0,11,0.75,0.25,1,true
    b.jpg,1,11,1,0.5,0.25,2,false
    c.jpg,2,11,,0.5,,,false
    {"file":"a, \"b\".jpg","class":0,"top1":0,"top2":11,"score1":0.75,"score2":0.25,"rank":1,"right":true}
    {"file":"b.jpg","class":1,"top1":11,"top2":1,"score1":0.5,"score2":0.25,"rank":2,"right":false}
    {"file":"c.jpg","class":2,"top1":11,"top2":null,"score1":0.5,"score2":null,"rank":null,"right":false}
    "#);
}
