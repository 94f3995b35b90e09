//! Residual blocks: what the ImageNet and the CIFAR-10 networks share.
//!
//! Must not know how blocks are stacked. Layers are named as in the authors' released models: `res2a_branch2a`,
//! `bn2a_branch2a`, `res2a_branch1` for a projection, `res2a` for the sum.

use crate::build::{Builder, Kernel};
use crate::graph::NodeId;

/// Added to the variance; the authors' models use Caffe's default.
pub(super) const EPSILON: f64 = 1e-5;

/// How the input of a block reaches its sum (section 3.3 and Table 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shortcut {
    /// Not at all: a plain net.
    Plain,
    /// Identity, padded with zero channels where the number of channels grows: no parameters.
    A,
    /// A 1×1 projection where the shape changes, identity elsewhere.
    B,
    /// A projection in every block.
    C,
}

/// Figure 5, left (two 3×3) or right (1×1, 3×3, 1×1 with four times the channels).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Two 3×3 convolutions.
    Basic,
    /// A bottleneck, its stride in the first 1×1 as in the paper.
    Bottleneck,
    /// The zoos' bottleneck ("v1.5", first in fb.resnet.torch): its stride in the 3×3.
    LateBottleneck,
}

/// One block's numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    pub(super) kind: Kind,
    pub(super) shortcut: Shortcut,
    /// Channels of the 3×3 convolutions.
    pub(super) width: usize,
    /// The first convolution's stride.
    pub(super) stride: usize,
}

impl Block {
    /// Adds the block `res<name>` to the network.
    pub(super) fn add(self, net: &mut Builder, name: &str, from: NodeId) -> NodeId {
        let outputs = match self.kind {
            Kind::Basic => self.width,
            Kind::Bottleneck | Kind::LateBottleneck => 4 * self.width,
        };
        let x = self.branch(net, name, from, outputs);
        let sum = match self.shortcut(net, name, from, outputs) {
            Some(shortcut) => net.add(format!("res{name}"), shortcut, x),
            None => x,
        };
        net.relu(format!("res{name}_relu"), sum)
    }

    /// The residual branch, up to but without its last ReLU.
    fn branch(self, net: &mut Builder, name: &str, from: NodeId, outputs: usize) -> NodeId {
        let layers: &[(char, usize, Kernel)] = match self.kind {
            Kind::Basic => &[('a', self.width, Kernel::same(3).stride(self.stride)), ('b', outputs, Kernel::same(3))],
            Kind::Bottleneck => &[
                ('a', self.width, Kernel::same(1).stride(self.stride)),
                ('b', self.width, Kernel::same(3)),
                ('c', outputs, Kernel::same(1)),
            ],
            Kind::LateBottleneck => &[
                ('a', self.width, Kernel::same(1)),
                ('b', self.width, Kernel::same(3).stride(self.stride)),
                ('c', outputs, Kernel::same(1)),
            ],
        };
        let mut x = from;
        for (index, &(letter, channels, kernel)) in layers.iter().enumerate() {
            let branch = format!("{name}_branch2{letter}");
            x = net.conv_no_bias(format!("res{branch}"), x, channels, kernel);
            x = net.bn(format!("bn{branch}"), x, EPSILON);
            if index + 1 < layers.len() {
                x = net.relu(format!("res{branch}_relu"), x);
            }
        }
        x
    }

    fn shortcut(self, net: &mut Builder, name: &str, from: NodeId, outputs: usize) -> Option<NodeId> {
        let changes = self.stride != 1 || net.channels(from) != outputs;
        match self.shortcut {
            Shortcut::Plain => None,
            Shortcut::A if changes => Some(net.pad_shortcut(format!("res{name}_branch1"), from, self.stride, outputs)),
            Shortcut::A => Some(from),
            Shortcut::B if !changes => Some(from),
            Shortcut::B | Shortcut::C => {
                let kernel = Kernel::same(1).stride(self.stride);
                let x = net.conv_no_bias(format!("res{name}_branch1"), from, outputs, kernel);
                Some(net.bn(format!("bn{name}_branch1"), x, EPSILON))
            }
        }
    }
}

/// A block's name in its stage: `a`, `b`, `c`; in long stages, as in the authors' deeper models, `a`, `b1`, `b2`.
pub(super) fn block_name(stage: usize, index: usize, long: bool) -> String {
    match (index, long) {
        (0, _) => format!("{stage}a"),
        (index, true) => format!("{stage}b{index}"),
        (index, false) => format!("{stage}{}", char::from(b'a' + u8::try_from(index).unwrap_or(25))),
    }
}
