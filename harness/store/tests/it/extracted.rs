//! Image sets that somebody extracted: what is taken where it lies, what is compared, and what is refused.

use std::path::PathBuf;

use spec::lock::{Access, ArchiveFormat, Entry, LabelledImages, LabelsOf, Layout, Lock};
use store::{Error, Fetched, Status, Store, labelled};

use crate::fixture::{Place, all_files, bytes, entry, gz, mirror, pinned, tar, unpacked};

const META: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/meta_compressed.mat");
const KIT: &str = "ILSVRC2012_devkit_t12";
/// The wnids of images 1 to 6, and what the development kit calls these in `meta.csv`.
const WNIDS: [&str; 6] = ["n01440764", "n02119789", "n02100735", "n02119789", "n01440764", "n02100735"];
const TRUTH: &[u8] = b"3\n1\n2\n1\n3\n2\n";

fn name(number: usize) -> String {
    format!("ILSVRC2012_val_{number:08}.JPEG")
}

fn image(number: usize) -> Vec<u8> {
    bytes(200 + 10 * number, number as u64)
}

/// The organisers' archives.
fn archives() -> [Vec<u8>; 2] {
    let images: Vec<(String, Vec<u8>)> = (1..=6).map(|number| (name(number), image(number))).collect();
    let images: Vec<(&str, &[u8])> = images.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let meta = fs_err::read(META).unwrap();
    let truth = format!("{KIT}/data/ILSVRC2012_validation_ground_truth.txt");
    let kit =
        tar(&[(&format!("{KIT}/readme.txt"), b"read me"), (&truth, TRUTH), (&format!("{KIT}/data/meta.mat"), &meta)]);
    [tar(&images), gz(&kit)]
}

/// An entry of six images of three classes whose archives have no manifest, as the real one, and one with its labels.
fn lock() -> Lock {
    let [images, kit] = archives();
    let file = |path: &str, bytes: &[u8]| pinned(path, bytes, vec![mirror(path)]);
    let mut set = entry(
        "set",
        vec![
            unpacked(file("ILSVRC2012_img_val.tar", &images), ArchiveFormat::Tar, "val", None),
            unpacked(file("ILSVRC2012_devkit_t12.tar.gz", &kit), ArchiveFormat::TarGz, ".", None),
        ],
    );
    set.access = Access::Manual;
    set.by_hand = Some("ask the organisers".to_owned());
    set.images = Some(LabelledImages {
        count: 6,
        classes: 3,
        part_of: None,
        already_resized: None,
        class_names: Vec::new(),
        layout: Layout::IlsvrcVal,
    });
    let mut labels = entry("labels", vec![pinned("labels.json", &labels(&WNIDS), vec![mirror("labels.json")])]);
    labels.labels_of = Some(LabelsOf { data: "set".to_owned(), file: "labels.json".to_owned() });
    Lock { version: 1, entries: vec![set, labels] }
}

fn labels(wnids: &[&str]) -> Vec<u8> {
    let rows: Vec<(String, &str)> = (1..).map(name).zip(wnids.iter().copied()).collect();
    serde_json::to_vec(&serde_json::json!({ "image_filenames": rows })).unwrap()
}

/// A folder a class.
fn by_class(place: &Place, folder: &str) {
    for number in 1..=6 {
        place.write(&format!("{folder}/{}/{}", WNIDS[number - 1], name(number)), &image(number));
    }
}

/// All in one folder.
fn flat(place: &Place, folder: &str) {
    for number in 1..=6 {
        place.write(&format!("{folder}/{}", name(number)), &image(number));
    }
}

fn extracted_kit(place: &Place, folder: &str) {
    place.write(&format!("{folder}/{KIT}/data/ILSVRC2012_validation_ground_truth.txt"), TRUTH);
    place.write(&format!("{folder}/{KIT}/data/meta.mat"), &fs_err::read(META).unwrap());
}

/// A store that knows of this folder, and of the labels where `lock` has some.
fn store(place: &Place, folder: &str, lock: &Lock) -> Store {
    let mut options = place.options();
    options.mirrors.push(place.path("mirror"));
    options.by_hand.push(("set".to_owned(), place.path(folder)));
    options.labels = lock.entries.iter().filter(|entry| entry.labels_of.is_some()).cloned().collect();
    options.offline = true;
    Store::new(options)
}

fn set(lock: &Lock) -> &Entry {
    &lock.entries[0]
}

fn without_labels() -> Lock {
    let mut lock = lock();
    lock.entries.truncate(1);
    lock
}

fn classes(fetched: &Fetched) -> Vec<(String, u32, PathBuf)> {
    let images = labelled(fetched, set(&lock()).images.as_ref().unwrap()).unwrap();
    images.into_iter().map(|image| (image.file, image.class, image.path)).collect()
}

fn unverified(fetched: &Fetched) -> String {
    fetched.in_place.as_ref().unwrap().unverified.clone().unwrap()
}

/// What is said of a folder, wherever it was made.
fn said<T: std::fmt::Debug>(place: &Place, outcome: Result<T, Error>) -> String {
    outcome.unwrap_err().to_string().replace(&format!("{}/", place.dir.path().display()), "")
}

#[test]
fn both_layouts_give_the_same_set_under_the_archives_own_root() {
    let place = Place::new();
    by_class(&place, "classes/val");
    flat(&place, "flat/Data/CLS-LOC/val");
    extracted_kit(&place, "flat");
    let lock = without_labels();
    // What `data pin` prints for the archive: its contents by their own names.
    let [images, _] = archives();
    let tar = place.write("pin/images.tar", &images);
    let root = store::archive::list(&tar, &[], store::archive::Limits::for_archive(1 << 20)).unwrap().root();
    let mut all = Vec::new();
    for (named, below) in
        [("classes", "classes/val"), ("classes/val", "classes/val"), ("flat", "flat/Data/CLS-LOC/val")]
    {
        let store = store(&place, named, &lock);
        store.check_given(&lock).unwrap();
        let status = store.status(set(&lock)).unwrap();
        assert!(matches!(status, Status::Missing { fetch: 0, unknown: 0, .. }), "{named}: {status:?}");
        let fetched = store.ensure(set(&lock)).unwrap();
        assert_eq!((&fetched.root, fetched.files.len()), (&root, 6), "{named}");
        assert_eq!(fetched.dir, place.path(below));
        let found = classes(&fetched);
        assert!(found.iter().all(|(_, _, path)| path.starts_with(place.path(below)) && path.is_file()));
        all.push(found.into_iter().map(|(file, class, _)| (file, class)).collect::<Vec<_>>());
    }
    // By sorted wnid; under the names that the unpacked archive has in the store.
    let wanted: Vec<(String, u32)> =
        (1..=6).map(|number| format!("val/{}", name(number))).zip([0, 2, 1, 2, 0, 1]).collect();
    assert!(all.iter().all(|found| *found == wanted), "{all:?}");
    assert!(!place.path("home/data").exists(), "something was copied");
}

#[test]
fn the_archives_give_the_same_images_and_come_first() {
    let place = Place::new();
    let lock = without_labels();
    by_class(&place, "extracted");
    let extracted = store(&place, "extracted", &lock).ensure(set(&lock)).unwrap();
    let [images, kit] = archives();
    by_class(&place, "both/val");
    place.write("both/ILSVRC2012_img_val.tar", &images);
    place.write("both/ILSVRC2012_devkit_t12.tar.gz", &kit);
    let verified = store(&place, "both", &lock).ensure(set(&lock)).unwrap();
    assert!(verified.in_place.is_none() && verified.warnings.is_empty(), "{verified:?}");
    let short =
        |fetched: &Fetched| classes(fetched).into_iter().map(|(file, class, _)| (file, class)).collect::<Vec<_>>();
    assert_eq!(short(&extracted), short(&verified));
    // From here on the store knows what is in the archive, and the extracted folder is compared with that.
    fs_err::remove_dir_all(place.path("home/data")).unwrap();
    let again = store(&place, "extracted", &lock).ensure(set(&lock)).unwrap();
    assert_eq!(again.root, extracted.root);
    assert!(unverified(&again).contains("the same as what is in ILSVRC2012_img_val.tar"), "{}", unverified(&again));
    place.write(&format!("extracted/{}/{}", WNIDS[1], name(2)), &image(3));
    let text = said(&place, store(&place, "extracted", &lock).ensure(set(&lock)));
    assert!(text.contains("set/ILSVRC2012_img_val.tar are not the pinned ones"), "{text}");
    assert!(text.contains("ILSVRC2012_val_00000002.JPEG is changed"), "{text}");
}

#[test]
fn what_was_not_compared_is_said_and_names_no_folder() {
    let place = Place::new();
    by_class(&place, "mine");
    let lock = without_labels();
    let fetched = store(&place, "mine", &lock).ensure(set(&lock)).unwrap();
    insta::assert_snapshot!(unverified(&fetched), @"6 images were used as somebody extracted them (a folder a class); they were counted, named and hashed, and not verified against the published archive's hash: datasets.lock pins ILSVRC2012_img_val.tar, not what is in it; their classes are those of the folders' names, and were compared with nothing");
    assert_eq!(fetched.warnings, [format!("set: {}", unverified(&fetched))]);
    // With the pinned kit beside it, the classes are known; the images still are not.
    place.write("ILSVRC2012_devkit_t12.tar.gz", &archives()[1]);
    let fetched = store(&place, "mine", &lock).ensure(set(&lock)).unwrap();
    insta::assert_snapshot!(unverified(&fetched), @"6 images were used as somebody extracted them (a folder a class); they were counted, named and hashed, and not verified against the published archive's hash: datasets.lock pins ILSVRC2012_img_val.tar, not what is in it; their classes are those of the folders' names, and the development kit says the same");
    let report = store(&place, "mine", &lock).verify(set(&lock)).unwrap();
    let size: usize = (1..=6).map(|number| image(number).len()).sum();
    assert_eq!((report.good, report.bytes, report.problems.len()), (6, size as u64, 0));
    assert_eq!((report.unverified, report.root), (Some(unverified(&fetched)), fetched.root));
}

#[test]
fn a_manifest_in_the_lock_is_what_an_extracted_folder_is_compared_with() {
    let place = Place::new();
    by_class(&place, "mine");
    place.write("mine/ILSVRC2012_devkit_t12.tar.gz", &archives()[1]);
    let mut lock = without_labels();
    let tar = place.write("pin/images.tar", &archives()[0]);
    let listing = store::archive::list(&tar, &[], store::archive::Limits::for_archive(1 << 20)).unwrap();
    lock.entries[0].files[0].unpack.as_mut().unwrap().manifest = Some(listing.pinned());
    let fetched = store(&place, "mine", &lock).ensure(set(&lock)).unwrap();
    assert_eq!(fetched.in_place.unwrap().unverified, None);
    assert_eq!((fetched.warnings.len(), fetched.root), (0, listing.root()));
    place.write(&format!("mine/{}/{}", WNIDS[0], name(1)), &image(2));
    let text = said(&place, store(&place, "mine", &lock).ensure(set(&lock)));
    assert!(text.contains("are not the pinned ones") && text.contains(&listing.root()), "{text}");
}

#[test]
fn loose_images_take_their_classes_from_the_kit_or_from_labels_in_the_lock() {
    let place = Place::new();
    flat(&place, "parent/mine");
    let (with, without) = (lock(), without_labels());
    // Nothing tells the classes.
    let text = said(&place, store(&place, "parent/mine", &without).ensure(set(&without)));
    insta::assert_snapshot!(text, @"parent/mine: the images lie in no folders of classes, and nothing tells their classes: put ILSVRC2012_devkit_t12.tar.gz (or ILSVRC2012_devkit_t12/, extracted) beside them");
    assert_eq!(text, said(&place, store(&place, "parent/mine", &without).check_given(&without)));
    assert_eq!(text, said(&place, store(&place, "parent/mine", &without).status(set(&without))));
    let offline = said(&place, store(&place, "parent/mine", &with).check_given(&with));
    assert_eq!(offline, format!("{text}, or let labels be fetched"));
    let text = said(&place, store(&place, "parent/mine", &with).ensure(set(&with)));
    assert!(text.contains("devkit") && text.contains("labels/labels.json"), "{text}");
    // The labels' own entry, from a mirror.
    place.write("mirror/labels.json", &labels(&WNIDS));
    let fetched = store(&place, "parent/mine", &with).ensure(set(&with)).unwrap();
    let by_labels: Vec<u32> = classes(&fetched).into_iter().map(|(_, class, _)| class).collect();
    assert_eq!(by_labels, [0, 2, 1, 2, 0, 1]);
    assert!(unverified(&fetched).contains("their classes are those of labels,"), "{}", unverified(&fetched));
    // The kit as it is published, and extracted: beside the images and beside the folder that was named.
    for (at, what) in [("parent/mine", "an extracted development kit"), ("parent", "an extracted development kit")] {
        extracted_kit(&place, at);
        let fetched = store(&place, "parent/mine", &with).ensure(set(&with)).unwrap();
        let found: Vec<u32> = classes(&fetched).into_iter().map(|(_, class, _)| class).collect();
        assert_eq!(found, by_labels, "{at}");
        let text = unverified(&fetched);
        assert!(text.contains(what) && text.ends_with("and labels says the same"), "{text}");
        fs_err::remove_dir_all(place.path(at).join(KIT)).unwrap();
    }
    place.write("parent/ILSVRC2012_devkit_t12.tar.gz", &archives()[1]);
    let fetched = store(&place, "parent/mine", &without).ensure(set(&without)).unwrap();
    assert!(
        unverified(&fetched).contains("their classes are those of the development kit"),
        "{}",
        unverified(&fetched)
    );
    // Another kit under that name.
    place.write("parent/ILSVRC2012_devkit_t12.tar.gz", &gz(&tar(&[("data/meta.mat", b"x")])));
    let text = said(&place, store(&place, "parent/mine", &without).ensure(set(&without)));
    assert!(text.contains("ILSVRC2012_devkit_t12.tar.gz is not the pinned file"), "{text}");
}

#[test]
fn a_wrong_class_names_the_first_image_and_counts_the_others() {
    let place = Place::new();
    by_class(&place, "mine");
    extracted_kit(&place, "mine");
    // Images 2 and 3 have changed places.
    for (number, from, to) in [(2, WNIDS[1], WNIDS[2]), (3, WNIDS[2], WNIDS[1])] {
        let at = |wnid: &str| place.path("mine").join(wnid).join(name(number));
        fs_err::rename(at(from), at(to)).unwrap();
    }
    let lock = without_labels();
    let by_kit = said(&place, store(&place, "mine", &lock).ensure(set(&lock)));
    insta::assert_snapshot!(by_kit, @"mine: 2 of 6 images are of other classes by the folders' names than by an extracted development kit (not verified either): ILSVRC2012_val_00000002.JPEG first, of n02100735 and of n02119789; put the images into the folders of their classes, or take away what is wrong");
    fs_err::remove_dir_all(place.path("mine").join(KIT)).unwrap();
    store(&place, "mine", &lock).ensure(set(&lock)).unwrap();
    let lock = self::lock();
    place.write("mirror/labels.json", &labels(&WNIDS));
    let by_labels = said(&place, store(&place, "mine", &lock).verify(set(&lock)));
    assert_eq!(by_labels, by_kit.replace("an extracted development kit (not verified either)", "labels"));
    // A folder of no class.
    fs_err::rename(place.path("mine/n01440764"), place.path("mine/n01440765")).unwrap();
    let text = said(&place, store(&place, "mine", &lock).ensure(set(&lock)));
    assert!(text.contains("4 of 6 images") && text.contains("of n01440765 and of n01440764"), "{text}");
    let mut options = place.options();
    options.by_hand.push(("set".to_owned(), place.path("mine")));
    options.wnids = ["n01440764", "n02100735", "n02119789"].map(str::to_owned).to_vec();
    let text = said(&place, Store::new(options).ensure(set(&lock)));
    assert!(text.ends_with("n01440765 by the folders' names is none of the 3 classes"), "{text}");
}

/// Where nothing else tells the classes, their sizes do.
#[test]
fn folders_of_uneven_classes_are_refused() {
    let place = Place::new();
    by_class(&place, "mine");
    let lock = without_labels();
    store(&place, "mine", &lock).ensure(set(&lock)).unwrap();
    let at = |wnid: &str| place.path("mine").join(wnid).join(name(2));
    let other = WNIDS.iter().find(|wnid| **wnid != WNIDS[1]).unwrap();
    fs_err::rename(at(WNIDS[1]), at(other)).unwrap();
    let text = said(&place, store(&place, "mine", &lock).ensure(set(&lock)));
    assert!(text.contains("by the folders' names, and the set has 2 of each class"), "{text}");
}

#[test]
fn a_set_that_is_not_whole_is_refused_by_every_command() {
    let place = Place::new();
    by_class(&place, "mine/val");
    let lock = without_labels();
    let image = |number: usize| place.path("mine/val").join(WNIDS[number - 1]).join(name(number));
    let told = |what: &str| {
        let store = store(&place, "mine", &lock);
        let text = said(&place, store.check_given(&lock));
        assert_eq!(text, said(&place, store.ensure(set(&lock))), "{what}");
        assert_eq!(text, said(&place, store.status(set(&lock))), "{what}");
        assert_eq!(text, said(&place, store.verify(set(&lock))), "{what}");
        text
    };
    fs_err::remove_file(image(3)).unwrap();
    insta::assert_snapshot!(told("an image"), @"mine/val: the 6 images of set were looked for, ILSVRC2012_val_00000001.JPEG to ILSVRC2012_val_00000006.JPEG, in a folder a class or all in one; found 5 in 3 folders of classes. 1 is missing: ILSVRC2012_val_00000003.JPEG. Put that right (extract the archive again); a part of the set is run by --images DIR");
    // The last of its class.
    fs_err::remove_file(image(6)).unwrap();
    let text = told("a class");
    assert!(text.contains("2 are missing: ILSVRC2012_val_00000003.JPEG, ILSVRC2012_val_00000006.JPEG"), "{text}");
    assert!(text.contains("found 4 in 2 folders of classes") && text.contains("the set has 3 classes"), "{text}");
    by_class(&place, "mine/val");
    place.write(&format!("mine/val/{}/ILSVRC2012_val_00000001.jpg", WNIDS[1]), b"again");
    place.write(&format!("mine/val/{}/ILSVRC2012_val_00000007.JPEG", WNIDS[1]), b"one more");
    let text = told("twice");
    assert!(text.contains("1 is none of the set: n02119789/ILSVRC2012_val_00000007.JPEG"), "{text}");
    assert!(text.contains("1 is there twice: n0") && text.contains("ILSVRC2012_val_00000001.jpg"), "{text}");
    fs_err::remove_dir_all(place.path("mine")).unwrap();
    by_class(&place, "mine/val");
    fs_err::rename(image(4), place.path("mine/val").join(name(4))).unwrap();
    assert!(told("loose").contains("1 of them lie in no folder of a class"));
    fs_err::remove_dir_all(place.path("mine")).unwrap();
    by_class(&place, "mine/val");
    fs_err::write(image(5), b"").unwrap();
    let text = said(&place, store(&place, "mine", &lock).ensure(set(&lock)));
    assert!(text.ends_with("mine/val: ILSVRC2012_val_00000005.JPEG is empty: extract it again"), "{text}");
}

#[test]
fn hidden_files_are_counted_and_others_told() {
    let place = Place::new();
    for number in 1..=6 {
        let file = name(number).replace(".JPEG", [".jpg", ".jpeg", ".JPEG"][number % 3]);
        place.write(&format!("mine/{}/{file}", WNIDS[number - 1]), &image(number));
        place.write(&format!("mine/{}/._{file}", WNIDS[number - 1]), b"of macOS");
    }
    place.write("mine/.DS_Store", b"of macOS");
    let lock = without_labels();
    let fetched = store(&place, "mine", &lock).ensure(set(&lock)).unwrap();
    assert_eq!(fetched.warnings.len(), 1, "{:?}", fetched.warnings);
    let plain = Place::new();
    by_class(&plain, "mine");
    assert_eq!(fetched.root, store(&plain, "mine", &lock).ensure(set(&lock)).unwrap().root);
    let passed_over = |fetched: &Fetched| fetched.in_place.as_ref().unwrap().passed_over.clone();
    assert_eq!(passed_over(&fetched), [("hidden files".to_owned(), 7)].into());
    place.write("mine/valprep.sh", b"a script");
    place.write("mine/n01440764/n01440764_10026.JPEG", b"for training");
    let fetched = store(&place, "mine", &lock).ensure(set(&lock)).unwrap();
    let told = fetched.warnings[1].replace(&format!("{}/", place.dir.path().display()), "");
    insta::assert_snapshot!(told, @"set: passed over in mine: 1 .jpeg files of other names, 1 .sh files of other names, 7 hidden files");
}

#[test]
fn folders_that_hold_none_of_it_are_told_with_what_was_looked_for() {
    let place = Place::new();
    let lock = lock();
    place.write("mine/n01440764/n01440764_10026.JPEG", b"for training");
    place.write("mine/README", b"");
    let text = said(&place, store(&place, "mine", &lock).check_given(&lock));
    insta::assert_snapshot!(text, @"mine was named for set and holds nothing of it: looked for ILSVRC2012_img_val.tar (packed as it was published); ILSVRC2012_devkit_t12.tar.gz (packed as it was published); extracted, a folder a class: n…/ILSVRC2012_val_00000001.JPEG and so on, here or in val/; extracted, in one folder with ILSVRC2012_devkit_t12.tar.gz beside it: ILSVRC2012_val_00000001.JPEG to ILSVRC2012_val_00000006.JPEG, here or in val/; found README, n01440764");
    // The kit alone.
    place.write("mine/ILSVRC2012_devkit_t12.tar.gz", &archives()[1]);
    let text = said(&place, store(&place, "mine", &lock).check_given(&lock));
    assert!(text.contains("holds none of its images: looked for ILSVRC2012_img_val.tar"), "{text}");
    // With the images in a mirror it is of use.
    place.write("mirror/ILSVRC2012_img_val.tar", &archives()[0]);
    store(&place, "mine", &lock).check_given(&lock).unwrap();
    let fetched = store(&place, "mine", &lock).ensure(set(&lock)).unwrap();
    assert!(fetched.in_place.is_none());
}

/// Sparse files of 2.1 GB in all, of which stamps are kept.
#[cfg(target_os = "linux")]
#[test]
fn a_large_set_is_read_once_and_neither_folder_need_be_writable() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    by_class(&place, "mine");
    let large = place.path("mine").join(WNIDS[0]).join(name(1));
    fs_err::File::create(&large).unwrap().set_len(2_100_000_000).unwrap();
    let mode = |mode: u32| {
        for folder in ["mine", "mine/n01440764", "mine/n02100735", "mine/n02119789"] {
            fs_err::set_permissions(place.path(folder), std::fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    mode(0o555);
    let before = all_files(&place.path("mine"));
    // What is younger than two seconds is not stamped.
    std::thread::sleep(std::time::Duration::from_millis(2100));
    let lock = without_labels();
    let started = std::time::Instant::now();
    let first = store(&place, "mine", &lock).ensure(set(&lock)).unwrap();
    let slow = started.elapsed();
    assert_eq!(all_files(&place.path("home")), ["state/set/extracted.json"]);
    let started = std::time::Instant::now();
    let second = store(&place, "mine", &lock).ensure(set(&lock)).unwrap();
    assert!(started.elapsed() * 4 < slow, "read again: {slow:?}, then {:?}", started.elapsed());
    assert_eq!(first, second);
    // Who verifies reads all the same.
    assert!(store(&place, "mine", &lock).verify(set(&lock)).unwrap().bytes > 2_100_000_000);
    // A change is seen, whatever the stamps say.
    fs_err::write(place.path("mine").join(WNIDS[1]).join(name(2)), bytes(220, 77)).unwrap();
    assert_ne!(store(&place, "mine", &lock).ensure(set(&lock)).unwrap().root, first.root);
    assert_eq!(all_files(&place.path("mine")), before);
    mode(0o755);
}

/// An archive whose contents the lock pins may be extracted by anybody, with what macOS leaves beside it.
#[test]
fn an_extracted_archive_with_a_manifest_is_compared_whole() {
    let place = Place::new();
    let files: [(&str, &[u8]); 2] = [("a.JPEG", &bytes(50, 1)), ("b.JPEG", &bytes(60, 2))];
    let data = tar(&files);
    let archive = place.write("pin/images.tar", &data);
    let listing = store::archive::list(&archive, &[], store::archive::Limits::for_archive(1 << 20)).unwrap();
    let file = pinned("images.tar", &data, Vec::new());
    let lock = entry("part", vec![unpacked(file, ArchiveFormat::Tar, ".", Some(listing.pinned()))]);
    for (name, bytes) in files {
        place.write(&format!("mine/{name}"), bytes);
        place.write(&format!("mine/._{name}"), b"of macOS");
    }
    place.write("mine/.DS_Store", b"of macOS");
    let mut options = place.options();
    options.by_hand.push(("part".to_owned(), place.path("mine")));
    let fetched = Store::new(options).ensure(&lock).unwrap();
    assert_eq!((fetched.root, fetched.files.len()), (listing.root(), 2));
}
