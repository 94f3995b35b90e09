//! The independent computation that this paper's tests compare with: `golden/localisation.py`.

use serde_json::Value;

/// What `golden/localisation.json` holds.
pub(super) fn golden() -> Value {
    serde_json::from_str(include_str!("../golden/localisation.json")).unwrap()
}

/// The numbers of an array.
pub(super) fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}
