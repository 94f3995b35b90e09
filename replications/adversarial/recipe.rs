//! The recipes' types, and the recipes in words.
//!
//! Must not hold a value: those are in `spec.yaml`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use spec::claim::Mark;
use spec::load::{Findings, LoadError, Step};
use spec::paper::RecipeItem;

use super::attack::Attack;
use crate::recipe::{self as own, Own, Part, Ramp, item};

/// The papers' own part of their spec.
pub const OWN: Own = Own { check, prose };

crate::recipe! {
    /// How the networks on digits are trained and attacked.
    pub struct Recipe, Changes {
        /// Images a batch; of photographs, images that are attacked at once.
        pub batch: usize,
        /// The largest change of a pixel in training.
        pub epsilon: f64,
        /// So many images get the smallest change that fools a network; 0: none do.
        pub lbfgs_images: u32,
        /// How each network is trained.
        pub networks: Vec<Training>,
        /// The autoencoder below AE400-10's softmax.
        pub autoencoder: Autoencoder,
        /// Radial basis functions.
        pub rbf: Rbf,
    }
}

/// One recipe, and the networks that are trained by it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Training {
    /// The networks.
    pub of: Vec<String>,
    /// What a step sees.
    pub sees: Sees,
    /// Epochs of the whole training; absent: the experiment's own number of steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epochs: Option<u64>,
    /// The first learning rate.
    pub learning_rate: f64,
    /// Divides it at each update of the whole recipe; absent: it falls evenly to zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learning_rate_divisor: Option<f64>,
    /// Momentum by epoch.
    pub momentum: Ramp,
    /// How weights begin. Biases begin at zero.
    pub initial_weights: InitialWeights,
    /// The largest norm of the weights into one unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_norm: Option<f64>,
    /// λ of each layer's weight decay, last layer first; the rest have none. Szegedy et al. print λ Σ w² / k, "k the number
    /// of units in the layer", and not whether a cost is a sum or a mean. Here λ/2 Σ w² beside the mean cost: of λ/10,
    /// λ/2 and λ it is the factor under which FC10's training errors come near the printed ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weight_decay: Vec<f64>,
}

/// What a step sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sees {
    /// The images.
    Clean,
    /// ½ J(x) + ½ J(x + ε sign ∇ₓ J(x)); the sign is taken as it is, no gradient flows through it.
    Adversarial,
    /// The images with ± ε added to each pixel at random.
    SignNoise,
    /// The images with noise from within ± ε added.
    UniformNoise,
}

/// How weights begin.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InitialWeights {
    /// Uniformly within ± this.
    Within(f32),
    /// Uniformly within ± 4 √(6 / (in + out)), for sigmoids (Glorot and Bengio 2010).
    Sigmoids,
    /// As each class's mean image, for radial basis functions.
    ClassMeans,
}

/// A sparse autoencoder's training.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Autoencoder {
    /// Units of the code.
    pub units: usize,
    /// Epochs.
    pub epochs: u64,
    /// The first learning rate; it falls evenly to zero.
    pub learning_rate: f64,
    /// Momentum.
    pub momentum: f64,
    /// λ of λ/2 Σ w².
    pub weight_decay: f64,
    /// ρ, the mean activation that units are drawn to.
    pub sparsity: f64,
    /// β, how much that counts.
    pub sparsity_weight: f64,
}

/// How radial basis functions begin and move.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rbf {
    /// β at first: β (x - μ)² of a digit's pixels then sums to about one.
    pub scale: f32,
    /// β moves so much slower than μ, since each of its gradients is a squared distance.
    pub scale_rate: f64,
}

impl Recipe {
    /// The training of that network.
    #[must_use]
    pub fn training(&self, network: &str) -> Option<&Training> {
        self.networks.iter().find(|training| training.of.iter().any(|id| id == network))
    }
}

impl Training {
    /// Learning rate and momentum of step `step` of `total`, where the whole recipe has `whole` and an epoch `epoch`. A
    /// shorter training presses the schedules together, so that they end where the whole recipe's end.
    #[must_use]
    pub fn pace(&self, step: u64, total: u64, whole: u64, epoch: u64) -> (f64, f64) {
        let share = step as f64 / total.max(1) as f64;
        let place = share * whole.max(total) as f64;
        let rate = match self.learning_rate_divisor {
            Some(divisor) => self.learning_rate * libm::pow(divisor, -place),
            None => self.learning_rate * (1.0 - share),
        };
        (rate, self.momentum.at((place / epoch.max(1) as f64).floor()))
    }

    /// What a step sees, where that is not just the images.
    fn sees(&self, epsilon: f64) -> Option<String> {
        match self.sees {
            Sees::Clean => None,
            Sees::Adversarial => {
                Some(format!("half the cost is that of adversarial examples of ε = {epsilon}, made anew"))
            }
            Sees::SignNoise => Some(format!("±{epsilon} is added to each pixel at random")),
            Sees::UniformNoise => Some(format!("noise within ±{epsilon} is added to each pixel")),
        }
    }

    fn words(&self, batch: usize) -> String {
        let length = self.epochs.map_or_else(String::new, |epochs| format!("{epochs} epochs, "));
        let falls = match self.learning_rate_divisor {
            Some(divisor) => format!("divided by {divisor} each update"),
            None => "falling evenly to zero".to_owned(),
        };
        let weights = match self.initial_weights {
            InitialWeights::Within(0.0) => "weights begin at zero".to_owned(),
            InitialWeights::Within(range) => format!("weights begin within ±{range}"),
            InitialWeights::Sigmoids => "weights begin within ±4 √(6 / (in + out))".to_owned(),
            InitialWeights::ClassMeans => "weights begin as the classes' mean images".to_owned(),
        };
        let norm = self.max_norm.map_or_else(String::new, |norm| format!(", kept to a norm of {norm} a unit"));
        let decay = match &self.weight_decay[..] {
            [] => String::new(),
            [one] => format!("; quadratic weight decay {one:e}"),
            many => {
                let many: Vec<String> = many.iter().map(|one| format!("{one:e}")).collect();
                format!("; quadratic weight decay {} from the last layer down", many.join(", "))
            }
        };
        format!(
            "{length}batches of {batch}, learning rate {} {falls}, momentum {}; {weights}{norm}{decay}",
            self.learning_rate,
            self.momentum.words()
        )
    }
}

fn check(text: &str, path: &str) -> Result<(), LoadError> {
    own::read::<Recipe, Changes, Attack>(text, path, checked).map(drop)
}

fn checked(part: &Part<Recipe, Changes, Attack>, findings: &mut Findings<'_, '_>) {
    let training = |key| [Step::Key("training"), Step::Key(key)];
    own::positive(part.training.batch as f64, &training("batch"), findings);
    own::positive(part.training.epsilon, &training("epsilon"), findings);
    let known = |id: &str| super::PAPER.networks.contains(&id);
    let unknown = |id: &str| format!("there is no network `{id}`; networks: {}", super::PAPER.networks.join(", "));
    for (index, one) in part.training.networks.iter().enumerate() {
        let place = |key| [Step::Key("training"), Step::Key("networks"), Step::Index(index), Step::Key(key)];
        own::positive(one.learning_rate, &place("learning_rate"), findings);
        one.momentum.check(&place("momentum"), findings);
        for (number, id) in one.of.iter().enumerate() {
            let [a, b, c, d] = place("of");
            if !known(id) {
                findings.add(&[a, b, c, d, Step::Index(number)], unknown(id));
            } else if part.training.networks[..index].iter().any(|before| before.of.contains(id)) {
                findings.add(&[a, b, c, d, Step::Index(number)], format!("`{id}` has a recipe already"));
            }
        }
    }
    for (index, condition) in part.conditions.iter().enumerate() {
        let Some(attack) = &condition.with else { continue };
        let place = |key| [Step::Key("conditions"), Step::Index(index), Step::Key("with"), Step::Key(key)];
        if !(attack.epsilon.is_finite() && attack.epsilon >= 0.0) {
            findings.add(&place("epsilon"), format!("epsilon {} must be 0 or more", attack.epsilon));
        }
        if let Some(id) = attack.made_for.as_deref().filter(|id| !known(id)) {
            findings.add(&place("made_for"), unknown(id));
        }
        if attack.agreement.is_some() && attack.made_for.is_none() {
            findings.add(&place("agreement"), "agreement needs `made_for`: whose examples they are");
        }
    }
}

fn prose(training: &Value) -> Vec<RecipeItem> {
    own::prose(training, |recipe: &Recipe| {
        let mut items = Vec::new();
        for one in &recipe.networks {
            let networks = one.of.join(", ");
            // What a step sees is printed; the rest is another paper's, or ours.
            let seen = one.sees(recipe.epsilon);
            items.extend(seen.map(|seen| item(format!("{networks}, a step"), seen, Mark::Checked)));
            items.push(item(networks, one.words(recipe.batch), Mark::Memory));
        }
        let Autoencoder { units, epochs, learning_rate, momentum, weight_decay, sparsity, sparsity_weight } =
            recipe.autoencoder;
        let words = format!(
            "{units} sigmoid units, {epochs} epochs, learning rate {learning_rate} falling evenly to zero, momentum {momentum}, weight decay {weight_decay}; mean activations are drawn to {sparsity} with weight {sparsity_weight}"
        );
        items.push(item("autoencoder below ae400-10", words, Mark::Memory));
        items
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipe() -> Recipe {
        let paper = super::super::PAPER.read(spec::load::Known::default()).unwrap();
        serde_json::from_value(paper.training).unwrap()
    }

    #[test]
    fn schedules_end_where_the_whole_recipes_end() {
        let recipe = recipe();
        let maxout = recipe.training("maxout").unwrap();
        assert_eq!(maxout.pace(0, 1000, 600_000, 600), (0.1, 0.5));
        let (rate, momentum) = maxout.pace(1000, 1000, 600_000, 600);
        assert!((rate - 0.1 * (-2.4f64).exp()).abs() < 1e-4, "{rate}");
        assert_eq!(momentum, 0.7);
        assert_eq!(recipe.training("softmax").unwrap().pace(500, 1000, 18_000, 600).0, 0.05);
    }

    #[test]
    fn every_network_that_is_trained_has_one_recipe() {
        let recipe = recipe();
        let trained = super::super::PAPER.networks.iter().filter(|id| !id.starts_with("googlenet"));
        assert!(trained.clone().all(|id| recipe.training(id).is_some()));
        assert_eq!(recipe.networks.iter().map(|one| one.of.len()).sum::<usize>(), trained.count());
    }
}
