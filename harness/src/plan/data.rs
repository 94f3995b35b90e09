//! Which images a network is run on.
//!
//! Must not fetch them.

use anyhow::{Result, bail};
use spec::lock::{Entry, LabelledImages};
use spec::paper::{Network, Paper};

use super::{Choice, Own, Resources, Where};
use crate::cli::{Replicate, Tier};
use crate::project::suggestion;

/// Without being asked for by name, a data set larger than this is not downloaded.
const UNASKED_DOWNLOAD: u64 = 300_000_000;
/// A data set up to this many images is a `smoke` run.
const SMOKE_IMAGES: u64 = 1_000;

/// The data that were asked for, or the first that can be had here; or else why there are none. `seconds` tells how
/// long so many images take.
pub(super) fn choose(
    (paper, network): (&Paper, &Network),
    resources: &Resources<'_>,
    asked: &Replicate,
    seconds: &dyn Fn(u64) -> f64,
) -> Result<Result<Choice, String>> {
    if let Some(folder) = &asked.images {
        let classes = replications::classes::classes().len();
        if network.classes as usize != classes {
            return Ok(Err(format!(
                "the images are labelled by {classes} classes, and {} tells {} apart",
                network.id, network.classes
            )));
        }
        let count = match resources.own {
            Some(Own::Labelled(count)) => count,
            _ => 0,
        };
        if let Some(why) = over_budget(asked, || seconds(count)) {
            bail!("{}: {why}; give more time, or fewer images", folder.display());
        }
        return Ok(Ok(Choice::Own(folder.clone())));
    }
    if let Some(id) = &asked.on {
        let labelled = || resources.lock.entries.iter().filter(|entry| usable_images(entry).is_some());
        let Some(entry) = resources.lock.entry(id) else {
            bail!(
                "there is no data set `{id}` in datasets.lock{}; `harness data list` shows them",
                suggestion(id, labelled().map(|entry| entry.id.as_str()))
            );
        };
        let Some(images) = usable_images(entry).filter(|_| paper.data.contains(id)) else {
            bail!("`{id}` is not a set of labelled images for {}; it takes: {}", paper.id, paper.data.join(", "));
        };
        if images.classes != network.classes {
            bail!("{id} has images of {} classes, and {} tells {} apart", images.classes, network.id, network.classes);
        }
        if let Some(why) = over_budget(asked, || seconds(images.count)) {
            bail!("{id}: {why}");
        }
        return match (resources.at_hand)(entry) {
            Where::No(why) => bail!("the data set `{id}` cannot be had: {why}"),
            _ => Ok(Ok(Choice::Images { id: id.clone(), images: images.clone() })),
        };
    }
    let mut reasons = Vec::new();
    for id in &paper.data {
        let Some(entry) = resources.lock.entry(id) else {
            bail!("the spec of {} names the data set `{id}`, which is not in datasets.lock", paper.id)
        };
        // Images of other classes are nothing that it was made for.
        let Some(images) = usable_images(entry).filter(|images| images.classes == network.classes) else { continue };
        if asked.tier == Some(Tier::Smoke) && images.count > SMOKE_IMAGES {
            reasons.push(format!("{id}: {} images are more than tier smoke takes", images.count));
            continue;
        }
        if let Some(why) = over_budget(asked, || seconds(images.count)) {
            reasons.push(format!("{id}: {why}"));
            continue;
        }
        match (resources.at_hand)(entry) {
            Where::No(why) => reasons.push(format!("{id}: {why}")),
            Where::Fetchable(Some(bytes)) if bytes <= UNASKED_DOWNLOAD || asked.tier == Some(Tier::Inference) => {
                return Ok(Ok(Choice::Images { id: id.clone(), images: images.clone() }));
            }
            Where::Fetchable(bytes) => {
                let size =
                    bytes.map_or_else(|| "of unknown size".to_owned(), |b| format!("of {:.1} GB", b as f64 / 1e9));
                reasons.push(format!("{id}: a download {size}; ask for it with --on {id}"));
            }
            Where::Here => return Ok(Ok(Choice::Images { id: id.clone(), images: images.clone() })),
        }
    }
    let none = || format!("the spec names no labelled images of {} classes", network.classes);
    Ok(Err(reasons.first().cloned().unwrap_or_else(none)))
}

/// Labelled images in files: what the runner can predict.
fn usable_images(entry: &Entry) -> Option<&LabelledImages> {
    entry.images.as_ref().filter(|images| images.layout != spec::lock::Layout::Packed)
}

/// Why so many seconds are too many, if they are. They are worked out only where there is a budget.
fn over_budget(asked: &Replicate, seconds: impl Fn() -> f64) -> Option<String> {
    let budget = asked.budget?.as_secs_f64();
    let seconds = seconds();
    let minutes = |seconds: f64| format!("{:.1} min", seconds / 60.0);
    (seconds > budget)
        .then(|| format!("about {} of work here, more than the budget of {}", minutes(seconds), minutes(budget)))
}
