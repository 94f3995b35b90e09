//! A network in its fully convolutional form: fully connected layers become convolutions, so that an image of any size can
//! go through, and the answer is the mean over all places (Sermanet et al. 2014; Simonyan and Zisserman 2015, section 3.2).
//!
//! Must not change a parameter's name or numbers: a weight `[out, C·H·W]` is read as `[out, C, H, W]`.

use crate::graph::{Conv, Graph, Node, NodeId, Op};
use crate::shapes::{GraphError, Problem};

/// The nodes that the mean over places adds.
const MEAN: &str = "dense/mean";
const FLATTEN: &str = "dense/flatten";

impl Graph {
    /// The fully convolutional form. At the input's own size it gives what the network gives; global pooling stays as it is.
    ///
    /// # Errors
    /// A graph that does not fit together, or a layer behind a flatten that has no such form, by name.
    pub fn fully_convolutional(&self) -> Result<Graph, GraphError> {
        let mut graph = self.over_places()?;
        let inputs = vec![graph.output];
        graph.nodes.push(Node { name: MEAN.to_owned(), op: Op::GlobalAvgPool, inputs });
        let inputs = vec![NodeId(graph.nodes.len() - 1)];
        graph.nodes.push(Node { name: FLATTEN.to_owned(), op: Op::Flatten, inputs });
        graph.output = NodeId(graph.nodes.len() - 1);
        Ok(graph)
    }

    /// The same without the mean: the answer at each place where a window of the input's own size fits, `[answers, H, W]`.
    ///
    /// # Errors
    /// As [`Graph::fully_convolutional`].
    pub fn over_places(&self) -> Result<Graph, GraphError> {
        let shapes = self.shapes()?;
        let mut made = Made { nodes: Vec::new(), id: Vec::new(), window: Vec::new() };
        for node in &self.nodes {
            let inputs: Vec<&[usize]> = node.inputs.iter().map(|id| shapes[id.0].as_slice()).collect();
            made.add(node, &inputs).map_err(|problem| GraphError {
                graph: self.name.clone(),
                node: node.name.clone(),
                problem,
            })?;
        }
        let output = made.id[self.output.0];
        let also = self.also.iter().map(|id| made.id[id.0]).collect();
        Ok(Graph { name: self.name.clone(), input: self.input, nodes: made.nodes, output, also })
    }
}

/// The new graph so far.
struct Made {
    nodes: Vec<Node>,
    /// Each old node's new place.
    id: Vec<NodeId>,
    /// Of an old node whose value is flat: channels and side of what a fully connected layer sees at once.
    window: Vec<Option<[usize; 2]>>,
}

impl Made {
    fn push(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        NodeId(self.nodes.len() - 1)
    }

    fn add(&mut self, node: &Node, shapes: &[&[usize]]) -> Result<(), Problem> {
        let inputs: Vec<NodeId> = node.inputs.iter().map(|id| self.id[id.0]).collect();
        let window = node.inputs.first().and_then(|id| self.window[id.0]);
        let (op, window) = match (&node.op, window) {
            (Op::Flatten, None) => {
                // What it flattens is read where it lies.
                let &[channels, height, width] = shapes[0] else { return Err(Problem::Convolutional) };
                if height != width {
                    return Err(Problem::Convolutional);
                }
                self.id.push(inputs[0]);
                self.window.push(Some([channels, height]));
                return Ok(());
            }
            (&Op::Linear { outputs, bias, .. }, Some([inputs, kernel])) => {
                let conv = Conv { inputs, outputs, kernel, stride: 1, padding: 0, groups: 1, bias };
                (Op::Conv(conv), Some([outputs, 1]))
            }
            (op @ (Op::Relu | Op::Sigmoid | Op::Dropout { .. }), window) => (op.clone(), window),
            (_, Some(_))
            | (Op::Linear { .. } | Op::Transform(_) | Op::Regions | Op::RoiPool { .. } | Op::Sequence(_), None) => {
                return Err(Problem::Convolutional);
            }
            (op, None) => (op.clone(), None),
        };
        let id = self.push(Node { name: node.name.clone(), op, inputs });
        self.id.push(id);
        self.window.push(window);
        Ok(())
    }
}
