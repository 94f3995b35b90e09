//! Scores: properties that any right count has, and files that must be refused.

use std::path::Path;

use proptest::prelude::*;
use results::Error;
use results::predictions::{parse, read};
use results::score::{rank, ranks, score, worst};
use results::store::Runs;
use spec::record::Prediction;

use crate::made_up::{Plan, finished, json_lines, predictions};

fn any_prediction() -> impl Strategy<Value = Prediction> {
    let top = Just((0_u32..8).collect::<Vec<_>>()).prop_shuffle().prop_map(|mut classes| {
        classes.truncate(5);
        classes
    });
    (0_u32..8, top, prop::collection::vec(0.0..1.0_f32, 5), any::<u64>()).prop_map(|(class, top, mut scores, name)| {
        scores.sort_by(|a, b| b.total_cmp(a));
        Prediction { file: format!("{name}.jpg"), class, top, scores }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn scores_are_sums_over_images_in_any_order(
        (some, shuffled) in prop::collection::vec(any_prediction(), 0..50)
            .prop_flat_map(|some| (Just(some.clone()), Just(some).prop_shuffle())),
        cut in 0_usize..50,
    ) {
        let all = score(&some);
        prop_assert_eq!(all, score(&shuffled));
        prop_assert!(all.top1 <= all.top5 && all.top5 <= all.n && all.n == some.len() as u64);
        let (one, other) = some.split_at(cut.min(some.len()));
        let (one, other) = (score(one), score(other));
        prop_assert_eq!((one.n + other.n, one.top1 + other.top1, one.top5 + other.top5), (all.n, all.top1, all.top5));
        let first = ranks(&some).iter().filter(|rank| **rank == Some(1)).count();
        prop_assert_eq!(first as u64, all.top1);
    }

    #[test]
    fn the_worst_are_wrong_and_sorted(some in prop::collection::vec(any_prediction(), 0..50), limit in 0_usize..60) {
        let worst = worst(&some, limit);
        let all_wrong = some.iter().filter(|p| rank(p) != Some(1)).count();
        prop_assert_eq!(worst.len(), limit.min(all_wrong));
        prop_assert!(worst.iter().all(|wrong| wrong.predicted != wrong.class && wrong.rank != Some(1)));
        prop_assert!(worst.windows(2).all(|pair| pair[0].score >= pair[1].score));
        prop_assert!(worst.iter().all(|wrong| wrong.rank.is_some() == wrong.class_score.is_some()));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(some) = parse(Path::new("p"), &bytes) {
            prop_assert!(some.len() <= bytes.len());
        }
    }
}

#[test]
fn counts_by_hand() {
    let score = score(&predictions(10, 3, 7));
    assert_eq!((score.n, score.top1, score.top5), (10, 3, 7));
    let worst = worst(&predictions(10, 3, 7), 2);
    assert_eq!(worst.iter().map(|wrong| wrong.file.as_str()).collect::<Vec<_>>(), ["00009.jpg", "00008.jpg"]);
}

#[test]
fn changed_predictions_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let run = finished(&Runs::at(folder.path()), &Plan::new("r1"), &predictions(10, 3, 7));
    let file = &run.predictions[0];
    assert_eq!(read(&run.dir, file).unwrap(), predictions(10, 3, 7));
    let path = run.dir.join(&file.file);
    std::fs::write(&path, json_lines(&predictions(10, 4, 7))).unwrap();
    assert!(matches!(read(&run.dir, file), Err(Error::Hash { .. })));
    std::fs::write(&path, json_lines(&predictions(10, 3, 7))).unwrap();
    let mut other = file.clone();
    other.count = 11;
    assert!(matches!(read(&run.dir, &other), Err(Error::Count { found: 10, recorded: 11, .. })));
    other.file = "../r1/predictions.jsonl".into();
    assert!(matches!(read(&run.dir, &other), Err(Error::Line { .. })));
}

#[test]
fn senseless_lines_are_refused_with_their_number() {
    let good = serde_json::to_string(&predictions(1, 1, 1)[0]).unwrap();
    let cases = [
        good.clone(),
        good.replace("00000", "1").replace("[0,11,12,13,14]", "[0,11,12,13]"),
        good.replace("00000", "1").replace("[0,11,12,13,14]", "[0,0,12,13,14]"),
        "{\"file\": \"x\"}".to_owned(),
    ];
    let errors: Vec<String> = cases
        .iter()
        .map(|second| parse(Path::new("p.jsonl"), format!("{good}\n{second}\n").as_bytes()).unwrap_err().to_string())
        .collect();
    insta::assert_snapshot!(errors.join("\n"));
}
