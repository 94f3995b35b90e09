//! Two networks of one layer: one sees the whole grid, one its upper half.

use crate::build::Builder;
use crate::graph::Graph;

/// The network of that id, if it is one of this paper's.
#[must_use]
pub fn build(id: &str) -> Option<Graph> {
    let rows = match id {
        "toy-counter" => 4,
        "toy-half" => 2,
        _ => return None,
    };
    let mut net = Builder::new(id, [1, rows, 4]);
    let mut x = net.input();
    x = net.flatten("flatten", x);
    x = net.linear("count", x, 1);
    Some(net.finish(x))
}
