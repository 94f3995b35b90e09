//! The figures of a page, drawn as SVG: measured against published, training curves, speed and memory, where
//! a run's time went.
//!
//! Must not compute a result. A figure without data is a sentence, never an empty frame.

mod agreement;
mod curves;
mod lanes;
mod resources;
mod split;

pub(crate) use resources::measurement;

use crate::Result;
use crate::input::PageInput;

/// One figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plot {
    /// Its file name without `.svg`.
    pub name: String,
    /// What it shows, in a few words.
    pub title: String,
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
    Nothing(String),
}

impl Plot {
    /// The figure as a file of its own, with its colours inside, for light and dark; None when there is no drawing.
    #[must_use]
    pub fn file(&self) -> Option<String> {
        match &self.drawing {
            Drawing::Svg(svg) => Some(crate::svg::canvas::standalone(svg)),
            Drawing::Nothing(_) => None,
        }
    }
}

/// All figures of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// Measured against published.
    pub compared: Vec<Plot>,
    /// Training curves.
    pub curves: Vec<Plot>,
    /// Speed, memory and time.
    pub machine: Vec<Plot>,
}

impl Figures {
    /// Every figure, in the order of the page.
    pub fn iter(&self) -> impl Iterator<Item = &Plot> {
        self.compared.iter().chain(&self.curves).chain(&self.machine)
    }
}

/// All figures of a page, in the order to show.
///
/// # Errors
/// [`crate::Error::Figure`] when the drawing library refuses.
pub fn all(input: &PageInput<'_>) -> Result<Figures> {
    let (compared, curves) = (agreement::plots(input)?, curves::plots(input)?);
    let mut machine = vec![
        resources::throughput(input)?,
        resources::memory(input)?,
        split::plot(input)?,
        resources::input_pipeline(input)?,
    ];
    // A paper that is trained here is not expected to have every one of the figures about prediction runs.
    if input.trains() {
        machine.retain(|plot| matches!(plot.drawing, Drawing::Svg(_)));
    }
    Ok(Figures { compared, curves, machine })
}
