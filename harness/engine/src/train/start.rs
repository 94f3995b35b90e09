//! How a network begins that is to be trained: weights as He et al. 2015 draw them, batch norms that only normalise.
//!
//! Must not depend on the order in which parameters are listed: each has a stream that is named after it.

use replications::count::Parameter;

use crate::streams::Stream;

/// A parameter's first numbers: for weights of convolutions and fully connected layers the normal distribution of variance
/// 2 / fan-in, from the stream `he normal <name>` (He et al. 2015, "Delving deep into rectifiers", equation 10); scale 1 and
/// variance 1 for batch norm, zero for everything else.
#[must_use]
pub fn he_normal(parameter: &Parameter, seed: u64) -> Vec<f32> {
    let count = parameter.shape.iter().product();
    let is_matrix = parameter.shape.len() > 1;
    match parameter.name.rsplit('.').next() {
        Some("weight") if is_matrix => {
            let fan_in: usize = parameter.shape[1..].iter().product();
            let deviation = libm::sqrt(2.0 / fan_in.max(1) as f64);
            let mut stream = Stream::new(seed, &format!("he normal {}", parameter.name), 0);
            std::iter::repeat_with(|| (deviation * stream.normal()) as f32).take(count).collect()
        }
        Some("weight" | "running_var") => vec![1.0; count],
        _ => vec![0.0; count],
    }
}

/// A parameter's first numbers: for weights of convolutions and fully connected layers the normal distribution of that standard
/// deviation, from the stream `normal <name>`; zero for everything else.
#[must_use]
pub fn normal(parameter: &Parameter, seed: u64, deviation: f64) -> Vec<f32> {
    let count = parameter.shape.iter().product();
    if parameter.shape.len() < 2 {
        return vec![0.0; count];
    }
    let mut stream = Stream::new(seed, &format!("normal {}", parameter.name), 0);
    std::iter::repeat_with(|| (deviation * stream.normal()) as f32).take(count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(name: &str, shape: &[usize], seed: u64) -> Vec<f32> {
        he_normal(&Parameter { name: name.to_owned(), shape: shape.to_vec(), learned: true }, seed)
    }

    #[test]
    fn the_variance_is_two_over_fan_in_and_the_shape_is_normal() {
        let weights = begun("conv.weight", &[200, 20, 3, 3], 5);
        let moment = |power| weights.iter().map(|value| f64::from(*value).powi(power)).sum::<f64>() / 36_000.0;
        let variance = moment(2);
        assert!((variance * 180.0 / 2.0 - 1.0).abs() < 0.03, "{variance}");
        // A uniform distribution would have 1.8 here.
        assert!((moment(4) / variance.powi(2) - 3.0).abs() < 0.15);
        assert_ne!(weights, begun("conv.weight", &[200, 20, 3, 3], 6));
        assert_ne!(weights, begun("other.weight", &[200, 20, 3, 3], 5));
    }

    #[test]
    fn a_batch_norm_only_normalises_and_biases_are_zero() {
        assert_eq!(begun("bn.weight", &[3], 1), [1.0; 3]);
        assert_eq!(begun("bn.running_var", &[3], 1), [1.0; 3]);
        for name in ["bn.bias", "bn.running_mean", "fc.bias"] {
            assert_eq!(begun(name, &[3], 1), [0.0; 3], "{name}");
        }
    }
}
