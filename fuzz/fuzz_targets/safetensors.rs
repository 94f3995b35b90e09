//! safetensors files.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(weights) = weights::safetensors::parse(data) {
        fuzz::is_bounded(&weights, data.len());
    }
});
