//! A network in segments, the first of which are computed only in a window around what changed in the picture.
//!
//! Far from a covered square the early layers' values are those of the whole picture, which need not be computed again for
//! each place of the square. Between two layers that everything after passes through, a window is computed as a picture of
//! its own; its border is wrong, where it is not the map's own border, and is thrown away. The values are the same as those
//! of the whole network but for rounding. Must not approximate.

use replications::graph::{Graph, Node, NodeId, Op};
use tch::Tensor;

use super::field::Field;
use crate::error::{Error, Result};
use crate::net::{How, Network};
use crate::ops::int;
use crate::weights::Parameters;

/// Windows of more than this share of a map are not worth their copies.
const WORTH: f64 = 0.75;

/// A row and column.
pub(super) type Corner = (usize, usize);

/// What of a map may differ from the map of the whole picture: a square of each picture of a batch.
#[derive(Debug)]
pub(super) struct Changed {
    /// `[N, C, h, w]`, of which the square is a part.
    pub(super) values: Tensor,
    /// Where the square is in `values`.
    pub(super) within: Vec<Corner>,
    /// Where the square is in the map.
    pub(super) at: Vec<Corner>,
    /// The square's side.
    pub(super) side: usize,
}

/// Layers from one to another.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) network: Network,
    /// The layer whose value it reads.
    pub(super) from: usize,
    /// The layer whose value it gives.
    pub(super) to: usize,
    /// How it is computed in windows; None: as a whole.
    window: Option<Window>,
}

/// The geometry of a segment that is computed in windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Window {
    /// The input map's side.
    map: usize,
    /// The window's side in it.
    side: usize,
    /// Rows of input for each row of output.
    stride: usize,
    /// Output row r depends on the rows from r·stride - before to r·stride + after.
    before: usize,
    after: usize,
    /// The output map's side, and how much of it may change.
    map_out: usize,
    changed_out: usize,
}

impl Window {
    /// For a change of `changed` rows; None where a window is impossible or not worth it.
    fn of(graph: &Graph, changed: usize) -> Result<Option<Window>> {
        let [_, map, width] = graph.input;
        let shapes = graph.shapes()?;
        let &[_, map_out, width_out] = shapes[graph.output.0].as_slice() else { return Ok(None) };
        if map != width || map_out != width_out || map_out < 4 {
            return Ok(None);
        }
        let middle = map_out / 2;
        let rows = |row: usize| Field::of(graph, graph.output.0, row, row).map(|field| field.rows);
        let (here, next) = (rows(middle)?, rows(middle + 1)?);
        let stride = next.0 - here.0;
        // A field that the border cuts off tells nothing of those that it does not.
        let whole = here.0 > 0 && next.1 + 1 < map && next.1 - here.1 == stride && stride > 0;
        let (Some(before), Some(after)) = ((middle * stride).checked_sub(here.0), here.1.checked_sub(middle * stride))
        else {
            return Ok(None);
        };
        let changed_out = (changed - 1 + before + after) / stride + 1;
        let needed = (changed_out - 1) * stride + before.div_ceil(stride) * stride + after + 1;
        if !whole || changed_out >= map_out || needed >= map {
            return Ok(None);
        }
        // Windows begin at multiples of the stride, the last one too.
        let side = map - (map - needed) / stride * stride;
        let window = Window { map, side, stride, before, after, map_out, changed_out };
        let sides = [side, map].map(|side| side as f64);
        Ok((sides[0] * sides[0] <= WORTH * sides[1] * sides[1]).then_some(window))
    }

    /// For a change that begins at `at`: where the window begins, and the first row of output that may change.
    fn place(&self, at: usize) -> (usize, usize) {
        let first = at.saturating_sub(self.after).div_ceil(self.stride).min(self.map_out - self.changed_out);
        let start = first.saturating_sub(self.before.div_ceil(self.stride)) * self.stride;
        (start.min(self.map - self.side), first)
    }
}

/// Cuts a network for a change of `changed` rows and columns of its picture. Only layers below `last` are computed in windows.
///
/// # Errors
/// What the compiler of networks says.
pub(super) fn cut(
    graph: &Graph,
    parameters: &Parameters,
    how: How,
    mut changed: usize,
    last: usize,
) -> Result<Vec<Segment>> {
    let mut segments = Vec::new();
    let mut from = 0;
    // A convolution and what is fused to it are one layer when they run, so that a cut is only where a ReLU, a pool, a
    // normalisation or a concatenation has been.
    let ends = |op: &Op| matches!(op, Op::Relu | Op::MaxPool(_) | Op::AvgPool(_) | Op::Lrn { .. } | Op::Concat);
    let gates: Vec<usize> = (1..last.min(graph.nodes.len()))
        .filter(|gate| ends(&graph.nodes[*gate].op))
        .filter(|gate| graph.nodes[gate + 1..].iter().all(|node| node.inputs.iter().all(|input| input.0 >= *gate)))
        .collect();
    let shapes = graph.shapes()?;
    let mut number = 0;
    while number < gates.len() {
        // Pool and normalisation go with the convolution before them: a cut costs copies.
        let follows = |gate: &usize| matches!(graph.nodes[*gate].op, Op::MaxPool(_) | Op::Lrn { .. });
        let end = gates[number + 1..].iter().position(|gate| !follows(gate));
        let end = end.map_or(gates.len(), |more| number + 1 + more);
        let mut found = None;
        // Where all of them together are not worth a window, the first of them may be.
        for to in gates[number..end].iter().rev() {
            if let Some(segment) = windowed(graph, (from, *to), &shapes[from], changed)? {
                found = Some((segment, *to));
                break;
            }
        }
        let Some(((small, window), to)) = found else { break };
        segments.push(Segment { network: build(&small, parameters, how)?, from, to, window: Some(window) });
        (from, changed) = (to, window.changed_out);
        if to != gates[end - 1] {
            break;
        }
        number = end;
    }
    let rest = part(graph, from, graph.output.0, shapes[from].clone())?;
    segments.push(Segment { network: build(&rest, parameters, how)?, from, to: graph.output.0, window: None });
    Ok(segments)
}

/// The layers between two gates, for windows of their own size; None where windows are impossible or not worth it.
fn windowed(
    graph: &Graph,
    (from, to): (usize, usize),
    shape: &[usize],
    changed: usize,
) -> Result<Option<(Graph, Window)>> {
    let whole = part(graph, from, to, shape.to_vec())?;
    let Some(window) = Window::of(&whole, changed)? else { return Ok(None) };
    let [channels, ..] = whole.input;
    let small = part(graph, from, to, vec![channels, window.side, window.side])?;
    let out = small.shapes()?[small.output.0].get(1).copied().unwrap_or(0);
    // At the picture's end the last window must give the map's last rows.
    let fits = (window.map - window.side) / window.stride + out == window.map_out;
    Ok(fits.then_some((small, window)))
}

/// The layers after `from` up to `to`, with the value of `from` as their picture.
fn part(graph: &Graph, from: usize, to: usize, shape: Vec<usize>) -> Result<Graph> {
    let input = <[usize; 3]>::try_from(shape)
        .map_err(|shape| Error::Other(format!("a network cannot be cut where its value has shape {shape:?}")))?;
    let first = Node { name: graph.nodes[from].name.clone(), op: Op::Input, inputs: Vec::new() };
    let moved = |node: &Node| Node {
        inputs: node.inputs.iter().map(|input| NodeId(input.0.saturating_sub(from))).collect(),
        ..node.clone()
    };
    let nodes = std::iter::once(first).chain(graph.nodes[from + 1..=to].iter().map(moved)).collect();
    Ok(Graph { name: graph.name.clone(), input, nodes, output: NodeId(to - from), also: Vec::new() })
}

fn build(graph: &Graph, parameters: &Parameters, how: How) -> Result<Network> {
    let own = graph.parameters().into_iter().filter_map(|wanted| {
        let tensor = parameters.tensors.get(&wanted.name)?;
        Some((wanted.name, tensor.clone()))
    });
    Network::build(graph, Parameters { tensors: own.collect(), epsilons: parameters.epsilons.clone() }, how)
}

impl Segment {
    /// What changes at its end. `base` is the value, of the whole picture, of the layer that it reads: `[1, C, H, W]`.
    pub(super) fn windows(&self, base: &Tensor, changed: &Changed) -> Result<Option<Changed>> {
        let Some(window) = self.window else { return Ok(None) };
        let places: Vec<(Corner, Corner)> = changed
            .at
            .iter()
            .map(|(row, column)| {
                let ((top, first), (left, second)) = (window.place(*row), window.place(*column));
                ((top, left), (first, second))
            })
            .collect();
        let starts: Vec<Corner> = places.iter().map(|(start, _)| *start).collect();
        let values = self.network.forward(&self.gather(base, changed, &starts, window.side)?)?;
        let at: Vec<Corner> = places.iter().map(|(_, first)| *first).collect();
        let within = places
            .iter()
            .map(|((top, left), (first, second))| (first - top / window.stride, second - left / window.stride));
        Ok(Some(Changed { values, within: within.collect(), at, side: window.changed_out }))
    }

    /// The whole map of each picture, changed.
    pub(super) fn whole(&self, base: &Tensor, changed: &Changed) -> Result<Tensor> {
        let side = usize::try_from(base.size4()?.2).unwrap_or(0);
        self.gather(base, changed, &vec![(0, 0); changed.at.len()], side)
    }

    /// Squares of `side` of the base, each with what changed in it: `[N, C, side, side]`, as the network reads it.
    fn gather(&self, base: &Tensor, changed: &Changed, starts: &[Corner], side: usize) -> Result<Tensor> {
        let (_, channels, height, width) = base.size4()?;
        let size = [int(starts.len()), channels, height.min(int(side)), width.min(int(side))];
        let all = self.network.prepare(&Tensor::f_empty(size, (base.kind(), base.device()))?)?;
        for (number, start) in starts.iter().enumerate() {
            let one = all.f_narrow(0, int(number), 1)?;
            let rows = base.f_narrow(2, int(start.0), size[2])?;
            one.shallow_clone().f_copy_(&rows.f_narrow(3, int(start.1), size[3])?)?;
            let (at, within) = (changed.at[number], changed.within[number]);
            // As much of the square as the window holds.
            let overlap = |at: usize, start: usize, most: i64| {
                let first = at.max(start);
                let end = (at + changed.side).min(start + usize::try_from(most).unwrap_or(0));
                (first - start, first - at, end.saturating_sub(first))
            };
            let (to_row, from_row, rows) = overlap(at.0, start.0, size[2]);
            let (to_column, from_column, columns) = overlap(at.1, start.1, size[3]);
            if rows == 0 || columns == 0 {
                continue;
            }
            let from = changed.values.f_narrow(0, int(number), 1)?;
            let from = from.f_narrow(2, int(within.0 + from_row), int(rows))?;
            let from = from.f_narrow(3, int(within.1 + from_column), int(columns))?;
            one.f_narrow(2, int(to_row), int(rows))?.f_narrow(3, int(to_column), int(columns))?.f_copy_(&from)?;
        }
        Ok(all)
    }

    /// In words, for people who measure: `data to pool2: windows of 24 of 56`.
    pub(super) fn words(&self, graph: &Graph) -> String {
        let [from, to] = [self.from, self.to].map(|node| graph.nodes[node].name.as_str());
        match self.window {
            Some(Window { map, side, .. }) => format!("{from} to {to}: windows of {side} of {map}"),
            None => format!("{from} to {to}: whole"),
        }
    }
}
