//! The state dict's pickle within an older PyTorch file, with the list of storages and their bytes behind it.

#![no_main]

use libfuzzer_sys::fuzz_target;

/// The magic number's pickle, and two that nobody looks at.
const HEAD: &[u8] = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.N.N.";

fuzz_target!(|data: &[u8]| {
    let bytes = [HEAD, data].concat();
    if let Ok(weights) = weights::pytorch::parse(&bytes) {
        fuzz::is_bounded(&weights, bytes.len());
    }
});
