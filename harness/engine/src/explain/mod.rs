//! What a network's units see: projections back to pixels, the strongest activations of a map and where they come from,
//! what a covered part of the picture changes, and how features of different pictures change alike.
//!
//! ```text
//! Model ──Trace──► every value, and the switches of each max pool ──project──► pixels (deconvnet, gradient, guided)
//! values ──Strongest──► the best places of a map ──Field──► their patches
//! Network ──occlude──► a map over the occluder's places
//! ```
//! Must not draw, choose units or pictures, or know any paper's settings.

pub mod correspondence;
pub mod field;
pub mod occlusion;
pub mod project;
pub mod strongest;
mod trace;
mod transpose;
mod windows;

pub use field::Field;
pub use project::{Method, Place, project};
pub use strongest::{Strongest, Winner};
pub use trace::Trace;
