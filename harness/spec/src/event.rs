//! What the runner says: one JSON object a line on its standard output.
//!
//! Must not be written by anything but the runner, and by the harness for what a dead runner could not say.

use serde::{Deserialize, Serialize};

use crate::job::Precision;
use crate::metric::{Metric, Unit, written_form};

/// One line of a run's story.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// The first line: everything that a number may depend on.
    Started {
        /// Seconds since 1970.
        time: f64,
        /// The whole environment.
        environment: Box<Environment>,
    },
    /// A stage began.
    Stage {
        /// `load`, `canary`, `predict`, `throughput`, `input-pipeline`, `peaks`.
        name: String,
        /// Seconds since the start.
        at: f64,
    },
    /// How far the stage is.
    Progress {
        /// Units done.
        done: u64,
        /// Units in all.
        total: u64,
        /// `images`, `batches`.
        unit: String,
    },
    /// A measured value that is not a score.
    Measurement(Measurement),
    /// One canary picture's answer.
    Canary(CanaryAnswer),
    /// The harness starts another process for the same run (said by the harness).
    Attempt {
        /// When, in RFC 3339.
        time: String,
    },
    /// A later process of the same run went on at a checkpoint.
    Resumed {
        /// What was being trained or predicted.
        what: String,
        /// The step it went on from; the image, where it predicts.
        step: u64,
        /// Seconds since that process's start.
        at: f64,
    },
    /// A file of outcomes is complete and on disk. A later line of the same network, data, protocol and task stands for
    /// the same file.
    Outcomes(Box<Outcomes>),
    /// A training curve is complete and on disk.
    Curve(Curve),
    /// A picture for the page is on disk.
    Picture(Picture),
    /// Something a reader of the record must know.
    Note {
        /// In a sentence.
        text: String,
    },
    /// The last line of a run that did all its stages.
    Finished {
        /// Seconds since the start.
        at: f64,
    },
    /// The last line of a run that did not.
    Failed {
        /// What kind of failure.
        kind: FailureKind,
        /// What, where, what to do.
        message: String,
        /// Seconds since the start, if known.
        at: Option<f64>,
    },
    /// The last line of a finished record: what its files were when it was closed (said by the harness).
    Sealed(Seal),
}

/// What closes a record: a change of anything in it no longer fits the hashes in here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// When, in RFC 3339.
    pub time: String,
    /// The record's root hash: SHA-256 over a line for each of `files`, in their order, `<SHA-256>  <name>` and a line feed.
    pub root: String,
    /// The header, the events before this one, the kept scores and the runner's log, those that there are. All other
    /// files of the record are named with their hashes in the events.
    pub files: Vec<Announced>,
}

/// Kinds of failure, for what the harness does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// The job or a file it names is wrong.
    Input,
    /// A known answer of the canary did not come.
    Canary,
    /// Out of memory: a smaller batch may do.
    OutOfMemory,
    /// The disk is full or a file could not be written.
    Disk,
    /// The process died of a signal (said by the harness).
    Killed,
    /// No event for too long (said by the harness).
    Hung,
    /// The person at the keyboard stopped it (said by the harness).
    Interrupted,
    /// A training whose numbers are no longer finite.
    Diverged,
    /// Anything else.
    Other,
}
written_form!(FailureKind);

/// A measured value that is not a score: times, rates, bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// `throughput.network`, `throughput.input`, `time.load`, `time.forward`, `time.wait-for-input`, `time.total`,
    /// `memory.process.peak`, `memory.allocator.peak`, `memory.device.peak`, `peak.matmul.fp32`, `peak.copy`, `macs`.
    pub name: String,
    /// The value (a median where there are samples). Finite: JSON has no other numbers.
    pub value: f64,
    /// Its unit; None for rates in operations or bytes a second, whose names say so.
    pub unit: Option<Unit>,
    /// The 95 % interval of the median, if there are samples.
    pub low: Option<f64>,
    /// See `low`.
    pub high: Option<f64>,
    /// The samples, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<f64>,
}

/// A file of what came out for each example, in the order of the data: packed CSV with a header. What its columns mean is
/// the task's to say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcomes {
    /// The task: `classify`. It says what the file's columns are and what is computed from them.
    pub task: String,
    /// The network, an id of a spec, or a baseline's name.
    pub network: String,
    /// How the network came to be what it is.
    pub model: Model,
    /// The data: an entry of the lock (`photographs-val-650`), a part of one (`digits-test`) or generated (`digits-rotated-test`).
    pub data: String,
    /// The condition's or protocol's id.
    pub protocol: String,
    /// What is asked of them, the most telling first: `top-1 error`, `top-5 error`.
    pub metrics: Vec<Metric>,
    /// The file's name in the run's folder.
    pub file: String,
    /// Lines without the header.
    pub count: u64,
    /// SHA-256 of the file.
    pub sha256: String,
    /// What is known of each example beforehand (its name, its class), shared by all outcomes on the same examples. None
    /// for a task that needs nothing of the kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub examples: Option<Announced>,
    /// SHA-256 that pins the data: the root hash of the entry, or the hash of what was generated.
    pub root: String,
    /// The whole set and its size, when this is a part of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<crate::lock::PartOf>,
    /// See [`crate::lock::LabelledImages::already_resized`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub already_resized: Option<String>,
}

/// A file of the run's folder, by name and content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced {
    /// The file's name in the run's folder.
    pub file: String,
    /// SHA-256 of the file.
    pub sha256: String,
}

/// How a network came to be what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// With weights that somebody released.
    Released {
        /// Their id in the paper's spec.
        weights: String,
    },
    /// Several networks with released weights, their answers averaged.
    Ensemble {
        /// Their ids in the paper's spec, a network each.
        weights: Vec<String>,
    },
    /// Trained here.
    Trained(Trained),
    /// Not run here: somebody else's stored predictions.
    Imported {
        /// The id in the paper's spec.
        id: String,
        /// Who predicted, with which program.
        by: String,
        /// The file they come from, by its name and SHA-256.
        from: Announced,
        /// The weights that it was, by their id in the paper's spec, where they are listed there.
        weights: Option<String>,
    },
    /// No network at all: a baseline made by rule.
    Baseline,
}

impl Model {
    /// How it was trained here, if it was.
    #[must_use]
    pub fn trained(&self) -> Option<&Trained> {
        match self {
            Model::Trained(trained) => Some(trained),
            _ => None,
        }
    }

    /// The id of the weights, where they have one.
    #[must_use]
    pub fn weights(&self) -> Option<&str> {
        match self {
            Model::Released { weights } => Some(weights),
            Model::Imported { weights, .. } => weights.as_deref(),
            Model::Ensemble { .. } | Model::Trained(_) | Model::Baseline => None,
        }
    }
}

/// How a network was trained here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trained {
    /// Steps done.
    pub steps: u64,
    /// Steps of the whole recipe.
    pub of: u64,
    /// Whether this is the paper's whole recipe.
    pub complete: bool,
    /// In words: `12,000 of 125,000 steps`.
    pub words: String,
    /// The trainings that it is made of, one after the other, whose steps are added up; told where there are several.
    #[serde(default, skip_serializing_if = "are_not_several")]
    pub parts: Vec<TrainedPart>,
}

/// One of several trainings that a network is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainedPart {
    /// What its curve is called.
    pub training: String,
    /// Steps done.
    pub steps: u64,
    /// Steps of the whole recipe.
    pub of: u64,
}

fn are_not_several(parts: &[TrainedPart]) -> bool {
    parts.len() < 2
}

/// A training curve: a CSV file whose first column is `step` and whose others are named in its header.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// What was trained: `small-digits`.
    pub name: String,
    /// For people.
    pub title: String,
    /// The file's name in the run's folder.
    pub file: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Training steps planned; None of a curve over something else, and in older records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<u64>,
}

/// A PNG file for the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// A short name, unique in the run.
    pub name: String,
    /// What is to be seen, in a sentence or two.
    pub caption: String,
    /// The file's name in the run's folder.
    pub file: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Whether it shows data that may not be passed on.
    #[serde(default)]
    pub private: bool,
}

/// One canary picture's answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CanaryAnswer {
    /// The picture.
    pub picture: String,
    /// The five best classes and their softmax probabilities, best first.
    #[serde(deserialize_with = "crate::finite::by_class")]
    pub top: Vec<(u32, f32)>,
    /// The class that had to come, if known.
    pub class: Option<u32>,
    /// The score that had to come, if known.
    pub score: Option<f64>,
    /// Whether it agrees; None where nothing is known.
    pub agrees: Option<bool>,
    /// SHA-256 of the `[3, H, W]` bytes that went into the network's normalisation: decoder and resampler in one.
    pub pixels: String,
}

/// Everything that a number may depend on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Environment {
    /// Version of this project and the commit it was built from.
    pub project: String,
    /// SHA-256 of the runner's own binary.
    pub runner: String,
    /// libtorch's version, with its build (`2.11.0+cpu`).
    pub libtorch: String,
    /// libtorch's own account of itself (MKL, oneDNN, OpenMP, CPU capability).
    pub libtorch_build: String,
    /// Operating system and kernel.
    pub os: String,
    /// Processor.
    pub cpu: String,
    /// Cores this process may use.
    pub cores: usize,
    /// Memory of the machine or of its control group, in bytes.
    pub memory: u64,
    /// The accelerator, if one is used.
    pub gpu: Option<Gpu>,
    /// The arithmetic asked for.
    pub precision: Precision,
    /// Whether TF32 is allowed in matrix products.
    pub tf32_matmul: bool,
    /// Whether TF32 is allowed in convolutions.
    pub tf32_cudnn: bool,
    /// Whether cuDNN may try algorithms out.
    pub cudnn_benchmark: bool,
    /// Whether cuDNN may use deterministic algorithms only. libtorch's switch for its own operators is not set: on a CPU
    /// those used here give the same bytes anyway, and on CUDA some that training needs have no deterministic form.
    #[serde(default, alias = "deterministic")]
    pub deterministic_cudnn: bool,
    /// The JPEG decoder and its version.
    pub decoder: String,
    /// The resampler and its version.
    pub resampler: String,
    /// Environment variables that change numbers or speed, as they are set.
    pub variables: Vec<(String, String)>,
}

/// An accelerator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gpu {
    /// Its name.
    pub name: String,
    /// Memory in bytes.
    pub memory: u64,
    /// The driver.
    pub driver: String,
    /// CUDA's version.
    pub cuda: String,
    /// cuDNN's version.
    pub cudnn: String,
}
