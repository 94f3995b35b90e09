//! The development kit's `meta.mat`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = store::images::mat::synsets(data);
});
