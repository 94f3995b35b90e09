//! A network as data: named layers and their wiring, as the paper gives them.
//!
//! From a [`Graph`] follow the shapes, the parameters and the multiply-adds (see the sibling modules), and the runner
//! builds what it executes from the same graph, so that what is counted is what is run. Must not know libtorch.

use crate::sequence::Sequence;

/// The index of a node in its graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub usize);

/// A network. Nodes are in an order in which each comes after its inputs.
#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    /// The network's id: `vgg19`.
    pub name: String,
    /// One image's shape, `[C, H, W]`.
    pub input: [usize; 3],
    /// The layers; the first is the input.
    pub nodes: Vec<Node>,
    /// The node whose value is the network's answer: logits, `[classes]`.
    pub output: NodeId,
    /// Nodes whose values are answers too: where objects are, beside what they are.
    pub also: Vec<NodeId>,
}

/// One layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Unique in the graph, in the paper's or its authors' terms (`conv3_4`, `inception_4a/5x5`). Parameters are
    /// `<name>.weight`, `<name>.bias`, and for batch norm also `<name>.running_mean`, `<name>.running_var`.
    pub name: String,
    /// What it does.
    pub op: Op,
    /// What it does it to.
    pub inputs: Vec<NodeId>,
}

/// What a layer does.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    /// The image, `[C, H, W]`.
    Input,
    /// Regions of images, the network's second input: of each `[5]` numbers, the image of the batch and its left, top, right and
    /// bottom, first and last pixels. Layers that follow from it have a value for each region.
    Regions,
    /// RoI pooling (Girshick 2015, section 2.1): of each region, the second input, the largest numbers of the first, a map
    /// `[C, H, W]`, in each of `bins` × `bins` parts.
    RoiPool {
        /// Parts along a side.
        bins: usize,
        /// Pixels from one place of the map to the next.
        stride: usize,
    },
    /// A layer over the words of a sentence.
    Sequence(Sequence),
    /// Convolution; weight `[out, in / groups, kernel, kernel]`.
    Conv(Conv),
    /// Batch normalisation over channels with its own scale and shift.
    BatchNorm {
        /// Channels.
        channels: usize,
        /// Added to the variance, unless the weights bring their own.
        epsilon: f64,
    },
    /// max(x, 0).
    Relu,
    /// 1 / (1 + e^-x).
    Sigmoid,
    /// The maximum over each `pieces` neighbouring features (Goodfellow et al. 2013): `[n·pieces]` to `[n]`.
    Maxout {
        /// Features that compete.
        pieces: usize,
    },
    /// Radial basis functions: logit k is -Σᵢ βₖᵢ (xᵢ - μₖᵢ)²; weight `[out, in]` holds μ, scale `[out, in]` β.
    Rbf {
        /// Input features.
        inputs: usize,
        /// Output features.
        outputs: usize,
    },
    /// A spatial transformer's grid and sampler: the first input is the map `[C, H, W]`, the second the parameters of
    /// the transformation, as many as [`Transform::parameters`] says.
    Transform(Transform),
    /// Maximum over windows.
    MaxPool(Pool),
    /// Mean over windows (zeros of the padding count).
    AvgPool(Pool),
    /// Mean over all places: `[C, H, W]` to `[C, 1, 1]`.
    GlobalAvgPool,
    /// Local response normalisation across channels: x / (k + α/n Σ x²)^β.
    Lrn {
        /// n, the number of neighbouring channels.
        size: usize,
        /// α (divided by n, as in Caffe and PyTorch).
        alpha: f64,
        /// β.
        beta: f64,
        /// k.
        k: f64,
    },
    /// Local response normalisation within each channel: x / (k + α/n² Σ x²)^β over the n × n places around each one, where
    /// zeros beyond the border count (Caffe's `WITHIN_CHANNEL`).
    LrnWithin {
        /// n, the side of the square of neighbouring places; odd.
        size: usize,
        /// α (divided by n²).
        alpha: f64,
        /// β.
        beta: f64,
        /// k.
        k: f64,
    },
    /// `[C, H, W]` to `[C·H·W]`.
    Flatten,
    /// Fully connected; weight `[out, in]`.
    Linear {
        /// Input features.
        inputs: usize,
        /// Output features.
        outputs: usize,
        /// Whether there is a bias.
        bias: bool,
    },
    /// Dropout in training; nothing at test time.
    Dropout {
        /// The share that is dropped.
        p: f64,
    },
    /// Element-wise sum of two inputs.
    Add,
    /// Concatenation along channels.
    Concat,
    /// A shortcut that takes every `stride`-th place and pads `pad` zero channels in all, half before and half
    /// after (ResNet's option A).
    PadShortcut {
        /// The stride.
        stride: usize,
        /// Channels of zeros added, half on each side.
        pad: usize,
    },
}

/// A spatial transformer's numbers (Jaderberg et al. 2015, section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transform {
    /// The family of transformations.
    pub kind: TransformKind,
    /// The output's `[H, W]`.
    pub output: [usize; 2],
}

/// Families of transformations. Coordinates run from -1 to 1 over the outer edges of the border pixels' centres.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransformKind {
    /// 2 × 3 numbers, row by row.
    Affine,
    /// The first 8 of 3 × 3 numbers, row by row; the ninth is 1.
    Projective,
    /// Where each of `side` × `side` control points of a regular grid is looked up: all x, then all y.
    ThinPlateSpline {
        /// Control points along a side.
        side: usize,
    },
}

impl Transform {
    /// How many numbers say one transformation.
    #[must_use]
    pub fn parameters(&self) -> usize {
        match self.kind {
            TransformKind::Affine => 6,
            TransformKind::Projective => 8,
            TransformKind::ThinPlateSpline { side } => 2 * side * side,
        }
    }

    /// The numbers of the transformation that changes nothing.
    #[must_use]
    pub fn identity(&self) -> Vec<f32> {
        match self.kind {
            TransformKind::Affine => vec![1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
            TransformKind::Projective => vec![1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0],
            TransformKind::ThinPlateSpline { side } => {
                let place = |index: usize| 2.0 * index as f32 / side.saturating_sub(1).max(1) as f32 - 1.0;
                let x = (0..side * side).map(|point| place(point % side));
                let y = (0..side * side).map(|point| place(point / side));
                x.chain(y).collect()
            }
        }
    }
}

/// A convolution's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conv {
    /// Input channels.
    pub inputs: usize,
    /// Output channels.
    pub outputs: usize,
    /// Side of the square kernel.
    pub kernel: usize,
    /// Stride.
    pub stride: usize,
    /// Zeros on each side.
    pub padding: usize,
    /// Groups.
    pub groups: usize,
    /// Whether there is a bias.
    pub bias: bool,
}

/// A pooling window's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool {
    /// Side of the square window.
    pub kernel: usize,
    /// Stride.
    pub stride: usize,
    /// Padding on each side.
    pub padding: usize,
    /// Whether the output's size is rounded up (Caffe) or down. As in Caffe and PyTorch the last window must start
    /// inside the image or its left padding.
    pub ceil: bool,
}
