//! What a detector says of images, as a run's outcomes have it.
//!
//! Must not judge: the task `detect` does.

use base::boxes::Bounds;
use spec::metric::Metric;

use super::suppress;
use crate::error::Result;
use crate::input::objects::Annotated;
use crate::outcomes::{self, Table, Tested};
use crate::train::Context;

/// What the task `detect` measures here: PASCAL VOC's mean average precision, by both rules.
const METRICS: [Metric; 2] = [Metric::named("mAP"), Metric::named("mAP, area")];

/// An object that a detector says is there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// Its class.
    pub class: u32,
    /// How sure; the greater the surer.
    pub score: f64,
    /// Where it is.
    pub bounds: Bounds,
}

/// Of what was found on an image, what stays when each class is suppressed by itself ([`suppress`]); the surest of a class first.
#[must_use]
pub fn suppressed(found: &[Found], overlap: f64) -> Vec<Found> {
    let mut classes: Vec<u32> = found.iter().map(|one| one.class).collect();
    classes.sort_unstable();
    classes.dedup();
    let of_class = |class: u32| {
        let own: Vec<&Found> = found.iter().filter(|one| one.class == class).collect();
        let boxes: Vec<Bounds> = own.iter().map(|one| one.bounds).collect();
        let scores: Vec<f32> = own.iter().map(|one| one.score as f32).collect();
        let stays = suppress(&boxes, &scores, overlap, usize::MAX);
        stays.into_iter().map(|place| *own[place]).collect::<Vec<Found>>()
    };
    classes.into_iter().flat_map(of_class).collect()
}

impl Context<'_, '_> {
    /// Writes what was found on each of the images; edges to a hundredth of a pixel.
    ///
    /// # Errors
    /// Numbers that are not finite, a full disk, or nobody reads any more.
    pub fn detected(&self, tested: &Tested<'_>, images: &[Annotated], found: &[Vec<Found>]) -> Result<()> {
        let numbers = found.iter().flatten();
        outcomes::finite(
            tested,
            "scores and edges",
            numbers.flat_map(|one| [one.score].into_iter().chain(one.bounds.edges())),
        )?;
        let object = |object: &crate::input::objects::Object| spec::outcomes::Object {
            class: object.class,
            edges: object.bounds.edges(),
            difficult: object.difficult,
            crowd: false,
            area: None,
        };
        let objects: Vec<(&str, Vec<spec::outcomes::Object>)> =
            images.iter().map(|image| (image.file.as_str(), image.objects.iter().map(object).collect())).collect();
        let rounded = |edge: f64| (edge * 100.0).round() / 100.0;
        let said = |one: &Found| (one.class, one.score, one.bounds.edges().map(rounded));
        let said: Vec<Vec<(u32, f64, [f64; 4])>> = found.iter().map(|all| all.iter().map(said).collect()).collect();
        let (text, examples) = (spec::outcomes::detected(&said), spec::outcomes::detected_examples(&objects));
        let table =
            Table { task: "detect", metrics: &METRICS, text: &text, count: said.len(), examples: Some(&examples) };
        self.outcomes(tested, &table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_do_not_suppress_each_other() {
        let one = |class, score, left| Found { class, score, bounds: Bounds::new([left, 0.0, left + 10.0, 10.0]) };
        let found = [one(1, 0.5, 0.0), one(0, 0.2, 0.0), one(1, 0.9, 1.0), one(0, 0.1, 50.0)];
        assert_eq!(suppressed(&found, 0.3), [found[1], found[3], found[2]]);
        assert!(suppressed(&[], 0.3).is_empty());
    }
}
