//! idx files: the numbers are as many as the sides say.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    for sides in [1, 3] {
        if let Ok(file) = images::idx::parse(data, sides) {
            assert_eq!(file.sides.len(), usize::from(sides));
            assert_eq!(file.sides.iter().product::<usize>(), file.bytes.len());
        }
    }
});
