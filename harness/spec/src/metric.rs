//! What can be claimed or measured, and in which units.
//!
//! Must not compute any metric: that is the `results` crate's work.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A quantity that a paper states or that a run measures, by the field's own term (`top-1 error`). Structure, times and
/// memory are the same for every kind of work and are named here, as are shares of right answers; the rest belongs to the
/// tasks that measure it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Metric(&'static str);

/// What is known of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MetricInfo {
    /// The metric.
    pub metric: Metric,
    /// The units in which a value may be written, the usual one first.
    pub units: &'static [Unit],
    /// What kind of number it is.
    pub kind: MetricKind,
}

/// What kind of number a metric's value is: that says what it may be compared with, and by which rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricKind {
    /// Measured on examples: data, protocol and model must agree with a claim's.
    Score,
    /// Follows from the network's definition alone.
    Structure,
    /// Depends on the hardware it was measured on.
    Speed,
    /// A number about the training itself (its length), that nothing here measures.
    Training,
}

macro_rules! metrics {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $kind:ident, [$($unit:ident),+];)*) => {
        impl Metric {
            $($(#[$doc])* pub const $name: Metric = Metric($text);)*
        }

        /// What is named here, in the order of the tables.
        pub const GENERAL: &[MetricInfo] = &[
            $(MetricInfo { metric: Metric::$name, units: &[$(Unit::$unit),+], kind: MetricKind::$kind },)*
        ];
    };
}

metrics! {
    /// Share of images whose true class is not the best-scored one, in percent.
    TOP_1_ERROR = "top-1 error", Score, [Percent];
    /// Share of images whose true class is not among the five best-scored ones, in percent.
    TOP_5_ERROR = "top-5 error", Score, [Percent];
    /// Classification error on a set with one answer an image, in percent.
    TEST_ERROR = "test error", Score, [Percent];
    /// Error on the training set, in percent.
    TRAINING_ERROR = "training error", Score, [Percent];
    /// A difference between two errors, in percentage points; negative means an improvement.
    ERROR_DIFFERENCE = "error difference", Score, [Points];
    /// Learned parameters.
    PARAMETERS = "parameters", Structure, [Count];
    /// A ratio of two parameter counts.
    PARAMETER_RATIO = "parameter ratio", Structure, [Ratio];
    /// Multiply-adds of one forward pass of one crop.
    MULTIPLY_ADDS = "multiply-adds", Structure, [Count];
    /// Layers with parameters on the longest path.
    LAYERS = "layers", Structure, [Count];
    /// Wall-clock time to train one network.
    TRAINING_TIME = "training time", Speed, [Days, Seconds];
    /// Iterations or epochs of training.
    TRAINING_LENGTH = "training length", Training, [Epochs, Iterations];
    /// A ratio of two times.
    SPEED_UP = "speed-up", Speed, [Ratio];
    /// Time of one forward pass of one batch, in milliseconds.
    FORWARD_TIME = "forward time", Speed, [Milliseconds];
    /// Time of one backward pass of one batch, in milliseconds.
    BACKWARD_TIME = "backward time", Speed, [Milliseconds];
    /// Images a second through the network alone.
    THROUGHPUT = "throughput", Speed, [ImagesPerSecond];
    /// Share of the machine's measured peak matrix-product rate, in percent.
    FRACTION_OF_PEAK = "fraction of peak", Speed, [Percent];
    /// Peak memory.
    PEAK_MEMORY = "peak memory", Speed, [Bytes];
}

impl Metric {
    /// A metric of a task.
    #[must_use]
    pub const fn named(name: &'static str) -> Metric {
        Metric(name)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0
    }

    /// What is known of it here; None for a task's own.
    #[must_use]
    pub fn info(self) -> Option<&'static MetricInfo> {
        GENERAL.iter().find(|info| info.metric == self)
    }

    fn is_of(self, kind: MetricKind) -> bool {
        self.info().is_some_and(|info| info.kind == kind)
    }

    /// Whether the value is measured on examples, so that data, protocol and model must agree with a claim's. Whatever is
    /// not named here is a task's, and tasks measure on examples.
    #[must_use]
    pub fn is_score(self) -> bool {
        self.info().is_none_or(|info| info.kind == MetricKind::Score)
    }

    /// Whether the value follows from the network's definition alone (tier `instant`).
    #[must_use]
    pub fn is_static(self) -> bool {
        self.is_of(MetricKind::Structure)
    }

    /// Whether the value depends on the hardware it was measured on.
    #[must_use]
    pub fn is_speed(self) -> bool {
        self.is_of(MetricKind::Speed)
    }
}

impl std::fmt::Display for Metric {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.0)
    }
}

impl Serialize for Metric {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Metric {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        intern(&name).map(Metric).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Metric {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Metric".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let names: Vec<&str> = GENERAL.iter().map(|info| info.metric.0).collect();
        schemars::json_schema!({
            "type": "string",
            "description": "A quantity that a paper states or that a run measures: one of these, or one that a task measures.",
            "examples": names,
        })
    }
}

/// Names live as long as the program, so that a metric is as cheap as a number. There are few of them: a file that
/// names more than [`MOST_NAMES`] is no spec and no record.
fn intern(name: &str) -> Result<&'static str, String> {
    static NAMES: std::sync::Mutex<Vec<&'static str>> = std::sync::Mutex::new(Vec::new());
    if let Some(info) = GENERAL.iter().find(|info| info.metric.0 == name) {
        return Ok(info.metric.0);
    }
    let named = !name.is_empty() && name.len() <= 80 && !name.chars().any(char::is_control);
    if !named {
        return Err(format!("`{}` is no name of a metric", name.escape_debug()));
    }
    let mut names = NAMES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(known) = names.iter().find(|known| **known == name) {
        return Ok(known);
    }
    if names.len() >= MOST_NAMES {
        return Err(format!("`{name}` is one metric more than the {MOST_NAMES} that any suite has"));
    }
    let kept: &'static str = Box::leak(name.to_owned().into_boxed_str());
    names.push(kept);
    Ok(kept)
}

/// See [`intern`].
const MOST_NAMES: usize = 1000;

/// The unit of a [`Metric`]'s value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Unit {
    /// Percent, 0 to 100.
    #[serde(rename = "percent")]
    Percent,
    /// Percentage points.
    #[serde(rename = "points")]
    Points,
    /// Nats: natural logarithms of a density.
    #[serde(rename = "nats")]
    Nats,
    /// A plain count.
    #[serde(rename = "count")]
    Count,
    /// A plain ratio.
    #[serde(rename = "ratio")]
    Ratio,
    /// Seconds.
    #[serde(rename = "seconds")]
    Seconds,
    /// Milliseconds.
    #[serde(rename = "milliseconds")]
    Milliseconds,
    /// Days of 24 hours.
    #[serde(rename = "days")]
    Days,
    /// Epochs.
    #[serde(rename = "epochs")]
    Epochs,
    /// Training iterations.
    #[serde(rename = "iterations")]
    Iterations,
    /// Images a second.
    #[serde(rename = "images/s")]
    ImagesPerSecond,
    /// Bytes.
    #[serde(rename = "bytes")]
    Bytes,
}

macro_rules! written_form {
    ($type:ty) => {
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match serde_json::to_value(self) {
                    Ok(serde_json::Value::String(text)) => f.pad(&text),
                    _ => Err(std::fmt::Error),
                }
            }
        }
    };
}
pub(crate) use written_form;

written_form!(Unit);
