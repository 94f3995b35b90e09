//! Object proposals of pictures, kept: they take longer than much that is done with them, and several detectors look into the
//! same ones.
//!
//! Must not choose how many are looked into.

use base::boxes::Bounds;
use proposals::{Settings, selective_search};
use tch::{Kind, Tensor};

use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::input::Opened;

/// Grows when the search gives other boxes.
const VERSION: &str = "1";

/// Selective search's boxes of a picture, the most promising first. A picture with a side that is shorter than any box may be has
/// none.
///
/// # Errors
/// Settings that make no sense, or a disk that is full.
pub fn proposed(cache: &Cache, opened: &Opened, settings: &Settings, seed: u64) -> Result<Vec<Bounds>> {
    let picture = &opened.picture;
    if picture.width.min(picture.height) < settings.min_side.max(1) {
        return Ok(Vec::new());
    }
    let words = [VERSION, images::DECODER, &opened.sha256, &format!("{settings:?}"), &seed.to_string()];
    let kept = cache.tensor("proposals", &words, || {
        let boxes = selective_search(picture, settings, seed).map_err(|error| Error::Input(error.to_string()))?;
        let edges: Vec<i32> = boxes.iter().flat_map(|own| own.edges().map(|edge| edge as i32)).collect();
        Ok(Tensor::f_from_slice(&edges)?.f_view([-1, 4])?)
    })?;
    let edges = Vec::<i32>::try_from(kept.f_to_kind(Kind::Int)?.f_view([-1])?)?;
    Ok(edges.as_chunks::<4>().0.iter().map(|edges| Bounds::new(edges.map(f64::from))).collect())
}
