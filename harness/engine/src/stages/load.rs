//! Loading: the network of the registry, its weights, on the device.
//!
//! Must not predict anything.

use std::path::Path;

use replications::count::Parameter;
use replications::graph::Graph;
use replications::names::Names;
use spec::job::{Job, JobWeights};
use spec::metric::Unit;

use super::{Form, Loaded, Member};
use crate::emit::Emitter;
use crate::error::{Error, Result};
use crate::filters;
use crate::input::batch::Normalisation;
use crate::net::{How, Network};
use crate::picture;
use crate::weights::{self, Parameters, assign, random};

/// Loads what the job names, in that form. `again`: the job's networks were loaded before, in another form, and what is
/// told of loading was told then.
///
/// # Errors
/// A network that there is not, weights that cannot be read or do not fit.
pub fn run(job: &Job, form: Form, again: bool, emitter: &Emitter<'_>) -> Result<Loaded> {
    emitter.stage("load")?;
    let start = emitter.at();
    let id = job
        .network
        .as_deref()
        .ok_or_else(|| Error::Input("the job's stages need a network, but it names none".to_owned()))?;
    let alone = [(id, job.weights.as_ref())];
    let several: Vec<_> = job.members.iter().map(|member| (member.network.as_str(), Some(&member.weights))).collect();
    let wanted = if several.is_empty() { &alone[..] } else { &several[..] };
    let how = How::of(&job.settings)?;
    if job.settings.fuse && !how.fuse && !again {
        let why = if how.channels_last && how.device == tch::Device::Cpu {
            "this processor has no fused operators in bfloat16; plain ones are used, which are slower than fp32"
        } else {
            "fused operators exist on a CPU with channels last only; plain ones are used"
        };
        emitter.note(why)?;
    }
    let (mut members, mut work, mut input) = (Vec::new(), 0, None);
    for (id, weights) in wanted {
        let own = graph(id)?;
        work += own.multiply_adds()?;
        if *input.get_or_insert(own.input) != own.input {
            return Err(Error::Input(format!("`{id}` reads images of another size than the ensemble's first network")));
        }
        members.push(member(own, *weights, form, how, (job.settings.seed, again), (&job.out, emitter))?);
    }
    if !again {
        emitter.value("macs", work as f64, Some(Unit::Count))?;
        emitter.value("time.load", emitter.at() - start, Some(Unit::Seconds))?;
    }
    Ok(Loaded { members, form, input: input.unwrap_or_default() })
}

/// One network with its weights.
fn member(
    own: Graph,
    weights: Option<&JobWeights>,
    form: Form,
    how: How,
    (seed, again): (u64, bool),
    (out, emitter): (&Path, &Emitter<'_>),
) -> Result<Member> {
    let wanted = own.parameters();
    let mut parameters = match weights {
        Some(weights) => from_file(&own, &wanted, weights)?,
        None => {
            if !again {
                emitter.note(format!("no weights: random ones from seed {seed}, enough for speed only"))?;
            }
            random::parameters(&wanted, seed)
        }
    };
    // A run that was stopped loads again and draws the same picture under the same name.
    if let Some(weights) = weights.filter(|_| !again)
        && let Some(filters) = filters::first_layer(&own, &parameters, weights.input.colour)
    {
        let name = format!("{}-filters", own.name);
        picture::write((out, emitter), (&name, &filters.caption), &filters.image, false)?;
    }
    let graph = match form {
        Form::Own => own,
        Form::Convolutional => convolutional(&own, &mut parameters)?,
    };
    let network = Network::build(&graph, parameters, how)?;
    Ok(Member { network, graph, normalisation: weights.map(|weights| Normalisation::new(&weights.input)) })
}

/// The fully convolutional form of a network, and its parameters in that form's shapes: the numbers stay where they are.
///
/// # Errors
/// It has none.
pub fn convolutional(own: &Graph, parameters: &mut Parameters) -> Result<Graph> {
    let graph = own.fully_convolutional()?;
    for parameter in graph.parameters() {
        if let Some(tensor) = parameters.tensors.get_mut(&parameter.name) {
            tensor.shape = parameter.shape;
        }
    }
    Ok(graph)
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
