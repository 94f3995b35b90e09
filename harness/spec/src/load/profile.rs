//! What a hardware profile must hold beyond its types.
//!
//! Must not look at a machine.

use super::node::Node;
use super::problem::Problems;
use super::rules;
use crate::profile::HardwareProfile;

pub(crate) fn check(profile: &HardwareProfile, node: &Node, problems: &mut Problems<'_>) {
    rules::not_empty("id", &profile.id, node.at("id"), problems);
    rules::not_empty("title", &profile.title, node.at("title"), problems);
    rules::not_empty("source", &profile.source, node.at("source"), problems);
    let counts = [
        ("devices", Some(u64::from(profile.devices))),
        ("memory", profile.memory),
        ("cores", profile.cores.map(u64::from)),
        ("silence_seconds", profile.silence_seconds.map(u64::from)),
    ];
    for (key, count) in counts {
        if count == Some(0) {
            problems.add(node.at(key).place(), format!("{key} is 0; leave the key out where it is not known"));
        }
    }
    for (index, batch) in profile.batches.iter().enumerate() {
        let place = node.at("batches").nth(index).place();
        if *batch == 0 {
            problems.add(place, "a batch of 0 images; batches hold at least one");
        } else if index > 0 && profile.batches.get(index - 1).is_some_and(|before| before <= batch) {
            problems.add(place, format!("batch {batch} is not smaller than the one before it; start with the largest"));
        }
    }
    let peaks = profile.peaks.unwrap_or_default();
    for (key, peak) in [("fp32", peaks.fp32), ("tf32", peaks.tf32), ("bf16", peaks.bf16), ("copy", peaks.copy)] {
        if peak.is_some_and(|peak| !peak.is_finite() || peak <= 0.0) {
            problems.add(node.at("peaks").at(key).place(), format!("peak {key} must be a positive number"));
        }
    }
}
