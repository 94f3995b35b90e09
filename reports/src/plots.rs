//! The figures of a page, drawn as SVG: measured against published, speed and memory, where a run's time went.
//!
//! Must not compute a result. A figure without data is a sentence, never an empty frame.

mod agreement;
mod canvas;
mod lanes;
mod resources;
mod split;

use crate::Result;
use crate::input::PageInput;

/// One figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plot {
    /// Its file name without `.svg`.
    pub name: &'static str,
    /// What it shows, in a few words.
    pub title: &'static str,
    /// How to read it, in a sentence or two.
    pub caption: String,
    /// The drawing, or why there is none.
    pub drawing: Drawing,
}

/// A drawing, or the sentence that stands in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drawing {
    /// An `<svg>` element whose colours are classes that the page's style sheet defines.
    Svg(String),
    /// Why nothing was drawn.
    Nothing(&'static str),
}

impl Plot {
    /// The figure as a file of its own, with its colours inside, for light and dark; None when there is no drawing.
    #[must_use]
    pub fn file(&self) -> Option<String> {
        match &self.drawing {
            Drawing::Svg(svg) => Some(canvas::standalone(svg)),
            Drawing::Nothing(_) => None,
        }
    }
}

/// All figures of a page, in the order to show.
///
/// # Errors
/// [`crate::Error::Figure`] when the drawing library refuses.
pub fn all(input: &PageInput<'_>) -> Result<Vec<Plot>> {
    Ok(vec![
        agreement::plot(input)?,
        resources::throughput(input)?,
        resources::memory(input)?,
        split::plot(input)?,
        resources::input_pipeline(input)?,
    ])
}
