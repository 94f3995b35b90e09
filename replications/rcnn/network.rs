//! Section 2.3: the networks of two other papers whose last layer tells VOC's twenty classes and the background; and detectors on
//! trunks whose weights can be had, whose last layer are the linear machines, a softmax, or machines and the correction of boxes.
//!
//! Must not build what those papers' folders build.

use crate::build::Kernel;
use crate::graph::{Graph, Node, NodeId, Op};
use crate::{alexnet, googlenet, vgg};

/// PASCAL VOC's classes.
const CLASSES: usize = 20;
/// Centre, width and height.
const BOX: usize = 4;

/// The network of that id, if it is one of this paper's.
#[must_use]
pub fn build(id: &str) -> Option<Graph> {
    match id {
        "rcnn-t-net" => Some(told_apart(id, alexnet::build("bvlc-caffenet")?)),
        "rcnn-o-net" => Some(told_apart(id, vgg::build("vgg16")?)),
        "rcnn-googlenet-trunk" => googlenet::build("googlenet").map(|graph| Graph { name: id.to_owned(), ..graph }),
        "rcnn-vgg16-trunk" => vgg::build("vgg16").map(|graph| Graph { name: id.to_owned(), ..graph }),
        "rcnn-caffenet-trunk" => alexnet::build("bvlc-caffenet").map(|graph| Graph { name: id.to_owned(), ..graph }),
        _ => {
            let (subject, kind) = match id {
                _ if id.ends_with("-bb") => (id.strip_suffix("-bb")?, Kind::Boxes),
                _ if id.ends_with("-softmax") => (id.strip_suffix("-softmax")?, Kind::Softmax),
                _ => (id, Kind::Machines),
            };
            Some(detector(id, features(subject)?, kind))
        }
    }
}

/// The network with as many outputs as there are classes here, and the background.
fn told_apart(id: &str, base: Graph) -> Graph {
    let mut graph = Graph { name: id.to_owned(), ..base };
    let last = graph.output.0;
    if let Op::Linear { outputs, .. } = &mut graph.nodes[last].op {
        *outputs = CLASSES + 1;
    }
    graph
}

/// What is read of a region, flat, and how many numbers it has.
fn features(subject: &str) -> Option<(Graph, usize)> {
    match subject {
        // The last maps, 7×7, as 2×2 means over halves that overlap: a mean over all places would not tell where in the region
        // its object is.
        "rcnn-googlenet" => {
            let mut graph = googlenet::build("googlenet")?.until("inception_5b/output")?;
            push(&mut graph, "pool5/4x4_s3", Op::AvgPool(Kernel::square(4).stride(3).pool()));
            push(&mut graph, "flatten", Op::Flatten);
            Some((graph, 1024 * 2 * 2))
        }
        "rcnn-caffenet-pool5" => {
            let mut graph = alexnet::build("bvlc-caffenet")?.until("pool5")?;
            push(&mut graph, "flatten", Op::Flatten);
            Some((graph, 256 * 6 * 6))
        }
        "rcnn-t-net-pool5" => features("rcnn-caffenet-pool5"),
        "rcnn-caffenet-fc6" | "rcnn-t-net-fc6" => Some((alexnet::build("bvlc-caffenet")?.until("relu6")?, 4096)),
        "rcnn-caffenet-fc7" | "rcnn-t-net-fc7" => Some((alexnet::build("bvlc-caffenet")?.until("relu7")?, 4096)),
        "rcnn-o-net-pool5" => {
            let mut graph = vgg::build("vgg16")?.until("pool5")?;
            push(&mut graph, "flatten", Op::Flatten);
            Some((graph, 512 * 7 * 7))
        }
        "rcnn-o-net-fc7" => Some((vgg::build("vgg16")?.until("relu7")?, 4096)),
        _ => None,
    }
}

/// What stands on the features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Machines,
    Boxes,
    Softmax,
}

/// The machines are the answer; the correction of boxes stands beside them.
fn detector(id: &str, (mut graph, inputs): (Graph, usize), kind: Kind) -> Graph {
    graph.name = id.to_owned();
    let features = graph.output;
    let linear = |outputs| Op::Linear { inputs, outputs, bias: true };
    if kind == Kind::Boxes {
        push(&mut graph, "boxes", linear(BOX * CLASSES));
        graph.output = features;
    }
    match kind {
        Kind::Softmax => push(&mut graph, "fc8", linear(CLASSES + 1)),
        Kind::Machines | Kind::Boxes => push(&mut graph, "machines", linear(CLASSES)),
    }
    graph
}

/// One more layer on the graph's answer, which becomes it.
fn push(graph: &mut Graph, name: &str, op: Op) {
    graph.nodes.push(Node { name: name.to_owned(), op, inputs: vec![graph.output] });
    graph.output = NodeId(graph.nodes.len() - 1);
}
