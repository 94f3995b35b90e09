//! Images with sentences: Flickr8k's files, Karpathy's and COCO's, and what is refused where.

use std::path::Path;

use serde_json::{Value, json};
use spec::lock::{CaptionedImages, SentenceList, Sentences};
use store::{Captioned, captioned};

use crate::fixture::unlisted;

fn set(layout: Sentences, sentences: Option<&str>, lists: &[(&str, &str)], count: u64) -> CaptionedImages {
    let list = |(name, from): &(&str, &str)| SentenceList { name: (*name).to_owned(), from: (*from).to_owned() };
    CaptionedImages {
        count,
        part_of: None,
        layout,
        folder: "images".to_owned(),
        sentences: sentences.map(str::to_owned),
        lists: lists.iter().map(list).collect(),
        tested: None,
        already_resized: None,
    }
}

fn pictures(dir: &Path, names: &[&str]) {
    for name in names {
        let path = dir.join("images").join(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, "").unwrap();
    }
}

fn flickr(text: &str, train: &str, test: &str) -> Result<Vec<(String, Captioned)>, String> {
    let room = tempfile::tempdir().unwrap();
    pictures(room.path(), &["a.jpg", "b.jpg"]);
    for (name, text) in [("said.txt", text), ("train.txt", train), ("test.txt", test)] {
        fs_err::write(room.path().join(name), text).unwrap();
    }
    let set = set(Sentences::Flickr, Some("said.txt"), &[("train", "train.txt"), ("test", "test.txt")], 2);
    let all = captioned(&unlisted("set", room.path()), &set);
    all.map_err(|error| error.to_string().replace(&room.path().display().to_string(), ""))
}

const SAID: &str =
    "a.jpg#0\tA dog .\na.jpg#1\tTwo dogs , one cat .\ngone.jpg.1#0\tNobody has this picture .\nb.jpg#0\tA \"cat\"\n";

#[test]
fn flickr_is_read_by_its_lists() {
    let all = flickr(SAID, "b.jpg\n", "a.jpg\n").unwrap();
    let read: Vec<(&str, &str, Vec<&str>)> = all
        .iter()
        .map(|(list, image)| (list.as_str(), image.file.as_str(), image.sentences.iter().map(String::as_str).collect()))
        .collect();
    assert_eq!(
        read,
        [("train", "b.jpg", vec!["A \"cat\""]), ("test", "a.jpg", vec!["A dog .", "Two dogs , one cat ."])]
    );
    // The mark of the order of bytes, other ends of lines, a sentence without a word, right to left.
    let other = "\u{feff}a.jpg#0\t\r\nb.jpg#0\tכלב 😀 \r\n";
    let all = flickr(other, "\u{feff}b.jpg\r\n\r\n", "a.jpg").unwrap();
    assert_eq!(
        (all[0].1.sentences.as_slice(), all[1].1.sentences.as_slice()),
        (&["כלב 😀".to_owned()][..], &[String::new()][..])
    );
}

#[test]
fn what_makes_no_sense_in_flickr_is_named_with_its_line() {
    let wrong = |text: &str, train: &str, test: &str| flickr(text, train, test).unwrap_err();
    for (line, wanted) in [
        ("a.jpg A dog", "no tab"),
        ("a.jpg\tA dog", "`a.jpg` has no `#`"),
        ("a.jpg#x\tA dog", "`x` behind `#`"),
        ("../a.jpg#0\tA dog", "`../a.jpg` is no name of a picture"),
    ] {
        let said = wrong(&format!("{SAID}{line}\n"), "b.jpg", "a.jpg");
        assert!(said.contains(wanted) && said.contains("said.txt:5"), "{said}");
    }
    assert!(wrong(SAID, "b.jpg\nb.jpg", "a.jpg").contains("`b.jpg` is named a second time"));
    assert!(wrong(SAID, "b.jpg\nc.jpg", "a.jpg").contains("nobody described `c.jpg`"));
    assert!(wrong(SAID, "\n", "a.jpg").contains("names no picture"));
    assert!(wrong(SAID, "a.jpg", "a.jpg").contains("in another list too"));
    assert!(wrong(SAID, "gone.jpg.1", "a.jpg").contains("is not there"));
    let room = tempfile::tempdir().unwrap();
    fs_err::write(room.path().join("said.txt"), b"a.jpg#0\tA dog\na.jpg#1\t\xff\n").unwrap();
    let set = set(Sentences::Flickr, Some("said.txt"), &[("train", "train.txt")], 1);
    let said = captioned(&unlisted("set", room.path()), &set).unwrap_err().to_string();
    assert!(said.contains("UTF-8") && said.contains('2'), "{said}");
}

fn karpathy(value: &Value, lists: &[(&str, &str)], count: u64) -> Result<Vec<(String, Captioned)>, String> {
    let room = tempfile::tempdir().unwrap();
    pictures(room.path(), &["val2014/1.jpg", "train2014/2.jpg", "train2014/3.jpg"]);
    fs_err::write(room.path().join("dataset.json"), value.to_string()).unwrap();
    let set = set(Sentences::Karpathy, Some("dataset.json"), lists, count);
    captioned(&unlisted("set", room.path()), &set).map_err(|error| error.to_string())
}

#[test]
fn the_mark_of_the_order_of_bytes_may_stand_before_json() {
    let room = tempfile::tempdir().unwrap();
    pictures(room.path(), &["9.jpg"]);
    let coco =
        json!({"images": [{"id": 9, "file_name": "9.jpg"}], "annotations": [{"image_id": 9, "caption": "A cat"}]});
    for mark in ["", "\u{feff}"] {
        fs_err::write(room.path().join("captions.json"), format!("{mark}{coco}")).unwrap();
        let set = set(Sentences::Coco, None, &[("val", "captions.json")], 1);
        assert_eq!(captioned(&unlisted("set", room.path()), &set).unwrap()[0].1.sentences, ["A cat"]);
    }
    // Nothing but the mark is no file.
    fs_err::write(room.path().join("captions.json"), "\u{feff}").unwrap();
    let set = set(Sentences::Coco, None, &[("val", "captions.json")], 1);
    assert!(captioned(&unlisted("set", room.path()), &set).unwrap_err().to_string().contains("captions.json"));
}

fn dataset() -> Value {
    let image = |file: &str, folder: &str, split: &str| {
        json!({"filename": file, "filepath": folder, "split": split, "imgid": 0, "sentids": [1],
            "sentences": [{"raw": " A dog. ", "tokens": ["a", "dog"], "imgid": 0, "sentid": 1}]})
    };
    json!({"dataset": "coco", "images": [
        image("1.jpg", "val2014", "test"), image("2.jpg", "train2014", "train"), image("3.jpg", "train2014", "restval"),
        image("4.jpg", "train2014", "val"),
    ]})
}

#[test]
fn splits_may_be_joined_and_others_are_passed_over() {
    let all = karpathy(&dataset(), &[("train", "train+restval"), ("test", "test")], 3).unwrap();
    let read: Vec<(&str, &str)> = all.iter().map(|(list, image)| (list.as_str(), image.file.as_str())).collect();
    assert_eq!(read, [("train", "2.jpg"), ("train", "3.jpg"), ("test", "1.jpg")]);
    assert!(all[0].1.path.ends_with("images/train2014/2.jpg"));
    assert_eq!(all[0].1.sentences, ["A dog."]);
}

#[test]
fn what_makes_no_sense_in_karpathys_file_is_named() {
    let with = |pointer: &str, value: Value| {
        let mut changed = dataset();
        *changed.pointer_mut(pointer).unwrap() = value;
        karpathy(&changed, &[("train", "train+restval"), ("test", "test")], 3).unwrap_err()
    };
    assert!(with("/images/1/sentences", json!([])).contains("images[1]: nobody described `2.jpg`"));
    assert!(with("/images/1/filename", json!("../2.jpg")).contains("images[1]: `../2.jpg` is no name"));
    assert!(with("/images/0/split", json!("val")).contains("no image is of the split `test`"));
    assert!(with("/images/1/sentences/0/raw", json!(7)).contains("is no file of Karpathy's"));
    assert!(with("/images/3/split", json!("train")).contains("is not there"));
}

#[test]
fn cocos_files_are_read_and_sentences_find_their_images() {
    let good = json!({
        "images": [{"id": 9, "file_name": "9.jpg"}, {"id": 2, "file_name": "2.jpg"}],
        "annotations": [
            {"id": 1, "image_id": 2, "caption": "A dog"}, {"id": 2, "image_id": 9, "caption": "A cat"},
            {"id": 3, "image_id": 2, "caption": "Two\ndogs "},
        ],
    });
    let read = |value: &Value| {
        let room = tempfile::tempdir().unwrap();
        pictures(room.path(), &["9.jpg", "2.jpg"]);
        fs_err::write(room.path().join("captions.json"), value.to_string()).unwrap();
        let set = set(Sentences::Coco, None, &[("val", "captions.json")], 2);
        captioned(&unlisted("set", room.path()), &set).map_err(|error| error.to_string())
    };
    let all = read(&good).unwrap();
    assert_eq!(
        (all[0].1.file.as_str(), all[1].1.sentences.as_slice()),
        ("9.jpg", &["A dog".to_owned(), "Two\ndogs".to_owned()][..])
    );
    let with = |pointer: &str, value: Value| {
        let mut changed = good.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        read(&changed).unwrap_err()
    };
    assert!(with("/annotations/1/image_id", json!(3)).contains("annotations[1]: there is no image 3"));
    assert!(with("/annotations/1/image_id", json!(2)).contains("nobody described `9.jpg`"));
    assert!(with("/images/1/id", json!(9)).contains("images[1]: the image 9 is listed a second time"));
    assert!(with("/images/1/file_name", json!("a/2.jpg")).contains("images[1]: `a/2.jpg` is no name"));
}
