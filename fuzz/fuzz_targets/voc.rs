//! An annotation file of PASCAL VOC.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(read) = store::voc::parse(text, Path::new("a.xml")) {
        for object in read.objects {
            let [left, top, right, bottom] = object.bounds;
            assert!(left <= right && top <= bottom && right <= f64::from(read.width) + 1.0);
            assert!(bottom <= f64::from(read.height) + 1.0 && (object.class as usize) < store::voc::CLASSES.len());
        }
    }
});
