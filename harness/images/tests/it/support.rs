//! The golden file, hashes and made-up pictures. Must not know what is being tested.

use std::path::PathBuf;

use images::Rgb;
use serde_json::Value;
use sha2::{Digest, Sha256};
use spec::protocol::Protocol;

pub(crate) fn golden() -> Value {
    serde_json::from_str(include_str!("../golden/golden.json")).expect("golden.json is JSON")
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

pub(crate) fn fixture_path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

pub(crate) fn fixture(name: &str) -> Vec<u8> {
    fs_err::read(fixture_path(name)).unwrap()
}

/// `make.py`'s `noise`, by the same rule.
pub(crate) fn noise(width: u32, height: u32) -> Rgb {
    let mut state = 1u32;
    let mut pixels = Vec::new();
    for y in 0..height {
        for x in 0..width {
            for c in 0..3 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                pixels.push(((x * (c + 2) + y * 3 + (state >> 26)) % 256) as u8);
            }
        }
    }
    Rgb { width, height, pixels, note: None }
}

pub(crate) fn protocol(kind: &str, size: u32, short_sides: &[u32]) -> Protocol {
    let mut value = serde_json::json!({
        "id": "p", "title": "a protocol", "views": {"kind": kind, "size": size}, "source": "a test",
    });
    if !short_sides.is_empty() {
        value["resize"] = serde_json::json!({ "short_side": short_sides });
    }
    serde_json::from_value(value).unwrap()
}

pub(crate) fn number(value: &Value) -> u32 {
    u32::try_from(value.as_u64().expect("a number")).unwrap()
}

pub(crate) fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}
