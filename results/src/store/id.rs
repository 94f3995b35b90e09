//! Names of runs: sortable by time, readable, and different in every process.

use std::hash::{BuildHasher, Hasher};

use jiff::Timestamp;

/// `20261123T211500Z-resnet50-3f2a01`: the time in UTC, the network's (or the paper's) id, a random part.
#[must_use]
pub fn run_id(now: Timestamp, name: &str, random: u32) -> String {
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.+".contains(c) { c } else { '-' }).collect();
    format!("{}-{name}-{:06x}", now.strftime("%Y%m%dT%H%M%SZ"), random & 0x00ff_ffff)
}

/// What a run is of, by its folder's name: `20261125T221732Z-resnet50-27a76e`.
#[must_use]
pub fn subject_of(name: &str) -> Option<&str> {
    Some(name.split_once('-')?.1.rsplit_once('-')?.0)
}

/// [`run_id`] with the time now and a random part of this process and call.
#[must_use]
pub fn new_run_id(name: &str) -> String {
    // The standard library seeds each hasher from the system's randomness; nothing here needs to be reproducible.
    let mut hasher = std::hash::RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    hasher.write_i128(Timestamp::now().as_nanosecond());
    let random = hasher.finish();
    run_id(Timestamp::now(), name, (random ^ (random >> 32)) as u32)
}

/// Whether `id` can be a folder's name that leads nowhere else.
pub(crate) fn is_valid(id: &str) -> bool {
    id.len() <= 200
        && id.starts_with(|c: char| c.is_ascii_alphanumeric())
        && id.chars().all(|c| c.is_ascii_alphanumeric() || "-_.+".contains(c))
}
