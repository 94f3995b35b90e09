//! Weights for a network that has none: enough to measure its speed, and the same on every machine.
//!
//! Must not depend on the order in which parameters are listed, nor on threads.

use replications::count::Parameter;

use super::{Parameters, RawTensor};
use crate::chunks;
use crate::streams::Stream;

/// Numbers from one stream; a large parameter is cut into chunks, each with its own stream, for several threads.
const CHUNK: usize = 1 << 20;

/// Uniform numbers of variance 2 / fan-in for weights (He et al. 2015, whose ReLU argument keeps activations in range),
/// zero biases, and batch norms with scale ½, shift 0, mean 0 and variance 1: at scale 1 the sums of a deep residual
/// network would grow without bound.
#[must_use]
pub fn parameters(wanted: &[Parameter], seed: u64) -> Parameters {
    let mut sorted: Vec<&Parameter> = wanted.iter().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    let mut found = Parameters::default();
    for parameter in sorted {
        let count = parameter.shape.iter().product();
        let is_matrix = parameter.shape.len() > 1;
        let data = match parameter.name.rsplit('.').next() {
            Some("weight") if is_matrix => {
                let fan_in: usize = parameter.shape[1..].iter().product();
                uniform(count, (6.0 / fan_in as f32).sqrt(), seed, &parameter.name)
            }
            Some("weight") => vec![0.5; count],
            Some("running_var") => vec![1.0; count],
            _ => vec![0.0; count],
        };
        found.tensors.insert(parameter.name.clone(), RawTensor { shape: parameter.shape.clone(), data });
    }
    found
}

fn uniform(count: usize, bound: f32, seed: u64, name: &str) -> Vec<f32> {
    let purpose = format!("weights {name}");
    let mut data = vec![0.0; count];
    chunks::fill(&mut data, CHUNK, |index, chunk| Stream::new(seed, &purpose, index as u64).fill(chunk, bound));
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted() -> Vec<Parameter> {
        let parameter =
            |name: &str, shape: &[usize]| Parameter { name: name.to_owned(), shape: shape.to_vec(), learned: true };
        vec![
            parameter("fc.weight", &[300, 4000]),
            parameter("fc.bias", &[300]),
            parameter("bn.weight", &[4]),
            parameter("bn.running_var", &[4]),
        ]
    }

    #[test]
    fn the_order_of_the_list_does_not_matter() {
        let mut reversed = wanted();
        reversed.reverse();
        assert_eq!(parameters(&wanted(), 1), parameters(&reversed, 1));
        assert_ne!(parameters(&wanted(), 1), parameters(&wanted(), 2));
    }

    #[test]
    fn the_variance_is_two_over_fan_in() {
        let found = parameters(&wanted(), 5);
        let data = &found.tensors["fc.weight"].data;
        let variance = data.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>() / data.len() as f64;
        assert!((variance * 4000.0 / 2.0 - 1.0).abs() < 0.01, "{variance}");
        assert_eq!(found.tensors["bn.weight"].data, [0.5; 4]);
        assert_eq!(found.tensors["bn.running_var"].data, [1.0; 4]);
    }
}
