//! Weight files in, a network's parameters out.
//!
//! ```text
//! file (tfjs, safetensors, PyTorch, Caffe) ──► RawWeights, by the file's names ──► table of names ──► Parameters, by ours
//! ```
//! The files are read by the package `weights`. Must not touch libtorch: numbers are plain until a network is built from
//! them.

pub mod assign;
pub mod random;

use std::collections::{BTreeMap, BTreeSet};

use replications::count::Parameter;
use replications::graph::Graph;

pub use ::weights::{RawTensor, RawWeights, read};

/// A network's parameters by the names of its graph.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parameters {
    /// The tensors: `<node>.weight` and so on.
    pub tensors: BTreeMap<String, RawTensor>,
    /// Epsilons of batch norm by node, where the weights bring their own.
    pub epsilons: BTreeMap<String, f64>,
}

impl Parameters {
    /// Those that a graph has: of a part of a network, the part's own.
    #[must_use]
    pub fn only(mut self, graph: &Graph) -> Parameters {
        let own: BTreeSet<String> = graph.parameters().into_iter().map(|parameter| parameter.name).collect();
        self.tensors.retain(|name, _| own.contains(name));
        self
    }

    /// The numbers of the tensor of that name, where it is of that shape too.
    #[must_use]
    pub fn numbers_of(&self, parameter: &Parameter) -> Option<Vec<f32>> {
        let found = self.tensors.get(&parameter.name)?;
        (found.shape == parameter.shape).then(|| found.data.clone())
    }
}

#[cfg(test)]
mod tests {
    use replications::build::Builder;

    use super::*;

    #[test]
    fn a_part_of_a_network_takes_its_own_and_shapes_must_agree() {
        let mut net = Builder::new("two layers", [2, 1, 1]);
        let x = net.flatten("flatten", net.input());
        let x = net.linear("first", x, 3);
        let x = net.linear("second", x, 1);
        let whole = net.finish(x);
        let tensors = whole.parameters().into_iter().map(|parameter| {
            let data = vec![0.5; parameter.shape.iter().product()];
            (parameter.name, RawTensor { shape: parameter.shape, data })
        });
        let parameters = Parameters { tensors: tensors.collect(), epsilons: BTreeMap::new() };
        let part = parameters.clone().only(&whole.until("first").unwrap());
        assert_eq!(part.tensors.keys().collect::<Vec<_>>(), ["first.bias", "first.weight"]);
        let [_, bias, ..] = &whole.parameters()[..] else { panic!("too few") };
        assert_eq!(parameters.numbers_of(bias), Some(vec![0.5; 3]));
        assert_eq!(part.numbers_of(&Parameter { shape: vec![4], ..bias.clone() }), None);
        assert_eq!(part.numbers_of(&Parameter { name: "second.bias".to_owned(), ..bias.clone() }), None);
    }
}
