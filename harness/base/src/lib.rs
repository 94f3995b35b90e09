//! What several crates need and none of them is about: hashes, files written whole, compressed text, numbers in words,
//! boxes, what Linux tells of the machine.
//!
//! Must not know specs, records or networks.

pub mod boxes;
pub mod files;
pub mod gzip;
pub mod hash;
pub mod machine;
pub mod text;
pub mod voc;
pub mod words;
