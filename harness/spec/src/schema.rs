//! JSON Schemas of the YAML files, for editors and for CI.
//!
//! Must not hold rules that [`crate::load`] lacks: a schema is made from the types and is weaker than the loader.

use schemars::JsonSchema;

/// The schema of `replications/<paper>/spec.yaml`, as JSON text with a final newline.
#[must_use]
pub fn paper() -> String {
    of::<crate::paper::Paper>()
}

/// The schema of `datasets.lock`, as JSON text with a final newline.
#[must_use]
pub fn lock() -> String {
    of::<crate::lock::Lock>()
}

/// The schema of `harness/profiles/<id>.yaml`, as JSON text with a final newline.
#[must_use]
pub fn profile() -> String {
    of::<crate::profile::HardwareProfile>()
}

fn of<T: JsonSchema>() -> String {
    format!("{:#}\n", schemars::schema_for!(T).as_value())
}
