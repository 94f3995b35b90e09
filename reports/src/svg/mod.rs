//! What figures are drawn of: a canvas with the page's colours, axes, legends.
//!
//! Must not know what a figure shows.

pub(crate) mod canvas;
pub(crate) mod frame;
pub(crate) mod legend;
