//! Ranks of images and sentences: shares within ten, medians, and what is refused.

use results::tasks::IntervalKind;
use results::tasks::retrieve::{ANNOTATION, ANNOTATION_MEDIAN, SEARCH, SEARCH_MEDIAN};
use spec::metric::{Metric, Unit};

use super::{read, refused};

const EXAMPLES: &[u8] = b"file,sentence\na,a cat\na,one cat\nb,a dog\nc,\n";

#[test]
fn shares_and_medians_with_intervals_over_images() {
    let written = spec::outcomes::ranked([(1, &[1, 3][..]), (4, &[2]), (2, &[3])]);
    let table = read("retrieve", ANNOTATION[0], written.as_bytes(), Some(EXAMPLES)).unwrap();
    let value = |metric: Metric| table.score(metric).map(|score| (score.value, score.unit));
    assert_eq!(value(ANNOTATION[0]), Some((100.0 / 3.0, Unit::Percent)));
    assert_eq!(
        (value(ANNOTATION[1]), value(ANNOTATION_MEDIAN)),
        (Some((100.0, Unit::Percent)), Some((2.0, Unit::Count)))
    );
    assert_eq!((value(SEARCH[0]), value(SEARCH_MEDIAN)), (Some((25.0, Unit::Percent)), Some((2.5, Unit::Count))));
    let score = table.score(SEARCH[0]).unwrap();
    assert_eq!((score.n, score.interval), (3, IntervalKind::Bootstrap));
    assert_eq!(table.frame().unwrap().shape(), (3, 3));
}

#[test]
fn what_cannot_be_a_rank_is_refused_with_its_line() {
    let wrong = |text: &str| refused("retrieve", SEARCH[0], text.as_bytes(), Some(EXAMPLES));
    // Of four sentences, two are the first image's own: its best is third at worst.
    let errors = [
        "annotation\n1\n",
        "annotation,search\n4,1 1\n",
        "annotation,search\n0,1 1\n",
        "annotation,search\n1,1 4\n",
        "annotation,search\n1,1\n",
        "annotation,search\n1,1 x\n",
        "annotation,search\n1,1 1\n1,1\n",
        "annotation,search\n1,1 1\n1,1\n1,1\n1,1\n",
    ]
    .map(wrong);
    insta::assert_snapshot!(errors.join("\n"), @"
    o.csv, line 1: the header is `annotation`, it must be `annotation,search`
    o.csv, line 2: `4` is no rank from 1 to 3
    o.csv, line 2: `0` is no rank from 1 to 3
    o.csv, line 2: `4` is no rank from 1 to 3
    o.csv, line 2: 1 ranks for the 2 sentences of `a`
    o.csv, line 2: `x` is no rank from 1 to 3
    o.csv, line 4: the ranks end here, and there are 3 images
    o.csv, line 5: one line more than there are images (3)
    ");
    assert!(read("retrieve", SEARCH[0], b"annotation,search\n", None).is_err());
}
