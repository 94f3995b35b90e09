//! NumPy arrays, as predictions are brought in.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(array) = results::npy::read(data, 1000) {
        assert_eq!(array.values.len(), array.rows * array.columns);
        assert_eq!(array.rows().count(), array.rows);
    }
});
