//! Properties that hold for any bytes and any size.

use images::{MAX_PIXELS, decode, resize_short_side, thumbnail_jpeg, views};
use proptest::prelude::*;
use spec::protocol::Filter;

use crate::support::{fixture, noise, protocol};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn bad_bytes_never_panic(
        name in prop::sample::select(vec!["odd-420.jpg", "progressive.jpg", "cmyk.jpg", "palette-clear.png", "interlaced-palette.png"]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = fixture(name);
        for (at, value) in changes {
            // The sizes stay: a large one is right to take time.
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        prop_assume!(small(&bytes));
        if let Ok(picture) = decode(&bytes, name) {
            prop_assert_eq!(picture.pixels.len(), picture.width as usize * picture.height as usize * 3);
        }
    }

    #[test]
    fn the_crop_is_a_part_of_the_whole_resize(width in 8u32..70, height in 8u32..70, short in 8u32..40, bicubic: bool) {
        let picture = noise(width, height);
        let filter = if bicubic { Filter::Bicubic } else { Filter::Bilinear };
        let resized = resize_short_side(&picture, short, filter, true).unwrap();
        prop_assert_eq!(resized.width.min(resized.height), short);
        let mut protocol = protocol("center", 8, &[short]);
        protocol.resize.as_mut().unwrap().filter = filter;
        let direct = views(&picture, &protocol).unwrap();
        protocol.resize = None;
        prop_assert_eq!(direct, views(&resized, &protocol).unwrap());
    }

    #[test]
    fn thumbnails_fit_and_can_be_read(width in 1u32..90, height in 1u32..90, side in 1u32..100) {
        let jpeg = thumbnail_jpeg(&noise(width, height), side).unwrap();
        let back = decode(&jpeg, "thumbnail.jpg").unwrap();
        prop_assert_eq!(back.note, None);
        prop_assert_eq!(back.width.max(back.height), side.min(width.max(height)));
    }
}

/// Whether a changed header still describes a picture that is quick to decode.
fn small(bytes: &[u8]) -> bool {
    let sides = if bytes.starts_with(b"\x89PNG") {
        bytes[16..24].chunks(4).map(|s| u64::from(u32::from_be_bytes([s[0], s[1], s[2], s[3]]))).collect::<Vec<_>>()
    } else {
        let Some(at) = bytes.windows(2).position(|w| w[0] == 0xff && matches!(w[1], 0xc0..=0xc2)) else { return true };
        let Some(frame) = bytes.get(at + 5..at + 9) else { return true };
        frame.chunks(2).map(|s| u64::from(u16::from_be_bytes([s[0], s[1]]))).collect()
    };
    let pixels = sides.iter().product::<u64>();
    !(1 << 20..=MAX_PIXELS).contains(&pixels)
}
