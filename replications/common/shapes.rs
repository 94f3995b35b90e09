//! The shape of every layer's output, and whether the layers fit one another.
//!
//! Must not repair a graph: what does not fit is an error that names the layer.

use std::collections::HashSet;

use thiserror::Error;

use crate::graph::{Conv, Graph, Op, Pool, Transform};

/// A graph that cannot be run.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("network {graph}, layer {node}: {problem}")]
pub struct GraphError {
    /// The network.
    pub graph: String,
    /// The layer.
    pub node: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a layer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Problem {
    /// It has the wrong number of inputs.
    #[error("takes {wanted} input(s) but has {found}")]
    Inputs {
        /// How many it takes.
        wanted: usize,
        /// How many there are.
        found: usize,
    },
    /// An input comes after it, or does not exist.
    #[error("reads node {0}, which does not come before it")]
    Order(usize),
    /// Another layer has the same name.
    #[error("an earlier layer has this name too; names must be unique")]
    Name,
    /// The channels or features do not fit.
    #[error("expects {wanted} channels or features but gets {found}")]
    Channels {
        /// How many it expects.
        wanted: usize,
        /// How many come.
        found: usize,
    },
    /// An input has the wrong number of dimensions.
    #[error("expects an input with {wanted} dimension(s) but gets shape {found:?}")]
    Rank {
        /// How many it expects.
        wanted: usize,
        /// The shape that comes.
        found: Vec<usize>,
    },
    /// Two inputs that should be alike are not.
    #[error("its inputs have shapes {0:?} and {1:?}, which do not fit")]
    Mismatch(Vec<usize>, Vec<usize>),
    /// A window is larger than the padded image, or a number is zero that must not be.
    #[error("kernel {kernel}, stride {stride} and padding {padding} do not fit a side of {side}")]
    Window {
        /// The window's side.
        kernel: usize,
        /// Its stride.
        stride: usize,
        /// Its padding.
        padding: usize,
        /// The side of the image.
        side: usize,
    },
    /// It stands behind a flatten and has no form that slides over a larger image.
    #[error("has no fully convolutional form; use a protocol that cuts crops")]
    Convolutional,
    /// The groups do not divide the channels.
    #[error("{groups} groups do not divide {inputs} input and {outputs} output channels")]
    Groups {
        /// Groups.
        groups: usize,
        /// Input channels.
        inputs: usize,
        /// Output channels.
        outputs: usize,
    },
    /// The graph's answer is not one of its nodes.
    #[error("the graph's output is node {0}, which does not exist")]
    Output(usize),
}

/// Numbers of a region.
const REGION: usize = 5;

impl Graph {
    /// Each node's output shape, without the batch dimension: `[C, H, W]`, or `[features]` after a flatten.
    ///
    /// # Errors
    /// The first layer that does not fit, by name.
    pub fn shapes(&self) -> Result<Vec<Vec<usize>>, GraphError> {
        let mut shapes: Vec<Vec<usize>> = Vec::with_capacity(self.nodes.len());
        let mut names = HashSet::new();
        for node in &self.nodes {
            let wrong = |problem| GraphError { graph: self.name.clone(), node: node.name.clone(), problem };
            if !names.insert(node.name.as_str()) {
                return Err(wrong(Problem::Name));
            }
            let inputs = node
                .inputs
                .iter()
                .map(|id| shapes.get(id.0).map(Vec::as_slice).ok_or(Problem::Order(id.0)))
                .collect::<Result<Vec<_>, _>>()
                .map_err(wrong)?;
            let shape = output_shape(&node.op, self.input, &inputs).map_err(wrong)?;
            shapes.push(shape);
        }
        if let Some(missing) = [self.output].iter().chain(&self.also).find(|id| id.0 >= shapes.len()) {
            let problem = Problem::Output(missing.0);
            return Err(GraphError { graph: self.name.clone(), node: "output".to_owned(), problem });
        }
        Ok(shapes)
    }
}

/// The shape of one layer's output, given its inputs' shapes.
pub(crate) fn output_shape(op: &Op, image: [usize; 3], inputs: &[&[usize]]) -> Result<Vec<usize>, Problem> {
    match op {
        Op::Input => arity(inputs, 0).map(|()| image.to_vec()),
        Op::Regions => arity(inputs, 0).map(|()| vec![REGION]),
        Op::RoiPool { bins, stride } => {
            arity(inputs, 2)?;
            let [channels, height, _] = volume(inputs[0])?;
            same_channels(REGION, flat(inputs[1])?[0])?;
            if *bins == 0 || *stride == 0 {
                return Err(Problem::Window { kernel: *bins, stride: *stride, padding: 0, side: height });
            }
            Ok(vec![channels, *bins, *bins])
        }
        Op::Sequence(sequence) => sequence.output_shape(inputs),
        Op::Concat => concatenated(inputs),
        Op::Add => {
            arity(inputs, 2)?;
            if inputs[0] != inputs[1] {
                return Err(Problem::Mismatch(inputs[0].to_vec(), inputs[1].to_vec()));
            }
            Ok(inputs[0].to_vec())
        }
        Op::Transform(transform) => {
            arity(inputs, 2)?;
            transformed(transform, volume(inputs[0])?, inputs[1])
        }
        one => {
            arity(inputs, 1)?;
            of_one_input(one, inputs[0])
        }
    }
}

fn of_one_input(op: &Op, input: &[usize]) -> Result<Vec<usize>, Problem> {
    match op {
        Op::Conv(conv) => convolved(conv, volume(input)?),
        Op::MaxPool(pool) | Op::AvgPool(pool) => {
            let [c, h, w] = volume(input)?;
            Ok(vec![c, pooled_side(pool, h)?, pooled_side(pool, w)?])
        }
        Op::GlobalAvgPool => volume(input).map(|[c, _, _]| vec![c, 1, 1]),
        Op::BatchNorm { channels, .. } => {
            let [c, h, w] = volume(input)?;
            same_channels(*channels, c)?;
            Ok(vec![c, h, w])
        }
        Op::Lrn { .. } => volume(input).map(Vec::from),
        Op::LrnWithin { size, .. } => {
            let [c, h, w] = volume(input)?;
            // Only an odd square has a middle.
            if size % 2 == 0 {
                return Err(Problem::Window { kernel: *size, stride: 1, padding: size / 2, side: h });
            }
            Ok(vec![c, h, w])
        }
        Op::PadShortcut { stride, pad } => {
            let [c, h, w] = volume(input)?;
            if *stride == 0 {
                return Err(Problem::Window { kernel: 1, stride: 0, padding: 0, side: h });
            }
            Ok(vec![c.saturating_add(*pad), h.div_ceil(*stride), w.div_ceil(*stride)])
        }
        Op::Flatten => Ok(vec![input.iter().fold(1, |features: usize, &side| features.saturating_mul(side))]),
        Op::Maxout { pieces } => {
            let [features] = flat(input)?;
            if *pieces == 0 || features % pieces != 0 {
                return Err(Problem::Groups { groups: *pieces, inputs: features, outputs: features });
            }
            Ok(vec![features / pieces])
        }
        Op::Linear { inputs, outputs, .. } | Op::Rbf { inputs, outputs } => {
            let [features] = flat(input)?;
            same_channels(*inputs, features)?;
            Ok(vec![*outputs])
        }
        Op::Relu
        | Op::Sigmoid
        | Op::Dropout { .. }
        | Op::Input
        | Op::Regions
        | Op::RoiPool { .. }
        | Op::Sequence(_)
        | Op::Add
        | Op::Concat
        | Op::Transform(_) => Ok(input.to_vec()),
    }
}

fn transformed(transform: &Transform, [channels, ..]: [usize; 3], parameters: &[usize]) -> Result<Vec<usize>, Problem> {
    let [found] = flat(parameters)?;
    same_channels(transform.parameters(), found)?;
    let [height, width] = transform.output;
    if height < 2 || width < 2 {
        return Err(Problem::Window { kernel: 2, stride: 1, padding: 0, side: height.min(width) });
    }
    Ok(vec![channels, height, width])
}

fn convolved(conv: &Conv, [c, h, w]: [usize; 3]) -> Result<Vec<usize>, Problem> {
    same_channels(conv.inputs, c)?;
    let Conv { inputs, outputs, kernel, stride, padding, groups, .. } = *conv;
    if groups == 0 || inputs % groups != 0 || outputs % groups != 0 {
        return Err(Problem::Groups { groups, inputs, outputs });
    }
    let side = |side: usize| {
        let room = places(kernel, stride, padding, side)?;
        Ok((room / stride).saturating_add(1))
    };
    Ok(vec![outputs, side(h)?, side(w)?])
}

fn pooled_side(pool: &Pool, side: usize) -> Result<usize, Problem> {
    let Pool { kernel, stride, padding, ceil } = *pool;
    let room = places(kernel, stride, padding, side)?;
    if padding > kernel / 2 {
        return Err(Problem::Window { kernel, stride, padding, side });
    }
    if !ceil {
        return Ok((room / stride).saturating_add(1));
    }
    let more = room.div_ceil(stride);
    // A window that would start beyond the image sees nothing but padding.
    let beyond = more.saturating_mul(stride) >= side.saturating_add(padding);
    Ok(if beyond { more } else { more.saturating_add(1) })
}

/// How far the first window can be moved.
fn places(kernel: usize, stride: usize, padding: usize, side: usize) -> Result<usize, Problem> {
    let wrong = Problem::Window { kernel, stride, padding, side };
    if kernel == 0 || stride == 0 {
        return Err(wrong);
    }
    side.saturating_add(padding.saturating_mul(2)).checked_sub(kernel).ok_or(wrong)
}

fn concatenated(inputs: &[&[usize]]) -> Result<Vec<usize>, Problem> {
    let Some((first, rest)) = inputs.split_first() else {
        return Err(Problem::Inputs { wanted: 1, found: 0 });
    };
    let [mut channels, h, w] = volume(first)?;
    for next in rest {
        let [more, next_h, next_w] = volume(next)?;
        if (next_h, next_w) != (h, w) {
            return Err(Problem::Mismatch(first.to_vec(), next.to_vec()));
        }
        channels = channels.saturating_add(more);
    }
    Ok(vec![channels, h, w])
}

pub(crate) fn arity(inputs: &[&[usize]], wanted: usize) -> Result<(), Problem> {
    if inputs.len() == wanted { Ok(()) } else { Err(Problem::Inputs { wanted, found: inputs.len() }) }
}

pub(crate) fn same_channels(wanted: usize, found: usize) -> Result<(), Problem> {
    if wanted == found { Ok(()) } else { Err(Problem::Channels { wanted, found }) }
}

pub(crate) fn flat(shape: &[usize]) -> Result<[usize; 1], Problem> {
    <[usize; 1]>::try_from(shape).map_err(|_| Problem::Rank { wanted: 1, found: shape.to_vec() })
}

fn volume(shape: &[usize]) -> Result<[usize; 3], Problem> {
    <[usize; 3]>::try_from(shape).map_err(|_| Problem::Rank { wanted: 3, found: shape.to_vec() })
}
