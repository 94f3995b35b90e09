//! PyTorch files as a whole: the zip file, the pickle in it, the storages.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(weights) = weights::pytorch::parse(data) {
        fuzz::is_bounded(&weights, data.len());
    }
});
