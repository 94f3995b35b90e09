//! What one part of a spec says of another: ids that must exist, and sources with their places.
//!
//! Must not know what the parts mean.

use super::node::Node;
use super::problem::Problems;
use super::rules::known;
use crate::claim::Source;
use crate::paper::Paper;

/// A source that the spec lists, and a place in it.
pub(super) fn check_source(paper: &Paper, source: &Source, node: &Node, problems: &mut Problems<'_>) {
    let found = paper.sources.iter().any(|document| document.key == source.key);
    let mut keys = paper.sources.iter().map(|document| document.key.as_str());
    check_reference("source", &source.key, found, &mut keys, node.at("key"), problems);
    let places = [&source.table, &source.section, &source.figure, &source.page, &source.file];
    if places.iter().all(|place| place.as_ref().is_none_or(|text| text.trim().is_empty())) {
        problems.add(
            node.place(),
            format!("source `{}` does not say where; give a table, section, figure, page or file", source.key),
        );
    }
}

/// An id that the spec must have; `all` are those it has.
pub(super) fn check_reference(
    what: &str,
    id: &str,
    found: bool,
    all: &mut dyn Iterator<Item = &str>,
    node: &Node,
    problems: &mut Problems<'_>,
) {
    if !found {
        problems.add(node.place(), format!("{what} `{id}` is not in this spec; it has: {}", known(all)));
    }
}
