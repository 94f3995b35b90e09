//! A forward pass that is remembered: each layer's value, and for each max pool where its maxima stood.
//!
//! Must not compute a layer in another way than [`Model`] does.

use std::collections::BTreeMap;

use replications::graph::Op;
use tch::Tensor;

use crate::error::{Error, Result};
use crate::ops;
use crate::train::{Mode, Model};

/// What a projection needs to know of a forward pass.
#[derive(Debug)]
pub struct Trace {
    /// Each node's value, `[N, …]`.
    values: Vec<Tensor>,
    /// For each max pool the places of its maxima in its input's `H·W`, in the output's shape (Zeiler and Fergus 2014,
    /// section 2.1: the switches).
    switches: BTreeMap<usize, Tensor>,
}

impl Trace {
    /// Runs a batch `[N, C, H, W]`, in the network's units, through the network.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn of(model: &Model, x: &Tensor) -> Result<Trace> {
        tch::no_grad(|| {
            let mut values = Vec::with_capacity(model.graph().nodes.len());
            let _ = model.forward_watched(x, Mode::Test, &mut |_, value| values.push(value.shallow_clone()))?;
            let mut switches = BTreeMap::new();
            for (index, node) in model.graph().nodes.iter().enumerate() {
                if let Op::MaxPool(pool) = &node.op {
                    switches.insert(index, ops::switches(&values[node.inputs[0].0], pool)?);
                }
            }
            Ok(Trace { values, switches })
        })
    }

    /// A node's value, `[N, …]`.
    ///
    /// # Errors
    /// There is no such node.
    pub fn value(&self, node: usize) -> Result<&Tensor> {
        let found = self.values.get(node);
        found.ok_or_else(|| Error::Other(format!("the network has no layer number {node}")))
    }

    /// The network's answer, `[N, classes]` before softmax.
    ///
    /// # Errors
    /// As [`Trace::value`].
    pub fn answer(&self, model: &Model) -> Result<&Tensor> {
        self.value(model.graph().output.0)
    }

    /// A max pool's switches.
    ///
    /// # Errors
    /// That node is no max pool.
    pub(super) fn switches(&self, node: usize) -> Result<&Tensor> {
        let found = self.switches.get(&node);
        found.ok_or_else(|| Error::Other(format!("layer number {node} has no switches")))
    }
}
