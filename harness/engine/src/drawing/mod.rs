//! What figures are made of: pictures at another size, numbers as colours with their bar, words in pixels.
//!
//! Must not know what a figure is about.

mod boxes;
mod font;
mod heat;
mod scale;

pub use boxes::{Framed, colour, framed};
pub use font::{LINE, fitting, text, width};
pub use heat::{Entry, Heat, bar, categories, words};
pub use scale::{enlarged, scaled};
