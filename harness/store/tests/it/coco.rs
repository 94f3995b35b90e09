//! COCO's files of instances: what is read, and what is refused where.

use std::path::Path;

use proptest::prelude::*;
use serde_json::{Value, json};
use spec::lock::{AnnotatedImages, Annotations};
use store::Fetched;
use store::annotated::Annotated;
use store::coco::{Instances, parse, read};
use store::listed;

use crate::fixture::unlisted;

fn good() -> Value {
    json!({
        "info": {"year": 2017}, "licenses": [{"id": 1, "name": "CC"}],
        "images": [
            {"id": 9, "file_name": "000000000009.jpg", "width": 640, "height": 480, "license": 3, "coco_url": "http://x"},
            {"id": 2, "file_name": "more/2.png", "width": 20, "height": 30},
            {"id": 5, "file_name": "5.jpg", "width": 7, "height": 5},
        ],
        "annotations": [
            {"id": 1, "image_id": 2, "category_id": 18, "bbox": [0.0, 1.5, 19, 28.5], "area": 1.0, "iscrowd": 0,
             "segmentation": [[1.0, 2.0, 3.5, 4.0, 5.0, 6.0]]},
            {"id": 2, "image_id": 9, "category_id": 1, "bbox": [100, 50, 200, 300], "iscrowd": 1,
             "segmentation": {"counts": [12, 5], "size": [480, 640]}},
            {"id": 3, "image_id": 9, "category_id": 18, "bbox": [-0.5, 0, 641, 480.25]},
            {"id": 4, "image_id": 9, "category_id": 1, "bbox": [3, 4, 0, 10]},
        ],
        "categories": [{"id": 18, "name": "dog", "supercategory": "animal"}, {"id": 1, "name": "person"}],
    })
}

fn of(value: &Value) -> Result<Instances, String> {
    parse(value.to_string().as_bytes(), Path::new("a.json")).map_err(|error| error.to_string())
}

/// What is said where the value at that pointer is another.
fn with(pointer: &str, value: Value) -> String {
    let mut changed = good();
    *changed.pointer_mut(pointer).unwrap() = value;
    of(&changed).unwrap_err()
}

#[test]
fn instances_are_read_as_they_stand() {
    let Instances { classes, images } = of(&good()).unwrap();
    assert_eq!(classes, ["person", "dog"]);
    let sizes: Vec<_> = images.iter().map(|image| (image.file.as_str(), image.width, image.height)).collect();
    assert_eq!(sizes, [("000000000009.jpg", 640, 480), ("more/2.png", 20, 30), ("5.jpg", 7, 5)]);
    let objects: Vec<Vec<_>> = images
        .iter()
        .map(|image| image.objects.iter().map(|object| (object.class, object.bounds, object.difficult)).collect())
        .collect();
    // A crowd is difficult; what rounding put outside is cut off; no area is let be.
    let of_first = [
        (0, [101.0, 51.0, 300.0, 350.0], true),
        (1, [1.0, 1.0, 640.0, 480.0], false),
        (0, [4.0, 5.0, 3.0, 14.0], false),
    ];
    assert_eq!(objects, [of_first.to_vec(), vec![(1, [1.0, 2.5, 19.0, 30.0], false)], Vec::new()]);
    assert!(images[0].objects.iter().all(|object| object.truncated.is_none() && object.occluded.is_none()));
}

#[test]
fn what_makes_no_sense_is_refused_by_its_id() {
    for (pointer, value, wanted) in [
        ("/images/1/id", json!(9), "the image 9 comes twice"),
        ("/images/1/file_name", json!("5.jpg"), "image 5: `5.jpg` is another image's file too"),
        ("/images/1/file_name", json!("./5.jpg"), "image 5: `5.jpg` is another image's file too"),
        ("/images/1/file_name", json!("../2.png"), "image 2: the file_name \"../2.png\" cannot be used: it climbs out"),
        ("/images/1/file_name", json!("a/../../b"), "it climbs out with `..`"),
        ("/images/1/file_name", json!("/etc/passwd"), "it is absolute"),
        ("/images/1/file_name", json!("a\\b"), "it holds a backslash"),
        ("/images/1/file_name", json!("a\0b"), "it holds a control character"),
        ("/images/1/file_name", json!(""), "it is empty"),
        ("/images/1/width", json!(0), "image 2: 0 is no width of a picture"),
        ("/images/1/height", json!(4_000_000), "image 2: 4000000 is no height of a picture"),
        ("/annotations/0/id", json!(2), "annotation 2: it comes twice"),
        ("/annotations/0/image_id", json!(3), "annotation 1: there is no image 3"),
        ("/annotations/0/category_id", json!(2), "annotation 1: there is no category 2"),
        ("/annotations/0/iscrowd", json!(2), "annotation 1: iscrowd 2 is neither 0 nor 1 (image 2)"),
        ("/annotations/0/bbox/2", json!(-1), "annotation 1: the box 0, 1.5, -1, 28.5 has a negative side"),
        ("/annotations/0/bbox/0", json!(-2), "annotation 1: the box -2, 1.5, 19, 28.5 leaves its picture of 20 × 30"),
        ("/annotations/0/bbox/2", json!(22), "leaves its picture"),
        ("/annotations/0/bbox/3", json!(1e300), "leaves its picture"),
        ("/categories/0/id", json!(1), "two categories have one id"),
        ("/categories/0/name", json!("person"), "two categories are called `person`"),
    ] {
        let said = with(pointer, value);
        assert!(said.starts_with("a.json: ") && said.contains(wanted), "{pointer}: {said}");
    }
}

#[test]
fn what_is_no_such_file_is_refused_with_its_line() {
    let text = serde_json::to_string_pretty(&good()).unwrap();
    let said = |text: &str| parse(text.as_bytes(), Path::new("a.json")).unwrap_err().to_string();
    insta::assert_snapshot!(said(""), @"a.json:1: is no file of COCO's instances: EOF while parsing a value (column 0)");
    insta::assert_snapshot!(said("[]"), @"a.json:1: is no file of COCO's instances: invalid length 0, expected struct File with 3 elements (column 2)");
    insta::assert_snapshot!(said("{\"images\": [], \"annotations\": []}"), @"a.json:1: is no file of COCO's instances: missing field `categories` (column 33)");
    insta::assert_snapshot!(said(&text.replacen("\"width\": 640", "\"width\": -640", 1)), @"a.json:15: is no file of COCO's instances: invalid value: integer `-640`, expected u32 (column 20)");
    insta::assert_snapshot!(said(&text.replacen("641", "NaN", 1)), @"a.json:86: is no file of COCO's instances: expected value (column 9)");
    insta::assert_snapshot!(said(&text.replacen("641", "1e999", 1)), @"a.json:86: is no file of COCO's instances: number out of range (column 14)");
    insta::assert_snapshot!(said(&text.replacen("641", "null", 1)), @"a.json:86: is no file of COCO's instances: invalid type: null, expected f64 (column 12)");
    let cut = &text[..text.len() - 2];
    assert!(said(cut).contains("EOF while parsing"), "{}", said(cut));
    // What is passed over is not gone down into, however deep it is.
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    let read = parse(text.replacen("\"CC\"", &deep, 1).as_bytes(), Path::new("a.json")).unwrap();
    assert_eq!(read, of(&good()).unwrap());
}

proptest! {
    #[test]
    fn a_box_that_is_taken_lies_in_its_picture(
        bbox in proptest::array::uniform4(prop_oneof![-2.0_f64..40.0, Just(0.0), Just(-1.0), Just(20.0), Just(30.0)]),
    ) {
        let mut changed = good();
        changed["annotations"][0]["bbox"] = json!(bbox);
        let [left, top, width, height] = bbox;
        let near = left >= -1.0 && top >= -1.0 && left + width <= 21.0 && top + height <= 31.0;
        match of(&changed) {
            Ok(read) => {
                let [first, upper, right, bottom] = read.images[1].objects[0].bounds;
                prop_assert!(width >= 0.0 && height >= 0.0 && near);
                prop_assert!(first >= 1.0 && upper >= 1.0 && right <= 20.0 && bottom <= 30.0);
                // Edges, not pixels: the first is counted from 1.
                prop_assert!(first - 1.0 <= right + 1e-9 && upper - 1.0 <= bottom + 1e-9);
            }
            Err(_) => prop_assert!(width < 0.0 || height < 0.0 || !near),
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[\\[{\"a-z:,0-9.}\\]]{0,40}") {
        drop(parse(text.as_bytes(), Path::new("a.json")));
    }
}

/// A folder with the pictures and instances of those lists.
fn set(root: &Path, lists: &[(&str, &[&str])]) -> Fetched {
    fs_err::create_dir_all(root.join("annotations")).unwrap();
    for (list, files) in lists {
        fs_err::create_dir_all(root.join(list)).unwrap();
        let image = |(id, file): (usize, &&str)| json!({"id": id, "file_name": file, "width": 9, "height": 8});
        let images: Vec<Value> = files.iter().enumerate().map(image).collect();
        for file in *files {
            fs_err::write(root.join(list).join(file), "").unwrap();
        }
        let all = json!({"images": images, "annotations": [], "categories": good()["categories"]});
        fs_err::write(root.join(format!("annotations/instances_{list}.json")), all.to_string()).unwrap();
    }
    unlisted("coco", root)
}

fn described(count: u64) -> AnnotatedImages {
    AnnotatedImages {
        count,
        part_of: None,
        layout: Annotations::Coco,
        folder: ".".to_owned(),
        lists: vec!["train2017".to_owned(), "val2017".to_owned()],
        class_names: vec!["person".to_owned(), "dog".to_owned()],
        tested: None,
    }
}

#[test]
fn all_lists_of_an_entry_are_read_and_no_image_is_in_two() {
    let room = tempfile::tempdir().unwrap();
    let fetched = set(room.path(), &[("train2017", &["b.jpg", "a.jpg"]), ("val2017", &["c.jpg"])]);
    let all = listed(&fetched, &described(3)).unwrap();
    let told = |(list, image): &(String, Annotated)| {
        (list.clone(), image.id.clone(), image.path.strip_prefix(room.path()).unwrap().display().to_string())
    };
    let found: Vec<_> = all.iter().map(told).collect();
    let wanted = [("train2017", "b.jpg"), ("train2017", "a.jpg"), ("val2017", "c.jpg")];
    assert_eq!(found, wanted.map(|(list, file)| (list.to_owned(), file.to_owned(), format!("{list}/{file}"))));
    let said = |fetched: &Fetched, described: &AnnotatedImages| listed(fetched, described).unwrap_err().to_string();
    assert!(said(&fetched, &described(4)).contains("3 images in its lists, but the lock says 4"));
    let other = AnnotatedImages { class_names: vec!["dog".to_owned()], ..described(3) };
    assert!(said(&fetched, &other).contains("its categories are not the classes of the set: person, dog"));
    fs_err::remove_file(room.path().join("train2017/a.jpg")).unwrap();
    assert!(said(&fetched, &described(3)).contains("`a.jpg` has no "), "{}", said(&fetched, &described(3)));
    let twice = set(room.path(), &[("train2017", &["a.jpg"]), ("val2017", &["c.jpg", "a.jpg"])]);
    assert!(said(&twice, &described(3)).contains("`a.jpg` of the list `val2017` is in another list too"));
    set(room.path(), &[("val2017", &[])]);
    let classes = described(3).class_names;
    assert!(read(room.path(), "val2017", &classes).unwrap_err().to_string().contains("names no image"));
    assert!(read(room.path(), "test", &classes).unwrap_err().to_string().contains("test.json: cannot be read"));
}
