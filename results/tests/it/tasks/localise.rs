//! Where the object is: ILSVRC's rule against an independent computation, and what is refused.

use base::boxes::Bounds;
use results::tasks::localise::{LOCALISATION_ERROR, MEAN_OVERLAP};
use results::tasks::{IntervalKind, Table};
use serde_json::Value;
use spec::metric::{Metric, Unit};

use super::{read, refused};

const EXAMPLES: &[u8] = b"file,class,boxes\na.jpg,3,0 0 10 10\nb.jpg,4,0 0 4 4;10 10 20 20\n";

fn table(text: &str) -> Box<dyn Table> {
    read("localise", LOCALISATION_ERROR, text.as_bytes(), Some(EXAMPLES)).unwrap()
}

/// `golden/localisation.py` counts with exact fractions.
#[test]
fn right_and_wrong_are_those_of_an_independent_computation() {
    let golden: Value =
        serde_json::from_str(include_str!("../../../../replications/vgg/golden/localisation.json")).unwrap();
    let images = golden["error"]["images"].as_array().unwrap();
    assert!(images.len() >= 50);
    let edges = |value: &Value| -> [f64; 4] {
        let numbers: Vec<f64> = value.as_array().unwrap().iter().map(|edge| edge.as_f64().unwrap()).collect();
        numbers.try_into().unwrap()
    };
    let class = |value: &Value| u32::try_from(value["class"].as_u64().unwrap()).unwrap();
    let own: Vec<Vec<[f64; 4]>> =
        images.iter().map(|image| image["boxes"].as_array().unwrap().iter().map(edges).collect()).collect();
    let names: Vec<String> = (0..images.len()).map(|number| format!("{number}.jpg")).collect();
    let known =
        names.iter().zip(images).zip(&own).map(|((name, image), own)| (name.as_str(), class(image), own.as_slice()));
    let examples = spec::outcomes::located_examples(known);
    let guesses: Vec<Vec<(u32, [f64; 4])>> = images
        .iter()
        .map(|image| image["guesses"].as_array().unwrap().iter().map(|one| (class(one), edges(&one["box"]))).collect())
        .collect();
    let text = spec::outcomes::located(&guesses);
    let table = read("localise", LOCALISATION_ERROR, text.as_bytes(), Some(examples.as_bytes())).unwrap();
    let right = images.iter().filter(|image| image["right"].as_bool().unwrap()).count() as u64;
    let error = table.score(LOCALISATION_ERROR).unwrap();
    assert_eq!((error.correct, error.n, error.interval), (Some(right), images.len() as u64, IntervalKind::Binomial));
    assert!((error.value - golden["error"]["error_percent"].as_f64().unwrap()).abs() < 1e-9);
    let overlap = table.score(MEAN_OVERLAP).unwrap();
    assert!((overlap.value - golden["error"]["mean_overlap"].as_f64().unwrap()).abs() < 1e-8);
    assert_eq!(overlap.unit, Unit::Ratio);
    let frame = table.frame().unwrap();
    let found = frame.column("right").unwrap().bool().unwrap().clone();
    let wanted: Vec<Option<bool>> = images.iter().map(|image| image["right"].as_bool()).collect();
    assert_eq!(found.iter().collect::<Vec<_>>(), wanted);
}

#[test]
fn only_the_first_five_guesses_count() {
    let wrong = "9,0 0 10 10";
    let with = |place: usize| {
        let guesses: Vec<(u32, [f64; 4])> =
            (0..6).map(|at| (if at == place { 3 } else { 9 }, [0.0, 0.0, 10.0, 10.0])).collect();
        spec::outcomes::located(&[guesses, Vec::new()])
    };
    let right = |text: String| table(&text).score(LOCALISATION_ERROR).unwrap().correct;
    assert_eq!((right(with(4)), right(with(5))), (Some(1), Some(0)), "{wrong}");
}

#[test]
fn two_networks_are_compared_image_by_image() {
    let ours = table("class1,box1\n3,0 0 10 9\n4,11 10 20 20\n");
    let theirs = table("class1,box1\n3,0 0 10 5\n4,0 0 1 1\n");
    let pairing = ours.paired(theirs.as_ref(), LOCALISATION_ERROR).unwrap().unwrap();
    assert_eq!((pairing.difference, pairing.n), (-100.0, 2));
    assert_eq!(ours.paired(theirs.as_ref(), Metric::TEST_ERROR), Ok(None));
    let other = b"file,class,boxes\na.jpg,3,0 0 10 10\nc.jpg,4,0 0 4 4\n";
    let other = read("localise", LOCALISATION_ERROR, b"class1,box1\n3,0 0 1 1\n,\n", Some(other)).unwrap();
    assert_eq!(
        ours.paired(other.as_ref(), LOCALISATION_ERROR).unwrap_err(),
        "image 2 is `b.jpg` in the one, `c.jpg` in the other, or marked otherwise"
    );
    assert_eq!(Bounds::new([0.0, 0.0, 10.0, 5.0]).iou(&Bounds::new([0.0, 0.0, 10.0, 10.0])), 0.5);
}

#[test]
fn senseless_files_are_refused_with_their_line() {
    let cases: [&[u8]; 9] = [
        b"",
        b"class,box\n",
        b"class1,box1\n3,0 0 1 1\n",
        b"class1,box1\n3,0 0 1 1\n,\n,\n",
        b"class1,box1\n3,0 0 1\n,\n",
        b"class1,box1\n3,0 0 nan 1\n,\n",
        b"class1,box1\n3,2 0 1 1\n,\n",
        b"class1,box1\n,0 0 1 1\n,\n",
        b"class1,class2,box1,box2\n,3,,0 0 1 1\n,,,\n",
    ];
    let errors = cases.map(|text| refused("localise", LOCALISATION_ERROR, text, Some(EXAMPLES)));
    insta::assert_snapshot!(errors.join("\n"), @"
    o.csv, line 1: the file is empty, its header is missing
    o.csv, line 1: the header is `class,box`, it must be `class1,box1`
    o.csv, line 3: the guesses end here, and there are 2 images
    o.csv, line 4: one line more than there are images (2)
    o.csv, line 2: `0 0 1` is no box: left, top, right and bottom, blanks between
    o.csv, line 2: `nan` is not a finite number
    o.csv, line 2: the box `2 0 1 1` is turned round
    o.csv, line 2: guess 1 has a box and no class
    o.csv, line 2: guess 2 stands behind one that is missing
    ");
    let good = b"class1,box1\n3,0 0 1 1\n";
    let examples: [&[u8]; 4] = [
        b"file,class\na,1\n",
        b"file,class,boxes\na,1,\n",
        b"file,class,boxes\na,,0 0 1 1\n",
        b"file,class,boxes\na,1,0 0 1 1\na,1,0 0 1 1\n",
    ];
    let errors = examples.map(|text| refused("localise", LOCALISATION_ERROR, good, Some(text)));
    insta::assert_snapshot!(errors.join("\n"), @"
    e.csv, line 1: the header is `file,class`, it must be `file,class,boxes`
    e.csv, line 2: `` is not a finite number
    e.csv, line 2: no `class`
    e.csv, line 3: `a` comes twice
    ");
}
