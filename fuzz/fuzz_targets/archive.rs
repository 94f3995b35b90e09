//! Archives: which kind, what is in them. Nothing is written.

#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use store::archive::{Limits, list};

const LIMITS: Limits = Limits { bytes: 1 << 20, stream: 1 << 21, members: 1000 };

static DIR: LazyLock<PathBuf> = LazyLock::new(|| fuzz::room("archive"));

fuzz_target!(|data: &[u8]| {
    let path = DIR.join("archive");
    std::fs::write(&path, data).expect("the archive is written");
    if let Ok(listing) = list(&path, &[], LIMITS) {
        for name in listing.files.keys() {
            assert_eq!(store::fs::safe_relative(name).as_deref(), Ok(name.as_str()));
        }
    }
});
