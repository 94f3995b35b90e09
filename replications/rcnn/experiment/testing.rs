//! Regions become detections (`rcnn_test.m`): of each class the surest, suppressed picture by picture.
//!
//! Must not say what is right: the task `detect` does.

use base::boxes::Bounds;
use engine::detection::{Found, suppressed};
use engine::error::Result;
use linear::Rows;
use linear::boxes::Correction;
use replications::rcnn::recipe::Recipe;

use super::regions::Picture;
use crate::detectors::machines::input;

/// A region that may become a detection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    picture: usize,
    region: Bounds,
    /// The region corrected.
    corrected: Bounds,
    score: f64,
}

/// The candidates of each class, over all pictures.
#[derive(Debug)]
pub(super) struct Candidates {
    classes: Vec<u32>,
    of_class: Vec<Vec<Candidate>>,
    pictures: usize,
}

impl Candidates {
    pub(super) fn new(classes: &[u32], pictures: usize) -> Candidates {
        Candidates { classes: classes.to_vec(), of_class: vec![Vec::new(); classes.len()], pictures }
    }

    /// Takes the surest regions of a picture, whose features are `[regions, D]` and whose scores `[regions, classes]`.
    pub(super) fn add(
        &mut self,
        recipe: &Recipe,
        (index, picture): (usize, &Picture),
        (features, scores): (&[f32], &[f64]),
        corrections: &[Option<Correction>],
    ) -> Result<()> {
        let regions = &picture.regions;
        if regions.is_empty() {
            return Ok(());
        }
        let (columns, classes) = (features.len() / regions.len(), self.classes.len());
        for (place, own) in self.of_class.iter_mut().enumerate() {
            let mut order: Vec<(f64, usize)> =
                (0..regions.len()).map(|region| (scores[region * classes + place], region)).collect();
            // Of equally sure ones the earlier proposal.
            order.sort_by(|(one, _), (other, _)| other.total_cmp(one));
            order.truncate(recipe.most);
            let boxes: Vec<Bounds> = order.iter().map(|(_, region)| regions[*region]).collect();
            let corrected = match corrections.get(place).and_then(Option::as_ref) {
                None => boxes.clone(),
                Some(correction) => {
                    let rows: Vec<f32> = order
                        .iter()
                        .flat_map(|(_, region)| &features[region * columns..][..columns])
                        .copied()
                        .collect();
                    let rows = Rows::new("features of regions", &rows, columns).map_err(input)?;
                    let whole =
                        Bounds::new([0.0, 0.0, f64::from(picture.image.size[0]), f64::from(picture.image.size[1])]);
                    correction.apply(rows, &boxes).map_err(input)?.iter().map(|own| own.within(&whole)).collect()
                }
            };
            let both = order.iter().zip(boxes.iter().zip(&corrected));
            own.extend(both.map(|((score, _), (region, corrected))| Candidate {
                picture: index,
                region: *region,
                corrected: *corrected,
                score: *score,
            }));
        }
        Ok(())
    }

    /// The detections of each picture; `corrected`: with boxes corrected.
    pub(super) fn found(&self, recipe: &Recipe, corrected: bool) -> Vec<Vec<Found>> {
        let mut found: Vec<Vec<Found>> = vec![Vec::new(); self.pictures];
        for (class, own) in self.classes.iter().zip(&self.of_class) {
            let mut sure: Vec<&Candidate> = own.iter().collect();
            sure.sort_by(|one, other| other.score.total_cmp(&one.score));
            sure.truncate(recipe.most_in_the_mean * self.pictures);
            for one in sure {
                let bounds = if corrected { one.corrected } else { one.region };
                found[one.picture].push(Found { class: *class, score: one.score, bounds });
            }
        }
        found.iter().map(|own| suppressed(own, recipe.suppression)).collect()
    }
}

#[cfg(test)]
mod tests {
    use engine::input::objects::Annotated;

    use super::super::regions::tests::picture;
    use super::*;

    fn recipe(most: usize, most_in_the_mean: usize) -> Recipe {
        let entry = replications::registry::paper("rcnn").unwrap();
        let training = entry.read(spec::load::Known::default()).unwrap().training;
        let recipe: Recipe = serde_json::from_value(training).unwrap();
        Recipe { most, most_in_the_mean, ..recipe }
    }

    #[test]
    fn the_surest_of_a_picture_and_then_of_the_set_are_suppressed_class_by_class() {
        let at = |left: f64| Bounds::new([left, 0.0, left + 10.0, 10.0]);
        let image = Annotated {
            path: "/a.jpg".into(),
            file: "a.jpg".to_owned(),
            list: "test".to_owned(),
            size: [100, 10],
            objects: Vec::new(),
        };
        let pictures =
            [picture(&image, &[at(0.0), at(1.0), at(50.0)]), picture(&image, &[at(20.0)]), picture(&image, &[])];
        let scores: [&[f64]; 3] = [&[0.9, -0.5, 0.8, -0.4, 0.1, 0.7], &[0.5, 0.6], &[]];
        let found = |most, most_in_the_mean| {
            let recipe = recipe(most, most_in_the_mean);
            let mut candidates = Candidates::new(&[3, 7], pictures.len());
            for (index, (picture, scores)) in pictures.iter().zip(scores).enumerate() {
                let features = vec![0.0; picture.regions.len()];
                candidates.add(&recipe, (index, picture), (&features, scores), &[]).unwrap();
            }
            let found = candidates.found(&recipe, false);
            found.iter().map(|own| own.iter().map(|one| (one.class, one.score)).collect::<Vec<_>>()).collect::<Vec<_>>()
        };
        // Of the two boxes side by side the surer stays, in each class its own.
        assert_eq!(
            found(10, 10),
            [vec![(3, 0.9), (3, 0.1), (7, 0.7), (7, -0.4)], vec![(3, 0.5), (7, 0.6)], Vec::new()]
        );
        // One of each picture; then three of each class over the whole set, which is all of them.
        assert_eq!(found(1, 1), [vec![(3, 0.9), (7, 0.7)], vec![(3, 0.5), (7, 0.6)], Vec::new()]);
    }
}
