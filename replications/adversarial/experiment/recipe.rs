//! How each network is trained.
//!
//! Must not train: numbers and where they are from.

/// What a step sees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Sees {
    /// The images.
    Clean,
    /// ½ J(x) + ½ J(x + ε sign ∇ₓ J(x)); the sign is taken as it is, no gradient flows through it.
    Adversarial,
    /// The images with ± ε added to each pixel at random.
    SignNoise,
    /// The images with noise from within ± ε added.
    UniformNoise,
}

/// The largest change of a pixel in training (Goodfellow et al. 2015).
pub(super) const EPSILON: f64 = 0.25;
/// Images a batch.
pub(super) const BATCH: usize = 100;
/// Updates of an epoch of all 60,000 images.
pub(super) const EPOCH: u64 = 600;

/// How weights begin. Biases begin at zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Begin {
    /// Uniformly within ± this.
    Within(f32),
    /// Uniformly within ± 4 √(6 / (in + out)), for sigmoids (Glorot and Bengio 2010).
    ForSigmoids,
}

/// One network's training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Recipe {
    /// What it sees.
    pub(super) sees: Sees,
    /// Updates of the whole training; None: the experiment's own number.
    pub(super) steps: Option<u64>,
    /// The learning rate at first.
    pub(super) rate: f64,
    /// How it falls.
    pub(super) falls: Falls,
    /// Momentum rises evenly from the one to the other.
    pub(super) momentum: [f64; 2],
    /// Over these epochs.
    pub(super) rise: [f64; 2],
    /// How weights begin.
    pub(super) begin: Begin,
    /// The largest norm of the weights into one unit.
    pub(super) max_norm: Option<f64>,
    /// λ of each layer's weight decay, last layer first; the rest have none. Szegedy et al. print λ Σ w² / k, "k the number
    /// of units in the layer", and not whether a cost is a sum or a mean. Here λ/2 Σ w² beside the mean cost: of λ/10,
    /// λ/2 and λ it is the factor under which FC10's training errors come near the printed ones.
    pub(super) decay: &'static [f64],
}

/// How a learning rate falls.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Falls {
    /// Divided by this at each update of the whole recipe.
    Exponentially(f64),
    /// Evenly to zero.
    ToZero,
}

/// `mnist_pi.yaml` of pylearn2 (Goodfellow et al. 2013, "Maxout networks"), which the 2015 paper's maxout is said to follow.
const MAXOUT: Recipe = Recipe {
    sees: Sees::Clean,
    steps: None,
    rate: 0.1,
    falls: Falls::Exponentially(1.000_004),
    momentum: [0.5, 0.7],
    rise: [1.0, 250.0],
    begin: Begin::Within(0.005),
    max_norm: Some(1.9365),
    decay: &[],
};

/// From ± 0.005 the cost on adversarial examples stays that of guessing for nine epochs (where 6,000 updates are trained);
/// from ± 0.05 it falls in the second. The 2015 paper does not say how its weights begin.
const ADVERSARIAL: Recipe = Recipe { sees: Sees::Adversarial, begin: Begin::Within(0.05), ..MAXOUT };

/// For networks whose training the papers do not describe: gradient descent until little changes.
const PLAIN: Recipe = Recipe {
    sees: Sees::Clean,
    steps: Some(30 * EPOCH),
    rate: 0.1,
    falls: Falls::ToZero,
    momentum: [0.5, 0.5],
    rise: [0.0, 1.0],
    begin: Begin::Within(0.0),
    max_norm: None,
    decay: &[],
};

/// Szegedy et al. train to convergence; sigmoids need many small steps.
const SIGMOIDS: Recipe = Recipe {
    steps: Some(200 * EPOCH),
    momentum: [0.9, 0.9],
    begin: Begin::ForSigmoids,
    decay: &[1e-6, 1e-5, 1e-5],
    ..PLAIN
};

/// The recipe of that network.
pub(super) fn of(network: &str) -> Option<Recipe> {
    Some(match network {
        "softmax" | "logistic-3-7" => PLAIN,
        "rbf" => Recipe { rate: 0.1, momentum: [0.9, 0.9], ..PLAIN },
        "maxout" | "maxout-1600" => MAXOUT,
        "maxout-adversarial" | "maxout-1600-adversarial" => ADVERSARIAL,
        "maxout-sign-noise" => Recipe { sees: Sees::SignNoise, ..MAXOUT },
        "maxout-uniform-noise" => Recipe { sees: Sees::UniformNoise, ..MAXOUT },
        "fc10-1e-4" => Recipe { decay: &[1e-4], ..PLAIN },
        "fc10-1e-2" => Recipe { decay: &[1e-2], ..PLAIN },
        "fc10-1" => Recipe { decay: &[1.0], ..PLAIN },
        "fc100-100-10" | "fc200-200-10" => SIGMOIDS,
        "ae400-10" => Recipe { decay: &[1e-6], momentum: [0.9, 0.9], steps: Some(100 * EPOCH), ..PLAIN },
        _ => return None,
    })
}

impl Recipe {
    /// Learning rate and momentum of step `step` of `total`, where the whole recipe has `whole`. A shorter training
    /// presses the schedules together, so that they end where the whole recipe's end.
    pub(super) fn pace(&self, step: u64, total: u64, whole: u64) -> (f64, f64) {
        let share = step as f64 / total.max(1) as f64;
        let place = share * whole.max(total) as f64;
        let rate = match self.falls {
            Falls::Exponentially(divisor) => self.rate * libm::pow(divisor, -place),
            Falls::ToZero => self.rate * (1.0 - share),
        };
        let epochs = (place / EPOCH as f64).floor();
        let risen = ((epochs - self.rise[0]) / (self.rise[1] - self.rise[0])).clamp(0.0, 1.0);
        (rate, self.momentum[0] + risen * (self.momentum[1] - self.momentum[0]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_end_where_the_whole_recipes_end() {
        let (rate, momentum) = MAXOUT.pace(0, 1000, 600_000);
        assert_eq!((rate, momentum), (0.1, 0.5));
        let (rate, momentum) = MAXOUT.pace(1000, 1000, 600_000);
        assert!((rate - 0.1 * (-2.4f64).exp()).abs() < 1e-4, "{rate}");
        assert_eq!(momentum, 0.7);
        assert_eq!(PLAIN.pace(500, 1000, 18_000).0, 0.05);
    }
}
