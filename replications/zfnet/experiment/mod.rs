//! Pictures of what units see (Zeiler and Fergus, ECCV 2014, sections 2.1, 4.1 and 4.2), of networks whose weights can be
//! had: the strongest activations of maps with their projections (Figure 2), three ways of projecting side by side, and
//! what an occluder changes (Figure 6); and whether hiding a part changes the features of several pictures alike (Table 1).
//!
//! ```text
//! photographs ──sets──► windows ──sheets──► the strongest and their projections; ways; occluded: a map over places
//! ```
//! Must not choose layers, numbers of maps or the occluder: `spec.yaml` does.

mod correspondence;
mod occluded;
mod parts;
mod projection;
mod sets;
mod sheets;
mod subject;
mod ways;

use engine::error::Result;
use engine::train::Context;
use replications::zfnet::recipe::Recipe;

use sets::Pictures;
use subject::Looked;

/// Draws everything, for each network and each set of pictures.
///
/// # Errors
/// Pictures or weights that cannot be used, a recipe that cannot be used, a full disk, libtorch's refusal.
pub fn run(context: &Context<'_, '_>) -> Result<()> {
    let stage = context.stage();
    let recipe: Recipe = context.recipe()?;
    for subject in recipe.subjects.iter().filter(|subject| stage.size.networks.contains(&subject.of)) {
        context.begin(&format!("load {}", subject.of))?;
        let looked = Looked::load(context, &recipe, subject)?;
        for data in &stage.data {
            context.begin(&format!("seek the strongest activations of {} in {}", subject.of, data.id))?;
            let pictures = Pictures::read(context, data, &recipe, looked.side())?;
            let sheets = sheets::draw(&looked, &pictures)?;
            ways::draw(&looked, &pictures, &sheets)?;
            context.begin(&format!("occlude {} in {}", subject.of, data.id))?;
            occluded::draw(&looked, &pictures)?;
        }
        correspondence::measure(&looked)?;
    }
    Ok(())
}
