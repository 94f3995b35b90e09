//! A user's own images: labels that are off stop everything before a runner is started.

use crate::common::Place;

fn folder(place: &Place, labels: &str) -> String {
    let folder = place.path("mine");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("labels.csv"), labels).unwrap();
    std::fs::write(folder.join("cat.jpg"), b"not read").unwrap();
    folder.to_str().unwrap().to_owned()
}

#[test]
fn every_wrong_label_is_told_before_any_inference() {
    let place = Place::with_runner("exit 1\n");
    let mine =
        folder(&place, "file,wnid,class\ncat.jpg,n02124076,\ndog.jpg,n02085620,\ncat2.jpg,,1000\ncat3.jpg,,-1\n");
    let said = place.harness(&["replicate", "googlenet", "--images", &mine]);
    assert_eq!(said.code, 2, "{said:?}");
    for wrong in ["n02124076", "dog.jpg", "labels.csv:4", "labels.csv:5"] {
        assert!(said.stderr.contains(wrong), "{wrong} is not told in:\n{}", said.stderr);
    }
    assert!(!place.path("was-started").exists());
    assert_eq!(said.stderr.matches("error:").count(), 1, "{}", said.stderr);
}

#[test]
fn a_folder_without_images_is_an_error() {
    let place = Place::with_runner("exit 1\n");
    std::fs::create_dir_all(place.path("empty")).unwrap();
    let said = place.harness(&["replicate", "googlenet", "--images", place.path("empty").to_str().unwrap()]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(!place.path("was-started").exists());
}
