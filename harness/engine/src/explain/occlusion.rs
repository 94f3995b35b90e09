//! A grey square slides over a picture, and what the network says of each place of it is kept (Zeiler and Fergus 2014,
//! section 4.2 and Figure 6).
//!
//! Many places are computed at a time, by compiled networks, and early layers only where the square changes them (`windows`);
//! the test compares with a loop that does them one by one through [`crate::train::Model`]. Must not choose the square's
//! size, its stride, the class or the map.

use std::collections::BTreeMap;

use replications::graph::Graph;
use tch::{Kind, Tensor};

use super::windows::{self, Changed, Corner, Segment};
use crate::error::{Error, Result};
use crate::net::{How, Network};
use crate::ops::int;
use crate::weights::Parameters;

/// A square and how it moves: its corner stands at every `stride`-th row and column at which all of it is in the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occluder {
    /// The side in pixels.
    pub size: usize,
    /// Rows or columns from one place to the next.
    pub stride: usize,
}

impl Occluder {
    /// How many places there are along a side of so many pixels.
    #[must_use]
    pub fn places(&self, side: usize) -> usize {
        side.checked_sub(self.size).map_or(0, |room| room / self.stride.max(1) + 1)
    }
}

/// What is watched while the square moves.
#[derive(Debug, Clone, Copy)]
pub struct Watched {
    /// The class whose probability is kept.
    pub class: usize,
    /// The feature map, of the layer that the slider was made for, whose activations are summed.
    pub channel: usize,
}

/// What the network says, for each place of the square, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Occlusion {
    /// Rows of places.
    pub rows: usize,
    /// Columns of places.
    pub columns: usize,
    /// The class's softmax probability.
    pub probability: Vec<f32>,
    /// The map's activations, summed over its places.
    pub activation: Vec<f32>,
    /// The best class.
    pub best: Vec<i64>,
}

/// The picture `[1, C, H, W]` with the square at that corner; `grey` is `[1, C, 1, 1]`, in the same units.
///
/// # Errors
/// A square that is not within the picture.
pub fn covered(picture: &Tensor, grey: &Tensor, occluder: Occluder, (row, column): Corner) -> Result<Tensor> {
    let copy = picture.f_add_scalar(0.0)?;
    let size = int(occluder.size);
    copy.f_narrow(2, int(row), size)?.f_narrow(3, int(column), size)?.f_copy_(grey)?;
    Ok(copy)
}

/// A network made ready for a square of one size.
#[derive(Debug)]
pub struct Slider {
    /// For the picture as it is.
    whole: Network,
    segments: Vec<Segment>,
    occluder: Occluder,
    /// The layer that is watched, by its node.
    layer: usize,
    graph: Graph,
    batch: usize,
}

impl Slider {
    /// Compiles the network. `layer` is the one whose map will be watched; compiled, it must still be there (the last of
    /// what is fused). `how.batch` places are computed at a time.
    ///
    /// # Errors
    /// A graph that does not fit together, parameters that are missing, a square that has no place.
    pub fn new(graph: &Graph, parameters: &Parameters, how: How, occluder: Occluder, layer: usize) -> Result<Slider> {
        let [_, height, width] = graph.input;
        let places = occluder.places(height) * occluder.places(width);
        if places == 0 || occluder.stride == 0 || occluder.size == 0 {
            return Err(Error::Input(format!(
                "a square of {} moved by {} has no place in a picture of {height} × {width}",
                occluder.size, occluder.stride
            )));
        }
        Ok(Slider {
            whole: Network::build(graph, parameters.clone(), how)?,
            segments: windows::cut(graph, parameters, how, occluder.size, layer)?,
            occluder,
            layer,
            graph: graph.clone(),
            batch: how.batch.clamp(1, places),
        })
    }

    /// How each part of the network is computed, in words.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        self.segments.iter().map(|segment| segment.words(&self.graph)).collect()
    }

    /// Moves the square over a picture `[1, C, H, W]` in the network's units; `grey` is `[1, C, 1, 1]` in the same units.
    /// `told` hears how many places are done.
    ///
    /// # Errors
    /// A layer that is not computed by itself, or libtorch's refusal.
    pub fn slide(
        &self,
        (picture, grey): (&Tensor, &Tensor),
        watched: Watched,
        told: &mut dyn FnMut(usize, usize) -> Result<()>,
    ) -> Result<Occlusion> {
        let _guard = torch_shim::InferenceMode::enter()?;
        let picture = self.whole.prepare(picture)?;
        let grey = self.whole.prepare(grey)?;
        let bases = self.bases(&picture)?;
        let [_, height, width] = self.graph.input;
        let Occluder { size, stride } = self.occluder;
        let (rows, columns) = (self.occluder.places(height), self.occluder.places(width));
        let places: Vec<Corner> =
            (0..rows * columns).map(|place| (place / columns * stride, place % columns * stride)).collect();
        let mut found = Occlusion { rows, columns, probability: Vec::new(), activation: Vec::new(), best: Vec::new() };
        for chunk in places.chunks(self.batch) {
            let channels = grey.size4()?.1;
            let square = grey.f_expand([int(chunk.len()), channels, int(size), int(size)], false)?;
            let first = Changed { values: square, within: vec![(0, 0); chunk.len()], at: chunk.to_vec(), side: size };
            let (logits, sums) = self.answers(&bases, first, watched.channel)?;
            let probabilities = logits.f_softmax(1, Kind::Float)?;
            found.probability.extend(floats(&probabilities.f_select(1, int(watched.class))?)?);
            found.activation.extend(floats(&sums)?);
            found.best.extend(Vec::<i64>::try_from(logits.f_argmax(1, false)?.f_to_device(tch::Device::Cpu)?)?);
            told(found.best.len(), places.len())?;
        }
        Ok(found)
    }

    /// What each segment reads, of the picture as it is.
    fn bases(&self, picture: &Tensor) -> Result<BTreeMap<usize, Tensor>> {
        let mut bases = BTreeMap::from([(0, picture.shallow_clone())]);
        let mut problem = Ok(());
        let _ = self.whole.forward_watched(picture, &mut |node, value| {
            if self.segments.iter().any(|segment| segment.from == node) && node > 0 {
                // A later step may write over it.
                match value.f_add_scalar(0.0) {
                    Ok(copy) => drop(bases.insert(node, copy)),
                    Err(error) => problem = Err(error),
                }
            }
        })?;
        problem?;
        Ok(bases)
    }

    fn answers(
        &self,
        bases: &BTreeMap<usize, Tensor>,
        mut changed: Changed,
        channel: usize,
    ) -> Result<(Tensor, Tensor)> {
        for segment in &self.segments {
            let base = bases.get(&segment.from);
            let base = base.ok_or_else(|| Error::Other(format!("layer number {} was not kept", segment.from)))?;
            if let Some(next) = segment.windows(base, &changed)? {
                changed = next;
                continue;
            }
            let mut sums = None;
            let x = segment.whole(base, &changed)?;
            let logits = segment.network.forward_watched(&x, &mut |node, value| {
                if node + segment.from == self.layer {
                    sums = Some(summed(value, channel));
                }
            })?;
            let sums = sums.ok_or_else(|| {
                let name = &self.graph.nodes[self.layer].name;
                Error::Input(format!(
                    "{name} is not computed by itself when the network is compiled; name the ReLU after it"
                ))
            })??;
            return Ok((logits, sums));
        }
        Err(Error::Other("a network without an end".to_owned()))
    }
}

fn floats(tensor: &Tensor) -> Result<Vec<f32>> {
    Ok(Vec::<f32>::try_from(tensor.f_to_kind(Kind::Float)?.f_to_device(tch::Device::Cpu)?.f_contiguous()?)?)
}

/// `[N, C, H, W]` to one channel's sums, `[N]`.
fn summed(value: &Tensor, channel: usize) -> Result<Tensor> {
    let map = value.f_select(1, int(channel))?.f_to_kind(Kind::Float)?;
    Ok(map.f_flatten(1, -1)?.f_sum_dim_intlist([1i64].as_slice(), false, Kind::Float)?)
}
