//! PNG pictures, as a user may bring them.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus {
    if !data.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Corpus::Reject;
    }
    if let Ok(picture) = images::decode(data, "f.png") {
        assert_eq!(picture.pixels.len(), picture.width as usize * picture.height as usize * 3);
    }
    Corpus::Keep
});
