//! Thumbnails: shown where they may be, never where they may not, and never a reason to fail.

use std::path::{Path, PathBuf};

use reports::page;

use crate::made_up::{MadeUp, worst};
use crate::markup::assert_well_formed;

/// A small JPEG on disk.
fn picture(folder: &Path) -> PathBuf {
    let pixels = (0..48 * 32 * 3).map(|i| u8::try_from(i % 251).unwrap()).collect();
    let picture = images::Rgb { width: 48, height: 32, pixels, note: None };
    let path = folder.join("small.jpg");
    fs_err::write(&path, images::thumbnail_jpeg(&picture, 48).unwrap()).unwrap();
    path
}

#[test]
fn a_picture_is_in_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let mut made_up = MadeUp::new();
    made_up.pictures.insert("chelsea".into(), picture(folder.path()));
    let page = made_up.with(|_| (), page::render).unwrap();
    assert_well_formed(&page);
    assert_eq!(page.matches("<img src=\"data:image/jpeg;base64,/9j/").count(), 1);
    assert!(page.contains("alt=\"The canary picture chelsea\""));
}

#[test]
fn pictures_that_may_not_be_passed_on_are_not_read() {
    let folder = tempfile::tempdir().unwrap();
    for (may, shown) in [(false, 0), (true, 1)] {
        let mut made_up = MadeUp::new();
        made_up.worst = vec![worst(may)];
        made_up.worst[0].items[0].path = Some(picture(folder.path()));
        let page = made_up.with(|_| (), page::render).unwrap();
        assert_eq!(page.matches("<img").count(), shown);
        assert!(page.contains("made_up_00347.JPEG"));
        assert_eq!(page.contains("do not allow its pictures to be passed on"), !may);
    }
}

#[test]
fn a_picture_that_cannot_be_read_is_a_note() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.jpg");
    fs_err::write(&broken, b"\xff\xd8\xff no more").unwrap();
    let mut made_up = MadeUp::new();
    made_up.pictures.insert("chelsea".into(), broken);
    made_up.pictures.insert("coffee".into(), folder.path().join("absent.jpg"));
    let page = made_up.with(|_| (), page::render).unwrap();
    assert_well_formed(&page);
    assert!(page.contains("The picture broken.jpg could not be read."));
    assert!(page.contains("The picture absent.jpg could not be read."));
    assert!(!page.contains(&folder.path().display().to_string()), "a page says nothing about the machine's folders");
}
