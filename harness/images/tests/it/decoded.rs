//! Fixtures that Pillow reads must come out equal to the byte, damaged ones included.

use crate::support::{fixture, fixture_path, golden, list, number, sha256};

#[test]
fn every_fixture_is_what_pillow_makes_of_it() {
    let golden = golden();
    let expected = golden["fixtures"].as_object().unwrap();
    let there = fs_err::read_dir(fixture_path("")).unwrap().count();
    assert_eq!(there, expected.len(), "fixtures without an expected hash, or the other way round");
    for (name, expected) in expected {
        let picture = images::load(&fixture_path(name)).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(
            (picture.width, picture.height),
            (number(&expected["width"]), number(&expected["height"])),
            "{name}"
        );
        assert_eq!(picture.pixels.len(), picture.width as usize * picture.height as usize * 3, "{name}");
        assert_eq!(sha256(&picture.pixels), expected["sha256"], "{name}");
    }
}

#[test]
fn notes_say_what_a_reader_should_know() {
    let note = |name: &str| images::decode(&fixture(name), name).unwrap().note;
    assert_eq!(note("a-png-named.JPEG").as_deref(), Some("a PNG named .JPEG"));
    assert_eq!(note("grey-16.png").as_deref(), Some("16-bit grey clipped to 8 bits, as Pillow does"));
    assert_eq!(note("odd-420.jpg"), None);
    assert_eq!(note("rgb-16.png"), None);
    let misnamed = images::decode(&fixture("grey.jpg"), "grey.PNG").unwrap();
    assert_eq!(misnamed.note.as_deref(), Some("a JPEG named .PNG"));
}

#[test]
fn damaged_scans_are_read_or_refused_as_pillow_does() {
    let (mut read, mut equal) = (0, 0);
    for (name, cases) in golden()["damage"].as_object().unwrap() {
        let whole = fixture(name);
        for case in list(cases) {
            let (at, mask) = (number(&case["at"]) as usize, number(&case["xor"]));
            let mut bytes = whole.clone();
            bytes[at] ^= u8::try_from(mask).unwrap();
            match (images::decode(&bytes, name), case["sha256"].as_str()) {
                (Ok(picture), Some(hash)) => {
                    read += 1;
                    equal += usize::from(sha256(&picture.pixels) == hash);
                }
                (Err(_), None) => {}
                (Ok(_), None) => panic!("{name}, byte {at}: Pillow refuses it, we do not"),
                (Err(e), Some(_)) => panic!("{name}, byte {at}: Pillow reads it, we say: {e}"),
            }
        }
    }
    // Coefficients that no encoder writes overflow differently in libjpeg-turbo's SIMD code, which Pillow has, and in its C code.
    assert!(read == 252 && equal >= 232, "{equal} of {read} damaged files came out as Pillow's");
}

#[test]
fn passing_over_damage_is_noted() {
    let mut bytes = fixture("odd-420.jpg");
    // Cut in the middle of the scan, with an end marker put on: libjpeg and Pillow paint the rest grey.
    bytes.truncate(bytes.len() - 120);
    bytes.extend([0xff, 0xd9]);
    let note = images::decode(&bytes, "odd-420.jpg").unwrap().note.unwrap();
    assert!(note.starts_with("damaged data passed over with "), "{note}");
}

#[test]
fn what_follows_a_picture_is_nobodys_scan() {
    let whole = fixture("odd-420.jpg");
    let film: Vec<u8> = [0xff, 0xda, 0x00].repeat(2000);
    let with_film = [whole.clone(), film].concat();
    assert_eq!(images::decode(&with_film, "a.jpg").unwrap().pixels, images::decode(&whole, "a.jpg").unwrap().pixels);
}
