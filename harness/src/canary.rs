//! The canary: six freely licensed photographs, seen before every accuracy run, because a wrong mean, colour order or
//! label map shows on them in a second. A check, never a claim.
//!
//! Must not judge: the runner stops when a known answer does not come.

use std::collections::BTreeMap;
use std::path::PathBuf;

use spec::job::{CanaryPicture, Precision, Stage};
use spec::lock::Lock;
use spec::metric::Metric;
use spec::paper::Weights;
use spec::protocol::{Average, Filter, Protocol, Resize, ViewKind, Views};

/// The entry of the lock that holds the pictures.
pub(crate) const ENTRY: &str = "canary";

/// The pictures by name (`chelsea`), as they lie in the entry's folder.
pub(crate) fn pictures(lock: &Lock, folder: &std::path::Path) -> BTreeMap<String, PathBuf> {
    let files = lock.entry(ENTRY).map(|entry| entry.files.as_slice()).unwrap_or_default();
    let named = files.iter().filter_map(|file| {
        let path = folder.join(&file.path);
        let name = path.file_stem()?.to_str()?.to_owned();
        let picture = path.extension().is_some_and(|suffix| suffix == "png" || suffix == "jpg");
        picture.then_some((name, path))
    });
    named.collect()
}

/// The stage for these weights; None when there are no pictures.
pub(crate) fn stage(pictures: &BTreeMap<String, PathBuf>, weights: &Weights, precision: Precision) -> Option<Stage> {
    let pictures: Vec<_> = pictures
        .iter()
        .map(|(name, path)| {
            let known = weights.canary.iter().find(|answer| &answer.picture == name);
            CanaryPicture {
                name: name.clone(),
                path: path.clone(),
                class: known.and_then(|answer| answer.class),
                score: known.map(|answer| answer.score),
            }
        })
        .collect();
    (!pictures.is_empty()).then(|| Stage::Canary { pictures, protocol: protocol(), tolerance: tolerance(precision) })
}

/// The known answers hold for this protocol, whatever the run's own is.
fn protocol() -> Protocol {
    Protocol {
        orient: false,
        id: "canary-224".to_owned(),
        title: "short side 256, centre crop 224".to_owned(),
        resize: Some(Resize { short_side: vec![256], filter: Filter::Bilinear, antialias: true }),
        views: Views { kind: ViewKind::Center, size: 224, within: None },
        average: Average::Softmax,
        metrics: vec![Metric::TOP_1_ERROR],
        source: "this suite".to_owned(),
        note: None,
    }
}

/// How far a score may be from the known one. The known answers are given to three digits and a decoder may move the
/// third; bfloat16 keeps eight bits of a logit, which moves the second. A wrong mean or colour order moves the first.
fn tolerance(precision: Precision) -> f64 {
    match precision {
        Precision::Fp32 => 0.02,
        Precision::Tf32 => 0.03,
        Precision::Bf16 => 0.10,
    }
}

/// The answers in a few lines, for the screen.
pub(crate) fn in_words(run: &results::store::Run) -> String {
    let network = run.header.subject.as_deref().unwrap_or("network");
    let mut text = format!("{network} on the canary's pictures (a check, never a claim):");
    for answer in &run.canary {
        let Some((class, score)) = answer.top.first() else { continue };
        let name = replications::classes::classes().get(*class as usize).map_or("?", |class| class.name);
        let agrees = match answer.agrees {
            Some(true) => "as known",
            Some(false) => "NOT as known",
            None => "no known answer",
        };
        text.push_str(&format!("\n  {:<16} {name} ({class}) {score:.3}, {agrees}", answer.picture));
    }
    text
}
