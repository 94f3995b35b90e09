//! A user's own images as they lie on people's disks.

use std::os::unix::fs::symlink;
use std::path::Path;

use super::FINISHES;
use crate::common::Place;

/// A folder as a person has it: a class folder that is a link, links that lead nowhere and back, kinds that are not read,
/// what systems and notebooks leave behind.
fn folder(place: &Place) -> String {
    let mine = place.path("mine");
    let elsewhere = place.path("elsewhere");
    let write = |path: &Path| {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, b"not read").unwrap();
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
