//! What a page is made of, as plain data.
//!
//! Must not hold anything that would have to be computed from other fields: scores, intervals and verdicts come in
//! as rows.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use results::Problem;
use results::Run;
use results::row::Row;
use spec::event::{Announced, CanaryAnswer, Curve, Environment, Measurement, Model, Outcomes, Picture, Seal};
use spec::paper::Paper;
use spec::record::{Header, Training};

/// Everything a paper's page shows.
#[derive(Debug, Clone, Copy)]
pub struct PageInput<'a> {
    /// The paper's spec.
    pub paper: &'a Paper,
    /// The comparison table, in the order to show.
    pub rows: &'a [Row],
    /// The runs that the rows come from, and failed ones worth showing.
    pub runs: &'a [RunView<'a>],
    /// Parts of records that could not be used, which cost their own rows.
    pub problems: &'a [Problem],
    /// What follows from the networks' definitions alone.
    pub networks: &'a [NetworkFacts],
    /// Class names by index; a class without a name is shown by its number.
    pub classes: &'a [String],
    /// Names of the classes of data sets whose classes have some, by the set's id and in the order of its classes.
    pub class_names: &'a BTreeMap<String, Vec<String>>,
    /// The canary's pictures by name.
    pub pictures: &'a BTreeMap<String, PathBuf>,
    /// What the networks got most wrong, worst first in each set.
    pub worst: &'a [WorstSet],
    /// Whether pictures that may not be passed on are shown all the same: a page for the reader's own eyes.
    pub show_private: bool,
    /// The exact command that makes this page again.
    pub command: &'a str,
    /// A sentence shown above everything else, such as a warning that the numbers are made up.
    pub notice: Option<&'a str>,
    /// The page's last line.
    pub footer: &'a Footer,
}

/// A run as the page needs it.
#[derive(Debug, Clone, Copy)]
pub struct RunView<'a> {
    /// Everything known before the run.
    pub header: &'a Header,
    /// The runner's own account; None when it died before its first event.
    pub environment: Option<&'a Environment>,
    /// Times, rates and bytes.
    pub measurements: &'a [Measurement],
    /// The canary's answers.
    pub canary: &'a [CanaryAnswer],
    /// Its files of outcomes. The page gives their names, counts and hashes; scores come as rows.
    pub outcomes: &'a [Outcomes],
    /// Its training curves, read from `dir` and checked by their hashes.
    pub curves: &'a [Curve],
    /// Its pictures, read from `dir` and checked by their hashes. Of a private one nothing is read.
    pub pictures: &'a [Picture],
    /// How often a later process went on with it.
    pub resumed: u64,
    /// Its folder.
    pub dir: &'a Path,
    /// What closes its record; its root hash stands on the page.
    pub seal: Option<&'a Seal>,
    /// How it ended: `finished`, exactly, or what went wrong in a few words.
    pub status: &'a str,
}

impl<'a> RunView<'a> {
    /// A run of a record, and how it ended in words.
    #[must_use]
    pub fn of(run: &'a Run, status: &'a str) -> RunView<'a> {
        RunView {
            header: &run.header,
            environment: run.environment.as_ref(),
            measurements: &run.measurements,
            canary: &run.canary,
            outcomes: &run.outcomes,
            curves: &run.curves,
            pictures: &run.pictures,
            resumed: run.resumed.len() as u64,
            dir: &run.dir,
            seal: run.seal.as_ref(),
            status,
        }
    }

    /// Whether a network is one that it trains or attacks: what is counted and not trained, as words are, is none.
    #[must_use]
    pub fn trains(&self, network: &str) -> bool {
        self.training().is_some_and(|training| training.networks.iter().any(|own| own == network))
    }

    /// Whose stored predictions it took over, with which program, and their file: nothing was computed here. None for any
    /// other run.
    #[must_use]
    pub fn imported(&self) -> Option<(&str, &Announced)> {
        match &self.outcomes.first()?.model {
            Model::Imported { by, from, .. } => Some((by, from)),
            _ => None,
        }
    }
}

/// What follows from a network's definition alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkFacts {
    /// The network's id in the spec.
    pub network: String,
    /// Learned parameters.
    pub parameters: u64,
    /// Multiply-adds of one forward pass of one crop.
    pub multiply_adds: u64,
    /// Its layers, first to last.
    pub layers: Vec<LayerFact>,
}

/// One layer of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerFact {
    /// Its name, as in the spec's table of shapes.
    pub name: String,
    /// What it does, in a word or two (`conv 3×3/1`); may be empty.
    pub kind: String,
    /// One image's output shape: `[C, H, W]` or `[features]`.
    pub output: Vec<u32>,
    /// Learned parameters, where they were counted a layer.
    pub parameters: Option<u64>,
    /// Multiply-adds for one image, where they were counted a layer.
    pub multiply_adds: Option<u64>,
}

/// The most wrong answers of one run.
#[derive(Debug, Clone, PartialEq)]
pub struct WorstSet {
    /// The run's id.
    pub run: String,
    /// The network's id.
    pub network: String,
    /// The data's id.
    pub data: String,
    /// What the data's classes are called, by index; none: as [`PageInput::classes`].
    pub classes: Vec<String>,
    /// Whether the data's licence lets pictures be shown on a published page. When false no picture is read.
    pub redistributable: bool,
    /// The answers, worst first.
    pub items: Vec<Worst>,
}

/// One wrong answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Worst {
    /// The image's name in its data set.
    pub file: String,
    /// Where the picture lies, if it is at hand.
    pub path: Option<PathBuf>,
    /// The true class, 0..999.
    pub class: u32,
    /// The class that the network gave.
    pub given: u32,
    /// The softmax probability it gave that class, 0 to 1.
    pub score: f64,
}

/// A page's last line: what made it, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Footer {
    /// Version of this project and its commit.
    pub project: String,
    /// The date, as it is to be shown.
    pub date: String,
}

impl<'a> RunView<'a> {
    /// What it trained, if that is what it was for.
    #[must_use]
    pub fn training(&self) -> Option<&'a Training> {
        self.header.training.as_ref()
    }

    /// What it is about, in a word: its network, or else its experiment.
    #[must_use]
    pub fn subject(&self) -> &'a str {
        let training = || self.training().map_or("no network", |training| &training.experiment);
        self.header.subject.as_deref().unwrap_or_else(training)
    }
}

impl PageInput<'_> {
    /// Whether the paper has something that is trained here.
    #[must_use]
    pub fn trains(&self) -> bool {
        !self.paper.experiments.is_empty() || self.runs.iter().any(|run| run.training().is_some())
    }

    /// A class's name and number: `Egyptian cat (285)`.
    #[must_use]
    pub fn class(&self, class: u32) -> String {
        named(self.classes, class)
    }

    /// The same among the classes of a set.
    #[must_use]
    pub fn class_of(&self, set: &WorstSet, class: u32) -> String {
        named(if set.classes.is_empty() { self.classes } else { &set.classes }, class)
    }

    /// The run of that id.
    #[must_use]
    pub fn run(&self, id: &str) -> Option<&RunView<'_>> {
        self.runs.iter().find(|run| run.header.run == id)
    }
}

fn named(classes: &[String], class: u32) -> String {
    match usize::try_from(class).ok().and_then(|index| classes.get(index)) {
        Some(name) if !name.is_empty() => format!("{name} ({class})"),
        _ => format!("class {class}"),
    }
}
