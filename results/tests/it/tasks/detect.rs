//! Which objects are where: PASCAL VOC's and COCO's rules against other people's results, and what is refused.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use results::import::{open_all, read as import};
use results::references::References;
use results::tasks::detect::voc::{Average, Ranked};
use results::tasks::detect::{COCO, Detected, MAP, MAP_AREA};
use results::tasks::{IntervalKind, Table};
use serde_json::Value;

use super::{fixtures, read, refused};

fn references(path: &Path) -> References {
    References::file(path.to_owned(), fs_err::read(path).unwrap())
}

fn close(found: f64, wanted: f64, within: f64, what: &str) {
    assert!((found - wanted).abs() <= within, "{what}: {found} is not {wanted}");
}

/// What is written for others is read again as what it was, in either form.
#[test]
fn detections_in_the_forms_of_others_score_as_before() {
    let room = tempfile::tempdir().unwrap();
    let annotations = room.path().join("annotations.json");
    let object = |name: &str, edges: [u32; 4]| serde_json::json!({"name": name, "difficult": 0, "bbox": edges});
    let truth = serde_json::json!({
        "000001": [object("cat", [10, 20, 60, 80]), object("dog", [100, 20, 160, 80])],
        "000002": [object("dog", [1, 1, 50, 50])],
    });
    fs_err::write(&annotations, truth.to_string()).unwrap();
    let given =
        [("cat", "000001 0.123456789 10.5 21 60 80\n"), ("dog", "000002 0.5 1 1 50 49\n000001 0.25 90 1 99 9\n")];
    let write = |folder: &str, files: &[(String, String)]| -> Vec<PathBuf> {
        let folder = room.path().join(folder);
        fs_err::create_dir_all(&folder).unwrap();
        let written = files.iter().map(|(name, text)| {
            let path = folder.join(name);
            fs_err::write(&path, text).unwrap();
            path
        });
        written.collect()
    };
    let given = given.map(|(class, text)| (format!("comp4_det_test_{class}.txt"), text.to_owned()));
    let read =
        |files: &[PathBuf], references: &Path| open_all(files, &self::references(references)).unwrap().remove(0).table;
    let first = read(&write("given", &given), &annotations);
    let names = ["cat".to_owned(), "dog".to_owned()];
    let forms = first.in_forms_of_others(&names).unwrap().unwrap();
    let files: Vec<&str> = forms.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(files, ["comp4_det_test_cat.txt", "comp4_det_test_dog.txt", "detections.json"]);
    // In the order of the images, and else to the last digit.
    assert_eq!(forms[0].1, given[0].1);
    let again = read(&write("again", &forms[..2]), &annotations);
    let instances = serde_json::json!({
        "images": [{"id": 1}, {"id": 2}], "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}],
        "annotations": [
            {"image_id": 1, "category_id": 1, "bbox": [9, 19, 51, 61], "area": 3111, "iscrowd": 0},
            {"image_id": 1, "category_id": 2, "bbox": [99, 19, 61, 61], "area": 3721, "iscrowd": 0},
            {"image_id": 2, "category_id": 2, "bbox": [0, 0, 50, 50], "area": 2500, "iscrowd": 0},
        ],
    });
    let coco = room.path().join("instances.json");
    fs_err::write(&coco, instances.to_string()).unwrap();
    let third = read(&write("coco", &forms[2..]), &coco);
    for metric in [MAP, MAP_AREA, COCO[0], COCO[8]] {
        let value = |table: &dyn Table| table.as_any().downcast_ref::<Detected>().unwrap().value(metric).unwrap();
        close(value(&*again), value(&*first), 0.0, "VOC's files");
        close(value(&*third), value(&*first), 1e-9, "COCO's file");
    }
    // A class that has no name has no file to stand in.
    assert!(first.in_forms_of_others(&names[..1]).unwrap_err().contains("class 1 has no name"));
    assert!(first.in_forms_of_others(&["a/b".to_owned(), "dog".to_owned()]).unwrap_err().contains("`a/b`"));
}

/// All 4,952 test images of VOC 2007, of which others published the average precisions of a detector.
#[test]
fn average_precisions_are_those_that_others_counted() {
    let Some(room) = fixtures("detection-fixtures") else { return };
    let folder = room.path().join("voc2007-tiny-yolo");
    let mut files: Vec<PathBuf> = fs_err::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "txt"));
    files.sort();
    assert_eq!(files.len(), 20);
    let imported = open_all(&files, &references(&room.path().join("voc2007-test-annotations.json"))).unwrap();
    let [one] = &imported[..] else { panic!("{} submissions", imported.len()) };
    assert!(one.path.ends_with("comp4_det_test_*.txt") && one.table.len() == 4952);
    let table = one.table.as_any().downcast_ref::<Detected>().unwrap();
    let expected: Value = serde_json::from_slice(&fs_err::read(folder.join("expected.json")).unwrap()).unwrap();
    assert_eq!(table.class_names.len(), 20);
    assert_eq!(table.classes(), (0..20).collect::<Vec<u32>>());
    for (name, (_, ranked)) in table.class_names.iter().zip(table.ranked()) {
        let found = ranked.average(Average::ElevenPoints, None).unwrap();
        close(found, expected["ap"][name].as_f64().unwrap(), 1e-5, name);
    }
    let map = table.score(MAP).unwrap();
    close(map.value, 53.9744, 1e-4, "eleven points");
    close(table.score(MAP_AREA).unwrap().value, 54.4145, 1e-4, "area");
    assert_eq!((map.n, map.interval), (4952, IntervalKind::Bootstrap));
    let (low, high) = (map.low.unwrap(), map.high.unwrap());
    assert!(low < map.value && map.value < high && high - low < 3.0, "{low} to {high}");
}

/// The twelve numbers that COCO's own program prints for its made-up detections.
#[test]
fn cocos_numbers_are_those_that_its_program_prints() {
    let Some(room) = fixtures("detection-fixtures") else { return };
    let folder = room.path().join("coco-fake100");
    let truth = references(&folder.join("instances_val2014_100.json"));
    let table = open_all(&[folder.join("instances_val2014_fakebbox100_results.json")], &truth).unwrap().remove(0).table;
    let printed = fs_err::read_to_string(folder.join("val2014_fake_eval_res.txt")).unwrap();
    let printed = printed.split("type=bbox").nth(1).unwrap();
    let numbers: Vec<f64> = printed
        .lines()
        .filter(|line| line.contains("Average"))
        .take(12)
        .map(|line| line.rsplit('=').next().unwrap().trim().parse().unwrap())
        .collect();
    assert_eq!(numbers.len(), 12);
    for (metric, wanted) in COCO.into_iter().zip(numbers) {
        let found = table.score(metric).unwrap();
        close(found.value / 100.0, wanted, 5.01e-4, metric.name());
    }
    // As records keep it, it comes to the same.
    let written = table.write().unwrap();
    let again = read("detect", MAP, written.outcomes.as_bytes(), Some(written.examples.unwrap().as_bytes())).unwrap();
    for metric in COCO {
        close(again.score(metric).unwrap().value, table.score(metric).unwrap().value, 1e-9, metric.name());
    }
}

const EXAMPLES: &[u8] = b"file,objects\na,3 0 0 10 10;3 20 20 30 30 difficult\nb,3 0 0 10 10\nc,\n";

fn table(text: &str) -> Box<dyn Table> {
    read("detect", MAP, text.as_bytes(), Some(EXAMPLES)).unwrap()
}

#[test]
fn an_object_is_found_once_and_a_difficult_one_counts_neither_way() {
    // Right, twice on the same object, on the difficult one; too small an overlap; on an empty image.
    let text = "detections\n3 .9 0 0 10 10;3 .8 0 0 10 9;3 .95 20 20 30 30\n3 .7 0 0 10 5\n3 .6 0 0 1 1\n";
    let found = table(text);
    let detected = found.as_any().downcast_ref::<Detected>().unwrap();
    let (class, ranked) = &detected.ranked()[0];
    assert_eq!(*class, 3);
    let points = ranked.points();
    let shares: Vec<(f64, f64)> = points.iter().map(|point| (point.recall, point.precision)).collect();
    assert_eq!(shares, [(0.5, 1.0), (0.5, 0.5), (0.5, 1.0 / 3.0), (0.5, 0.25)]);
    assert_eq!(ranked.average(Average::Area, None), Some(0.5));
    // Recalls of 0 to .5 are reached: six of eleven.
    close(ranked.average(Average::ElevenPoints, None).unwrap(), 6.0 / 11.0, 1e-12, "eleven points");
    // Classes of which there is nothing to find are left out of the mean.
    close(found.score(MAP_AREA).unwrap().value, 50.0, 1e-12, "the mean");
    assert_eq!(table("detections\n\n\n\n").score(MAP).unwrap().value, 0.0);
}

/// numpy's eighth overlap is .85, which half a sum of twentieths is not.
#[test]
fn an_overlap_of_exactly_85_percent_is_enough_at_85() {
    let table =
        read("detect", MAP, b"detections\n1 .5 0 0 85 100\n", Some(b"file,objects\na,1 0 0 100 100\n")).unwrap();
    close(table.score(COCO[0]).unwrap().value, 80.0, 1e-9, "eight of ten overlaps");
}

#[test]
fn two_detectors_are_compared_by_the_same_draws_of_images() {
    let images = 60;
    let examples: String = (0..images).map(|image| format!("{image},3 0 0 10 10\n")).collect();
    let examples = format!("file,objects\n{examples}");
    let text = |right: usize| {
        let line = |image| if image < right { "3 .9 0 0 10 10\n" } else { "3 .9 50 50 60 60\n" };
        format!("detections\n{}", (0..images).map(line).collect::<String>())
    };
    let of = |right| read("detect", MAP, text(right).as_bytes(), Some(examples.as_bytes())).unwrap();
    let pairing = of(50).paired(of(20).as_ref(), MAP_AREA).unwrap().unwrap();
    assert!(pairing.difference > 30.0 && pairing.low > 0.0 && pairing.p <= 0.002, "{pairing:?}");
    let same = of(20).paired(of(20).as_ref(), MAP_AREA).unwrap().unwrap();
    assert_eq!((same.difference, same.low, same.high, same.p), (0.0, 0.0, 0.0, 1.0));
    let other = read("detect", MAP, b"detections\n\n\n\n", Some(EXAMPLES)).unwrap();
    assert_eq!(of(20).paired(other.as_ref(), MAP).unwrap_err(), "60 images against 3");
}

proptest! {
    #[test]
    fn an_average_is_a_share_and_more_right_ones_never_lower_the_area(
        scores in proptest::collection::vec((0.0_f64..1.0, any::<bool>()), 1..40),
    ) {
        let line = |(score, right): &(f64, bool)| {
            let edges = if *right { "0 0 10 10" } else { "50 50 60 60" };
            format!("3 {score} {edges}\n")
        };
        let examples: String = (0..scores.len()).map(|image| format!("{image},3 0 0 10 10\n")).collect();
        let examples = format!("file,objects\n{examples}");
        let area = |scores: &[(f64, bool)]| {
            let text = format!("detections\n{}", scores.iter().map(line).collect::<String>());
            let table = read("detect", MAP, text.as_bytes(), Some(examples.as_bytes())).unwrap();
            let ranked: &Ranked = &table.as_any().downcast_ref::<Detected>().unwrap().ranked()[0].1;
            for average in [Average::Area, Average::ElevenPoints] {
                let found = ranked.average(average, None).unwrap();
                assert!((0.0..=1.0).contains(&found));
            }
            ranked.average(Average::Area, None).unwrap()
        };
        let before = area(&scores);
        let mut better = scores.clone();
        better[0].1 = true;
        prop_assert!(area(&better) >= before - 1e-12);
        let all: Vec<(f64, bool)> = scores.iter().map(|(score, _)| (*score, true)).collect();
        prop_assert!((area(&all) - 1.0).abs() < 1e-12);
    }
}

#[test]
fn senseless_files_are_refused_with_their_line() {
    let cases: [&[u8]; 8] = [
        b"",
        b"boxes\n",
        b"detections\n\n",
        b"detections\n\n\n\n\n",
        b"detections\n3 .9 0 0 10\n\n\n",
        b"detections\n3 nan 0 0 10 10\n\n\n",
        b"detections\n\n3 .9 10 0 0 10\n\n",
        b"detections\n\n\n3 .9 0 0 10 10 11\n",
    ];
    let errors = cases.map(|text| refused("detect", MAP, text, Some(EXAMPLES)));
    insta::assert_snapshot!(errors.join("\n"), @"
    o.csv, line 1: the file is empty, its header is missing
    o.csv, line 1: the header is `boxes`, it must be `detections`
    o.csv, line 3: the detections end here, and there are 3 images
    o.csv, line 5: one line more than there are images (3)
    o.csv, line 2: `3 .9 0 0 10` is no box: left, top, right, bottom
    o.csv, line 2: `nan` is not a finite number
    o.csv, line 3: the box of `3 .9 10 0 0 10` is turned round
    o.csv, line 4: `11` stands behind the box of `3 .9 0 0 10 10 11`
    ");
    let examples: [&[u8]; 4] =
        [b"file,class\na,1\n", b"file,objects\na,1 0 0\n", b"file,objects\na,x 0 0 1 1\n", b"file,objects\na,\na,\n"];
    let errors = examples.map(|text| refused("detect", MAP, b"detections\n\n", Some(text)));
    insta::assert_snapshot!(errors.join("\n"), @"
    e.csv, line 1: the header is `file,class`, it must be `file,objects`
    e.csv, line 2: `1 0 0` is no box: left, top, right, bottom
    e.csv, line 2: `x` in `class` is not a class: 0, 1, 2 …
    e.csv, line 3: `a` comes twice
    ");
}

#[test]
fn somebody_elses_detections_are_refused_by_file_and_line() {
    let voc = br#"{"000001": [{"name": "dog", "difficult": 0, "bbox": [48, 240, 195, 371]}], "000002": []}"#;
    let coco = br#"{"images": [{"id": 7}], "categories": [{"id": 3, "name": "dog"}], "annotations": [{"image_id": 7, "category_id": 3, "bbox": [0, 0, 9, 9], "area": 81}]}"#;
    let said = |name: &str, bytes: &[u8], truth: &[u8]| {
        let references = References::file("truth.json".into(), truth.to_vec());
        import(Path::new(name), bytes, &references).err().unwrap().to_string()
    };
    let dog = "comp4_det_test_dog.txt";
    let all = [
        said(dog, b"000001 .9 1 1 5 5\n000003 .9 1 1 5 5\n", voc),
        said(dog, b"000001 .9 1 1 5\n", voc),
        said(dog, b"000001 nan 1 1 5 5\n", voc),
        said(dog, b"000001 .9 5 1 1 5\n", voc),
        said("comp4_det_test_unicorn.txt", b"", voc),
        said(dog, b"", b"file,class\na,1\n"),
        said("d.json", br#"[{"image_id": 8, "category_id": 3, "bbox": [0, 0, 9, 9], "score": 1}]"#, coco),
        said("d.json", br#"[{"image_id": 7, "category_id": 4, "bbox": [0, 0, 9, 9], "score": 1}]"#, coco),
        said("d.json", br#"[{"image_id": 7, "category_id": 3, "bbox": [0, 0, -9, 9], "score": 1}]"#, coco),
        said("d.json", br#"[{"image_id": 7, "category_id": 3, "bbox": [0, 0, 9], "score": 1}]"#, coco),
        said(dog, b"", br#"{"images": [{"id": 7}, {"id": 7}], "categories": [], "annotations": []}"#),
        said(dog, b"", br#"{"images": [], "categories": [], "annotations": [{"image_id": 7, "category_id": 3, "bbox": [0, 0, 9, 9], "area": 81}]}"#),
        said(dog, b"", br#"{"000001": [{"name": "dog", "bbox": [9, 9, 1, 1]}]}"#),
        said(dog, b"", br#"{"000001": [{"name": "dog"}]}"#),
    ];
    insta::assert_snapshot!(all.join("\n"), @"
    comp4_det_test_dog.txt, line 2: there is no image `000003`
    comp4_det_test_dog.txt, line 1: 5 fields, not the six of `image score left top right bottom`
    comp4_det_test_dog.txt, line 1: `nan` is not a finite number
    comp4_det_test_dog.txt, line 1: its box is turned round: left 4, top 0, right 1, bottom 5
    comp4_det_test_unicorn.txt: `unicorn` is no class of truth.json: dog
    comp4_det_test_dog.txt: truth.json says no boxes to hold detections against; name a file of annotations
    d.json: detection 0: there is no image 8
    d.json: detection 0: there is no category 4
    d.json: detection 0: its box is turned round: left 0, top 0, right -9, bottom 9
    d.json: these detections cannot be read: invalid length 3, expected an array of length 4 at line 1 column 52
    truth.json: the image 7 comes twice
    truth.json: annotations[0]: there is no image 7
    truth.json: object 0 of image `000001`: its box is turned round: left 8, top 8, right 1, bottom 1
    truth.json: these annotations cannot be read: missing field `bbox` at line 1 column 27
    ");
}
