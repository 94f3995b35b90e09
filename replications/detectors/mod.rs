//! What detectors trained here on PASCAL VOC's twenty classes share: linear machines on features of regions, their answers on
//! pictures, and their surest mistakes by kind.
//!
//! Must not know how regions or features are made.

pub mod looked;
pub mod machines;
pub mod mistakes;
pub mod pictures;
pub mod shared;

/// A class's name.
#[must_use]
pub fn name(class: u32) -> &'static str {
    base::voc::CLASSES.get(class as usize).copied().unwrap_or("?")
}
