//! What the runner is told to do: one JSON object.
//!
//! Must not hold a claim: the runner predicts and measures, and does not know what is hoped for.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::experiment::{Condition, Generated, RunSize};
use crate::lock::{PartOf, TestedList};
use crate::metric::written_form;
use crate::paper::WeightsFormat;
use crate::protocol::{Input, Protocol};

/// The format of jobs and events; a runner refuses another one.
pub const FORMAT: u32 = 2;

/// A network's speed is the median of at least this many batches; fewer would not give a useful interval.
pub const TIMED_BATCHES: usize = 30;
/// Batches count as timed after this many seconds in the network …
pub const WARM_UP_SECONDS: f64 = 2.0;
/// … and this many batches.
pub const WARM_UP_BATCHES: usize = 5;

/// One job for one runner process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    /// [`FORMAT`].
    pub format: u32,
    /// The run's id, which is also its folder's name.
    pub run: String,
    /// The paper's id.
    pub paper: String,
    /// The network's id; None for a job without one (machine peaks).
    pub network: Option<String>,
    /// How to compute.
    pub settings: Settings,
    /// Weights; None: random ones from the seed, which is enough for speed.
    pub weights: Option<JobWeights>,
    /// The networks of an ensemble, whose answers are averaged as those of several views are; empty: the one network.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<JobMember>,
    /// What to do, in this order, in one process.
    pub stages: Vec<Stage>,
    /// The folder for what the runner writes. It exists.
    pub out: PathBuf,
}

/// How to compute. All of it is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The seed of every named random stream.
    pub seed: u64,
    /// Where the network runs.
    pub device: Device,
    /// Arithmetic.
    pub precision: Precision,
    /// Order of dimensions in memory.
    pub memory_format: MemoryFormat,
    /// libtorch's intra-op threads.
    pub threads: usize,
    /// Threads that decode and resize.
    pub loader_threads: usize,
    /// Images a batch.
    pub batch: usize,
    /// Whether batch norm is folded into the convolution before it.
    pub fold_batch_norm: bool,
    /// Whether convolution, sum and ReLU run as one operator where libtorch has one (CPU).
    pub fuse: bool,
}

/// Where a network runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Device {
    /// The processor.
    Cpu,
    /// The first CUDA device.
    Cuda,
}
written_form!(Device);

/// Arithmetic of convolutions and matrix products.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Precision {
    /// IEEE single precision; TF32 off.
    Fp32,
    /// TensorFloat-32 products on CUDA; not available on a CPU.
    Tf32,
    /// bfloat16 weights and activations.
    Bf16,
}
written_form!(Precision);

/// Order of dimensions in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MemoryFormat {
    /// NCHW.
    Contiguous,
    /// NHWC.
    ChannelsLast,
}
written_form!(MemoryFormat);

/// One network of an ensemble.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobMember {
    /// The network's id.
    pub network: String,
    /// Its weights.
    pub weights: JobWeights,
}

/// Weights to load.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobWeights {
    /// The id in the paper's spec.
    pub id: String,
    /// The file format.
    pub format: WeightsFormat,
    /// The file to open.
    pub path: PathBuf,
    /// The table of names (CSV).
    pub names: PathBuf,
    /// How pixels become numbers.
    pub input: Input,
    /// SHA-256 of the bytes, or the root hash over several files.
    pub hash: String,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Predict the canary's pictures and stop the run when a known answer does not come.
    Canary {
        /// The pictures.
        pictures: Vec<CanaryPicture>,
        /// How they are cut.
        protocol: Protocol,
        /// How far a score may be from the known one.
        tolerance: f64,
    },
    /// Predict a list of labelled images; writes its outcomes (task `classify`). Goes on where an earlier process of this
    /// run stopped.
    Predict {
        /// The data set's id.
        data: String,
        /// A CSV file `path,file,class` of the images, in order.
        list: PathBuf,
        /// How they are cut. Its resize is already None for data that needs none.
        protocol: Protocol,
        /// The root hash over the data set's files.
        root: String,
        /// The whole set and its size, when this is a part of it.
        #[serde(default)]
        part_of: Option<PartOf>,
        /// See [`crate::lock::LabelledImages::already_resized`].
        #[serde(default)]
        already_resized: Option<String>,
        /// Seconds between checkpoints; None: the runner's own choice.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        checkpoint_seconds: Option<f64>,
    },
    /// Time the network alone on one resident batch.
    Throughput {
        /// Timed batches, at least 30.
        batches: usize,
        /// Warm-up lasts at least this many seconds …
        warm_up_seconds: f64,
        /// … and at least this many batches.
        warm_up_batches: usize,
        /// Left out where a `Predict` before it timed [`TIMED_BATCHES`] after a warm-up of [`WARM_UP_SECONDS`] and
        /// [`WARM_UP_BATCHES`].
        #[serde(default)]
        unless_timed: bool,
    },
    /// Time the input pipeline alone (decode, resize, crop) over a list of images.
    InputPipeline {
        /// A CSV file `path,file,class`.
        list: PathBuf,
        /// How they are cut.
        protocol: Protocol,
        /// At most this many images.
        limit: usize,
    },
    /// Train and test what a paper's experiment says; goes on where an earlier process of this run stopped.
    Experiment(Box<ExperimentStage>),
    /// Measure this machine's peaks: matrix products by precision, memory copy.
    Peaks {
        /// Seconds for each peak.
        seconds: f64,
    },
}

/// One canary picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CanaryPicture {
    /// Its name: `chelsea`.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// The best class that must come; None: not known.
    pub class: Option<u32>,
    /// Its softmax probability; None: not known.
    pub score: Option<f64>,
}

/// An experiment, decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExperimentStage {
    /// The experiment's id.
    pub id: String,
    /// How much of it is run. Its `networks` are never empty here.
    pub size: RunSize,
    /// The recipe, with what the size changes of it already changed ([`RunSize::recipe`]); the paper's code has its type.
    #[serde(default)]
    pub recipe: serde_json::Value,
    /// Training steps of the paper's own recipe, to say how much of it this is.
    pub of_steps: u64,
    /// Seconds for all training together; None: as long as the size takes. The steps that fit are decided once, after
    /// the first few, and kept with the checkpoint.
    pub budget: Option<f64>,
    /// The data, unpacked, in the experiment's order.
    pub data: Vec<ExperimentData>,
    /// Weights that it starts from, in the experiment's order.
    pub weights: Vec<JobWeights>,
    /// The spec's conditions.
    pub conditions: Vec<Condition>,
    /// The protocol by which pictures are cut, where the data are pictures in files.
    pub protocol: Option<Protocol>,
    /// The spec's data generated by rule; what is generated must have the hashes given.
    pub generated: Vec<Generated>,
    /// The user's folder of pictures with parts marked in them (`parts.csv`), for an experiment that takes one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<PathBuf>,
    /// The folder for what is computed of pictures and would come out the same again: shared with other runs, and nothing in
    /// it is missed. None: it is kept with the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache: Option<PathBuf>,
    /// Networks whose answers on their training set are wanted, since claims are about them. Of the others none are
    /// written: a training set is large.
    #[serde(default)]
    pub training_errors: Vec<String>,
    /// Seconds between checkpoints; None: the runner's own choice.
    #[serde(default)]
    pub checkpoint_seconds: Option<f64>,
}

/// A data set that an experiment reads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExperimentData {
    /// The entry of `datasets.lock`.
    pub id: String,
    /// Where its files lie.
    pub folder: PathBuf,
    /// A CSV file `path,file,class`, for pictures in files.
    pub list: Option<PathBuf>,
    /// The root hash over its files.
    pub root: String,
    /// The whole set and its size, when this is a part of it.
    #[serde(default)]
    pub part_of: Option<PartOf>,
    /// See [`crate::lock::LabelledImages::already_resized`].
    #[serde(default)]
    pub already_resized: Option<String>,
    /// See [`crate::lock::AnnotatedImages::tested`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tested: Option<TestedList>,
}
