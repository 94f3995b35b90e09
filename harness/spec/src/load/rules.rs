//! Small rules that specs and the lock share.
//!
//! Must not know papers or entries.

use std::collections::HashMap;

use super::node::Node;
use super::problem::Problems;

/// Reports ids that stand twice, at the later place, and ids that could not name a file or an option.
pub(crate) fn ids<'a>(
    what: &str,
    key: &str,
    list: &Node,
    ids: impl Iterator<Item = &'a str>,
    problems: &mut Problems<'_>,
) {
    let mut seen: HashMap<&str, u64> = HashMap::new();
    for (index, id) in ids.enumerate() {
        let place = list.nth(index).at(key).place();
        let plain = id.chars().all(|c| c.is_ascii_alphanumeric() || "-_.+".contains(c));
        if !plain || !id.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            problems.add(
                place,
                format!(
                    "{what} {key} `{id}` is no plain name; use letters, digits, `-`, `_`, `.` and `+`, a letter or digit first"
                ),
            );
        }
        if let Some(line) = seen.get(id) {
            problems.add(place, format!("{what} {key} `{id}` stands already in line {line}; {key}s must be unique"));
        } else {
            seen.insert(id, place.line);
        }
    }
}

/// Reports a text that is empty or only spaces.
pub(crate) fn not_empty(what: &str, text: &str, node: &Node, problems: &mut Problems<'_>) {
    if text.trim().is_empty() {
        problems.add(node.place(), format!("{what} is empty; say it in a few words"));
    }
}

/// Reports a path that is absolute or could leave its folder.
pub(crate) fn relative_path(path: &str, node: &Node, problems: &mut Problems<'_>) {
    let why = if path.is_empty() {
        "is empty"
    } else if path.starts_with('/') || path.contains(':') {
        "is absolute"
    } else if path.contains(['\\', '\0']) {
        "holds a backslash or a zero byte"
    } else if path.split('/').any(|part| part == "..") {
        "leaves its folder by `..`"
    } else if path.split('/').any(|part| part.is_empty() || part == ".") {
        "has an empty or `.` part"
    } else {
        return;
    };
    problems.add(node.place(), format!("path `{path}` {why}; give it relative to its folder, with `/` between names"));
}

/// Reports what is not `digits` lower-case hex digits.
pub(crate) fn hex(what: &str, text: &str, digits: usize, node: &Node, problems: &mut Problems<'_>) -> bool {
    let good = text.len() == digits && is_hex(text);
    if !good {
        problems
            .add(node.place(), format!("{what} must be {digits} lower-case hex digits; this has {}", describe(text)));
    }
    good
}

/// Whether the text has nothing but lower-case hex digits.
pub(crate) fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn describe(text: &str) -> String {
    match text.chars().find(|c| !matches!(c, '0'..='9' | 'a'..='f')) {
        Some(c) => format!("`{c}`"),
        None => format!("{}", text.len()),
    }
}

/// Names in the order given, for messages that say what would be right.
pub(crate) fn known<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
