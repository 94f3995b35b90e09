//! Section 2.3: the networks of two other papers whose last layer tells VOC's twenty classes and the background.
//!
//! Must not build what those papers' folders build.

use crate::graph::{Graph, Op};
use crate::{alexnet, vgg};

/// PASCAL VOC's classes and the background.
const CLASSES: usize = 21;

/// The network of that id, if it is one of this paper's.
#[must_use]
pub fn build(id: &str) -> Option<Graph> {
    let base = match id {
        "rcnn-t-net" => alexnet::build("bvlc-caffenet"),
        "rcnn-o-net" => vgg::build("vgg16"),
        _ => None,
    }?;
    Some(told_apart(id, base))
}

/// The network with as many outputs as there are classes here.
fn told_apart(id: &str, base: Graph) -> Graph {
    let mut graph = Graph { name: id.to_owned(), ..base };
    let last = graph.output.0;
    if let Op::Linear { outputs, .. } = &mut graph.nodes[last].op {
        *outputs = CLASSES;
    }
    graph
}
