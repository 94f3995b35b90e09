//! What entries that hold the labels of another set must hold beyond their types.
//!
//! Must not open their files: whoever scores does.

use std::collections::HashMap;

use crate::load::node::Node;
use crate::load::problem::Problems;
use crate::load::rules::known;
use crate::lock::{Kind, Lock};

pub(super) fn check(lock: &Lock, entries: &Node, problems: &mut Problems<'_>) {
    let mut seen: HashMap<&str, &str> = HashMap::new();
    for (index, entry) in lock.entries.iter().enumerate() {
        let Some(labels) = &entry.labels_of else { continue };
        let node = entries.nth(index).at("labels_of");
        let id = &entry.id;
        if entry.kind != Kind::Dataset {
            problems.add(node.place(), format!("entry `{id}` has `labels_of` but is of kind {}", entry.kind));
        }
        if entry.images.is_some() {
            problems.add(node.place(), format!("entry `{id}` has `images` and `labels_of`; a set has its own labels"));
        }
        let data = node.at("data");
        match lock.entry(&labels.data) {
            None => problems.add(data.place(), format!("`{}` is no entry of this lock", labels.data)),
            Some(set) if set.images.is_none() => {
                problems
                    .add(data.place(), format!("`{}` is no set of labelled images: it has no `images`", labels.data));
            }
            Some(_) => {}
        }
        // Two would make it a matter of their order which are the true ones.
        if let Some(other) = seen.insert(&labels.data, id) {
            let message =
                format!("the labels of `{}` are in entry `{other}` already; keep one of the two", labels.data);
            problems.add(data.place(), message);
        }
        let file = entry.files.iter().find(|file| file.path == labels.file);
        let node = node.at("file");
        match file {
            None => {
                let files = known(entry.files.iter().map(|file| file.path.as_str()));
                let message = format!("entry `{id}` has no file `{}`; its files: {files}", labels.file);
                problems.add(node.place(), message);
            }
            Some(file) if file.unpack.is_some() => {
                problems.add(
                    node.place(),
                    format!("`{}` is an archive that is unpacked, not a file of labels", labels.file),
                );
            }
            Some(_) => {}
        }
    }
}
