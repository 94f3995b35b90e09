//! Where two JSON values differ, leaf by leaf.

use serde_json::Value;

/// A leaf that differs: its path (`settings.seed`), and what stands there on either side.
pub(crate) type Leaf = (String, Value, Value);

/// Every leaf on which the two do not agree.
pub(crate) fn leaves(a: &Value, b: &Value) -> Vec<Leaf> {
    let mut differing = Vec::new();
    walk("", a, b, &mut differing);
    differing
}

fn walk(path: &str, a: &Value, b: &Value, differing: &mut Vec<Leaf>) {
    match (a, b) {
        (Value::Object(left), Value::Object(right)) => {
            let keys = left.keys().chain(right.keys().filter(|key| !left.contains_key(*key)));
            for key in keys {
                let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                walk(&below, left.get(key).unwrap_or(&Value::Null), right.get(key).unwrap_or(&Value::Null), differing);
            }
        }
        (a, b) if a != b => differing.push((path.to_owned(), a.clone(), b.clone())),
        _ => {}
    }
}

/// A leaf's value on one line.
pub(crate) fn short(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Null => "—".to_owned(),
        other => other.to_string(),
    };
    if text.chars().count() > 60 { text.chars().take(59).chain(['…']).collect() } else { text }
}
