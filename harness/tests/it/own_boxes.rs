//! A user's own pictures with boxes: what a run is told of them, and what stops everything before one begins.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::checkout::Checkout;

/// A JPEG of 16 × 12 pixels.
fn picture() -> Vec<u8> {
    let pixels = vec![90; 16 * 12 * 3];
    images::thumbnail_jpeg(&images::Rgb { width: 16, height: 12, pixels, note: None }, 64).unwrap()
}

fn put(root: &Path, name: &str, bytes: &[u8]) {
    let path = root.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// PASCAL VOC's folders with those pictures, each with a dog.
fn voc(root: &Path, ids: &[&str]) {
    for id in ids {
        let xml = format!(
            "<annotation><filename>{id}.jpg</filename><size><width>16</width><height>12</height></size><object><name>dog</name><bndbox><xmin>2</xmin><ymin>3</ymin><xmax>10</xmax><ymax>12</ymax></bndbox></object></annotation>"
        );
        put(root, &format!("Annotations/{id}.xml"), xml.as_bytes());
        put(root, &format!("JPEGImages/{id}.jpg"), &picture());
    }
}

fn list(root: &Path, name: &str, ids: &str) {
    put(root, &format!("ImageSets/Main/{name}.txt"), ids.as_bytes());
}

/// A checkout whose first experiment has a set with boxes too, of which three images are at hand.
fn checkout() -> Checkout {
    let checkout = Checkout::new("first; test_all\n");
    let clone = checkout.place.path("clone");
    let set = checkout.place.path("set");
    voc(&set.join("VOC2007"), &["1", "2", "3"]);
    list(&set.join("VOC2007"), "train", "1\n2\n");
    list(&set.join("VOC2007"), "test", "3\n");
    let spec = clone.join("replications/gan/spec.yaml");
    let text = std::fs::read_to_string(&spec).unwrap().replacen("data: [mnist]", "data: [boxes, mnist]", 1);
    std::fs::write(spec, text).unwrap();
    let lock = clone.join("datasets.lock");
    let entry = "
  - id: boxes
    title: three pictures
    kind: dataset
    licence: { name: CC0, redistributable: true, read_in: memory }
    access: mirror
    annotated:
      count: 3
      layout: voc
      folder: VOC2007
      lists: [train, test]
      tested: { list: test, set: voc2007-test, of: 4952 }
    files:
FILES";
    let files: String = ["Annotations/ID.xml", "JPEGImages/ID.jpg"]
        .iter()
        .flat_map(|form| ["1", "2", "3"].map(|id| form.replace("ID", id)))
        .chain(["train", "test"].map(|list| format!("ImageSets/Main/{list}.txt")))
        .map(|file| {
            let bytes = std::fs::read(set.join("VOC2007").join(&file)).unwrap();
            let hash = base::hash::sha256(&bytes);
            let source = format!("sources: [{{ mirror: VOC2007/{file} }}]");
            format!("      - {{ path: VOC2007/{file}, sha256: {hash}, hash: recomputed, {source} }}\n")
        })
        .collect();
    let text = std::fs::read_to_string(&lock).unwrap() + &entry[1..].replace("FILES", &files);
    std::fs::write(lock, text).unwrap();
    checkout
}

fn replicate(checkout: &Checkout, options: &[&str]) -> crate::common::Said {
    let set = checkout.place.path("set");
    let mut arguments = vec!["replicate", "digits", "--mirror", set.to_str().unwrap()];
    arguments.extend(options);
    checkout.harness(&arguments)
}

/// The data that the run's job names: id, lists with their files, the tested list.
fn told(checkout: &Checkout) -> Vec<(String, Vec<String>, Value)> {
    let run = checkout.runs("digits").pop().unwrap();
    let plan: Value = serde_json::from_str(&std::fs::read_to_string(run.join("plan.json")).unwrap()).unwrap();
    let lists = checkout.place.path("home/lists");
    let of_data = |data: &Value| {
        let rows = data["list"].as_str().map(|list| {
            let text = std::fs::read_to_string(lists.join(Path::new(list).file_name().unwrap())).unwrap();
            let fields = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
            text.lines().skip(1).map(fields).map(|row| format!("{}/{}", row[2], row[1])).collect()
        });
        (data["id"].as_str().unwrap().to_owned(), rows.unwrap_or_default(), data["tested"].clone())
    };
    plan["job"]["stages"][0]["experiment"]["data"].as_array().unwrap().iter().map(of_data).collect()
}

#[test]
fn pictures_without_lists_are_tested_and_the_sets_are_trained_on_without_their_tested_list() {
    let checkout = checkout();
    let mine = checkout.place.path("mine");
    voc(&mine, &["a", "b"]);
    let said = replicate(&checkout, &["--images", mine.to_str().unwrap(), "--json"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.stderr.contains("2 images are tested (list `test`)"), "{}", said.stderr);
    let own = serde_json::json!({"list": "test", "set": "images:mine", "of": 2});
    let [mine, boxes, digits] = &told(&checkout)[..] else { panic!("{:?}", told(&checkout)) };
    assert_eq!(*mine, ("images:mine".to_owned(), vec!["test/a.jpg".to_owned(), "test/b.jpg".to_owned()], own));
    assert_eq!(*boxes, ("boxes".to_owned(), vec!["train/1.jpg".to_owned(), "train/2.jpg".to_owned()], Value::Null));
    assert_eq!((digits.0.as_str(), digits.1.len()), ("mnist", 0));
    let run = checkout.runs("digits").pop().unwrap();
    let plan: Value = serde_json::from_str(&std::fs::read_to_string(run.join("plan.json")).unwrap()).unwrap();
    let of = |place: usize, key: &str| plan["data"][place][key].clone();
    assert_eq!((of(0, "id"), of(0, "images"), of(1, "images")), ("images:mine".into(), 2.into(), 2.into()));
    assert_eq!(of(1, "passed_over")["images of the list `test`, which is not tested"], 1);
    assert_eq!((&plan["training"]["complete"], &plan["training"]["steps"]), (&false.into(), &100.into()));
    assert_eq!(plan["training"]["what"], "tested on the user's own pictures: a few steps");
}

#[test]
fn pictures_with_lists_are_trained_on_in_place_of_the_sets() {
    let checkout = checkout();
    let mine = checkout.place.path("mine");
    voc(&mine, &["a", "b", "c", "d"]);
    list(&mine, "trainval", "a\nb\nd\n");
    list(&mine, "val", "b\n");
    let said = replicate(&checkout, &["--images", mine.to_str().unwrap(), "--tier", "train"]);
    assert_eq!(said.code, 0, "{said:?}");
    let data = told(&checkout);
    let ids: Vec<&str> = data.iter().map(|(id, ..)| id.as_str()).collect();
    assert_eq!(ids, ["images:mine", "mnist"]);
    assert_eq!(data[0].1, ["trainval/a.jpg", "trainval/d.jpg", "val/b.jpg"]);
    assert_eq!(data[0].2["list"], "val");
    // What was made for the paper's own data stays as it was.
    let again = replicate(&checkout, &[]);
    assert_eq!((again.code, told(&checkout)[0].0.as_str()), (0, "boxes"), "{again:?}");
    assert_eq!(told(&checkout)[0].1, ["train/1.jpg", "train/2.jpg", "test/3.jpg"]);
}

/// A folder with a good picture and three that cannot be used.
fn damaged(checkout: &Checkout) -> PathBuf {
    let mine = checkout.place.path("mine");
    voc(&mine, &["a", "b", "c", "d"]);
    put(&mine, "JPEGImages/b.jpg", b"no picture");
    let xml = |id: &str, from: &str, to: &str| {
        let path = mine.join(format!("Annotations/{id}.xml"));
        std::fs::write(&path, std::fs::read_to_string(&path).unwrap().replace(from, to)).unwrap();
    };
    xml("c", ">16<", ">160<");
    xml("d", ">dog<", ">unicorn<");
    mine
}

#[test]
fn every_picture_that_cannot_be_used_is_told_before_anything_is_fetched_and_may_be_left_out() {
    let checkout = checkout();
    let mine = damaged(&checkout);
    let said = replicate(&checkout, &["--images", mine.to_str().unwrap()]);
    assert_eq!(said.code, 2, "{said:?}");
    let text = said.stderr.replace(&mine.display().to_string(), "MINE");
    assert!(text.contains("error: MINE: 3 of 4 images cannot be used; mend them"), "{text}");
    for wrong in ["b.jpg", "c.jpg: it is 16 × 12 pixels, its annotation says 160 × 12", "d.xml:1: `unicorn` is none"]
    {
        assert!(text.contains(wrong), "{wrong} is not told in:\n{text}");
    }
    assert!(!checkout.place.path("was-started").exists() && !checkout.place.path("home").join("data").exists());
    let said = replicate(&checkout, &["--images", mine.to_str().unwrap(), "--skip-bad"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(told(&checkout)[0].1, ["test/a.jpg"]);
}

#[test]
fn what_takes_no_boxes_and_what_would_part_them_from_their_pictures_is_refused() {
    let checkout = checkout();
    let mine = checkout.place.path("mine");
    voc(&mine, &["a"]);
    let refused = |options: &[&str]| {
        let said = checkout.harness(options);
        assert_eq!(said.code, 2, "{said:?}");
        assert!(!checkout.place.path("was-started").exists());
        said.stderr.replace(&mine.display().to_string(), "MINE")
    };
    let images = ["--images", mine.to_str().unwrap()];
    let text = refused(&[&["replicate", "second"][..], &images].concat());
    assert!(text.contains("MINE: its images have boxes on them, and nothing of `second` takes such"), "{text}");
    let text = refused(&[&["replicate", "digits", "--orient"][..], &images].concat());
    assert!(text.contains("--orient would turn the pictures and not the boxes on them"), "{text}");
    put(&mine, "labels.csv", b"file,wnid,class\nJPEGImages/a.jpg,,7\n");
    let text = refused(&[&["replicate", "digits"][..], &images].concat());
    assert!(text.contains("`digits` takes images with boxes on them, and those of --images have labels"), "{text}");
}
