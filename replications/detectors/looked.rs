//! The pictures of an experiment with the regions that a detector looks into.
//!
//! Must not choose how many regions: the recipe does.

use engine::detection::head::Looked;
use engine::detection::maps::Maps;
use engine::detection::proposed;
use engine::error::Result;
use engine::input::Opened;
use engine::input::objects::Annotated;
use engine::train::Context;
use proposals::Settings;

/// Pictures with at most so many of selective search's proposals each; their maps are computed where they are to be kept and are not
/// yet. `difficult`: whether objects that are too difficult to count are learned from.
///
/// # Errors
/// A picture that cannot be read or is of another size than its annotation says, a full disk, libtorch's refusal.
pub fn searched(
    (context, maps): (&Context<'_, '_>, Option<&Maps<'_, '_>>),
    images: &[Annotated],
    (what, most): (&str, usize),
    difficult: bool,
) -> Result<Vec<Looked>> {
    context.begin(&format!("propose regions and make maps: {what}"))?;
    let cache = context.cache();
    let mut all = Vec::with_capacity(images.len());
    for (index, image) in images.iter().enumerate() {
        let opened = Opened::of(image)?;
        let mut regions = match most {
            0 => Vec::new(),
            _ => proposed(&cache, &opened, &Settings::fast(), context.seed())?,
        };
        regions.truncate(most);
        if let Some(maps) = maps {
            maps.keep(&opened)?;
        }
        let truths = image.learned_from(difficult);
        all.push(Looked { image: image.clone(), sha256: opened.sha256, regions, truths });
        context.emitter().progress(index + 1, images.len(), "pictures")?;
    }
    Ok(all)
}
