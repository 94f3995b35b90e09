//! The network of Figure 3, the authors' replication of Krizhevsky et al., and both as Table 3 changes them.
//!
//! Must not differ from Figure 3 and Table 3. What they leave open (padding, rounding, the normalisation's numbers) is said
//! where it is settled, and in the spec's deviations.

use crate::build::{Builder, Kernel};
use crate::graph::{Graph, NodeId};
use crate::{googlenet, resnet};

/// Which network Table 3 changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Base {
    /// Figure 3.
    Figure3,
    /// The replication of Krizhevsky et al.
    Krizhevsky,
}

/// A row of Table 3: the maps of layers 3, 4, 5 and the units of layers 6, 7; None where the row removes the layer.
#[derive(Debug, Clone, Copy)]
struct Row {
    base: Base,
    maps: [Option<usize>; 3],
    units: [Option<usize>; 2],
}

const MAPS: [Option<usize>; 3] = [Some(384), Some(384), Some(256)];
const WIDE_MAPS: [Option<usize>; 3] = [Some(512), Some(1024), Some(512)];
const ONLY_5: [Option<usize>; 3] = [None, None, Some(256)];

/// n, and α, β, k of the normalisation of Krizhevsky et al., section 3.3. There α = 1e-4 multiplies the sum over the n
/// maps, here their mean: hence n·α.
const LRN: (usize, [f64; 3]) = (5, [5e-4, 0.75, 2.0]);

impl Row {
    /// The row whose network has that id.
    fn of(id: &str) -> Option<Self> {
        use Base::{Figure3, Krizhevsky};
        let (base, maps, units) = match id {
            "zfnet" => (Figure3, MAPS, both(4096)),
            "zfnet-fc2048" => (Figure3, MAPS, both(2048)),
            "zfnet-fc8192" => (Figure3, MAPS, both(8192)),
            "zfnet-512-1024-512" => (Figure3, WIDE_MAPS, both(4096)),
            "zfnet-512-1024-512-fc8192" => (Figure3, WIDE_MAPS, both(8192)),
            "zfnet-krizhevsky" => (Krizhevsky, MAPS, both(4096)),
            "zfnet-krizhevsky-without-3-4" => (Krizhevsky, ONLY_5, both(4096)),
            "zfnet-krizhevsky-without-7" => (Krizhevsky, MAPS, [Some(4096), None]),
            "zfnet-krizhevsky-without-6-7" => (Krizhevsky, MAPS, [None, None]),
            "zfnet-krizhevsky-without-3-4-6-7" => (Krizhevsky, ONLY_5, [None, None]),
            "zfnet-krizhevsky-fc2048" => (Krizhevsky, MAPS, both(2048)),
            "zfnet-krizhevsky-fc8192" => (Krizhevsky, MAPS, both(8192)),
            _ => return None,
        };
        Some(Self { base, maps, units })
    }
}

/// Layers 6 and 7 of the same size.
fn both(units: usize) -> [Option<usize>; 2] {
    [Some(units); 2]
}

/// The network of that id, if it is one of this paper's.
#[must_use]
pub fn build(id: &str) -> Option<Graph> {
    Row::of(id).map(|row| graph(id, row)).or_else(|| super::msra::build(id)).or_else(|| pictured(id))
}

/// Networks of other papers whose weights can be had, under names of this paper's: ids are unique over papers, and what
/// they are here for is their pictures.
fn pictured(id: &str) -> Option<Graph> {
    let graph = match id {
        "googlenet-bvlc-pictured" => googlenet::build("googlenet"),
        "resnet50-keras-pictured" => resnet::build("resnet50"),
        _ => None,
    }?;
    Some(Graph { name: id.to_owned(), ..graph })
}

fn graph(id: &str, row: Row) -> Graph {
    let mut net = Builder::new(id, [3, 224, 224]);
    let x = net.input();
    let mut x = match row.base {
        Base::Figure3 => figure_3(&mut net, x),
        Base::Krizhevsky => krizhevsky(&mut net, x),
    };
    for (layer, maps) in (3..).zip(row.maps) {
        let Some(maps) = maps else { continue };
        // Krizhevsky et al., section 3.5: layer 3 alone is connected to all maps of the layer before.
        let groups = if row.base == Base::Krizhevsky && layer != 3 { 2 } else { 1 };
        x = conv_relu(&mut net, layer, x, maps, Kernel::same(3), groups);
    }
    x = max_pool(&mut net, 5, x);
    x = net.flatten("flatten", x);
    for (layer, units) in (6..).zip(row.units) {
        let Some(units) = units else { continue };
        x = net.linear(format!("fc{layer}"), x, units);
        x = net.relu(format!("relu{layer}"), x);
        x = net.dropout(format!("drop{layer}"), x, 0.5);
    }
    x = net.linear("fc8", x, 1000);
    net.finish(x)
}

/// Layers 1 and 2 of Figure 3: convolution, ReLU, pool, normalisation.
fn figure_3(net: &mut Builder, x: NodeId) -> NodeId {
    // No padding is printed. With this one, and pools that round up, the sides are Figure 3's: 110, 55, 26, 13, 6.
    let x = conv_relu(net, 1, x, 96, Kernel::square(7).stride(2).padding(1), 1);
    let x = max_pool(net, 1, x);
    let x = norm(net, 1, x);
    let x = conv_relu(net, 2, x, 256, Kernel::square(5).stride(2), 1);
    let x = max_pool(net, 2, x);
    norm(net, 2, x)
}

/// Layers 1 and 2 of Krizhevsky et al.: convolution, ReLU, normalisation, pool; two groups, as on their two GPUs.
fn krizhevsky(net: &mut Builder, x: NodeId) -> NodeId {
    // No padding is printed there either. With these the last pool has the side 6, that of the 60 million parameters.
    let x = conv_relu(net, 1, x, 96, Kernel::square(11).stride(4).padding(2), 1);
    let x = norm(net, 1, x);
    let x = max_pool(net, 1, x);
    let x = conv_relu(net, 2, x, 256, Kernel::square(5).padding(2), 2);
    let x = norm(net, 2, x);
    max_pool(net, 2, x)
}

fn conv_relu(net: &mut Builder, layer: usize, from: NodeId, outputs: usize, window: Kernel, groups: usize) -> NodeId {
    let x = net.conv_in_groups(format!("conv{layer}"), from, outputs, window, groups);
    net.relu(format!("relu{layer}"), x)
}

fn max_pool(net: &mut Builder, layer: usize, from: NodeId) -> NodeId {
    net.max_pool(format!("pool{layer}"), from, Kernel::square(3).stride(2).pool_ceil())
}

fn norm(net: &mut Builder, layer: usize, from: NodeId) -> NodeId {
    net.lrn(format!("norm{layer}"), from, LRN.0, LRN.1)
}
