//! A file of COCO's instances.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(read) = store::coco::parse(data, Path::new("a.json")) {
        for image in read.images {
            for object in image.objects {
                let [left, top, right, bottom] = object.bounds;
                assert!(
                    left >= 1.0 && top >= 1.0 && right <= f64::from(image.width) && bottom <= f64::from(image.height)
                );
                assert!((object.class as usize) < read.classes.len());
            }
        }
    }
});
