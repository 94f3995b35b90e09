//! A user's own pictures with boxes: what is found in each layout, and what is told of what cannot be used.

use std::path::Path;

use serde_json::json;
use store::{UserBoxes, user_boxes};

/// A dog on a picture of 20 × 30.
fn xml(id: &str) -> String {
    format!(
        "<annotation><filename>{id}.jpg</filename><size><width>20</width><height>30</height></size><object><name>dog</name><bndbox><xmin>2</xmin><ymin>3</ymin><xmax>10</xmax><ymax>12</ymax></bndbox></object></annotation>"
    )
}

fn put(root: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = root.join(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }
}

/// PASCAL VOC's folders with those pictures.
fn voc(root: &Path, ids: &[&str]) {
    for id in ids {
        put(root, &[(&format!("Annotations/{id}.xml"), &xml(id)), (&format!("JPEGImages/{id}.jpg"), id)]);
    }
}

fn list(root: &Path, name: &str, ids: &str) {
    put(root, &[(&format!("ImageSets/Main/{name}.txt"), ids)]);
}

/// `list/file` of all, the tested list, and what is bad.
fn told(own: &UserBoxes) -> (String, &str, String) {
    let items: Vec<String> =
        own.items.iter().map(|(list, image)| format!("{list}/{}", image.annotation.file)).collect();
    (items.join(" "), &own.tested, own.bad.join("\n"))
}

fn refused(root: &Path) -> String {
    user_boxes(root).unwrap_err().to_string().replace(&root.display().to_string(), "DIR")
}

#[test]
fn vocs_folders_are_divided_by_their_lists_and_tested_as_a_whole_without() {
    let room = tempfile::tempdir().unwrap();
    let root = room.path();
    voc(root, &["a", "b", "c d", "e"]);
    put(root, &[("JPEGImages/f.jpg", ""), ("JPEGImages/.g.jpg", ""), ("JPEGImages/notes.txt", "")]);
    let whole = user_boxes(root).unwrap();
    let name = root.file_name().unwrap().to_str().unwrap();
    assert_eq!(told(&whole), ("test/a.jpg test/b.jpg test/c d.jpg test/e.jpg".to_owned(), "test", String::new()));
    assert_eq!((whole.trains(), whole.count_tested(), whole.name.as_str()), (false, 4, name));
    assert_eq!(base::words::by_reason(&whole.passed_over), "1 pictures without an annotation");
    whole.check().unwrap();

    list(root, "trainval", "a\nb 1\n\nc d\n");
    list(root, "val", "b -1\r\n");
    list(root, "dog_val", "nobody\n");
    let divided = user_boxes(root).unwrap();
    assert_eq!(told(&divided), ("trainval/a.jpg trainval/c d.jpg val/b.jpg".to_owned(), "val", String::new()));
    assert!(divided.trains());
    assert_eq!(base::words::by_reason(&divided.passed_over), "2 pictures in no list");
    // What pins them: pictures, annotations, lists.
    let roots = [whole.root().unwrap(), divided.root().unwrap()];
    assert_ne!(roots[0], roots[1]);
    put(root, &[("Annotations/a.xml", &xml("a").replace(">12<", ">13<"))]);
    assert_ne!(user_boxes(root).unwrap().root().unwrap(), roots[1]);
    put(root, &[("Annotations/a.xml", &xml("a"))]);
    assert_eq!(user_boxes(root).unwrap().root().unwrap(), roots[1]);

    list(root, "test", "a\n");
    assert_eq!(told(&user_boxes(root).unwrap()).0, "val/b.jpg trainval/c d.jpg test/a.jpg");
    list(root, "train", "c d\na\n");
    insta::assert_snapshot!(refused(root), @"DIR: `a` of the list `train` is in the list `test` too; keep it in one");
    list(root, "train", "c d\nnobody\n../a\nc d\n");
    insta::assert_snapshot!(refused(root), @"
    DIR: 3 problems in the labelled images:
      ImageSets/Main/train.txt:2: `nobody` has no Annotations/nobody.xml
      ImageSets/Main/train.txt:3: `../a` is no name of a picture without its ending
      ImageSets/Main/train.txt:4: `c d` is named a second time
    ");
    for name in ["test", "val", "trainval"] {
        fs_err::remove_file(root.join(format!("ImageSets/Main/{name}.txt"))).unwrap();
    }
    list(root, "train", "a\n");
    insta::assert_snapshot!(refused(root), @"DIR: none of the lists is to be tested (train); call one `test` or `val`");
}

#[test]
fn what_is_wrong_with_pictures_is_told_of_each_and_costs_these_alone() {
    let room = tempfile::tempdir().unwrap();
    let root = room.path();
    for id in ["a", "b", "c", "d", "e"] {
        put(root, &[(&format!("{id}.xml"), &xml(id)), (&format!("{id}.PNG"), id)]);
    }
    put(root, &[("b.xml", &xml("b").replace("dog", "unicorn")), ("c.xml", &xml("a")), ("d.jpeg", "")]);
    fs_err::remove_file(root.join("e.PNG")).unwrap();
    let mut own = user_boxes(root).unwrap();
    assert_eq!(told(&own).0, "test/a.PNG");
    insta::assert_snapshot!(own.bad.join("\n").replace(&format!("{}, ", base::voc::CLASSES[1..].join(", ")), "…"), @"
    b.xml:1: `unicorn` is none of the twenty classes: aeroplane, bicycle, bird, boat, bottle, bus, car, cat, chair, cow, diningtable, dog, horse, motorbike, person, pottedplant, sheep, sofa, train, tvmonitor
    c.xml: it is about `a.jpg`, not about `c.PNG`
    d.xml: it may be of d.PNG or d.jpeg; keep one
    e.xml: there is no picture e.jpg
    ");
    let before = own.root().unwrap();
    own.leave_out(&[], "images that cannot be used");
    assert_eq!((own.passed_over["images that cannot be used"], own.bad.len()), (4, 0));
    assert_eq!(own.root().unwrap(), before);
    own.leave_out(&[0], "images that cannot be used");
    assert!(own.check().unwrap_err().to_string().contains("no object that counts is on the pictures that are tested"));
    let empty = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(refused(empty.path()), @"DIR: no boxes: neither PASCAL VOC's XML files (in Annotations, or beside the pictures) nor COCO's instances (*.json, in annotations or beside the pictures)");
    put(empty.path(), &[("a.jpg", ""), ("Annotations/readme", "")]);
    assert!(refused(empty.path()).starts_with("DIR/Annotations: no boxes"), "{}", refused(empty.path()));
}

/// COCO's instances of those pictures, each with an object of each category.
fn instances(files: &[&str], categories: &[&str]) -> String {
    let mut annotations = Vec::new();
    for image in 0..files.len() {
        for category in 0..categories.len() {
            annotations.push(json!({
                "id": annotations.len(), "image_id": image, "category_id": category, "bbox": [1, 2, 9, 10], "iscrowd": 0,
            }));
        }
    }
    let image = |(id, file): (usize, &&str)| json!({"id": id, "file_name": file, "width": 20, "height": 30});
    let categories: Vec<_> = categories.iter().enumerate().map(|(id, name)| json!({"id": id, "name": name})).collect();
    let images: Vec<_> = files.iter().enumerate().map(image).collect();
    json!({"images": images, "annotations": annotations, "categories": categories}).to_string()
}

#[test]
fn cocos_files_are_lists_and_classes_that_nobody_knows_are_counted() {
    let room = tempfile::tempdir().unwrap();
    let root = room.path();
    let with = ["zebra", "tv", "dog"];
    put(
        root,
        &[
            ("annotations/instances_val2017.json", &instances(&["1.jpg", "2.jpg"], &with)),
            ("annotations/captions_val2017.json", "{}"),
            ("val2017/1.jpg", ""),
            ("images/2.jpg", ""),
        ],
    );
    let own = user_boxes(root).unwrap();
    assert_eq!(told(&own), ("val2017/1.jpg val2017/2.jpg".to_owned(), "val2017", String::new()));
    assert_eq!(base::words::by_reason(&own.other_classes), "2 zebra");
    let classes: Vec<u32> = own.items[0].1.annotation.objects.iter().map(|object| object.class).collect();
    assert_eq!(classes, [19, 11]);
    assert_eq!(own.items[0].1.annotation.objects[0].bounds, [2.0, 3.0, 10.0, 12.0]);

    put(
        root,
        &[
            ("annotations/instances_train2017.json", &instances(&["1.jpg", "9.jpg"], &["person"])),
            ("train2017/1.jpg", ""),
        ],
    );
    let own = user_boxes(root).unwrap();
    // Two pictures have one name: they are told apart by their folders.
    assert_eq!(told(&own).0, "train2017/train2017/1.jpg val2017/val2017/1.jpg val2017/images/2.jpg");
    insta::assert_snapshot!(own.bad.join("\n"), @"annotations/instances_train2017.json: there is no picture 9.jpg below the folder, its `images` or `train2017`");
    fs_err::remove_file(root.join("train2017/1.jpg")).unwrap();
    fs_err::rename(root.join("val2017/1.jpg"), root.join("1.jpg")).unwrap();
    insta::assert_snapshot!(refused(root), @"DIR: `1.jpg` of the list `train2017` is in the list `val2017` too; keep it in one");
    put(root, &[("instances_val2017.json", "{}")]);
    insta::assert_snapshot!(refused(root), @"DIR/instances_val2017.json:1: is no file of COCO's instances: missing field `images` (column 2)");
    let other = tempfile::tempdir().unwrap();
    put(other.path(), &[("holidays.json", &instances(&["1.jpg"], &["zebra", "sand"])), ("1.jpg", "")]);
    assert!(refused(other.path()).contains("none of its categories (zebra, sand) is one of the twenty classes"));
    put(other.path(), &[("holidays.json", "{\"images\": [")]);
    assert!(refused(other.path()).starts_with("DIR/holidays.json:1: is no file of COCO's instances"));
}

#[test]
fn labels_are_told_from_boxes_by_their_layout() {
    let room = tempfile::tempdir().unwrap();
    voc(room.path(), &["a"]);
    assert!(!store::has_labels(room.path()) && store::has_boxes(room.path()));
    put(room.path(), &[("n02124075/a.jpg", "")]);
    assert!(store::has_labels(room.path()) && !store::has_boxes(room.path()));
    let other = tempfile::tempdir().unwrap();
    put(other.path(), &[("labels.csv", "")]);
    for name in ["flat/a.XML", "coco/a.json", "coco-too/annotations/a.json"] {
        put(other.path(), &[(name, "")]);
        assert!(store::has_boxes(&other.path().join(name.split_once('/').unwrap().0)), "{name}");
    }
    assert!(!store::has_boxes(other.path()) && !store::has_boxes(&other.path().join("nowhere")));
    assert!(store::has_labels(other.path()) && !store::has_labels(&other.path().join("nowhere")));
}
