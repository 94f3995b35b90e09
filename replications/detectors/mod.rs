//! What detectors trained here on PASCAL VOC's twenty classes share: layers on the maps of a trunk that stays as it is
//! or is tuned, linear machines on features of regions, their answers on pictures, and their surest mistakes by kind.
//!
//! Must not know any detector's recipe.

pub mod looked;
pub mod machines;
pub mod mistakes;
pub mod on_maps;
pub mod pictures;
pub mod shared;
pub mod warp;

/// A class's name.
#[must_use]
pub fn name(class: u32) -> &'static str {
    base::voc::CLASSES.get(class as usize).copied().unwrap_or("?")
}
