//! The data of an experiment, and a user's own pictures with boxes in place of some of them.
//!
//! Must not know where they are.

use anyhow::{Result, bail};
use spec::experiment::{Experiment, RunSize};
use spec::lock::{Layout, Lock};

use super::{Choice, Own, Resources};
use crate::cli::Replicate;

/// Whether an experiment takes a user's own pictures with boxes, which are of PASCAL VOC's classes.
pub(crate) fn takes(lock: &Lock, experiment: &Experiment) -> bool {
    let mut sets = experiment.data.iter().filter_map(|id| lock.entry(id)?.annotated.as_ref()).peekable();
    sets.peek().is_some() && sets.all(|images| images.classes() == base::voc::CLASSES)
}

/// The user's own pictures with boxes, where the experiment takes such.
pub(super) fn own(experiment: &Experiment, resources: &Resources<'_>) -> Option<Own> {
    resources.own.filter(|own| matches!(own, Own::Boxed { .. }) && takes(resources.lock, experiment))
}

/// The experiment's data, with the user's own in place of its pictures with boxes or, where none of them are trained on, beside
/// them.
pub(super) fn data(
    experiment: &Experiment,
    resources: &Resources<'_>,
    asked: &Replicate,
    own: Option<Own>,
) -> Result<Vec<Choice>> {
    let has_boxes = |id: &&String| resources.lock.entry(id).is_some_and(|entry| entry.annotated.is_some());
    let in_place = own == Some(Own::Boxed { trains: true });
    let all = experiment.data.iter().filter(|id| !(in_place && has_boxes(id)));
    let mut all = all.map(|id| choice(id, resources)).collect::<Result<Vec<_>>>()?;
    if let (Some(_), Some(folder)) = (own, &asked.images) {
        all.insert(0, Choice::Own(folder.clone()));
    }
    Ok(all)
}

fn choice(id: &str, resources: &Resources<'_>) -> Result<Choice> {
    let Some(entry) = resources.lock.entry(id) else { bail!("a spec names `{id}`, which is not in datasets.lock") };
    let images = entry.images.as_ref().filter(|images| images.layout != Layout::Packed);
    Ok(match images {
        Some(images) => Choice::Images { id: id.to_owned(), images: images.clone() },
        None => Choice::Entry(id.to_owned()),
    })
}

/// Says in a run's size whose pictures they are: with others than the paper's it is never the whole recipe.
pub(super) fn reword(own: Own, size: &mut RunSize) {
    let what = match own {
        Own::Boxed { trains: true } => "trained and tested on the user's own pictures in place of those meant here",
        _ => "tested on the user's own pictures",
    };
    size.what = format!("{what}: {}", size.what);
    size.complete = false;
}

#[cfg(test)]
mod tests {
    use spec::lock::Entry;

    use super::*;
    use crate::plan::{Evaluation, Where, plan};
    use crate::samples;

    /// The plan of the experiment on digits, which has a set with boxes too.
    fn planned(experiment: &str, own: Own, missing: &str) -> Result<Evaluation> {
        let mut lock = samples::lock();
        let boxes = serde_json::json!({
            "id": "boxes", "title": "boxes", "kind": "dataset", "access": "open", "files": [],
            "licence": {"name": "CC0", "redistributable": true, "read_in": "memory"},
            "annotated": {"count": 3, "layout": "voc", "folder": "VOC2007", "lists": ["train", "test"]},
        });
        lock.entries.push(serde_json::from_value(boxes).unwrap());
        let at_hand = |entry: &Entry| match entry.id == missing {
            true => Where::No("it is nowhere".to_owned()),
            false => Where::Here,
        };
        let mut paper = samples::paper();
        paper.experiments[0].data.insert(0, "boxes".to_owned());
        let resources = Resources { lock: &lock, at_hand: &at_hand, rate: 1.0, own: Some(own) };
        plan(
            &paper,
            &samples::trained(experiment, None),
            &resources,
            &samples::asked(&["--images", "mine", "--tier", "train"]),
        )
    }

    fn data(plan: &Evaluation) -> Vec<&str> {
        plan.data.iter().map(|choice| choice.entry().unwrap_or("own")).collect()
    }

    #[test]
    fn own_pictures_with_boxes_stand_beside_the_sets_or_in_their_place() {
        let tested = planned("digits", Own::Boxed { trains: false }, "").unwrap();
        assert_eq!(data(&tested), ["own", "boxes", "digits"]);
        let size = &tested.training().unwrap().size;
        assert_eq!((size.what.as_str(), size.complete), ("tested on the user's own pictures: all of it", false));
        let trained = planned("digits", Own::Boxed { trains: true }, "").unwrap();
        assert_eq!(data(&trained), ["own", "digits"]);
        // What is not read need not be at hand.
        assert!(planned("digits", Own::Boxed { trains: true }, "boxes").unwrap().runs());
        let without = planned("digits", Own::Boxed { trains: false }, "boxes").unwrap();
        assert_eq!(without.not_run.as_deref(), Some("boxes: it is nowhere"));
    }

    #[test]
    fn other_images_and_other_experiments_are_refused() {
        let said = planned("digits", Own::Labelled(7), "").unwrap_err().to_string();
        assert_eq!(said, "`digits` takes images with boxes on them, and those of --images have labels: leave it out");
        // Beside an experiment that takes them, another's refusal is a reason.
        let beside = planned("attack", Own::Boxed { trains: true }, "").unwrap();
        assert!(beside.not_run.is_some_and(|why| why.starts_with("--images is for networks with released weights")));
    }
}
