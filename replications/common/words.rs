//! Layers in words, as tables of a network show them.
//!
//! Must not count or compute.

use crate::graph::Op;

impl Op {
    /// The layer in a few words, for tables of a network: `conv 3×3/1`.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Op::Input => "input".to_owned(),
            Op::Conv(c) if c.groups > 1 => format!("conv {0}×{0}/{1}, {2} groups", c.kernel, c.stride, c.groups),
            Op::Conv(c) => format!("conv {0}×{0}/{1}", c.kernel, c.stride),
            Op::BatchNorm { .. } => "batch norm".to_owned(),
            Op::Relu => "ReLU".to_owned(),
            Op::MaxPool(p) => format!("max pool {0}×{0}/{1}", p.kernel, p.stride),
            Op::AvgPool(p) => format!("average pool {0}×{0}/{1}", p.kernel, p.stride),
            Op::GlobalAvgPool => "global average pool".to_owned(),
            Op::Lrn { size, .. } => format!("LRN over {size}"),
            Op::LrnWithin { size, .. } => format!("LRN over {size}×{size}"),
            Op::Flatten => "flatten".to_owned(),
            Op::Linear { .. } => "fully connected".to_owned(),
            Op::Dropout { p } => format!("dropout {p}"),
            Op::Add => "sum".to_owned(),
            Op::Concat => "concatenation".to_owned(),
            Op::PadShortcut { .. } => "padded shortcut".to_owned(),
            Op::Sigmoid => "sigmoid".to_owned(),
            Op::Maxout { pieces } => format!("maxout of {pieces}"),
            Op::Rbf { .. } => "radial basis functions".to_owned(),
            Op::Regions => "regions".to_owned(),
            Op::RoiPool { bins, .. } => format!("RoI pool {bins}×{bins}"),
            Op::Sequence(sequence) => sequence.words(),
            Op::Transform(_) => "spatial transformer".to_owned(),
        }
    }
}
