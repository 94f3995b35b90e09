//! Writes a [`Graph`] down layer by layer, so that a paper's `network.rs` reads like the paper's table.
//!
//! Must not judge: a layer that does not fit is written as it is, and [`Graph::shapes`] says what is wrong with it.

use crate::graph::{Conv, Graph, Node, NodeId, Op, Pool, Transform};
use crate::shapes::output_shape;

/// A square window and how it moves: the part of a layer that papers print as `7×7/2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kernel {
    side: usize,
    stride: usize,
    padding: usize,
}

impl Kernel {
    /// A window of `side` × `side` with stride 1 and no padding.
    #[must_use]
    pub fn square(side: usize) -> Self {
        Self { side, stride: 1, padding: 0 }
    }

    /// Stride 1 and the padding that keeps height and width; `side` is odd.
    #[must_use]
    pub fn same(side: usize) -> Self {
        Self { side, stride: 1, padding: side / 2 }
    }

    /// The same window with another stride.
    #[must_use]
    pub fn stride(self, stride: usize) -> Self {
        Self { stride, ..self }
    }

    /// The same window with that many zeros on each side.
    #[must_use]
    pub fn padding(self, padding: usize) -> Self {
        Self { padding, ..self }
    }

    /// A pooling window whose output size is rounded down.
    #[must_use]
    pub fn pool(self) -> Pool {
        Pool { kernel: self.side, stride: self.stride, padding: self.padding, ceil: false }
    }

    /// A pooling window whose output size is rounded up, as Caffe's is.
    #[must_use]
    pub fn pool_ceil(self) -> Pool {
        Pool { ceil: true, ..self.pool() }
    }
}

/// A graph in the making.
#[derive(Debug, Clone)]
pub struct Builder {
    graph: Graph,
    /// Each node's shape; empty where it cannot be told, which [`Graph::shapes`] reports later.
    shapes: Vec<Vec<usize>>,
}

impl Builder {
    /// A graph with nothing but its input, a node named `data`; `input` is one image's `[C, H, W]`.
    #[must_use]
    pub fn new(name: impl Into<String>, input: [usize; 3]) -> Self {
        let data = Node { name: "data".to_owned(), op: Op::Input, inputs: Vec::new() };
        let graph = Graph { name: name.into(), input, nodes: vec![data], output: NodeId(0), also: Vec::new() };
        Self { graph, shapes: vec![input.to_vec()] }
    }

    /// The input node.
    #[must_use]
    pub fn input(&self) -> NodeId {
        NodeId(0)
    }

    /// The number of channels (or features) that `node` gives; 0 where the graph is wrong before it.
    #[must_use]
    pub fn channels(&self, node: NodeId) -> usize {
        self.shapes.get(node.0).and_then(|shape| shape.first()).copied().unwrap_or(0)
    }

    /// Any layer.
    pub fn node(&mut self, name: impl Into<String>, op: Op, inputs: &[NodeId]) -> NodeId {
        let shapes: Vec<&[usize]> = inputs.iter().filter_map(|id| self.shapes.get(id.0)).map(Vec::as_slice).collect();
        let shape = output_shape(&op, self.graph.input, &shapes).unwrap_or_default();
        self.shapes.push(shape);
        self.graph.nodes.push(Node { name: name.into(), op, inputs: inputs.to_vec() });
        NodeId(self.graph.nodes.len() - 1)
    }

    /// Convolution with a bias.
    pub fn conv(&mut self, name: impl Into<String>, from: NodeId, outputs: usize, kernel: Kernel) -> NodeId {
        self.convolution(name.into(), from, outputs, kernel, 1, true)
    }

    /// Convolution without a bias, as before a batch norm.
    pub fn conv_no_bias(&mut self, name: impl Into<String>, from: NodeId, outputs: usize, kernel: Kernel) -> NodeId {
        self.convolution(name.into(), from, outputs, kernel, 1, false)
    }

    /// Convolution with a bias whose channels are cut into `groups` parts that do not see each other.
    pub fn conv_in_groups(
        &mut self,
        name: impl Into<String>,
        from: NodeId,
        outputs: usize,
        kernel: Kernel,
        groups: usize,
    ) -> NodeId {
        self.convolution(name.into(), from, outputs, kernel, groups, true)
    }

    fn convolution(
        &mut self,
        name: String,
        from: NodeId,
        outputs: usize,
        kernel: Kernel,
        groups: usize,
        bias: bool,
    ) -> NodeId {
        let Kernel { side, stride, padding } = kernel;
        let inputs = self.channels(from);
        let op = Op::Conv(Conv { inputs, outputs, kernel: side, stride, padding, groups, bias });
        self.node(name, op, &[from])
    }

    /// Batch normalisation.
    pub fn bn(&mut self, name: impl Into<String>, from: NodeId, epsilon: f64) -> NodeId {
        let channels = self.channels(from);
        self.node(name, Op::BatchNorm { channels, epsilon }, &[from])
    }

    /// ReLU.
    pub fn relu(&mut self, name: impl Into<String>, from: NodeId) -> NodeId {
        self.node(name, Op::Relu, &[from])
    }

    /// Sigmoid.
    pub fn sigmoid(&mut self, name: impl Into<String>, from: NodeId) -> NodeId {
        self.node(name, Op::Sigmoid, &[from])
    }

    /// The maximum over each `pieces` neighbouring features.
    pub fn maxout(&mut self, name: impl Into<String>, from: NodeId, pieces: usize) -> NodeId {
        self.node(name, Op::Maxout { pieces }, &[from])
    }

    /// Radial basis functions.
    pub fn rbf(&mut self, name: impl Into<String>, from: NodeId, outputs: usize) -> NodeId {
        let inputs = self.channels(from);
        self.node(name, Op::Rbf { inputs, outputs }, &[from])
    }

    /// A spatial transformer's grid and sampler: looks `map` up as the numbers of `parameters` say.
    pub fn transform(
        &mut self,
        name: impl Into<String>,
        map: NodeId,
        parameters: NodeId,
        transform: Transform,
    ) -> NodeId {
        self.node(name, Op::Transform(transform), &[map, parameters])
    }

    /// Max pooling.
    pub fn max_pool(&mut self, name: impl Into<String>, from: NodeId, pool: Pool) -> NodeId {
        self.node(name, Op::MaxPool(pool), &[from])
    }

    /// Average pooling.
    pub fn avg_pool(&mut self, name: impl Into<String>, from: NodeId, pool: Pool) -> NodeId {
        self.node(name, Op::AvgPool(pool), &[from])
    }

    /// Average over all places.
    pub fn global_avg_pool(&mut self, name: impl Into<String>, from: NodeId) -> NodeId {
        self.node(name, Op::GlobalAvgPool, &[from])
    }

    /// Local response normalisation over `size` channels.
    pub fn lrn(&mut self, name: impl Into<String>, from: NodeId, size: usize, [alpha, beta, k]: [f64; 3]) -> NodeId {
        self.node(name, Op::Lrn { size, alpha, beta, k }, &[from])
    }

    /// Local response normalisation over `size` × `size` places of each channel.
    pub fn lrn_within(
        &mut self,
        name: impl Into<String>,
        from: NodeId,
        size: usize,
        [alpha, beta, k]: [f64; 3],
    ) -> NodeId {
        self.node(name, Op::LrnWithin { size, alpha, beta, k }, &[from])
    }

    /// `[C, H, W]` to `[C·H·W]`.
    pub fn flatten(&mut self, name: impl Into<String>, from: NodeId) -> NodeId {
        self.node(name, Op::Flatten, &[from])
    }

    /// Fully connected, with a bias.
    pub fn linear(&mut self, name: impl Into<String>, from: NodeId, outputs: usize) -> NodeId {
        let inputs = self.channels(from);
        self.node(name, Op::Linear { inputs, outputs, bias: true }, &[from])
    }

    /// Dropout of the share `p`.
    pub fn dropout(&mut self, name: impl Into<String>, from: NodeId, p: f64) -> NodeId {
        self.node(name, Op::Dropout { p }, &[from])
    }

    /// Sum of two.
    pub fn add(&mut self, name: impl Into<String>, left: NodeId, right: NodeId) -> NodeId {
        self.node(name, Op::Add, &[left, right])
    }

    /// Concatenation along channels.
    pub fn concat(&mut self, name: impl Into<String>, inputs: &[NodeId]) -> NodeId {
        self.node(name, Op::Concat, inputs)
    }

    /// ResNet's option A shortcut: every `stride`-th place, zero channels up to `channels`.
    pub fn pad_shortcut(&mut self, name: impl Into<String>, from: NodeId, stride: usize, channels: usize) -> NodeId {
        let pad = channels.saturating_sub(self.channels(from));
        self.node(name, Op::PadShortcut { stride, pad }, &[from])
    }

    /// Goes on from a graph: its answer, and a graph in the making that has all its nodes.
    #[must_use]
    pub fn on(name: impl Into<String>, graph: Graph) -> (Self, NodeId) {
        let output = graph.output;
        let mut begun =
            Self { graph: Graph { name: name.into(), nodes: Vec::new(), ..graph.clone() }, shapes: Vec::new() };
        for Node { name, op, inputs } in graph.nodes {
            let _ = begun.node(name, op, &inputs);
        }
        (begun, output)
    }

    /// Regions, the second input.
    pub fn regions(&mut self, name: impl Into<String>) -> NodeId {
        self.node(name, Op::Regions, &[])
    }

    /// RoI pooling of a map over regions.
    pub fn roi_pool(
        &mut self,
        name: impl Into<String>,
        [map, regions]: [NodeId; 2],
        bins: usize,
        stride: usize,
    ) -> NodeId {
        self.node(name, Op::RoiPool { bins, stride }, &[map, regions])
    }

    /// The graph, with `output` as its answer and others beside it.
    #[must_use]
    pub fn finish_with(self, output: NodeId, also: &[NodeId]) -> Graph {
        Graph { also: also.to_vec(), ..self.finish(output) }
    }

    /// The graph, with `output` as its answer.
    #[must_use]
    pub fn finish(mut self, output: NodeId) -> Graph {
        self.graph.output = output;
        self.graph
    }
}
