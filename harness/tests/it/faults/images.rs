//! A user's own images as they lie on people's disks.

use std::os::unix::fs::symlink;
use std::path::Path;

use super::FINISHES;
use crate::common::Place;

/// A small grey photograph.
fn jpeg() -> Vec<u8> {
    let picture = images::Rgb { width: 300, height: 260, pixels: vec![128; 300 * 260 * 3], note: None };
    images::thumbnail_jpeg(&picture, 260).unwrap()
}

/// The same, lying on its side by its EXIF data.
fn on_its_side() -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xe1, 0, 34];
    bytes.extend(b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0");
    bytes.extend(&jpeg()[2..]);
    bytes
}

/// A folder as a person has it: a class folder that is a link, links that lead nowhere and back, kinds that are not read,
/// what systems and notebooks leave behind.
fn folder(place: &Place) -> String {
    let mine = place.path("mine");
    let elsewhere = place.path("elsewhere");
    let write = |path: &Path| {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, jpeg()).unwrap();
    };
    let class = "n02124075";
    for name in ["a.jpg", "b.JPEG", "c.jfif", "deeper/d.png"] {
        write(&mine.join(class).join(name));
    }
    for name in ["e.webp", "f.webp", "g.bmp", "h.tif", "noending", "._a.jpg", ".ipynb_checkpoints/a-checkpoint.jpg"] {
        write(&mine.join(class).join(name));
    }
    write(&elsewhere.join("i.jpg"));
    symlink(&elsewhere, mine.join("n02085620")).unwrap();
    symlink(place.path("nowhere"), mine.join(class).join("j.jpg")).unwrap();
    symlink(&mine, mine.join(class).join("back")).unwrap();
    mine.to_str().unwrap().to_owned()
}

#[test]
fn whatever_is_passed_over_is_counted_by_reason() {
    let place = Place::with_runner(FINISHES);
    let mine = folder(&place);
    let said = place.harness(&["plan", "googlenet", "--images", &mine]);
    assert_eq!(said.code, 0, "{said:?}");
    for told in [
        "5 images; passed over",
        "2 .webp files",
        "1 .bmp files",
        "1 .tif files",
        "1 files without an ending",
        "2 hidden files",
        "1 links that lead nowhere",
        "1 links back into a folder that holds them",
    ] {
        assert!(said.stderr.contains(told), "{told} is not told in {}", said.stderr);
    }
}

#[test]
fn a_budget_holds_for_own_images_too() {
    let place = Place::with_runner(FINISHES);
    let mine = folder(&place);
    let said = place.harness(&["plan", "googlenet", "--images", &mine, "--budget", "0.0001s"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.stderr.contains("more than the budget"), "{said:?}");
    assert_eq!(place.harness(&["plan", "googlenet", "--images", &mine, "--budget", "1h"]).code, 0);
}

#[test]
fn all_bad_images_are_named_at_once_or_left_out() {
    let place = Place::with_runner(FINISHES);
    let mine = folder(&place);
    let class = place.path("mine/n02124075");
    let whole = jpeg();
    std::fs::write(class.join("a.jpg"), &whole[..whole.len() / 2]).unwrap();
    std::fs::write(class.join("b.JPEG"), b"").unwrap();
    std::fs::write(class.join("c.jfif"), b"<html>").unwrap();
    let said = place.harness(&["replicate", "googlenet", "--images", &mine]);
    assert_eq!(said.code, 2, "{said:?}");
    for told in ["3 of 5 images cannot be used", "a.jpg", "b.JPEG", "c.jfif", "--skip-bad"] {
        assert!(said.stderr.contains(told), "{told}: {}", said.stderr);
    }
    assert!(!place.path("was-started").exists());
    let said = place.harness(&["plan", "googlenet", "--images", &mine, "--skip-bad"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.stderr.contains("2 images; passed over") && said.stderr.contains("3 images that cannot be used"));
}

#[test]
fn photographs_that_lie_on_their_side_are_counted() {
    let place = Place::with_runner(FINISHES);
    let mine = folder(&place);
    std::fs::write(place.path("mine/n02124075/a.jpg"), on_its_side()).unwrap();
    let plan = |more: &[&str]| place.harness(&[&["plan", "googlenet", "--images", &mine], more].concat());
    let said = plan(&[]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.stderr.contains("1 of 5 images were taken another way up"), "{}", said.stderr);
    let said = plan(&["--orient", "--json"]);
    assert!(!said.stderr.contains("another way up"), "{}", said.stderr);
    assert_eq!(plan(&["--on", "imagenet-val-650", "--orient"]).code, 2, "only one's own images are turned");
}

#[test]
fn what_the_labels_name_is_an_image_whatever_it_is_called() {
    let place = Place::with_runner(FINISHES);
    let mine = place.path("named");
    std::fs::create_dir_all(&mine).unwrap();
    for name in ["0f3a9", "b.dat", ".c.jpg", "unnamed.webp", "._b.jpg"] {
        std::fs::write(mine.join(name), jpeg()).unwrap();
    }
    std::fs::write(mine.join("labels.csv"), "file,wnid\n0f3a9,n02124075\nb.dat,n02124075\n.c.jpg,n02085620\n").unwrap();
    let said = place.harness(&["plan", "googlenet", "--images", mine.to_str().unwrap()]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.stderr.contains("3 images; passed over: 1 .webp files, 1 hidden files"), "{}", said.stderr);
}

#[test]
fn pictures_too_narrow_for_the_protocol_are_named_before_anything_runs() {
    let place = Place::with_runner(FINISHES);
    let mine = folder(&place);
    let narrow = images::Rgb { width: 3000, height: 1, pixels: vec![128; 9000], note: None };
    std::fs::write(place.path("mine/n02124075/a.jpg"), images::thumbnail_jpeg(&narrow, 3000).unwrap()).unwrap();
    let plan = |more: &[&str]| place.harness(&[&["plan", "googlenet", "--images", &mine], more].concat());
    // The centre of it can be computed.
    assert_eq!(plan(&[]).code, 0);
    let said = plan(&["--protocol", "ten-crop-224"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.stderr.contains("1 of 5 images cannot be used"), "{}", said.stderr);
    assert!(said.stderr.contains("a.jpg: a 3000×1 picture is too narrow"), "{}", said.stderr);
    assert!(!said.stderr.contains("correct the protocol"), "{}", said.stderr);
    assert_eq!(plan(&["--protocol", "ten-crop-224", "--skip-bad"]).code, 0);
}
