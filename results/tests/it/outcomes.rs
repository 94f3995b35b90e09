//! Outcome files: what they come to, and which must be refused.

use std::path::Path;

use proptest::prelude::*;
use results::Error;
use results::outcomes::{Answer, OutcomesScore, Table, parse, read, score};
use results::store::Runs;
use spec::metric::Metric;

use crate::experiment::{answers, everything, rubbish, values};

fn scored(text: &str, metric: Metric) -> OutcomesScore {
    score(&parse(Path::new("o.csv"), text.as_bytes(), metric).unwrap(), metric)
}

#[test]
fn counts_and_means_by_hand() {
    let text = "class,given,confidence\n3,3,0.5\n1,2,0.75\n1,7,1\n0,0,0.25\n";
    let table = parse(Path::new("o.csv"), text.as_bytes(), Metric::TestError).unwrap();
    assert_eq!(table.len(), 4);
    let Table::Answers(some) = &table else { panic!("{table:?}") };
    assert_eq!(some[1], Answer { class: Some(1), given: Some(2), confidence: 0.75 });
    let OutcomesScore::Answers(ours) = score(&table, Metric::TestError) else { panic!() };
    assert_eq!((ours.n, ours.wrong), (4, 2));
    let (all, mistakes) = (ours.confidence.unwrap(), ours.on_mistakes.unwrap());
    assert_eq!((all.n, all.value), (4, 0.625));
    // Deviations -1/8, 1/8, 3/8, -3/8: squares sum to 20/64; over 3 and over 4.
    assert!((all.standard_error.unwrap() - (20.0_f64 / 64.0 / 12.0).sqrt()).abs() < 1e-15);
    assert_eq!((mistakes.n, mistakes.value), (2, 0.875));

    let OutcomesScore::Answers(ours) = scored(&rubbish(10, 4), Metric::RubbishError) else { panic!() };
    assert_eq!((ours.n, ours.wrong), (10, 4));
    assert!((ours.on_mistakes.unwrap().value - 0.7).abs() < 1e-12);
    let OutcomesScore::Answers(ours) = scored(&answers(10, 0..0), Metric::TestError) else { panic!() };
    assert_eq!((ours.wrong, ours.on_mistakes), (0, None));
    let OutcomesScore::Values(ours) = scored(&values(4, 2.0, 1.0), Metric::LogLikelihood) else { panic!() };
    assert_eq!(ours.unwrap().value, 2.0);
    assert!((ours.unwrap().standard_error.unwrap() - (4.0_f64 / 3.0 / 4.0).sqrt()).abs() < 1e-15);
    assert_eq!(scored("value\n", Metric::LogLikelihood), OutcomesScore::Values(None));
}

#[test]
fn senseless_files_are_refused_with_their_line() {
    let head = "class,given,confidence\n1,1,0.5\n";
    let cases = [
        (Metric::TestError, String::new()),
        (Metric::TestError, "value\n1\n".to_owned()),
        (Metric::LogLikelihood, head.to_owned()),
        (Metric::TestError, format!("{head}1,1\n")),
        (Metric::TestError, format!("{head}1,x,0.5\n")),
        (Metric::TestError, format!("{head}-1,1,0.5\n")),
        (Metric::TestError, format!("{head}1,,0.5\n")),
        (Metric::RubbishError, format!("{head}1,,1.5\n")),
        (Metric::Agreement, format!("{head}1,1,NaN\n")),
        (Metric::TestError, format!("{head}\n1,1,0.5\n")),
        (Metric::LogLikelihood, "value\n1\n-inf\n".to_owned()),
        (Metric::MeanDistortion, "value\n1\n2 3\n".to_owned()),
    ];
    let mut errors: Vec<String> = cases
        .iter()
        .map(|(metric, text)| parse(Path::new("o.csv"), text.as_bytes(), *metric).unwrap_err().to_string())
        .collect();
    errors.push(parse(Path::new("o.csv"), b"value\n1\n\xff\n", Metric::LogLikelihood).unwrap_err().to_string());
    let errors: Vec<&str> = errors.iter().map(|error| error.split(';').next().unwrap()).collect();
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn changed_outcomes_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let run = everything(&Runs::at(folder.path()), "r1");
    let file = &run.outcomes[0];
    assert_eq!(read(&run.dir, file).unwrap().len(), 1000);
    let mut other = file.clone();
    other.count = 999;
    assert!(matches!(read(&run.dir, &other), Err(Error::Count { found: 1000, recorded: 999, .. })));
    other.file = format!("../r1/{}", file.file);
    assert!(matches!(read(&run.dir, &other), Err(Error::Line { .. })));
    std::fs::write(run.dir.join(&file.file), answers(1000, 0..51)).unwrap();
    assert!(matches!(read(&run.dir, file), Err(Error::Hash { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), head in any::<bool>()) {
        let bytes = if head { [b"value\n".as_slice(), &bytes].concat() } else { bytes };
        for metric in [Metric::TestError, Metric::LogLikelihood] {
            if let Ok(table) = parse(Path::new("o.csv"), &bytes, metric) {
                prop_assert!(table.len() <= bytes.len());
            }
        }
    }

    #[test]
    fn written_answers_read_the_same(some in prop::collection::vec((0_u32..10, 0_u32..10, 0.0..=1.0_f64), 0..50)) {
        let mut text = "class,given,confidence\n".to_owned();
        for (class, given, confidence) in &some {
            text.push_str(&format!("{class},{given},{confidence}\n"));
        }
        let table = parse(Path::new("o.csv"), text.as_bytes(), Metric::TestError).unwrap();
        let wanted = some.iter().map(|&(class, given, confidence)| Answer { class: Some(class), given: Some(given), confidence });
        prop_assert_eq!(&table, &Table::Answers(wanted.collect()));
        let OutcomesScore::Answers(ours) = score(&table, Metric::TestError) else { panic!() };
        prop_assert_eq!(ours.wrong as usize, some.iter().filter(|(class, given, _)| class != given).count());
        prop_assert_eq!(ours.on_mistakes.map_or(0, |mean| mean.n), ours.wrong);
    }
}
