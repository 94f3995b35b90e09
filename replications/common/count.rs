//! What follows from a graph without running it: parameters, multiply-adds, depth.
//!
//! Must not round or shorten: the exact numbers are compared with the papers' printed ones elsewhere.

use crate::graph::{Conv, Graph, Node, NodeId, Op};
use crate::shapes::GraphError;

/// One tensor that a network keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// `<layer>.weight`, `<layer>.bias`, `<layer>.scale`, `<layer>.running_mean`, `<layer>.running_var`.
    pub name: String,
    /// Its shape: `[out, in / groups, kernel, kernel]` for a convolution, `[out, in]` for a fully connected layer,
    /// `[channels]` for the rest.
    pub shape: Vec<usize>,
    /// Whether training learns it. Running statistics are kept but not learned, and are not counted as parameters.
    pub learned: bool,
}

impl Parameter {
    /// How many numbers it holds.
    #[must_use]
    pub fn len(&self) -> u64 {
        product(&self.shape)
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Graph {
    /// Every tensor of the network, in the order of its nodes.
    #[must_use]
    pub fn parameters(&self) -> Vec<Parameter> {
        self.nodes.iter().flat_map(parameters_of).collect()
    }

    /// How many learned numbers the network has.
    #[must_use]
    pub fn parameter_count(&self) -> u64 {
        self.parameters().iter().filter(|parameter| parameter.learned).map(Parameter::len).fold(0, u64::saturating_add)
    }

    /// Multiply-adds of one forward pass of one image, a node. As in the papers' tables, convolutions and fully
    /// connected layers count, and biases, normalisation, activations and pooling do not.
    ///
    /// # Errors
    /// The first layer that does not fit, by name.
    pub fn multiply_adds_by_node(&self) -> Result<Vec<u64>, GraphError> {
        let shapes = self.shapes()?;
        Ok(self.nodes.iter().zip(shapes).map(|(node, shape)| multiply_adds_of(&node.op, &shape)).collect())
    }

    /// Multiply-adds of one forward pass of one image; see [`Graph::multiply_adds_by_node`].
    ///
    /// # Errors
    /// The first layer that does not fit, by name.
    pub fn multiply_adds(&self) -> Result<u64, GraphError> {
        Ok(self.multiply_adds_by_node()?.into_iter().fold(0, u64::saturating_add))
    }

    /// Which nodes have a value for each region of an image, not one for the image: those that follow from the network's regions.
    #[must_use]
    pub fn a_region(&self) -> Vec<bool> {
        let mut all: Vec<bool> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let follows = node.inputs.iter().any(|id| all.get(id.0).copied().unwrap_or(false));
            all.push(matches!(node.op, Op::Regions) || follows);
        }
        all
    }

    /// The number of convolutions and fully connected layers on the longest path to the answer: what papers call a
    /// network's number of layers.
    #[must_use]
    pub fn depth(&self) -> usize {
        let mut depths: Vec<usize> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let before = node.inputs.iter().filter_map(|id| depths.get(id.0)).max().copied().unwrap_or(0);
            let own = usize::from(matches!(node.op, Op::Conv(_) | Op::Linear { .. } | Op::Rbf { .. }));
            depths.push(before + own);
        }
        depths.get(self.output.0).copied().unwrap_or(0)
    }

    /// The part of the network that ends with the node of that name; None where there is no such node.
    #[must_use]
    pub fn until(&self, name: &str) -> Option<Graph> {
        let (output, _) = self.find(name)?;
        Some(Graph { nodes: self.nodes[..=output.0].to_vec(), output, also: Vec::new(), ..self.clone() })
    }

    /// The part of the network that makes the values of some nodes of one node's value, which is what it reads: its input has
    /// that node's name and shape. The first of `to` is the answer, the others are answers beside it. None where there is no such
    /// node or more is needed, or where that node's value is flat.
    #[must_use]
    pub fn between(&self, from: &str, to: &[&str]) -> Option<Graph> {
        let (from, first) = self.find(from)?;
        let input = <[usize; 3]>::try_from(self.shapes().ok()?[from.0].clone()).ok()?;
        let to: Vec<NodeId> = to.iter().map(|name| self.find(name).map(|(id, _)| id)).collect::<Option<_>>()?;
        let mut needed = vec![false; self.nodes.len()];
        to.iter().for_each(|id| needed[id.0] = true);
        for index in (0..self.nodes.len()).rev().filter(|index| *index != from.0) {
            if needed[index] {
                // Another input than the one it is cut at.
                if self.nodes[index].inputs.is_empty() {
                    return None;
                }
                self.nodes[index].inputs.iter().for_each(|id| needed[id.0] = true);
            }
        }
        needed[from.0] = true;
        let mut place = vec![NodeId(0); self.nodes.len()];
        let mut nodes = vec![Node { name: first.name.clone(), op: Op::Input, inputs: Vec::new() }];
        for (index, node) in self.nodes.iter().enumerate().filter(|(index, _)| needed[*index] && *index != from.0) {
            place[index] = NodeId(nodes.len());
            nodes.push(Node { inputs: node.inputs.iter().map(|id| place[id.0]).collect(), ..node.clone() });
        }
        let (output, also) = to.split_first()?;
        let also = also.iter().map(|id| place[id.0]).collect();
        Some(Graph { name: self.name.clone(), input, nodes, output: place[output.0], also })
    }

    /// The node of that name, with its index.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<(NodeId, &Node)> {
        let index = self.nodes.iter().position(|node| node.name == name)?;
        Some((NodeId(index), &self.nodes[index]))
    }
}

/// One layer's tensors, in the order weight, bias, running mean, running variance.
fn parameters_of(node: &Node) -> Vec<Parameter> {
    let parameter = |part: &str, shape: Vec<usize>, learned: bool| Parameter {
        name: format!("{}.{part}", node.name),
        shape,
        learned,
    };
    match node.op {
        Op::Conv(Conv { inputs, outputs, kernel, groups, bias, .. }) => {
            let weight = parameter("weight", vec![outputs, inputs / groups.max(1), kernel, kernel], true);
            let bias = bias.then(|| parameter("bias", vec![outputs], true));
            std::iter::once(weight).chain(bias).collect()
        }
        Op::Linear { inputs, outputs, bias } => {
            let weight = parameter("weight", vec![outputs, inputs], true);
            let bias = bias.then(|| parameter("bias", vec![outputs], true));
            std::iter::once(weight).chain(bias).collect()
        }
        Op::Rbf { inputs, outputs } => {
            vec![parameter("weight", vec![outputs, inputs], true), parameter("scale", vec![outputs, inputs], true)]
        }
        Op::BatchNorm { channels, .. } => vec![
            parameter("weight", vec![channels], true),
            parameter("bias", vec![channels], true),
            parameter("running_mean", vec![channels], false),
            parameter("running_var", vec![channels], false),
        ],
        Op::Sequence(sequence) => crate::sequence::parameters(&node.name, sequence),
        _ => Vec::new(),
    }
}

fn multiply_adds_of(op: &Op, output: &[usize]) -> u64 {
    let each = match *op {
        Op::Conv(Conv { inputs, kernel, groups, .. }) => product(&[inputs / groups.max(1), kernel, kernel]),
        Op::Linear { inputs, .. } | Op::Rbf { inputs, .. } => inputs as u64,
        Op::Sequence(sequence) => sequence.multiply_adds(),
        _ => 0,
    };
    each.saturating_mul(product(output))
}

fn product(sides: &[usize]) -> u64 {
    sides.iter().fold(1, |product: u64, &side| product.saturating_mul(side as u64))
}
