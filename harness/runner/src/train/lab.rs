//! What an experiment works with: the job's words, named streams, data, and where results go.
//!
//! Must not decide anything that the job decides.

use std::path::PathBuf;

use replications::graph::Graph;
use spec::event::{self, Event};
use spec::experiment::Condition;
use spec::job::{Device, ExperimentData, ExperimentStage, Job, JobWeights};

use super::curve::Curve;
use super::looped::Course;
use super::outcomes::{self, Answer, Tested};
use super::picture::Image;
use crate::emit::Emitter;
use crate::error::{Error, Result};
use crate::stages::load;
use crate::streams::Stream;

/// An experiment's surroundings.
#[derive(Debug)]
pub struct Lab<'a, 'e> {
    job: &'a Job,
    stage: &'a ExperimentStage,
    emitter: &'a Emitter<'e>,
}

impl<'a, 'e> Lab<'a, 'e> {
    /// The surroundings of one stage of a job.
    #[must_use]
    pub fn new(job: &'a Job, stage: &'a ExperimentStage, emitter: &'a Emitter<'e>) -> Lab<'a, 'e> {
        Lab { job, stage, emitter }
    }

    /// What is to be done.
    #[must_use]
    pub fn stage(&self) -> &'a ExperimentStage {
        self.stage
    }

    /// Where events go.
    #[must_use]
    pub fn emitter(&self) -> &'a Emitter<'e> {
        self.emitter
    }

    /// The seed of every stream.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.job.settings.seed
    }

    /// The stream of that name.
    #[must_use]
    pub fn stream(&self, purpose: &str, index: u64) -> Stream {
        Stream::new(self.seed(), purpose, index)
    }

    /// Where to compute.
    #[must_use]
    pub fn device(&self) -> tch::Device {
        match self.job.settings.device {
            Device::Cpu => tch::Device::Cpu,
            Device::Cuda => tch::Device::Cuda(0),
        }
    }

    /// Whether the dose has that network.
    #[must_use]
    pub fn wants(&self, network: &str) -> bool {
        self.stage.dose.networks.iter().any(|wanted| wanted == network)
    }

    /// A number that the spec leaves to the tier.
    #[must_use]
    pub fn setting(&self, name: &str, otherwise: f64) -> f64 {
        self.stage.dose.settings.get(name).copied().unwrap_or(otherwise)
    }

    /// Examples of a step: the dose's, or else the recipe's.
    #[must_use]
    pub fn batch(&self, recipe: usize) -> usize {
        self.setting("batch", recipe as f64) as usize
    }

    /// A data set of the job.
    ///
    /// # Errors
    /// The job has none of that id.
    pub fn data(&self, id: &str) -> Result<&'a ExperimentData> {
        let found = self.stage.data.iter().find(|data| data.id == id);
        found.ok_or_else(|| Error::Input(format!("the job of `{}` has no data `{id}`", self.stage.id)))
    }

    /// Weights of the job.
    ///
    /// # Errors
    /// The job has none of that id.
    pub fn weights(&self, id: &str) -> Result<&'a JobWeights> {
        let found = self.stage.weights.iter().find(|weights| weights.id == id);
        found.ok_or_else(|| Error::Input(format!("the job of `{}` has no weights `{id}`", self.stage.id)))
    }

    /// A condition of the spec.
    ///
    /// # Errors
    /// The job has none of that id.
    pub fn condition(&self, id: &str) -> Result<&'a Condition> {
        let found = self.stage.conditions.iter().find(|condition| condition.id == id);
        found.ok_or_else(|| Error::Input(format!("the job of `{}` has no condition `{id}`", self.stage.id)))
    }

    /// The network of that id.
    ///
    /// # Errors
    /// The registry has none.
    pub fn graph(&self, id: &str) -> Result<Graph> {
        load::graph(id)
    }

    /// A new part of the work begins.
    ///
    /// # Errors
    /// Nobody reads any more.
    pub fn begin(&self, what: &str) -> Result<()> {
        self.emitter.stage(what)
    }

    /// Where a course keeps its checkpoint.
    pub(super) fn checkpoint(&self, course: &str) -> PathBuf {
        self.job.out.join("checkpoints").join(format!("{}.safetensors", outcomes::file_safe(course)))
    }

    /// Data that were made by rule must be those that the spec pins; gives their SHA-256.
    ///
    /// # Errors
    /// They are not.
    pub fn pinned(&self, id: &str, pixels: &[u8], labels: &[u8]) -> Result<String> {
        let found = outcomes::sha256(&[pixels, labels].concat());
        let wanted = self.stage.made.iter().find(|made| made.id == id).and_then(|made| made.sha256.as_ref());
        match wanted {
            Some(wanted) if *wanted != found => Err(Error::Input(format!(
                "`{id}` as made here has SHA-256 {found}, the spec pins {wanted}: another rule or another arithmetic; nothing measured on it could be compared"
            ))),
            _ => Ok(found),
        }
    }

    /// Writes answers.
    ///
    /// # Errors
    /// The disk is full, or nobody reads any more.
    pub fn answers(&self, tested: &Tested<'_>, answers: &[Answer]) -> Result<()> {
        self.outcomes(tested, &outcomes::answers_csv(answers), answers.len())
    }

    /// Writes a value for each example, in the metric's unit.
    ///
    /// # Errors
    /// The disk is full, or nobody reads any more.
    pub fn values(&self, tested: &Tested<'_>, values: &[f64]) -> Result<()> {
        self.outcomes(tested, &outcomes::values_csv(values), values.len())
    }

    fn outcomes(&self, tested: &Tested<'_>, text: &str, count: usize) -> Result<()> {
        let Tested { network, data, root, protocol, metric, part_of, trained } = tested;
        let file = format!("outcomes-{}.csv", outcomes::file_safe(&format!("{network}-{data}-{protocol}-{metric}")));
        outcomes::write(&self.job.out.join(&file), text.as_bytes())?;
        self.emitter.event(&Event::Outcomes(event::Outcomes {
            network: (*network).to_owned(),
            data: (*data).to_owned(),
            protocol: (*protocol).to_owned(),
            metric: *metric,
            sha256: outcomes::sha256(text.as_bytes()),
            file,
            count: count as u64,
            root: (*root).to_owned(),
            part_of: part_of.clone(),
            trained: trained.cloned(),
        }))
    }

    /// Writes a picture for the page. `private`: it shows data that may not be passed on.
    ///
    /// # Errors
    /// The disk is full, or nobody reads any more.
    pub fn picture(&self, name: &str, caption: &str, image: &Image, private: bool) -> Result<()> {
        let file = format!("picture-{}.png", outcomes::file_safe(name));
        let png = image.png()?;
        outcomes::write(&self.job.out.join(&file), &png)?;
        let (name, caption, sha256) = (name.to_owned(), caption.to_owned(), outcomes::sha256(&png));
        self.emitter.event(&Event::Picture(event::Picture { name, caption, file, sha256, private }))
    }

    pub(super) fn curve(&self, course: &Course<'_>, curve: &Curve) -> Result<()> {
        let file = format!("curve-{}.csv", outcomes::file_safe(course.name));
        let text = curve.csv();
        outcomes::write(&self.job.out.join(&file), text.as_bytes())?;
        let (name, title) = (course.name.to_owned(), course.title.to_owned());
        let sha256 = outcomes::sha256(text.as_bytes());
        self.emitter.event(&Event::Curve(event::Curve { name, title, file, sha256 }))
    }
}
