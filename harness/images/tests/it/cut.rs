//! Resizes and views against torchvision on Pillow images. Must not decode files.

use images::{Rgb, resize_short_side, views};
use serde_json::Value;
use spec::protocol::Filter;

use crate::support::{golden, list, noise, number, protocol, sha256};

fn source(case: &Value) -> Rgb {
    noise(number(&case["from"][0]), number(&case["from"][1]))
}

#[test]
fn resizes_are_pillows_to_the_byte() {
    for case in list(&golden()["resizes"]) {
        let filter = if case["filter"] == "bicubic" { Filter::Bicubic } else { Filter::Bilinear };
        let resized = resize_short_side(&source(case), number(&case["short"]), filter, true).unwrap();
        assert_eq!((resized.width, resized.height), (number(&case["width"]), number(&case["height"])), "{case}");
        assert_eq!(sha256(&resized.pixels), case["sha256"], "{case}");
    }
}

#[test]
fn without_antialiasing_the_nearest_two_pixels_decide() {
    for case in list(&golden()["plain"]) {
        let resized = resize_short_side(&source(case), number(&case["short"]), Filter::Bilinear, false).unwrap();
        let expected: Vec<u8> = (case["hex"].as_str().unwrap().as_bytes().chunks(2))
            .map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap())
            .collect();
        assert_eq!(resized.pixels.len(), expected.len());
        // Two eight-bit passes against one in floating point.
        let worst = resized.pixels.iter().zip(&expected).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
        assert!(worst <= 1, "{worst}");
        let smoothed = resize_short_side(&source(case), number(&case["short"]), Filter::Bilinear, true).unwrap();
        let shrinks = number(&case["short"]) < number(&case["from"][0]).min(number(&case["from"][1]));
        assert_eq!(smoothed.pixels != resized.pixels, shrinks, "antialiasing matters when shrinking, and only then");
    }
}

#[test]
fn views_are_torchvisions() {
    for case in list(&golden()["crops"]) {
        let short: Vec<u32> = case["short"].as_u64().map(|s| s as u32).into_iter().collect();
        let centre = views(&source(case), &protocol("center", 24, &short)).unwrap();
        assert_eq!(centre.len(), 1);
        assert_eq!((centre[0].width, centre[0].height), (24, 24));
        assert_eq!(sha256(&centre[0].pixels), case["center"], "{case}");
        let ten: Vec<String> = views(&source(case), &protocol("ten-crop", 24, &short))
            .unwrap()
            .iter()
            .map(|c| sha256(&c.pixels))
            .collect();
        assert_eq!(ten, *list(&case["ten"]), "{case}");
    }
}

#[test]
fn several_scales_are_one_pass_each_in_the_order_given() {
    let picture = noise(61, 47);
    let all = views(&picture, &protocol("ten-crop", 24, &[30, 26])).unwrap();
    let mut each = views(&picture, &protocol("ten-crop", 24, &[30])).unwrap();
    each.extend(views(&picture, &protocol("ten-crop", 24, &[26])).unwrap());
    assert_eq!(all.len(), 20);
    assert_eq!(all, each);
}
