//! The correction of each class's boxes (appendix C), learned on the features.
//!
//! Must not test.

use std::ops::Range;

use base::boxes::Bounds;
use engine::error::Result;
use engine::train::Context;
use linear::Rows;
use linear::boxes::Correction;
use replications::rcnn::recipe::Recipe;

use super::regions::Regions;
use crate::detectors::machines::{Features as _, input, scaled};

/// Numbers of features that are held at the same time: a gigabyte.
const HELD: usize = 1 << 28;

/// Learns the correction of each class's boxes; None of a class without regions near enough.
pub(super) fn corrections(
    (context, recipe): (&Context<'_, '_>, &Recipe),
    regions: &Regions<'_, '_>,
    classes: &[u32],
    scale: f64,
) -> Result<Vec<Option<Correction>>> {
    context.begin("learn the correction of boxes")?;
    let near = near(context, recipe, regions, classes);
    let mut counts = vec![0; classes.len()];
    near.iter().flatten().for_each(|(place, ..)| counts[*place] += 1);
    let mut all = Vec::with_capacity(classes.len());
    for group in groups(&counts, regions.columns()) {
        all.extend(fitted(context, recipe, (regions, scale), &near, group)?);
        context.emitter().progress(all.len(), classes.len(), "classes")?;
    }
    Ok(all)
}

/// Places of classes whose regions' features are held at the same time, so many of them that memory holds [`HELD`] numbers or those of
/// one class.
fn groups(counts: &[usize], columns: usize) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    let mut held = 0;
    for (place, count) in counts.iter().enumerate() {
        let own = count * columns;
        match groups.last_mut().filter(|_| held + own <= HELD) {
            Some(group) => (group.end, held) = (place + 1, held + own),
            None => {
                groups.push(place..place + 1);
                held = own;
            }
        }
    }
    groups
}

/// The corrections of the classes at those places.
fn fitted(
    context: &Context<'_, '_>,
    recipe: &Recipe,
    (regions, scale): (&Regions<'_, '_>, f64),
    near: &[Vec<(usize, usize, Bounds)>],
    places: Range<usize>,
) -> Result<Vec<Option<Correction>>> {
    let mut of_class: Vec<(Vec<f32>, Vec<Bounds>, Vec<Bounds>)> = vec![Default::default(); places.len()];
    let columns = regions.columns();
    for (index, (picture, near)) in regions.pictures.iter().zip(near).enumerate() {
        let own: Vec<_> = near.iter().filter(|(place, ..)| places.contains(place)).collect();
        if own.is_empty() {
            continue;
        }
        let features = scaled(regions, index, scale)?;
        for (place, region, truth) in own {
            let (rows, proposals, truths) = &mut of_class[place - places.start];
            rows.extend_from_slice(&features[region * columns..][..columns]);
            proposals.push(picture.regions[*region]);
            truths.push(*truth);
        }
        context.emitter().progress(index + 1, regions.pictures.len(), "pictures with regions near objects")?;
    }
    let settings = linear::boxes::Settings { lambda: recipe.boxes.lambda, floor: recipe.boxes.floor };
    let fit = |(rows, proposals, truths): (Vec<f32>, Vec<Bounds>, Vec<Bounds>)| {
        if proposals.is_empty() {
            return Ok(None);
        }
        let rows = Rows::new("features of regions near objects", &rows, columns).map_err(input)?;
        Correction::fit(rows, &proposals, &truths, &settings).map(Some).map_err(input)
    };
    of_class.into_iter().map(fit).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_held_together_as_far_as_memory_goes() {
        let fourth = HELD / 4;
        assert_eq!(groups(&[1, 2, 0, 1, 1, 9, 1], fourth), [0..4, 4..5, 5..6, 6..7]);
        assert_eq!(groups(&[], 4), []);
    }
}
