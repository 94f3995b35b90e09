//! Graphs and weights for tests, and the mirror.

use std::io::Write as _;
use std::path::PathBuf;

use engine::net::{How, Network};
use engine::weights::{Parameters, random};
use replications::graph::Graph;
use tch::Tensor;

pub(crate) fn graph(id: &str) -> Graph {
    replications::registry::network(id).unwrap().1
}

/// Random weights with batch norms that do something.
pub(crate) fn lively(graph: &Graph, seed: u64) -> Parameters {
    let mut parameters = random::parameters(&graph.parameters(), seed);
    for (index, (name, tensor)) in parameters.tensors.iter_mut().enumerate() {
        let wave = |i: usize| ((i * 37 + index * 11) % 101) as f32 / 101.0;
        let numbers = tensor.data.iter_mut().enumerate();
        if name.ends_with(".running_var") {
            numbers.for_each(|(i, value)| *value = 0.5 + wave(i));
        } else if tensor.shape.len() == 1 && name.ends_with(".weight") {
            numbers.for_each(|(i, value)| *value = 0.6 + 0.3 * wave(i));
        } else if tensor.shape.len() == 1 {
            numbers.for_each(|(i, value)| *value = wave(i) - 0.5);
        }
    }
    parameters
}

/// That a network answers a picture as another implementation does, whose every 20th logit is known: to 1e-4 of the largest,
/// which is more than `least`.
pub(crate) fn answers_as(
    theirs: &[f64],
    (graph, parameters, how): (&Graph, Parameters, How),
    picture: &Tensor,
    least: f64,
) {
    let _guard = torch_shim::InferenceMode::enter().unwrap();
    let network = Network::build(graph, parameters, how).unwrap();
    let answer = network.forward(&network.prepare(picture).unwrap()).unwrap();
    let ours = Vec::<f32>::try_from(answer.reshape([-1])).unwrap();
    let (id, largest) = (&graph.name, theirs.iter().fold(0.0_f64, |most, logit| most.max(logit.abs())));
    assert!(largest > least && ours.len() == theirs.len() * 20, "{id}: {largest}, {} logits", ours.len());
    for (place, (ours, theirs)) in ours.iter().step_by(20).zip(theirs).enumerate() {
        let difference = (f64::from(*ours) - theirs).abs();
        assert!(difference <= 1e-4 * largest, "{id} {how:?}, class {}: {ours}, not {theirs}", place * 20);
    }
}

/// A file or folder of the mirror, unpacked or as it is packed in a folder of that name; says loudly why a test is skipped
/// where there is none.
pub(crate) fn mirror(folder: &str, name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("REPLICATIONS_MIRROR").map(PathBuf::from);
    let found =
        root.and_then(|root| [root.join(name), root.join(folder).join(name)].into_iter().find(|at| at.exists()));
    if found.is_none() {
        // Not eprintln!, which the test harness keeps to itself where a test passes.
        let _ = writeln!(std::io::stderr(), "skipped: REPLICATIONS_MIRROR does not name a folder with {name}");
    }
    found
}
