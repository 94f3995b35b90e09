//! What several crates need and none of them is about: hashes, files written whole, compressed text, numbers in words,
//! what Linux tells of the machine.
//!
//! Must not know specs, records or networks.

pub mod files;
pub mod gzip;
pub mod hash;
pub mod machine;
pub mod words;
