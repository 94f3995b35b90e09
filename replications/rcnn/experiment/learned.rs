//! The correction of each class's boxes (appendix C), learned on the features.
//!
//! Must not test.

use base::boxes::Bounds;
use engine::error::Result;
use engine::train::Context;
use linear::Rows;
use linear::boxes::Correction;
use replications::rcnn::recipe::Recipe;

use super::regions::Regions;
use crate::detectors::machines::{Features as _, input, scaled};

/// Learns the correction of each class's boxes; None of a class without regions near enough.
pub(super) fn corrections(
    (context, recipe): (&Context<'_, '_>, &Recipe),
    regions: &Regions<'_, '_>,
    classes: &[u32],
    scale: f64,
) -> Result<Vec<Option<Correction>>> {
    context.begin("learn the correction of boxes")?;
    let near = near(context, recipe, regions, classes);
    let mut of_class: Vec<(Vec<f32>, Vec<Bounds>, Vec<Bounds>)> = vec![Default::default(); classes.len()];
    let columns = regions.columns();
    for (index, (picture, near)) in regions.pictures.iter().zip(near).enumerate() {
        if near.is_empty() {
            continue;
        }
        let features = scaled(regions, index, scale)?;
        for (place, region, truth) in near {
            let (rows, proposals, truths) = &mut of_class[place];
            rows.extend_from_slice(&features[region * columns..][..columns]);
            proposals.push(picture.regions[region]);
            truths.push(truth);
        }
        context.emitter().progress(index + 1, regions.pictures.len(), "pictures with regions near objects")?;
    }
    let settings = linear::boxes::Settings { lambda: recipe.boxes.lambda, floor: recipe.boxes.floor };
    let mut all = Vec::with_capacity(classes.len());
    for (done, (rows, proposals, truths)) in of_class.into_iter().enumerate() {
        all.push(if proposals.is_empty() {
            None
        } else {
            let rows = Rows::new("features of regions near objects", &rows, columns).map_err(input)?;
            Some(Correction::fit(rows, &proposals, &truths, &settings).map_err(input)?)
        });
        context.emitter().progress(done + 1, classes.len(), "classes")?;
    }
    Ok(all)
}

/// Picture by picture the regions that are learned from: the class's place, the region, the true box. Of a class with too many, as
/// many as are wanted, drawn at random.
fn near(
    context: &Context<'_, '_>,
    recipe: &Recipe,
    regions: &Regions<'_, '_>,
    classes: &[u32],
) -> Vec<Vec<(usize, usize, Bounds)>> {
    let mut all: Vec<Vec<(usize, usize, Bounds)>> = vec![Vec::new(); classes.len()];
    for (index, picture) in regions.pictures.iter().enumerate() {
        for region in 0..picture.regions.len() {
            let Some((object, overlap)) = picture.nearest(region) else { continue };
            // The true boxes themselves are among the regions, as in the authors' lists.
            if overlap <= recipe.boxes.above {
                continue;
            }
            if let Ok(place) = classes.binary_search(&object.class) {
                all[place].push((index, region, object.bounds));
            }
        }
    }
    let mut chosen = vec![Vec::new(); regions.pictures.len()];
    for (place, own) in all.into_iter().enumerate() {
        let order = context.stream("regions near objects", place as u64).permutation(own.len());
        for at in order.into_iter().take(recipe.boxes.most) {
            let (picture, region, truth) = own[usize::try_from(at).unwrap_or(0)];
            chosen[picture].push((place, region, truth));
        }
    }
    chosen.iter_mut().for_each(|own: &mut Vec<(usize, usize, Bounds)>| {
        own.sort_unstable_by_key(|(place, region, _)| (*place, *region))
    });
    chosen
}
