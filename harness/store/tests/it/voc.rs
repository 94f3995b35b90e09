//! PASCAL VOC's annotations and lists: what is read, and what is refused where.

use std::path::Path;

use spec::lock::{AnnotatedImages, Annotations};
use store::Fetched;
use store::listed;
use store::voc::{CLASSES, parse, read};

use crate::fixture::unlisted;

const GOOD: &str = "<annotation>
  <folder>VOC2007</folder>
  <filename>000001.jpg</filename>
  <size><width>353</width><height>500</height><depth>3</depth></size>
  <object>
    <name>dog</name><pose>Left</pose><truncated>1</truncated>
    <difficult>0</difficult>
    <bndbox><xmin>48</xmin><ymin>240</ymin><xmax>195.5</xmax><ymax>371</ymax></bndbox>
  </object>
  <object>
    <name>person</name>
    <difficult>1</difficult>
    <part><name>head</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></part>
    <bndbox><xmax>352</xmax><xmin>0</xmin><ymin>12</ymin><ymax>498</ymax></bndbox>
  </object>
</annotation>";

fn said(text: &str) -> String {
    parse(text, Path::new("a.xml")).unwrap_err().to_string()
}

#[test]
fn an_annotation_is_read_as_it_stands() {
    let read = parse(GOOD, Path::new("a.xml")).unwrap();
    assert_eq!((read.file.as_str(), read.width, read.height, read.objects.len()), ("000001.jpg", 353, 500, 2));
    let [dog, person] = &read.objects[..] else { panic!("{read:?}") };
    assert_eq!((CLASSES[dog.class as usize], dog.bounds), ("dog", [48.0, 240.0, 195.5, 371.0]));
    assert_eq!((dog.difficult, dog.truncated, dog.occluded), (false, Some(true), None));
    // Parts of a person are no objects, and fields may stand in any order.
    assert_eq!((person.bounds, person.difficult), ([0.0, 12.0, 352.0, 498.0], true));
    let crlf = GOOD.replace('\n', "\r\n");
    assert_eq!(parse(&format!("\u{feff}{crlf}"), Path::new("a.xml")).unwrap(), read);
}

#[test]
fn what_makes_no_sense_is_refused_with_its_line() {
    let with = |from: &str, to: &str| said(&GOOD.replacen(from, to, 1));
    assert!(said("").starts_with("a.xml"), "{}", said(""));
    assert!(said(&GOOD[..200]).contains("is no XML that can be read"), "{}", said(&GOOD[..200]));
    assert!(said("<html/>").contains("a.xml:1: `html` is no annotation"), "{}", said("<html/>"));
    for (from, to, wanted) in [
        ("<name>dog</name>", "<name>unicorn</name>", ":6: `unicorn` is none of the twenty classes: aeroplane"),
        ("<name>dog</name>", "", ":5: `object` has no `name`"),
        ("<xmin>48<", "<xmin>nan<", ":8: xmin `nan` is no place in a side of 353"),
        ("<xmin>48<", "<xmin>-1<", ":8: xmin `-1` is no place"),
        ("<xmax>195.5<", "<xmax>400<", ":8: xmax `400` is no place"),
        ("<xmax>195.5<", "<xmax>47<", ":8: the box 48, 240, 47, 371 is turned round"),
        ("<xmin>48</xmin>", "<xmin>48</xmin><xmin>49</xmin>", ":8: a second `xmin`"),
        ("<difficult>0<", "<difficult>yes<", ":7: difficult `yes` is neither 0 nor 1"),
        ("<width>353<", "<width>0<", ":4: `0` is no width of a picture"),
        ("<filename>000001.jpg<", "<filename>../x<", ":3: `../x` is no name of a picture"),
    ] {
        let told = with(from, to);
        assert!(told.contains(wanted), "{told}");
    }
    let bomb = format!("<!DOCTYPE a [<!ENTITY b \"{}\">]>{}", "x".repeat(99), GOOD.replace("dog", "&b;"));
    assert!(said(&bomb).contains("is no XML that can be read"), "{}", said(&bomb));
}

#[test]
fn lists_are_read_in_their_order_and_refused_by_line() {
    let room = tempfile::tempdir().unwrap();
    let year = room.path();
    for folder in ["ImageSets/Main", "Annotations", "JPEGImages"] {
        fs_err::create_dir_all(year.join(folder)).unwrap();
    }
    for id in ["000002", "000001"] {
        fs_err::write(year.join(format!("Annotations/{id}.xml")), GOOD.replace("000001", id)).unwrap();
        fs_err::write(year.join(format!("JPEGImages/{id}.jpg")), "").unwrap();
    }
    let list = |text: &str| fs_err::write(year.join("ImageSets/Main/test.txt"), text).unwrap();
    list("000002 -1\r\n000001  1\n\n");
    let ids: Vec<String> = read(year, "test").unwrap().into_iter().map(|image| image.id).collect();
    assert_eq!(ids, ["000002", "000001"]);
    let told = |text: &str| {
        list(text);
        read(year, "test").unwrap_err().to_string()
    };
    assert!(told("000001\n000001\n").contains("test.txt:2: `000001` is named a second time"));
    assert!(told("000001\n000009\n").contains("test.txt:2: `000009` has no"));
    assert!(told("../x\n").contains("test.txt:1: `../x` is no id"));
    assert!(told("\n").contains("test.txt: names no image"));
    fs_err::remove_file(year.join("JPEGImages/000001.jpg")).unwrap();
    assert!(told("000001\n").contains("000001.jpg; fetch the data again"));
    fs_err::write(year.join("Annotations/000001.xml"), GOOD.replace("000001", "000007")).unwrap();
    assert!(told("000001\n").contains("is about `000007.jpg`, not about `000001.jpg`"));
    assert!(read(year, "val").unwrap_err().to_string().contains("val.txt: cannot be read"));
}

/// A year's folder with those images, in the lists given.
fn year(root: &Path, lists: &[(&str, &str)]) -> Fetched {
    let year = root.join("VOC2007");
    for folder in ["ImageSets/Main", "Annotations", "JPEGImages"] {
        fs_err::create_dir_all(year.join(folder)).unwrap();
    }
    for (list, ids) in lists {
        fs_err::write(year.join(format!("ImageSets/Main/{list}.txt")), ids).unwrap();
        for id in ids.lines() {
            fs_err::write(year.join(format!("Annotations/{id}.xml")), GOOD.replace("000001", id)).unwrap();
            fs_err::write(year.join(format!("JPEGImages/{id}.jpg")), "").unwrap();
        }
    }
    unlisted("voc", root)
}

fn described(count: u64) -> AnnotatedImages {
    AnnotatedImages {
        count,
        part_of: None,
        layout: Annotations::Voc,
        folder: "VOC2007".to_owned(),
        class_names: Vec::new(),
        tested: None,
        lists: vec!["train".to_owned(), "test".to_owned()],
    }
}

#[test]
fn all_lists_of_an_entry_are_read_and_no_image_is_in_two() {
    let room = tempfile::tempdir().unwrap();
    let fetched = year(room.path(), &[("train", "000002\n000001\n"), ("test", "000003\n")]);
    let all = listed(&fetched, &described(3)).unwrap();
    let found: Vec<(&str, &str)> = all.iter().map(|(list, image)| (list.as_str(), image.id.as_str())).collect();
    assert_eq!(found, [("train", "000002"), ("train", "000001"), ("test", "000003")]);
    let said = |fetched: &Fetched, count| listed(fetched, &described(count)).unwrap_err().to_string();
    assert!(said(&fetched, 4).contains("3 images in its lists, but the lock says 4"), "{}", said(&fetched, 4));
    let twice = year(room.path(), &[("train", "000002\n"), ("test", "000003\n000002\n")]);
    assert!(said(&twice, 3).contains("`000002` of the list `test` is in another list too"), "{}", said(&twice, 3));
}
