//! The experiment on MNIST: train every wanted network, then ask each under every condition of the spec.
//!
//! Must not compute a score: answers and distances are written, `results` makes numbers of them.

use engine::error::{Error, Result};
use engine::train::{Context, Schedule};
use replications::adversarial::attack::Attack;
use replications::adversarial::recipe::{Recipe, Sees, Training};

use super::autoencoder::Autoencoder;
use super::digits::{self, Sets};
use super::distortions;
use super::head::Head;
use super::learner::Learner;
use super::pictures;
use super::subject::Subject;
use super::trials::Bench;
use crate::mnist::Mnist;

/// Runs `adversarial-mnist`, the controls of `adversarial-mnist-noise` or the larger networks of `adversarial-mnist-1600`.
pub(super) fn run(context: &Context<'_, '_>) -> Result<()> {
    let recipe: Recipe = context.recipe()?;
    let mut conditions = Vec::new();
    for condition in &context.stage().conditions {
        conditions.extend(context.with::<Attack>(condition)?.map(|attack| (condition, attack)));
    }
    context.begin("load mnist")?;
    let data = context.data("mnist")?;
    let mnist = Mnist::read(&data.folder)?;
    let [all, two] = digits::both(context, &mnist)?;
    let networks = &context.stage().size.networks;
    // All networks count their epochs by the whole set, also the one that sees only two digits.
    let plan = Plan { context, recipe: &recipe, epoch: (all.train.len() / recipe.batch.max(1)).max(1) as u64 };
    let costs = networks.iter().map(|id| plan.cost(id)).collect::<Result<Vec<f64>>>()?;
    let together: f64 = costs.iter().sum();
    let mut subjects = Vec::new();
    for (id, cost) in networks.iter().zip(&costs) {
        let sets = if Head::of(id) == Head::ThreeOrSeven { &two } else { &all };
        subjects.push(plan.trained(id, sets, cost / together)?);
    }
    let bench = Bench {
        context,
        recipe: &recipe,
        conditions: &conditions,
        root: &data.root,
        subjects: &subjects,
        all: &all,
        two: &two,
    };
    for subject in &subjects {
        context.begin(&format!("test {}", subject.id))?;
        bench.clean(subject)?;
    }
    for (condition, attack) in &conditions {
        bench.under(&condition.id, attack)?;
    }
    distortions::measure(&bench)?;
    pictures::draw(&bench)
}

/// What is trained how, and for how long.
struct Plan<'a, 'e> {
    context: &'a Context<'a, 'e>,
    recipe: &'a Recipe,
    /// Updates of an epoch.
    epoch: u64,
}

impl<'a> Plan<'a, '_> {
    fn training(&self, id: &str) -> Result<&'a Training> {
        let found = self.recipe.training(id);
        found.ok_or_else(|| Error::Input(format!("the recipe does not say how the network `{id}` is trained")))
    }

    /// How long a network's training takes beside the others': updates times parameters, and twice over for two costs.
    fn cost(&self, id: &str) -> Result<f64> {
        let training = self.training(id)?;
        let passes = if training.sees == Sees::Adversarial { 2.5 } else { 1.0 };
        // A step has costs besides its products; they are those of about so many parameters.
        let parameters = self.context.graph(id)?.parameter_count() as f64 + 50_000.0;
        Ok(self.steps(training.epochs).0 as f64 * parameters * passes)
    }

    /// Updates of this size, and of the whole recipe: of so many epochs, or the experiment's own number.
    fn steps(&self, epochs: Option<u64>) -> (u64, u64) {
        let stage = self.context.stage();
        let whole = epochs.map_or(stage.of_steps, |epochs| epochs * self.epoch);
        (if stage.size.complete { whole } else { whole.min(stage.size.steps) }, whole)
    }

    /// Trains one network.
    fn trained(&self, id: &'a str, sets: &'a Sets, share: f64) -> Result<Subject> {
        let training = self.training(id)?;
        let (steps, of) = self.steps(training.epochs);
        let recipes = (self.recipe, training);
        let mut learner = Learner::new(self.context, id, recipes, [of, self.epoch], [&sets.train, &sets.test])?;
        let mut share = share;
        if id == "ae400-10" {
            let (steps, of) = self.steps(Some(self.recipe.autoencoder.epochs));
            let mut below = Autoencoder::new(self.context, &sets.train, self.recipe)?;
            share /= 2.0;
            let schedule = Schedule {
                name: "ae400-10-autoencoder",
                title: "AE400-10, the autoencoder",
                steps,
                of,
                measure_every: self.epoch,
                share,
                fixed: true,
            };
            self.context.train(&schedule, &mut below)?;
            let [weight, bias] = below.encoder();
            learner.freeze("h0", &[("weight", weight), ("bias", bias)])?;
        }
        let schedule = Schedule { name: id, title: id, steps, of, measure_every: self.epoch, share, fixed: true };
        let trained = self.context.train(&schedule, &mut learner)?;
        Ok(Subject { id: id.to_owned(), model: learner.into_model(), head: Head::of(id), trained })
    }
}
