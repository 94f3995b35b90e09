//! TensorFlow.js layers models: `model.json`, a zero byte, the bytes of two shards.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (text, bytes) = fuzz::halves(data);
    let Ok(text) = std::str::from_utf8(text) else { return };
    let mut shards = bytes.chunks(bytes.len().div_ceil(2).max(1));
    let open = |_: &str| {
        let shard = shards.next().map(<[u8]>::to_vec);
        shard.ok_or_else(|| weights::Problem::Missing("there is no such shard".to_owned()))
    };
    if let Ok(weights) = weights::tfjs::parse(text, open) {
        fuzz::is_bounded(&weights, data.len());
    }
});
