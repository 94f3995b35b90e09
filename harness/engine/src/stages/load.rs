//! Loading: the network of the registry, its weights, on the device.
//!
//! Must not predict anything.

use replications::count::Parameter;
use replications::graph::Graph;
use replications::names::Names;
use spec::job::{Job, JobWeights};
use spec::metric::Unit;

use super::Loaded;
use crate::emit::Emitter;
use crate::error::{Error, Result};
use crate::input::batch::Normalisation;
use crate::net::{How, Network};
use crate::weights::{self, Parameters, assign, random};

/// Loads what the job names.
///
/// # Errors
/// A network that there is not, weights that cannot be read or do not fit.
pub fn run(job: &Job, emitter: &Emitter<'_>) -> Result<Loaded> {
    emitter.stage("load")?;
    let start = emitter.at();
    let id = job
        .network
        .as_deref()
        .ok_or_else(|| Error::Input("the job's stages need a network, but it names none".to_owned()))?;
    let graph = graph(id)?;
    emitter.value("macs", graph.multiply_adds()? as f64, Some(Unit::Count))?;
    let wanted = graph.parameters();
    let parameters = match &job.weights {
        Some(weights) => from_file(&graph, &wanted, weights)?,
        None => {
            emitter.note(format!("no weights: random ones from seed {}, enough for speed only", job.settings.seed))?;
            random::parameters(&wanted, job.settings.seed)
        }
    };
    let how = How::of(&job.settings);
    if job.settings.fuse && !how.fuse {
        emitter.note("fused operators exist on a CPU with channels last only; plain ones are used")?;
    }
    let network = Network::build(&graph, parameters, how)?;
    emitter.value("time.load", emitter.at() - start, Some(Unit::Seconds))?;
    let normalisation = job.weights.as_ref().map(|weights| Normalisation::new(&weights.input));
    Ok(Loaded { network, normalisation, input: graph.input })
}

/// The network of that id.
///
/// # Errors
/// There is none.
pub fn graph(id: &str) -> Result<Graph> {
    let found = replications::registry::network(id).map(|(_, graph)| graph);
    found.ok_or_else(|| Error::Input(format!("there is no network `{id}`; `harness list` names those that there are")))
}

/// Reads weights and gives each parameter its tensor.
///
/// # Errors
/// A file that cannot be read, or tensors that do not fit.
pub fn from_file(graph: &Graph, wanted: &[Parameter], weights: &JobWeights) -> Result<Parameters> {
    let names = &weights.names;
    let table = fs_err::read_to_string(names)
        .map_err(|error| Error::Input(format!("the table of names cannot be read: {error}")))?;
    let table = Names::parse(&table, &names.display().to_string()).map_err(|error| Error::Input(error.to_string()))?;
    let raw = weights::read(&weights.path, weights.format)?;
    let what =
        format!("network `{}`, weights {} and the names in {}", graph.name, weights.path.display(), names.display());
    assign::assign(wanted, raw, &table, &what)
}
