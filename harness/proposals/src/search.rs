//! Selective search from a picture to its boxes. Must not know what looks into them.

use base::boxes::Bounds;
use images::{MAX_PIXELS, Rgb};
use rayon::prelude::*;

use crate::colour::ColourSpace;
use crate::error::Error;
use crate::filter::gaussian;
use crate::graph::Graph;
use crate::grouping::group;
use crate::ranking::{Hierarchies, ranked};
use crate::regions::Regions;
use crate::segment::segment;
use crate::settings::Settings;

/// Proposals on a picture, in its pixels, the most promising first, none twice. The same picture, settings and seed give the same
/// boxes whatever the number of threads.
///
/// # Errors
///
/// Says which setting is wrong, or what is wrong with the size of the picture.
pub fn selective_search(picture: &Rgb, settings: &Settings, seed: u64) -> Result<Vec<Bounds>, Error> {
    let hierarchies = hierarchies(picture, settings)?;
    let ranked = ranked(&hierarchies, settings.min_side, settings.at_most, seed);
    Ok(ranked.iter().map(|extent| extent.bounds()).collect())
}

/// All regions, before they are ranked: for each colour space in turn, for each k.
///
/// # Errors
///
/// As `selective_search`.
pub fn hierarchies(picture: &Rgb, settings: &Settings) -> Result<Vec<Hierarchies>, Error> {
    settings.check()?;
    check(picture, settings.min_side)?;
    Ok(settings.colours.par_iter().flat_map(|colour| of_colour(picture, settings, *colour)).collect())
}

fn of_colour(picture: &Rgb, settings: &Settings, colour: ColourSpace) -> Vec<Hierarchies> {
    let channels = colour.channels(picture);
    let values = channels.planes.each_ref().map(|plane| plane.iter().map(|value| f32::from(*value)).collect());
    let (graph, texture) = rayon::join(
        || Graph::new(&values, channels.width, &gaussian(settings.sigma)),
        || settings.texture.bins(&channels),
    );
    let of_k = |k: &f32| {
        let regions = Regions::new(&segment(&graph, *k, *k as u32), &channels, &texture);
        let merged = settings.similarities.par_iter().map(|similarity| group(&regions, *similarity)).collect();
        Hierarchies { first: regions.extents, merged }
    };
    settings.ks.par_iter().map(of_k).collect()
}

fn check(picture: &Rgb, side: u32) -> Result<(), Error> {
    let (width, height, bytes) = (picture.width, picture.height, picture.pixels.len());
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MAX_PIXELS {
        return Err(Error::TooLarge { width, height });
    }
    if bytes as u64 != 3 * pixels {
        return Err(Error::Shape { width, height, bytes });
    }
    let side = side.max(1);
    if width.min(height) < side {
        return Err(Error::TooSmall { width, height, side });
    }
    Ok(())
}
