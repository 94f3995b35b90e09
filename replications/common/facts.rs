//! What is true of a network, or of a part of it, by its definition alone: the numbers of tier `instant`.
//!
//! Must not compare them with claims: the `results` crate does.

use crate::count::Parameter;
use crate::registry;
use crate::shapes::GraphError;

/// Numbers that follow from the definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Learned parameters.
    pub parameters: u64,
    /// Multiply-adds of one forward pass of one image, with one region where the network looks into some.
    pub multiply_adds: u64,
    /// Those of them that each region takes.
    pub multiply_adds_a_region: u64,
    /// Layers with parameters on the longest path of the whole network.
    pub layers: u64,
    /// Each layer's output shape, `[C, H, W]` or `[features]`, by name and in order.
    pub shapes: Vec<(String, Vec<usize>)>,
}

/// The facts of a network (`googlenet`), or of those of its layers whose names begin with what stands after the first
/// slash (`googlenet/inception_3a`, as claims about one row of a table say it). None where there is no such network or
/// no such layer.
///
/// # Errors
/// When the network's layers do not fit one another.
pub fn facts(id: &str) -> Result<Option<Facts>, GraphError> {
    let (network, part) = id.split_once('/').map_or((id, ""), |(network, part)| (network, part));
    let Some((_, graph)) = registry::network(network) else {
        return Ok(None);
    };
    let multiply_adds = graph.multiply_adds_by_node()?;
    let shapes = graph.shapes()?;
    let mut facts = Facts {
        parameters: 0,
        multiply_adds: 0,
        multiply_adds_a_region: 0,
        layers: graph.depth() as u64,
        shapes: Vec::new(),
    };
    for (((node, each), shape), a_region) in graph.nodes.iter().zip(multiply_adds).zip(shapes).zip(graph.a_region()) {
        if node.name.starts_with(part) {
            facts.multiply_adds = facts.multiply_adds.saturating_add(each);
            facts.multiply_adds_a_region = facts.multiply_adds_a_region.saturating_add(if a_region { each } else { 0 });
            facts.shapes.push((node.name.clone(), shape));
        }
    }
    let counted = |parameter: &Parameter| parameter.learned && parameter.name.starts_with(part);
    facts.parameters = graph
        .parameters()
        .iter()
        .filter(|parameter| counted(parameter))
        .map(Parameter::len)
        .fold(0, u64::saturating_add);
    Ok((!facts.shapes.is_empty()).then_some(facts))
}
