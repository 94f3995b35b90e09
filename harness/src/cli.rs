//! The command line as it is typed: words, options, their help.
//!
//! Must not do anything; `cmd` interprets it.

use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Replicate the papers that made computer vision.
#[derive(Debug, Parser)]
#[command(
    name = "harness",
    version,
    about = "Replicate the papers that made computer vision, and compare what was claimed with what is measured here",
    after_help = "\
Examples:
  harness replicate resnet50                     what shows most on a bare machine
  harness replicate googlenet --on imagenet-val-650 --json
  harness replicate resnet50 --images my-photos  your own labelled images
  harness replicate faster-rcnn --images mine    your own images with boxes on them
  harness plan vgg19                             what would run, what would not, and why
  harness doctor                                 what this machine has and lacks

Exit codes: 0 all that ran agrees (rows that were not run say why); 1 a claim was not replicated,
or a stored file is damaged (rescore, audit, report), or two runs are not about the same data (compare);
2 it could not be done."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) places: Places,
}

/// Where things are.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Where things are")]
pub(crate) struct Places {
    /// A folder that mirrors data and weights; tried before the network (may be given more than once)
    #[arg(long, global = true, value_name = "DIR", env = "REPLICATIONS_MIRROR", value_delimiter = ':', value_parser = folder())]
    pub(crate) mirror: Vec<PathBuf>,
    /// A file or folder that you have, packed as published or, where what is in it is pinned, extracted:
    /// `imagenet-val=/data/imagenet` (may be given more than once)
    #[arg(long = "have", global = true, value_name = "ENTRY=PATH", value_parser = entry_path)]
    pub(crate) have: Vec<(String, PathBuf)>,
    /// Where downloaded data, weights and libtorch are kept [default: ~/.cache/replications]
    #[arg(long, global = true, value_name = "DIR", env = "REPLICATIONS_HOME", value_parser = folder())]
    pub(crate) home: Option<PathBuf>,
    /// The results folder [default: results/runs in the project]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) results: Option<PathBuf>,
    /// The folder of the pages [default: reports/site in the project]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) site: Option<PathBuf>,
    /// Never use the network
    #[arg(long, global = true)]
    pub(crate) offline: bool,
    /// No progress; warnings are told all the same
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Fetch, run, compare, report: the table on the screen, the page under reports/site
    #[command(after_help = "\
Examples:
  harness replicate vgg19
  harness replicate all --tier smoke
  harness replicate resnet50 --on imagenet-val-650 --precision bf16
  harness replicate resnet50 --on imagenet-val --have imagenet-val=/data/ILSVRC2012
  harness replicate googlenet --images holiday-pictures --json > googlenet.json
  harness replicate gan                          trains, shortened, and tests
  harness replicate gan --tier train --budget 40m
  harness replicate gan --tier train --budget 40m --resume")]
    Replicate(Replicate),
    /// What exists: papers, their networks, how many claims
    List(Json),
    /// What a paper claims, with sources, protocols, weights and recipe
    Show(Show),
    /// What `replicate` would do here, what it would not, and why
    Plan(Replicate),
    /// The lock and the store: list, fetch, verify, pin
    #[command(subcommand)]
    Data(Data),
    /// Draw the pages again from stored runs
    Report(Report),
    /// Two runs side by side: conditions, scores, where their predictions differ
    Compare(Compare),
    /// Write a run's detections as others' programs read them: PASCAL VOC's files and COCO's JSON
    #[command(after_help = "\
Each network and condition of the run gets a folder: `comp4_det_test_<class>.txt`, a line a detection, `image score left top right \
bottom`; and `detections.json` where the images' names are numbers (its categories are the classes in their order, from 1).

Examples:
  harness export 20261127T101500Z-faster-rcnn-parts-1f0c9a --to detections
  harness export 20261127T101500Z-faster-rcnn-parts-1f0c9a --network faster-rcnn-googlenet --to detections")]
    Export(Export),
    /// Compute every score again from stored outcomes (needs no libtorch)
    Rescore(Rescore),
    /// Score anybody's predictions for a data set: needs its labels, not its images, and no libtorch
    #[command(
        override_usage = "harness score [OPTIONS] <DATA> <PATH>...\n       harness score [OPTIONS] --references <FILE> <PATH>...",
        after_help = "\
Predictions are a .npy file of classes (int64 or int32; a row an example, the best class first) or CSV: \
`class` or `top1,…,topK` in the order of the labels, or the same with `file` in front, by which they are then matched. \
Classes are numbers from 0, for ImageNet in the order of the wnids. Without file names ImageNet's validation images stand \
by class and then by file name, as PyTorch's ImageFolder has them. Either may be packed (.gz, .xz). Detections are PASCAL \
VOC's files, `comp4_det_test_dog.txt` and the other classes' together (`image score left top right bottom`), or COCO's JSON; \
they need a data set with annotations, or --references with such a file. Captions are COCO's JSON, a sentence for every image \
that --references, COCO's file of captions, has sentences of: BLEU, METEOR, ROUGE-L and CIDEr as the caption tools count them, times \
100; METEOR needs its tables (`harness data fetch meteor-1.5`).

Examples:
  harness score imagenet-val mine.npy
  harness score imagenet-val-650 a.csv b.csv --json
  harness score voc2007-test comp4_det_test_*.txt
  harness score --references labels.csv mine.csv     labels: `file,wnid,class` or a class a line
  harness score --references instances.json mine.json                     COCO's annotations
  harness score --references captions.json mine.json                      COCO's captions
  harness score --references annotations.json comp4_det_test_*.txt        VOC's: {\"000001\": [{\"name\", \"difficult\", \"bbox\"}]}"
    )]
    Score(Score),
    /// Check a results folder: hashes, conditions, same run for accuracy and speed
    Audit(Audit),
    /// The records themselves: seal finished ones that have no seal, write those of an older format again in today's
    #[command(subcommand)]
    Records(Records),
    /// Find or fetch libtorch and build the runner, so that `cargo test --workspace` works
    Setup,
    /// What this machine has, what is missing, and how to get it
    Doctor(Folded),
}

/// How far to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Tier {
    /// Parameters, multiply-adds, shapes against the paper: seconds, no libtorch
    Instant,
    /// The whole protocol on real data, minutes on two cores
    Smoke,
    /// Released weights on the full data set
    Inference,
    /// From scratch, by the paper's recipe
    Train,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Replicate {
    /// A network (`vgg19`), an experiment (`gan-mnist`), a paper (`vgg`), or `all`; a paper's name that is a network's too
    /// (`alexnet`) means the paper, unless an option is about the network's pictures, weights, batch or arithmetic
    pub(crate) target: String,
    /// How far to go [default: the highest that data, hardware and budget allow; `smoke` for what is trained]
    #[arg(long)]
    pub(crate) tier: Option<Tier>,
    /// Only models that come to be in this way (may be given more than once) [default: all that the tier has]
    #[arg(long, value_enum, value_name = "SOURCE")]
    pub(crate) model: Vec<ModelSource>,

    /// The data set, by its id in datasets.lock (`harness data list`)
    #[arg(long, value_name = "DATASET", conflicts_with = "images")]
    pub(crate) on: Option<String>,
    /// Your own images: a folder with `labels.csv` (`file,wnid,class`) or a folder per wnid; for experiments with boxes one laid out
    /// as PASCAL VOC (`Annotations`, `JPEGImages`, lists or not), with XML files beside the images, or with COCO's `instances_*.json`.
    /// The list `test`, or else `val`, is tested and the others are trained on; without lists all are tested
    #[arg(long, value_name = "DIR")]
    pub(crate) images: Option<PathBuf>,
    /// Your own pictures with parts marked in them, for an experiment that hides parts: a folder with `parts.csv`
    /// (`file,part,x,y,width,height`)
    #[arg(long, value_name = "DIR")]
    pub(crate) parts: Option<PathBuf>,
    /// Turn your photographs the way up that their EXIF data name, which the papers' code does not
    #[arg(long, requires = "images")]
    pub(crate) orient: bool,
    /// Leave out those of your images that cannot be read or cut, with a note, in place of stopping
    #[arg(long, requires = "images")]
    pub(crate) skip_bad: bool,
    /// The protocol, by its id in the paper's spec (`harness show vgg`); several, with commas or given again, are run side
    /// by side
    #[arg(long, value_delimiter = ',')]
    pub(crate) protocol: Vec<String>,
    /// The weights, by their id in the paper's spec
    #[arg(long)]
    pub(crate) weights: Option<String>,
    /// `cpu` or `cuda` [default: cuda where there is a driver]
    #[arg(long, value_parser = parse_plain::<spec::job::Device>)]
    pub(crate) device: Option<spec::job::Device>,
    /// `fp32` (TF32 off), `tf32` or `bf16` [default: the hardware profile's]
    #[arg(long, value_parser = parse_plain::<spec::job::Precision>)]
    pub(crate) precision: Option<spec::job::Precision>,
    /// `channels-last` or `contiguous`
    #[arg(long, value_parser = parse_plain::<spec::job::MemoryFormat>, default_value = "channels-last")]
    pub(crate) memory_format: spec::job::MemoryFormat,
    /// Images a batch [default: the hardware profile's; for what is trained, the recipe's]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1 << 20))]
    pub(crate) batch: Option<u32>,
    /// libtorch's threads; the same seed gives the same bytes only with the same number [default: the cores this process
    /// may use]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) threads: Option<u32>,
    /// Threads that decode and resize [default: the cores this process may use]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) loader_threads: Option<u32>,
    /// When to time the network on its own: `auto` does it where too few batches are predicted to tell
    #[arg(long, value_enum, default_value_t = Speed::Auto)]
    pub(crate) speed: Speed,
    /// Keep batch norm, convolution and ReLU apart, as the network is written
    #[arg(long)]
    pub(crate) plain: bool,
    /// The hardware profile [default: detected; see `harness doctor`]
    #[arg(long)]
    pub(crate) profile: Option<String>,
    /// Show pictures on the page even of data that may not be passed on: such a page is not to be published
    #[arg(long)]
    pub(crate) thumbnails: bool,
    /// Take only data that the network is expected to be through with in this time, and train all experiments
    /// together no longer than that: `90s`, `40m`, `2h`
    #[arg(long, value_parser = duration)]
    pub(crate) budget: Option<std::time::Duration>,
    /// Train each network for so many steps, in place of the tier's; where the recipe gives a training a share of
    /// them, for that share
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) steps: Option<u64>,
    /// Go on with trainings and predictions that were stopped (Ctrl-C, killed, disk full): the newest such run of
    /// each, with the options that it was begun with; those that are done stand, those not begun are begun
    #[arg(long)]
    pub(crate) resume: bool,
    /// The seed of every named random stream
    #[arg(long, default_value_t = 1, allow_negative_numbers = true)]
    pub(crate) seed: u64,
    /// A runner that says nothing for this long is stopped and recorded as hung
    #[arg(long, value_parser = duration, default_value = "10m")]
    pub(crate) patience: std::time::Duration,
    /// Print JSON instead of the table: one object a paper
    #[arg(long)]
    pub(crate) json: bool,
}

/// How a model comes to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ModelSource {
    /// Somebody released its weights
    Released,
    /// It is trained here
    Trained,
    /// Somebody else's stored predictions
    Imported,
}

impl std::fmt::Display for ModelSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            ModelSource::Released => "released",
            ModelSource::Trained => "trained",
            ModelSource::Imported => "imported",
        })
    }
}

/// When to time the network alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Speed {
    /// When fewer than 30 batches are predicted after the warm-up
    Auto,
    /// Always, in a stage of its own
    Always,
    /// Only while predicting
    Never,
}

#[derive(Debug, Args)]
pub(crate) struct Json {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// A list of entries of datasets.lock of which those that no paper names are folded away.
#[derive(Debug, Args)]
pub(crate) struct Folded {
    /// Show the entries that no paper here names yet, too
    #[arg(long)]
    pub(crate) all: bool,
    /// Print JSON, which has all entries
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// A paper (`vgg`) or a network (`vgg19`)
    pub(crate) target: String,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Data {
    /// The entries of datasets.lock that a paper here names: size, licence, how each can be had, whether it is here
    List(Folded),
    /// Fetch entries (or take them from a mirror or from `--have`) and verify them
    #[command(
        after_help = "Examples:\n  harness data fetch resnet50-keras canary\n  harness data fetch imagenet-val --have imagenet-val=/data/ILSVRC2012"
    )]
    Fetch {
        /// Entries of datasets.lock
        #[arg(required = true)]
        entries: Vec<String>,
    },
    /// Hash what is in the store, or lies extracted where `--have` names it, again and say every file that is not as pinned
    Verify {
        /// Entries of datasets.lock [default: all that are here]
        entries: Vec<String>,
    },
    /// Print the lock's lines for a file or folder that you have
    Pin {
        /// A file, or a folder of many files
        path: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Report {
    /// Papers [default: all that have runs]
    pub(crate) papers: Vec<String>,
    /// Take the reference runs kept in the project too
    #[arg(long)]
    pub(crate) reference: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Compare {
    /// A run's id or folder
    pub(crate) a: String,
    /// Another run's id or folder
    pub(crate) b: String,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// A run's id or folder
    pub(crate) run: String,
    /// The folder to write to; it is made, and files in it are written over
    #[arg(long, value_name = "DIR", value_parser = folder())]
    pub(crate) to: PathBuf,
    /// Only this network's
    #[arg(long, value_name = "NETWORK")]
    pub(crate) network: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Rescore {
    /// A results folder or one run's folder [default: the results folder]
    pub(crate) folder: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Score {
    /// The data set, by its id in datasets.lock (not with --references), then files of predictions
    #[arg(required = true, value_name = "DATA|PATH")]
    pub(crate) given: Vec<PathBuf>,
    /// Take the labels from this file in place of a data set: CSV, JSON with `image_filenames`, or annotations of VOC or COCO, or COCO's captions
    #[arg(long, value_name = "FILE")]
    pub(crate) references: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Audit {
    /// A results folder or one run's folder [default: the results folder]
    pub(crate) folder: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Records {
    /// Write every finished record of an older format again in today's; scores stay what they are
    #[command(after_help = "Examples:\n  harness records migrate\n  harness records migrate results/reference")]
    Migrate {
        /// A results folder [default: the results folder]
        folder: Option<PathBuf>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Close finished records that have no seal yet (older ones, and those whose process was killed just then): each is
    /// audited first, and one that contradicts itself is left as it is
    #[command(
        after_help = "Examples:\n  harness records seal\n  harness records seal results/runs/20261123T233257Z-resnet50-c1691b"
    )]
    Seal {
        /// A results folder, or a run's own [default: the results folder]
        folder: Option<PathBuf>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// A folder, or nothing, as a variable that is set to nothing says it: clap's own parser of paths refuses that.
fn folder() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(PathBuf::from)
}

fn entry_path(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((entry, path)) if !entry.is_empty() && !path.is_empty() => Ok((entry.to_owned(), PathBuf::from(path))),
        _ => Err("write ENTRY=PATH, as in imagenet-val=/data/imagenet".to_owned()),
    }
}

/// `90s`, `40m`, `2h`, or plain seconds.
fn duration(text: &str) -> Result<std::time::Duration, String> {
    let (number, factor) = match text.char_indices().last() {
        Some((i, 's')) => (&text[..i], 1.0),
        Some((i, 'm')) => (&text[..i], 60.0),
        Some((i, 'h')) => (&text[..i], 3600.0),
        _ => (text, 1.0),
    };
    match number.parse::<f64>() {
        Ok(n) if n.is_finite() && n > 0.0 => {
            std::time::Duration::try_from_secs_f64(n * factor).map_err(|e| e.to_string())
        }
        _ => Err("write a time such as 90s, 40m or 2h".to_owned()),
    }
}

/// A unit enum of the `spec` crate by its written form.
fn parse_plain<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn durations() {
        assert_eq!(duration("90s").unwrap().as_secs(), 90);
        assert_eq!(duration("40m").unwrap().as_secs(), 2400);
        assert_eq!(duration("1.5h").unwrap().as_secs(), 5400);
        for bad in ["", "m", "-3s", "soon", "inf"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn precision_is_read_by_its_written_form() {
        assert_eq!(parse_plain::<spec::job::Precision>("bf16").unwrap(), spec::job::Precision::Bf16);
        assert!(parse_plain::<spec::job::Precision>("fp16").unwrap_err().contains("bf16"));
    }
}
