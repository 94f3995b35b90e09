//! What must be an error, in one clear sentence that names the file. Nothing here may panic or print.

use images::{Error, Rgb, can_cut, decode, resize_short_side, thumbnail_jpeg, views};
use spec::protocol::Filter;

use crate::support::{fixture, golden, noise, number, protocol};

#[test]
fn a_file_cut_anywhere_is_refused_where_pillow_refuses_it() {
    for (name, whole_from) in golden()["whole_from"].as_object().unwrap() {
        let bytes = fixture(name);
        for length in 0..number(whole_from) as usize {
            let error = decode(&bytes[..length], name).expect_err(name).to_string();
            assert!(error.starts_with(name.as_str()), "{error}");
            assert!(!error.contains('\n'), "{error}");
        }
        decode(&bytes, name).unwrap();
    }
}

#[test]
fn a_truncated_jpeg_says_that_it_is_cut_short() {
    for name in ["odd-420.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg"] {
        let bytes = fixture(name);
        for length in [3, 10, 100, bytes.len() / 2, bytes.len() - 60, bytes.len() - 1] {
            let error = decode(&bytes[..length], name).unwrap_err();
            assert!(matches!(error, Error::CutShort { .. }), "{length} of {}: {error}", bytes.len());
        }
    }
    let error = decode(&fixture("odd-420.jpg")[..900], "dog.JPEG").unwrap_err().to_string();
    let expected =
        "dog.JPEG: is cut short (the data end after 900 bytes, before the picture does); copy or fetch the file again";
    assert_eq!(error, expected);
    assert!(matches!(decode(&fixture("rgb.png")[..1000], "cut.png"), Err(Error::CutShort { .. })));
    assert!(matches!(decode(b"", "empty.jpg"), Err(Error::CutShort { .. })));
}

#[test]
fn kinds_of_jpeg_that_are_not_read_are_named() {
    let start = |bytes: &[u8]| bytes.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
    let said = |change: &dyn Fn(&mut [u8])| {
        let mut bytes = fixture("odd-420.jpg");
        let at = start(&bytes);
        change(&mut bytes[at..]);
        decode(&bytes, "x.jpg").unwrap_err().to_string()
    };
    let advice = "is not read here; convert it to an 8-bit baseline or progressive JPEG, or to PNG";
    assert_eq!(said(&|f| f[4] = 12), format!("x.jpg: a JPEG of 12 bits a channel {advice}"));
    assert_eq!(said(&|f| f[4] = 16), format!("x.jpg: a JPEG of 16 bits a channel {advice}"));
    assert_eq!(said(&|f| f[1] = 0xc9), format!("x.jpg: an arithmetic-coded JPEG {advice}"));
    assert_eq!(said(&|f| f[1] = 0xc3), format!("x.jpg: a lossless JPEG {advice}"));
    assert_eq!(said(&|f| f[9] = 2), format!("x.jpg: a JPEG of 2 channels {advice}"));
}

#[test]
fn libjpegs_own_words_reach_the_message() {
    let mut bytes = fixture("odd-420.jpg");
    let table = bytes.windows(2).position(|w| w == [0xff, 0xc4]).unwrap();
    bytes[table + 4] = 0x0f;
    let error = decode(&bytes, "x.jpg").unwrap_err();
    assert_eq!(error.to_string(), "x.jpg: is damaged (Bogus DHT index 15); copy or fetch the file again");
}

#[test]
fn too_many_pixels_are_refused_before_memory_is_taken() {
    let mut jpeg = fixture("odd-420.jpg");
    let at = jpeg.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
    jpeg[at + 5..at + 9].fill(0xff);
    let error = decode(&jpeg, "bomb.jpg").unwrap_err();
    assert_eq!(error.to_string(), "bomb.jpg: 65535×65535 is more than 178956970 pixels; scale it down first");
    jpeg[at + 5..at + 9].fill(0);
    assert!(decode(&jpeg, "nothing.jpg").is_err());

    // Two billion pixels declared in an otherwise valid header: the checksum is made right by hand.
    let mut png = fixture("rgb.png");
    png[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 0, 0x80, 0]);
    let sum = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&sum.to_be_bytes());
    assert!(matches!(decode(&png, "bomb.png"), Err(Error::TooLarge { width: 65536, height: 32768, .. })));
}

#[test]
fn pixels_that_the_file_cannot_hold_are_refused_before_memory_is_taken() {
    let mut jpeg = fixture("grey.jpg");
    let at = jpeg.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
    jpeg[at + 5..at + 9].copy_from_slice(&[0x30, 0, 0x30, 0]);
    let error = decode(&jpeg, "bomb.jpg").unwrap_err().to_string();
    assert!(error.starts_with("bomb.jpg: is cut short (518 bytes cannot hold 12288×12288 pixels)"), "{error}");

    let mut png = fixture("rgb.png");
    png[16..24].copy_from_slice(&[0, 0, 0x30, 0, 0, 0, 0x30, 0]);
    let sum = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&sum.to_be_bytes());
    let error = decode(&png, "bomb.png").unwrap_err().to_string();
    assert!(error.starts_with("bomb.png: is cut short (2128 bytes cannot hold 12288×12288 pixels)"), "{error}");
}

#[test]
fn a_jpeg_of_endless_scans_is_refused() {
    let jpeg = fixture("progressive.jpg");
    let at = jpeg.windows(2).rposition(|w| w == [0xff, 0xda]).unwrap();
    let scan = &jpeg[at..jpeg.len() - 2];
    let with = |times: usize| [&jpeg[..at], &scan.repeat(times), &jpeg[jpeg.len() - 2..]].concat();
    assert!(decode(&with(1), "x.jpg").is_ok());
    let error = decode(&with(600), "x.jpg").unwrap_err().to_string();
    assert!(error.contains("more than 500 are no picture"), "{error}");
}

#[test]
fn half_a_colour_in_a_palette_is_damage() {
    let png = fixture("palette.png");
    let at = png.windows(4).position(|w| w == b"PLTE").unwrap();
    let length = u32::from_be_bytes(png[at - 4..at].try_into().unwrap()) as usize;
    let chunk = [b"PLTE", &png[at + 4..at + 4 + length - 1]].concat();
    let sum = crc32(&chunk).to_be_bytes();
    let shorter = (length as u32 - 1).to_be_bytes();
    let bytes = [&png[..at - 4], &shorter, &chunk, &sum, &png[at + 8 + length..]].concat();
    let error = decode(&bytes, "x.png").unwrap_err().to_string();
    assert!(error.starts_with("x.png: is damaged (its palette has"), "{error}");
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |sum, &b| {
        (0..8).fold(sum ^ u32::from(b), |s, _| if s & 1 == 1 { (s >> 1) ^ 0xedb8_8320 } else { s >> 1 })
    })
}

#[test]
fn other_formats_are_named_and_a_missing_file_too() {
    let said = |bytes: &[u8]| decode(bytes, "x.JPEG").unwrap_err().to_string();
    assert_eq!(said(b"GIF89a......"), "x.JPEG: is a GIF, not a JPEG or PNG; convert it or take it off the list");
    assert!(said(b"<!DOCTYPE html>").contains("is text (HTML or XML"));
    assert!(said(b"RIFF....WEBPVP8 ").contains("is a WebP"));
    assert!(said(&[7; 40]).contains("of an unknown format"));
    let folder = tempfile::tempdir().unwrap();
    let error = images::load(&folder.path().join("absent.jpg")).unwrap_err();
    assert!(error.to_string().contains("absent.jpg"), "{error}");
}

#[test]
fn views_that_cannot_be_cut_are_errors() {
    let picture = noise(30, 20);
    let said = |kind: &str, size, short: &[u32]| views(&picture, &protocol(kind, size, short)).unwrap_err().to_string();
    for kind in ["center", "ten-crop", "grid-50", "crops-144", "dense-and-grid"] {
        assert!(said(kind, 24, &[]).starts_with("a 30×20 picture is smaller than the 24×24 crop"));
        assert!(said(kind, 24, &[23]).starts_with("a 34×23 picture is smaller than the 24×24 crop"));
        assert!(said(kind, 24, &[0]).contains("short_side"));
        assert!(said(kind, 0, &[]).contains("smaller than the 0×0 crop"));
    }
    // Whether they can be cut is known without the pixels.
    for (kind, size, short) in
        [("center", 24, vec![]), ("ten-crop", 24, vec![23]), ("center", 8, vec![0]), ("grid-50", 24, vec![])]
    {
        let protocol = protocol(kind, size, &short);
        let [one, other] = [views(&picture, &protocol).unwrap_err(), can_cut(30, 20, &protocol).unwrap_err()];
        assert_eq!(one.to_string(), other.to_string());
    }
    let false_size = Rgb { width: 9, ..noise(3, 3) };
    assert!(resize_short_side(&false_size, 2, Filter::Bilinear, true).is_err());
    assert!(views(&false_size, &protocol("center", 2, &[])).is_err());
    assert!(resize_short_side(&noise(60, 1), 60_000, Filter::Bilinear, true).is_err());
    assert!(thumbnail_jpeg(&false_size, 8).is_err());
}

#[test]
fn a_narrow_picture_is_cut_where_only_a_part_of_it_is_needed() {
    let narrow = noise(3000, 1);
    let crop = &views(&narrow, &protocol("center", 224, &[256])).unwrap()[0];
    assert_eq!(crop.pixels.len(), 224 * 224 * 3);
    // Ten crops want the whole of it, which is beyond the limit.
    let ten = protocol("ten-crop", 224, &[256]);
    let told = views(&narrow, &ten).unwrap_err().to_string();
    assert!(told.starts_with("a 3000×1 picture is too narrow for a short side of 256 pixels"), "{told}");
    assert!(!told.contains("protocol"), "{told}");
    assert_eq!(can_cut(3000, 1, &ten).unwrap_err().to_string(), told);
    assert!(can_cut(1, 3000, &protocol("center", 224, &[256])).is_ok());
    assert!(can_cut(u32::MAX, 1, &protocol("center", 224, &[256])).is_err());
}
