//! Which batch norms are computed together with what follows them: a sum with a shortcut, a ReLU.
//!
//! What a network computes does not change. Must not fuse a value that somebody else reads.

use std::collections::BTreeMap;

use replications::graph::{Graph, NodeId, Op};

/// A batch norm with the ReLU at whose place it is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fused {
    /// The batch norm.
    pub(super) norm: NodeId,
    /// What is added to it before the ReLU.
    pub(super) other: Option<NodeId>,
}

/// What is fused in a graph.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Fusion {
    /// By the ReLU's index.
    at: BTreeMap<usize, Fused>,
    /// Nodes that have no value of their own then, by index.
    skipped: Vec<bool>,
}

impl Fusion {
    /// Finds what can be fused.
    pub(super) fn of(graph: &Graph) -> Fusion {
        let mut readers = vec![0; graph.nodes.len()];
        for id in graph.nodes.iter().flat_map(|node| &node.inputs).chain([&graph.output]).chain(&graph.also) {
            readers[id.0] += 1;
        }
        let only = |id: NodeId| readers[id.0] == 1;
        let is_norm = |id: NodeId| matches!(graph.nodes[id.0].op, Op::BatchNorm { .. }) && only(id);
        let mut fusion = Fusion { at: BTreeMap::new(), skipped: vec![false; graph.nodes.len()] };
        for (index, node) in graph.nodes.iter().enumerate().filter(|(_, node)| node.op == Op::Relu) {
            let Some(&before) = node.inputs.first() else { continue };
            let sum = &graph.nodes[before.0];
            let found = match (&sum.op, sum.inputs.as_slice()) {
                (Op::BatchNorm { .. }, _) if is_norm(before) => Fused { norm: before, other: None },
                (Op::Add, &[first, second]) if only(before) && is_norm(second) && first != second => {
                    Fused { norm: second, other: Some(first) }
                }
                (Op::Add, &[first, second]) if only(before) && is_norm(first) && first != second => {
                    Fused { norm: first, other: Some(second) }
                }
                _ => continue,
            };
            fusion.skipped[found.norm.0] = true;
            fusion.skipped[before.0] = true;
            fusion.at.insert(index, found);
        }
        fusion
    }

    /// What is computed at the place of that ReLU.
    pub(super) fn at(&self, index: usize) -> Option<Fused> {
        self.at.get(&index).copied()
    }

    /// Whether that node's value is never made.
    pub(super) fn skips(&self, index: usize) -> bool {
        self.skipped.get(index).copied().unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(id: &str) -> Graph {
        replications::registry::network(id).unwrap().1
    }

    #[test]
    fn each_relu_of_a_residual_network_takes_the_batch_norm_before_it() {
        for (id, norms) in [("resnet20", 19), ("plain20", 19), ("resnet50", 53)] {
            let graph = graph(id);
            let fusion = Fusion::of(&graph);
            let relus = graph.nodes.iter().filter(|node| node.op == Op::Relu).count();
            assert_eq!(fusion.at.len(), relus, "{id}");
            let left = graph
                .nodes
                .iter()
                .enumerate()
                .filter(|(index, node)| matches!(node.op, Op::BatchNorm { .. }) && !fusion.skips(*index));
            // A projection's batch norm has no ReLU of its own: it is the other side of the sum.
            assert_eq!(left.count() + relus, norms, "{id}");
        }
    }

    #[test]
    fn what_somebody_else_reads_keeps_its_value() {
        let mut graph = graph("resnet20");
        let norm = graph.nodes.iter().position(|node| node.name == "bn_conv1").unwrap();
        assert!(Fusion::of(&graph).skips(norm));
        graph.output = NodeId(norm);
        assert!(!Fusion::of(&graph).skips(norm));
    }
}
