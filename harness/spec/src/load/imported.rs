//! What imported predictions must hold beyond their types.
//!
//! Must not open their files: the store does.

use super::cited::check_reference;
use super::node::Node;
use super::problem::Problems;
use super::rules::{self, known};
use crate::imported::Tolerance;
use crate::lock::Lock;
use crate::paper::Paper;

pub(super) fn check(paper: &Paper, node: &Node, problems: &mut Problems<'_>) {
    let list = node.at("imported");
    rules::ids("imported", "id", list, paper.imported.iter().map(|imported| imported.id.as_str()), problems);
    if let Some(tolerance) = &paper.tolerance {
        check_tolerance(tolerance, node.at("tolerance"), problems);
    }
    for (index, imported) in paper.imported.iter().enumerate() {
        let node = list.nth(index);
        let networks = || paper.networks.iter().map(|network| network.id.as_str());
        let protocols = || paper.protocols.iter().map(|protocol| protocol.id.as_str());
        let weights = || paper.weights.iter().map(|weights| weights.id.as_str());
        for (what, key, id, all) in [
            ("network", "network", &imported.network, networks().collect::<Vec<_>>()),
            ("protocol", "protocol", &imported.protocol, protocols().collect()),
        ] {
            let found = all.contains(&id.as_str());
            check_reference(what, id, found, &mut all.into_iter(), node.at(key), problems);
        }
        if let Some(id) = &imported.weights {
            check_reference(
                "weights",
                id,
                weights().any(|one| one == id),
                &mut weights(),
                node.at("weights"),
                problems,
            );
        }
        if weights().any(|id| id == imported.id) {
            let message = format!("`{}` is the id of weights too; claims could mean either", imported.id);
            problems.add(node.at("id").place(), message);
        }
        rules::relative_path(&imported.file, node.at("file"), problems);
        rules::not_empty("by", &imported.by, node.at("by"), problems);
        rules::not_empty("origin", &imported.origin, node.at("origin"), problems);
        if let Some(tolerance) = &imported.tolerance {
            check_tolerance(tolerance, node.at("tolerance"), problems);
        }
    }
}

fn check_tolerance(tolerance: &Tolerance, node: &Node, problems: &mut Problems<'_>) {
    if !(tolerance.points.is_finite() && tolerance.points >= 0.0) {
        problems.add(node.at("points").place(), format!("points {} must be 0 or more", tolerance.points));
    }
    rules::not_empty("source", &tolerance.source, node.at("source"), problems);
}

/// Data sets, entries and files that must be in the lock.
pub(super) fn check_against(paper: &Paper, lock: &Lock, node: &Node, problems: &mut Problems<'_>) {
    for (index, imported) in paper.imported.iter().enumerate() {
        let node = node.at("imported").nth(index);
        if lock.entry(&imported.data).is_none() {
            let message = format!("data set `{}` is no entry of the lock; add it there or name another", imported.data);
            problems.add(node.at("data").place(), message);
        }
        let Some(entry) = lock.entry(&imported.lock) else {
            let message = format!("`{}` is no entry of the lock; add it there or name another", imported.lock);
            problems.add(node.at("lock").place(), message);
            continue;
        };
        if !entry.files.iter().any(|file| file.path == imported.file) {
            let files = known(entry.files.iter().map(|file| file.path.as_str()));
            let message =
                format!("entry `{}` of the lock has no file `{}`; its files: {files}", entry.id, imported.file);
            problems.add(node.at("file").place(), message);
        }
    }
}
