//! Trained layers, compiled for tests: nothing of them is learned any more.
//!
//! Must not pool.

use replications::graph::Graph;
use tch::Tensor;

use crate::error::Result;
use crate::net::{How, Network};
use crate::train::Model;

/// Layers with the numbers that a model has of them.
#[derive(Debug)]
pub struct Compiled {
    network: Network,
    graph: Graph,
}

impl Compiled {
    /// Compiles a graph, whose parameters a model has, for batches of that size; others work too.
    ///
    /// # Errors
    /// The model has others, or libtorch's refusal.
    pub fn of(graph: &Graph, model: &Model, batch: usize) -> Result<Compiled> {
        let network = Network::build(graph, model.numbers()?.only(graph), How::fast(model.device(), batch))?;
        Ok(Compiled { network, graph: graph.clone() })
    }

    /// The shape of one example, as the layers were drawn for, `[C, H, W]`.
    #[must_use]
    pub fn input(&self) -> [usize; 3] {
        self.graph.input
    }

    /// Multiply-adds of one example of that shape, `[C, H, W]`.
    ///
    /// # Errors
    /// A shape that the layers do not take.
    pub fn multiply_adds(&self, input: [usize; 3]) -> Result<u64> {
        Ok(Graph { input, ..self.graph.clone() }.multiply_adds()?)
    }

    /// All answers of a batch `[N, C, H, W]`, in f32 on the device.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn read(&self, x: &Tensor) -> Result<Vec<Tensor>> {
        let _guard = tch::no_grad_guard();
        self.network.forward_all(&self.network.prepare(x)?, None)
    }
}
