//! Caffe's trained networks.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(weights) = weights::caffe::parse(data) {
        fuzz::is_bounded(&weights, data.len());
        assert!(!weights.tensors.is_empty());
    }
});
