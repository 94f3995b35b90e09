//! Sequences of different lengths, and what runs over them: recurrences whose every step reads only the sequences that are not at their
//! end.
//!
//! Must not know words.

pub mod lstm;
pub mod packed;
pub mod recurrence;

pub use lstm::Lstm;
pub use packed::Packed;
pub use recurrence::recurrence;
