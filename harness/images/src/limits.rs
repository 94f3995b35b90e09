//! What every decoder holds a picture to, and how it remarks on one.
//!
//! Must not know a format.

use crate::{Error, MAX_PIXELS};

/// Puts one more remark into a picture's note.
pub(crate) fn add_note(note: &mut Option<String>, more: String) {
    *note = Some(match note.take() {
        Some(said) => format!("{said}; {more}"),
        None => more,
    });
}

/// Refuses what would take too much memory, and pictures with no pixels.
pub(crate) fn check_size(width: u32, height: u32, name: &str) -> Result<(), Error> {
    if width == 0 || height == 0 {
        let detail = format!("its header says {width}×{height} pixels");
        return Err(Error::Damaged { name: name.to_owned(), detail });
    }
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Error::TooLarge { name: name.to_owned(), width, height });
    }
    Ok(())
}
