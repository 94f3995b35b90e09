//! What an experiment works with: the job's words, named streams, data, and where results go.
//!
//! Must not decide anything that the job decides.

use std::path::{Path, PathBuf};

use replications::graph::Graph;
use serde::de::DeserializeOwned;
use serde_json::Value;
use spec::event::{self, Event, Model};
use spec::experiment::Condition;
use spec::job::{Device, ExperimentData, ExperimentStage, Job, JobWeights, Precision};
use spec::metric::Metric;

use super::curve::Curve;
use crate::cache::Cache;
use crate::emit::Emitter;
use crate::error::{Error, Result};
use crate::outcomes::{self, Answer, Table, Tested};
use crate::picture::{self, Image};
use crate::stages::load;
use crate::streams::Stream;

/// An experiment's surroundings.
#[derive(Debug)]
pub struct Context<'a, 'e> {
    job: &'a Job,
    stage: &'a ExperimentStage,
    emitter: &'a Emitter<'e>,
}

impl<'a, 'e> Context<'a, 'e> {
    /// The surroundings of one stage of a job.
    #[must_use]
    pub fn new(job: &'a Job, stage: &'a ExperimentStage, emitter: &'a Emitter<'e>) -> Context<'a, 'e> {
        Context { job, stage, emitter }
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

    /// The type that products are computed in; what is learned is kept in single precision whatever it is.
    #[must_use]
    pub fn compute(&self) -> tch::Kind {
        match self.job.settings.precision {
            Precision::Bf16 => tch::Kind::BFloat16,
            Precision::Fp32 | Precision::Tf32 => tch::Kind::Float,
        }
    }

    /// The run's own folder.
    #[must_use]
    pub fn out(&self) -> &'a Path {
        &self.job.out
    }

    /// What the last digits of everything computed here depend on beside the numbers themselves: what is kept of one kind of
    /// arithmetic ([`Context::cache`]) is no other's.
    ///
    /// # Errors
    /// libtorch's refusal to tell.
    pub fn arithmetic(&self) -> Result<String> {
        let settings = &self.job.settings;
        let (device, precision, threads) = (settings.device, settings.precision, settings.threads);
        let (version, processor) = (torch_shim::torch_version()?, torch_shim::cpu_capability()?);
        let (decoder, resampler) = (images::DECODER, images::RESAMPLER);
        let accelerator = match device {
            Device::Cpu => String::new(),
            Device::Cuda => {
                let (runtime, cudnn) = torch_shim::cuda_versions()?;
                format!("{:?}", crate::gpu::describe(runtime, cudnn)?)
            }
        };
        Ok(format!(
            "{device} {accelerator}, {precision}, {threads} threads, {version}, {processor}, {decoder}, {resampler}"
        ))
    }

    /// What is computed of pictures and shared with other runs.
    #[must_use]
    pub fn cache(&self) -> Cache {
        match &self.stage.cache {
            Some(folder) => Cache::at(folder),
            None => Cache::at(&self.job.out.join("derived")),
        }
    }

    /// The same of what no other run could read, as what follows from weights that this one learned: the run takes it away at its end.
    #[must_use]
    pub fn own_cache(&self) -> Cache {
        Cache::at(&self.job.out.join("tuned"))
    }

    /// Threads that decode pictures.
    #[must_use]
    pub fn loader_threads(&self) -> usize {
        self.job.settings.loader_threads
    }

    /// The recipe, by the paper's own type.
    ///
    /// # Errors
    /// A key that is missing, unknown or of another type; the message names it.
    pub fn recipe<T: DeserializeOwned>(&self) -> Result<T> {
        typed(&self.stage.recipe).map_err(|problem| {
            Error::Input(format!("the job's recipe for `{}` cannot be used: {problem}", self.stage.id))
        })
    }

    /// What a condition does, by the paper's own type; None where it does nothing.
    ///
    /// # Errors
    /// As [`Context::recipe`].
    pub fn with<T: DeserializeOwned>(&self, condition: &Condition) -> Result<Option<T>> {
        if condition.with.is_null() {
            return Ok(None);
        }
        let read = typed(&condition.with).map(Some);
        read.map_err(|problem| Error::Input(format!("the condition `{}` cannot be used: {problem}", condition.id)))
    }

    /// Whether that network is asked for.
    #[must_use]
    pub fn wants(&self, network: &str) -> bool {
        self.stage.size.networks.iter().any(|wanted| wanted == network)
    }

    /// Nothing of what is asked for is trained by this experiment.
    #[must_use]
    pub fn nothing_wanted(&self) -> Error {
        let wanted = self.stage.size.networks.join(", ");
        Error::Input(format!("{wanted} is trained on nothing here; ask for `{}`", self.stage.id))
    }

    /// Whether the answers of that network on its training set are wanted.
    #[must_use]
    pub fn wants_training_error(&self, network: &str) -> bool {
        self.stage.training_errors.iter().any(|wanted| wanted == network)
    }

    /// A data set of the job.
    ///
    /// # Errors
    /// The job has none of that id.
    pub fn data(&self, id: &str) -> Result<&'a ExperimentData> {
        let found = self.stage.data.iter().find(|data| data.id == id);
        found.ok_or_else(|| Error::Input(format!("the job of `{}` has no data `{id}`", self.stage.id)))
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

    /// The weights that the experiment starts from, which must fit the graph.
    ///
    /// # Errors
    /// The job has none, or what does not fit.
    pub fn weights(&self, graph: &Graph) -> Result<(&'a JobWeights, crate::weights::Parameters)> {
        self.fitted(graph, self.stage.weights.first().ok_or_else(|| self.lacking("weights"))?)
    }

    /// Those of the job's weights that have that id, which must fit the graph.
    ///
    /// # Errors
    /// The job has none of that id, or what does not fit.
    pub fn weights_named(&self, graph: &Graph, id: &str) -> Result<(&'a JobWeights, crate::weights::Parameters)> {
        self.fitted(graph, self.job_weights(id)?)
    }

    /// What is said of the job's weights of that id, which are not read.
    ///
    /// # Errors
    /// The job has none of that id.
    pub fn job_weights(&self, id: &str) -> Result<&'a JobWeights> {
        let found = self.stage.weights.iter().find(|weights| weights.id == id);
        found.ok_or_else(|| self.lacking(&format!("weights `{id}`")))
    }

    /// Weights of the job with their parameters.
    fn fitted(&self, graph: &Graph, weights: &'a JobWeights) -> Result<(&'a JobWeights, crate::weights::Parameters)> {
        Ok((weights, load::from_file(graph, &graph.parameters(), weights)?))
    }

    fn lacking(&self, what: &str) -> Error {
        Error::Input(format!("the job of `{}` has no {what}", self.stage.id))
    }

    /// A new part of the work begins.
    ///
    /// # Errors
    /// Nobody reads any more.
    pub fn begin(&self, what: &str) -> Result<()> {
        self.emitter.stage(what)
    }

    /// Where a training keeps its checkpoint.
    pub(super) fn checkpoint(&self, training: &str) -> PathBuf {
        self.job.out.join("checkpoints").join(format!("{}.safetensors", base::files::file_name(training)))
    }

    /// Data that were generated by rule must be those that the spec pins; gives their SHA-256.
    ///
    /// # Errors
    /// They are not.
    pub fn pinned(&self, id: &str, pixels: &[u8], labels: &[u8]) -> Result<String> {
        let found = base::hash::sha256(&[pixels, labels].concat());
        let pinned = self.stage.generated.iter().find(|generated| generated.id == id);
        match pinned.and_then(|generated| generated.sha256.as_ref()) {
            Some(wanted) if *wanted != found => Err(Error::Input(format!(
                "`{id}` as generated here has SHA-256 {found}, the spec pins {wanted}: another rule or another arithmetic; nothing measured on it could be compared"
            ))),
            _ => Ok(found),
        }
    }

    /// What was tested, on the whole of a set.
    #[must_use]
    pub fn tested<'b>(
        &self,
        (network, model): (&'b str, Model),
        (data, root): (&'b str, &'b str),
        protocol: &'b str,
    ) -> Tested<'b> {
        Tested { network, model, data, root, protocol, part_of: None, already_resized: None }
    }

    /// Writes the answers of a classification; `files` are the examples' names, where they have any.
    ///
    /// # Errors
    /// As [`outcomes::classified`].
    pub fn classified(
        &self,
        tested: &Tested<'_>,
        metrics: &[Metric],
        files: Option<&[String]>,
        answers: &[Answer],
    ) -> Result<()> {
        let classes: Vec<u32> = answers.iter().map(|answer| answer.class).collect();
        let answer = |answer: &Answer| spec::outcomes::Answer {
            classes: answer.given.into_iter().collect(),
            scores: vec![answer.confidence],
        };
        let answers: Vec<_> = answers.iter().map(answer).collect();
        outcomes::classified((&self.job.out, self.emitter), tested, metrics, (files, &classes), &answers)
    }

    /// Writes one value an example, with so many decimals, in the metric's unit.
    ///
    /// # Errors
    /// Values that are not finite, a full disk, or nobody reads any more.
    pub fn values(
        &self,
        tested: &Tested<'_>,
        (task, metric): (&str, Metric),
        values: &[f64],
        decimals: usize,
    ) -> Result<()> {
        outcomes::finite(tested, "values", values.iter().copied())?;
        let text = spec::outcomes::values(values, decimals);
        self.outcomes(tested, &Table { task, metrics: &[metric], text: &text, count: values.len(), examples: None })
    }

    /// Writes outcomes in a form of the paper's own, whose numbers it has checked ([`outcomes::finite`]).
    ///
    /// # Errors
    /// The disk is full, or nobody reads any more.
    pub fn outcomes(&self, tested: &Tested<'_>, table: &Table<'_>) -> Result<()> {
        outcomes::write((&self.job.out, self.emitter), tested, table)
    }

    /// Writes a picture for the page. `private`: it shows data that may not be passed on.
    ///
    /// # Errors
    /// The disk is full, or nobody reads any more.
    pub fn picture(&self, name: &str, caption: &str, image: &Image, private: bool) -> Result<()> {
        picture::write((&self.job.out, self.emitter), (name, caption), image, private)
    }

    /// Writes a curve over something else than steps: the names of its columns, the first of which is what the others are over, each
    /// with its unit in brackets if it has one, and their numbers row by row.
    ///
    /// # Errors
    /// The disk is full, or nobody reads any more.
    pub fn relation(&self, (name, title): (&str, &str), columns: &[&str], rows: &[Vec<f64>]) -> Result<()> {
        let line = |fields: Vec<String>| format!("{}\n", fields.join(","));
        let mut text = line(columns.iter().map(|column| spec::outcomes::field(column)).collect());
        rows.iter().for_each(|row| text.push_str(&line(row.iter().map(f64::to_string).collect())));
        self.write_curve((name, title), &text, None)
    }

    /// Writes the curve of a training of so many steps.
    pub(super) fn curve(&self, (name, title): (&str, &str), curve: &Curve, steps: u64) -> Result<()> {
        self.write_curve((name, title), &curve.csv(), Some(steps))
    }

    fn write_curve(&self, (name, title): (&str, &str), text: &str, steps: Option<u64>) -> Result<()> {
        let file = format!("curve-{}.csv", base::files::file_name(name));
        outcomes::write_file(&self.job.out.join(&file), text.as_bytes())?;
        let (name, title, sha256) = (name.to_owned(), title.to_owned(), base::hash::sha256(text.as_bytes()));
        self.emitter.event(&Event::Curve(event::Curve { name, title, file, sha256, steps }))
    }
}

/// Reads a value by its type; what is wrong is told with the line of JSON that holds it, which has its key.
fn typed<T: DeserializeOwned>(value: &Value) -> std::result::Result<T, String> {
    let text = serde_json::to_string_pretty(value).map_err(|error| error.to_string())?;
    serde_json::from_str(&text).map_err(|error| {
        let line = text.lines().nth(error.line().saturating_sub(1)).unwrap_or_default().trim().trim_end_matches(',');
        let words = error.to_string();
        let words = words.split(" at line ").next().unwrap_or_default();
        if line.contains(':') { format!("{words}, at `{line}`") } else { words.to_owned() }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "it is read for its errors")]
    struct Recipe {
        batch: usize,
        rate: f64,
    }

    #[test]
    fn a_recipe_that_cannot_be_used_names_the_key() {
        let wrong = |value: Value| typed::<Recipe>(&value).unwrap_err();
        assert_eq!(
            wrong(json!({"batch": 1, "rate": "fast"})),
            "invalid type: string \"fast\", expected f64, at `\"rate\": \"fast\"`"
        );
        assert!(wrong(json!({"batch": 1, "rate": 1.0, "momentum": 0.9})).starts_with("unknown field `momentum`"));
        assert_eq!(wrong(json!({"batch": 1})), "missing field `rate`");
    }
}
