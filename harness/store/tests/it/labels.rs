//! Labelled images: a lock's entry in both layouts, and a user's own folder with everything wrong in it.

use spec::lock::{LabelledImages, LabelsOf, Layout, Lock};
use store::{Error, Fetched, Truth, labelled, user_images};

use crate::fixture::{Place, bytes, entry, mirror, pinned};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");

fn images(layout: Layout, count: u64, classes: u32) -> LabelledImages {
    LabelledImages { count, classes, part_of: None, already_resized: None, class_names: Vec::new(), layout }
}

/// An entry of these files, through a mirror.
fn fetched(place: &Place, files: &[(&str, Vec<u8>)]) -> Fetched {
    let mut pins = Vec::new();
    for (path, data) in files {
        place.write(&format!("mirror/{path}"), data);
        pins.push(pinned(path, data, vec![mirror(path)]));
    }
    place.with_mirror().ensure(&entry("set", pins)).unwrap()
}

#[test]
fn labels_csv_of_an_entry() {
    let place = Place::new();
    let csv = b"file,wnid,class\nb.JPEG,n02,999\na.JPEG,n01,0\n".to_vec();
    let set = fetched(&place, &[("a.JPEG", bytes(9, 1)), ("b.JPEG", bytes(9, 2)), ("labels.csv", csv)]);
    let found = labelled(&set, &images(Layout::LabelsCsv, 2, 1000)).unwrap();
    let short: Vec<(&str, u32)> = found.iter().map(|one| (one.file.as_str(), one.class)).collect();
    assert_eq!(short, [("a.JPEG", 0), ("b.JPEG", 999)]);
    assert!(found[0].path.is_file());
    let text = labelled(&set, &images(Layout::LabelsCsv, 2, 999)).unwrap_err().to_string();
    assert!(text.contains("labels.csv:2: class \"999\" is not a whole number from 0 to 998"), "{text}");
    let text = labelled(&set, &images(Layout::LabelsCsv, 3, 1000)).unwrap_err().to_string();
    assert!(text.contains("2 labelled images, but the lock says 3"), "{text}");
}

#[test]
fn records_of_packed_pictures_in_the_order_in_which_they_lie() {
    let place = Place::new();
    let file =
        |labels: &[u8]| labels.iter().flat_map(|label| [&[*label][..], &[7; 3072]].concat()).collect::<Vec<u8>>();
    let set = fetched(&place, &[("b/two.bin", file(&[1, 0])), ("b/one.bin", file(&[9])), ("readme.txt", bytes(5, 1))]);
    let found = labelled(&set, &images(Layout::CifarBinary, 3, 10)).unwrap();
    let short: Vec<(&str, u32)> = found.iter().map(|one| (one.file.as_str(), one.class)).collect();
    assert_eq!(short, [("b/one.bin/00000", 9), ("b/two.bin/00000", 1), ("b/two.bin/00001", 0)]);
    assert!(images::load(&found[2].path).is_ok(), "{:?}", found[2].path);
    let text = labelled(&set, &images(Layout::CifarBinary, 3, 9)).unwrap_err().to_string();
    assert!(text.contains("one.bin") && text.contains("record 0 is of class 9, and there are 9"), "{text}");
    let place = Place::new();
    let set = fetched(&place, &[("cut.bin", vec![0; 3000])]);
    let text = labelled(&set, &images(Layout::CifarBinary, 1, 10)).unwrap_err().to_string();
    assert!(text.contains("3000 bytes are not whole records of 3073"), "{text}");
}

/// A file of many variables, each of them packed zeros, must not unpack without end.
#[test]
fn a_meta_mat_that_unpacks_without_end_is_refused() {
    use std::io::Write as _;
    let mut zeros = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    // An element of another name: a matrix whose flags, dimensions and name are empty, and zeros behind them.
    let size = 40 << 20_u32;
    let head = [14_u32, size, 6, 8, 0, 0, 5, 0, 1, 0].map(u32::to_le_bytes).concat();
    zeros.write_all(&head).unwrap();
    zeros.write_all(&vec![0; size as usize]).unwrap();
    let packed = zeros.finish().unwrap();
    let mut data = vec![0; 124];
    data.extend(b"\0\x01IM");
    for _ in 0..3 {
        data.extend([15, packed.len() as u32].map(u32::to_le_bytes).concat());
        data.extend(&packed);
    }
    let problem = store::images::mat::synsets(&data).unwrap_err();
    assert!(problem.contains("67108864 bytes or more"), "{problem}");
}

#[test]
fn the_development_kits_meta_mat() {
    let table = fs_err::read_to_string(format!("{GOLDEN}/meta.csv")).unwrap();
    let wanted: Vec<(u32, String)> = table
        .lines()
        .skip(1)
        .map(|line| {
            let mut fields = line.split(',');
            (fields.next().unwrap().parse().unwrap(), fields.next().unwrap().to_owned())
        })
        .collect();
    for name in ["meta_compressed.mat", "meta_plain.mat"] {
        let data = fs_err::read(format!("{GOLDEN}/{name}")).unwrap();
        let found = store::images::mat::synsets(&data).unwrap();
        let found: Vec<(u32, String)> = found.into_iter().map(|synset| (synset.id, synset.wnid)).collect();
        assert_eq!(found, wanted, "{name}");
        // Cut off anywhere, it is an error and no panic.
        for end in (0..data.len()).step_by(7) {
            let _ = store::images::mat::synsets(&data[..end]);
        }
        for at in 0..data.len() {
            let mut changed = data.clone();
            changed[at] = 0xff;
            let _ = store::images::mat::synsets(&changed);
        }
    }
}

#[test]
fn ilsvrc_validation_layout() {
    let place = Place::new();
    let meta = fs_err::read(format!("{GOLDEN}/meta_compressed.mat")).unwrap();
    let kit = "devkit/ILSVRC2012_devkit_t12/data";
    let truth = format!("{kit}/ILSVRC2012_validation_ground_truth.txt");
    let set = fetched(
        &place,
        &[
            ("val/ILSVRC2012_val_00000001.JPEG", bytes(9, 1)),
            ("val/ILSVRC2012_val_00000002.JPEG", bytes(9, 2)),
            ("val/ILSVRC2012_val_00000003.JPEG", bytes(9, 3)),
            (&truth, b"4\n3\n1\n".to_vec()),
            (&format!("{kit}/meta.mat"), meta),
        ],
    );
    // meta.csv: 4 is n07565083, the last of the sorted five; 3 is n01440764, the first; 1 is n02119789, the third.
    let classes: Vec<u32> =
        labelled(&set, &images(Layout::IlsvrcVal, 3, 5)).unwrap().iter().map(|one| one.class).collect();
    assert_eq!(classes, [4, 0, 2]);
    let text = labelled(&set, &images(Layout::IlsvrcVal, 3, 1000)).unwrap_err().to_string();
    assert!(text.contains("meta.mat: 7 synsets with numbers 1 to 1000"), "{text}");
}

/// A small validation set in the layout of the organisers, and an entry with its labels alone.
fn whole_and_labels(place: &Place) -> Lock {
    let kit = "devkit/ILSVRC2012_devkit_t12/data";
    let meta = fs_err::read(format!("{GOLDEN}/meta_compressed.mat")).unwrap();
    let files = [
        ("val/ILSVRC2012_val_00000001.JPEG".to_owned(), bytes(9, 1)),
        ("val/ILSVRC2012_val_00000002.JPEG".to_owned(), bytes(9, 2)),
        ("val/ILSVRC2012_val_00000003.JPEG".to_owned(), bytes(9, 3)),
        (format!("{kit}/ILSVRC2012_validation_ground_truth.txt"), b"4\n3\n3\n".to_vec()),
        (format!("{kit}/meta.mat"), meta),
    ];
    let mut whole = entry("whole", Vec::new());
    for (path, data) in &files {
        place.write(&format!("mirror/{path}"), data);
        whole.files.push(pinned(path, data, vec![mirror(path)]));
    }
    whole.images = Some(images(Layout::IlsvrcVal, 3, 5));
    let json = b"{}";
    place.write("mirror/labels.json", json);
    let mut labels = entry("labels", vec![pinned("labels.json", json, vec![mirror("labels.json")])]);
    labels.labels_of = Some(LabelsOf { data: "whole".to_owned(), file: "labels.json".to_owned() });
    Lock { version: 1, entries: vec![whole, labels] }
}

#[test]
fn labels_without_images_until_the_set_is_there() {
    let place = Place::new();
    let store = place.with_mirror();
    let lock = whole_and_labels(&place);
    let alone = store.labels(&lock, &lock.entries[0]).unwrap();
    assert_eq!(alone.truth, Truth::File(place.stored("labels", "labels.json")));
    assert_eq!((alone.count, alone.classes), (3, 5));
    assert!(!place.path("home/data/whole").exists(), "images were fetched for their labels");
    store.ensure(&lock.entries[0]).unwrap();
    let here = store.labels(&lock, &lock.entries[0]).unwrap();
    // By class, then by name: 2 and 3 are of class 0, 1 is of class 4.
    let named = |number: u32, class: u32| (format!("val/ILSVRC2012_val_0000000{number}.JPEG"), class);
    assert_eq!(here.truth, Truth::Classes(vec![named(2, 0), named(3, 0), named(1, 4)]));
    assert_ne!(here.root, alone.root);
}

#[test]
fn one_file_of_an_entry_and_no_other() {
    let place = Place::new();
    let csv = b"file,class\na.JPEG,1\n";
    place.write("mirror/labels.csv", csv);
    let mut set = entry(
        "set",
        vec![
            pinned("a.JPEG", &bytes(9, 1), vec![mirror("a.JPEG")]),
            pinned("labels.csv", csv, vec![mirror("labels.csv")]),
        ],
    );
    set.images = Some(images(Layout::LabelsCsv, 1, 2));
    let lock = Lock { version: 1, entries: vec![set.clone(), entry("other", Vec::new())] };
    let store = place.with_mirror();
    let labels = store.labels(&lock, &set).unwrap();
    assert_eq!(labels.truth, Truth::File(place.stored("set", "labels.csv")));
    // The picture is not even in the mirror; the whole entry is as incomplete as it was.
    assert!(store.ensure(&set).is_err());
    place.write("mirror/a.JPEG", &bytes(9, 1));
    assert_eq!(store.ensure(&set).unwrap().files.len(), 2);
    assert_eq!(store.labels(&lock, &set).unwrap(), labels);

    let error = store.ensure_file(&set, "b.JPEG").unwrap_err().to_string();
    assert!(error.contains("\"b.JPEG\"") && error.contains("no file of this entry"), "{error}");
    let error = store.labels(&lock, &lock.entries[1]).unwrap_err().to_string();
    assert!(error.contains("other has no labels to score by (it is no set of labelled images)"), "{error}");
    assert!(error.contains("--references"), "{error}");
    // A file that was changed in the store is found by whoever asks for it alone, too.
    fs_err::write(place.stored("set", "labels.csv"), b"file,class\na.JPEG,0\n").unwrap();
    assert!(matches!(store.labels(&lock, &set), Err(Error::Mismatch(_))));
}

const WNIDS: [&str; 3] = ["n01440764", "n02123394", "n07565083"];

#[test]
fn a_users_folder_with_labels() {
    let place = Place::new();
    for (name, seed) in [("mine/a.jpg", 1), ("mine/sub/b.PNG", 2), ("mine/c.jpeg", 3)] {
        place.write(name, &bytes(50, seed));
    }
    place.write("mine/notes.txt", b"not a picture");
    place.write("mine/labels.csv", b"file,wnid,class\r\na.jpg,n02123394,1\r\nsub/b.PNG,,2\r\nc.jpeg,n01440764,\r\n");
    let found = user_images(&place.path("mine"), &WNIDS).unwrap();
    assert_eq!(found.name, "mine");
    let short: Vec<(&str, u32)> = found.items.iter().map(|one| (one.file.as_str(), one.class)).collect();
    assert_eq!(short, [("a.jpg", 1), ("c.jpeg", 0), ("sub/b.PNG", 2)]);
    // The root follows pictures and labels, and nothing else.
    place.write("mine/notes.txt", b"changed");
    assert_eq!(user_images(&place.path("mine"), &WNIDS).unwrap().root, found.root);
    place.write("mine/a.jpg", &bytes(50, 9));
    assert_ne!(user_images(&place.path("mine"), &WNIDS).unwrap().root, found.root);
}

#[test]
fn a_users_folder_with_a_folder_a_wnid() {
    let place = Place::new();
    place.write("mine/n02123394/x.jpg", &bytes(50, 1));
    place.write("mine/n01440764/y.png", &bytes(50, 2));
    let found = user_images(&place.path("mine"), &WNIDS).unwrap();
    let short: Vec<(&str, u32)> = found.items.iter().map(|one| (one.file.as_str(), one.class)).collect();
    assert_eq!(short, [("n01440764/y.png", 0), ("n02123394/x.jpg", 1)]);
    place.write("mine/n02123395/z.jpg", &bytes(50, 3));
    place.write("mine/loose.jpg", &bytes(50, 3));
    let Err(Error::Labels { problems, .. }) = user_images(&place.path("mine"), &WNIDS) else { panic!() };
    insta::assert_snapshot!(problems.join("\n"), @r#"
    loose.jpg: it lies in no folder named as a wnid, and there is no labels.csv
    n02123395/: unknown wnid "n02123395"; the nearest of the 3 is n02123394
    "#);
}

#[test]
fn everything_wrong_with_labels_is_told_at_once() {
    let place = Place::new();
    for name in ["a.jpg", "b.jpg", "c.jpg", "d.jpg", "unlabelled.png"] {
        place.write(&format!("mine/{name}"), &bytes(50, 1));
    }
    let rows = "file,wnid,class\na.jpg,n02123395,\nb.jpg,,1000\nb.jpg,,1\nc.jpg,n01440764,2\ngone.jpg,,0\n../x.jpg,,0\nd.jpg,,\n";
    place.write("mine/labels.csv", rows.as_bytes());
    let error = user_images(&place.path("mine"), &WNIDS).unwrap_err();
    let text = error.to_string().replace(&place.path("").display().to_string(), "");
    insta::assert_snapshot!(text, @r#"
    mine: 8 problems in the labelled images:
      labels.csv:2: unknown wnid "n02123395"; the nearest of the 3 is n02123394
      labels.csv:3: class "1000" is not a whole number from 0 to 2
      labels.csv:4: b.jpg stands in line 3 already
      labels.csv:5: wnid n01440764 is class 0, but the row says class 2
      labels.csv:6: there is no file gone.jpg
      labels.csv:7: "../x.jpg" is no file in this folder: it climbs out with `..`
      labels.csv:8: neither wnid nor class is given
      unlabelled.png: labels.csv has no row for it
    "#);
}

#[test]
fn empty_and_broken_folders() {
    let place = Place::new();
    place.write("mine/readme.txt", b"");
    let text = user_images(&place.path("mine"), &WNIDS).unwrap_err().to_string();
    assert!(text.contains("no images"), "{text}");
    place.write("mine/labels.csv", b"file,wnid,class\na,b\n");
    let text = user_images(&place.path("mine"), &WNIDS).unwrap_err().to_string();
    assert!(text.ends_with("mine/labels.csv:2: 2 columns where the header has 3"), "{text}");
    assert!(user_images(&place.path("nowhere"), &WNIDS).is_err());
}
