//! The part of the picture that an activation can depend on, exactly: from kernels, strides and paddings.
//!
//! Must not know what the network computes with it.

use replications::graph::{Graph, Op};

use crate::error::{Error, Result};

/// Rows or columns, first and last.
type Span = (usize, usize);

/// Pixels of the picture, each end counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// The first and last row.
    pub rows: Span,
    /// The first and last column.
    pub columns: Span,
}

impl Field {
    /// What the activation at that row and column of a layer's value sees. A layer without places sees what its inputs
    /// see together.
    ///
    /// # Errors
    /// A graph that does not fit together, or a sampler below the layer, which may look anywhere.
    pub fn of(graph: &Graph, layer: usize, row: usize, column: usize) -> Result<Field> {
        let shapes = graph.shapes()?;
        Ok(Field { rows: span(graph, &shapes, layer, row, 1)?, columns: span(graph, &shapes, layer, column, 2)? })
    }

    /// Its height in pixels.
    #[must_use]
    pub fn height(&self) -> usize {
        self.rows.1 - self.rows.0 + 1
    }

    /// Its width in pixels.
    #[must_use]
    pub fn width(&self) -> usize {
        self.columns.1 - self.columns.0 + 1
    }
}

/// Along one axis (1: rows, 2: columns), from the layer down to the picture.
fn span(graph: &Graph, shapes: &[Vec<usize>], layer: usize, place: usize, axis: usize) -> Result<Span> {
    let mut spans: Vec<Option<Span>> = vec![None; layer + 1];
    spans[layer] = Some((place, place));
    for index in (1..=layer).rev() {
        let (Some((first, last)), node) = (spans[index], &graph.nodes[index]) else { continue };
        for input in &node.inputs {
            // A flat value has no sides; one that is made flat is read whole.
            let side = shapes[input.0].get(axis).copied().unwrap_or(1);
            let window = |kernel: usize, stride: usize, padding: usize| {
                let end = (last * stride + kernel - 1).saturating_sub(padding);
                ((first * stride).saturating_sub(padding).min(side - 1), end.min(side - 1))
            };
            let own = match &node.op {
                Op::Conv(conv) => window(conv.kernel, conv.stride, conv.padding),
                Op::MaxPool(pool) | Op::AvgPool(pool) => window(pool.kernel, pool.stride, pool.padding),
                Op::LrnWithin { size, .. } => window(*size, 1, *size / 2),
                Op::PadShortcut { stride, .. } => window(1, *stride, 0),
                Op::GlobalAvgPool | Op::Flatten | Op::Linear { .. } => (0, side - 1),
                Op::Transform(_) | Op::RoiPool { .. } | Op::Sequence(_) => {
                    return Err(Error::Input(format!("layer {} of {} may look anywhere", node.name, graph.name)));
                }
                _ => (first, last),
            };
            let known = spans[input.0].unwrap_or(own);
            spans[input.0] = Some((known.0.min(own.0), known.1.max(own.1)));
        }
    }
    spans[0].ok_or_else(|| Error::Other(format!("layer number {layer} of {} does not see the picture", graph.name)))
}
