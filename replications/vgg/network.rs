//! Configurations A to E of Table 1: stacks of 3×3 convolutions, five max pools, three fully connected layers.
//!
//! Must not differ from Table 1, but for the variants with batch norm, which say so in their ids. What the paper leaves open is said where it is settled.

use crate::build::{Builder, Kernel};
use crate::graph::{Graph, NodeId};

/// A column of Table 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Config {
    /// 11 weight layers.
    A,
    /// A, with local response normalisation after the first convolution.
    ALrn,
    /// 13 weight layers.
    B,
    /// 16 weight layers, three of them 1×1 convolutions.
    C,
    /// 16 weight layers.
    D,
    /// 19 weight layers.
    E,
}

/// ILSVRC's classes.
const CLASSES: usize = 1000;

/// The stages' channels, the same in every column.
const CHANNELS: [usize; 5] = [64, 128, 256, 512, 512];

impl Config {
    /// The column whose network has that id.
    fn of(id: &str) -> Option<Self> {
        match id {
            "vgg11" => Some(Self::A),
            "vgg11-lrn" => Some(Self::ALrn),
            "vgg13" => Some(Self::B),
            "vgg16-c" => Some(Self::C),
            "vgg16" => Some(Self::D),
            "vgg19" => Some(Self::E),
            _ => None,
        }
    }

    /// How many convolutions each stage has.
    fn stages(self) -> [usize; 5] {
        match self {
            Self::A | Self::ALrn => [1, 1, 2, 2, 2],
            Self::B => [2, 2, 2, 2, 2],
            Self::C | Self::D => [2, 2, 3, 3, 3],
            Self::E => [2, 2, 4, 4, 4],
        }
    }

    /// The window of the `layer`-th convolution (from 0) of a stage: C's third ones are 1×1.
    fn kernel(self, layer: usize) -> Kernel {
        if self == Self::C && layer == 2 { Kernel::same(1) } else { Kernel::same(3) }
    }
}

/// Behind every convolution in torchvision's variants with batch norm; PyTorch's default, added to the variance.
const EPSILON: f64 = 1e-5;

/// The network of that id, if it is one of this paper's; `vgg16-scr` and `vgg16-pcr` are those of appendix A, whose last layer
/// says where the object is, for all classes alike or for each of a thousand. With `-bn` behind it torchvision's variant of it, which has batch norm
/// between every convolution and its ReLU.
pub(super) fn build(id: &str) -> Option<Graph> {
    match id {
        "vgg16-scr" => return Some(graph(id, Config::D, false, ("box", 4))),
        "vgg16-pcr" => return Some(graph(id, Config::D, false, ("box", 4 * CLASSES))),
        _ => {}
    }
    let (column, batch_norm) = id.strip_suffix("-bn").map_or((id, false), |column| (column, true));
    let config = Config::of(column)?;
    // torchvision has these four.
    let exists = !batch_norm || matches!(config, Config::A | Config::B | Config::D | Config::E);
    exists.then(|| graph(id, config, batch_norm, ("fc8", CLASSES)))
}

/// A column of Table 1 for a 224×224 image, with that last layer; layers are named as in the authors' Caffe models (`conv3_4`, `fc6`).
fn graph(id: &str, config: Config, batch_norm: bool, (last, outputs): (&str, usize)) -> Graph {
    let mut net = Builder::new(id, [3, 224, 224]);
    let mut x = net.input();
    for (stage, (&layers, channels)) in config.stages().iter().zip(CHANNELS).enumerate() {
        let stage = stage + 1;
        for layer in 0..layers {
            let number = layer + 1;
            x = net.conv(format!("conv{stage}_{number}"), x, channels, config.kernel(layer));
            if batch_norm {
                x = net.bn(format!("bn{stage}_{number}"), x, EPSILON);
            }
            x = net.relu(format!("relu{stage}_{number}"), x);
            if config == Config::ALrn && stage == 1 {
                // Section 2.1: the normalisation of Krizhevsky et al. with that paper's numbers. α is 1e-4 there and
                // multiplies the sum; the graph divides it by n = 5, so five times as much stands here.
                x = net.lrn("norm1", x, 5, [5e-4, 0.75, 2.0]);
            }
        }
        x = net.max_pool(format!("pool{stage}"), x, Kernel::square(2).stride(2).pool());
    }
    let x = fully_connected(&mut net, x, (last, outputs));
    net.finish(x)
}

/// The three fully connected layers behind the last pool.
pub(super) fn fully_connected(net: &mut Builder, from: NodeId, (last, outputs): (&str, usize)) -> NodeId {
    let mut x = net.flatten("flatten", from);
    for layer in [6, 7] {
        x = net.linear(format!("fc{layer}"), x, 4096);
        x = net.relu(format!("relu{layer}"), x);
        x = net.dropout(format!("drop{layer}"), x, 0.5);
    }
    net.linear(last, x, outputs)
}
