//! The experiment on MNIST: train every wanted network, then ask each under every condition of the spec.
//!
//! Must not compute a score: answers and distances are written, `results` makes numbers of them.

use spec::event::Trained;
use spec::experiment::{Attack, AttackKind, Condition};
use spec::lock::PartOf;
use spec::metric::Metric;
use tch::Tensor;

use super::attack::attacked;
use super::autoencoder::{self, Autoencoder};
use super::digits::{self, Digits, Sets};
use super::distortions;
use super::head::Head;
use super::learner::Learner;
use super::pictures;
use super::recipe::{self, EPOCH, Recipe};
use super::subject::Subject;
use crate::error::{Error, Result};
use crate::train::mnist::Mnist;
use crate::train::{Answer, Course, Lab, Tested};

/// How ids of conditions end under which two networks' answers are compared (Goodfellow et al. 2015, section 8): on the
/// examples that the network they were made for gets wrong; on those that both get wrong; and on those that these two
/// get wrong, whoever they were made for.
const WHERE_IT_ERRS: &str = "-where-maxout-errs";
const WHERE_BOTH_ERR: &str = "-where-both-err";
const WHERE_THESE_ERR: (&str, [&str; 2]) = ("-where-rbf-and-softmax-err", ["rbf", "softmax"]);
/// An ε below this is meant for photographs.
const LEAST_EPSILON: f64 = 0.05;
/// The test images without conditions.
const CLEAN: &str = "clean";

/// Runs `adversarial-mnist`, the controls of `adversarial-mnist-noise` or the larger networks of `adversarial-mnist-1600`.
pub(super) fn run<'a>(lab: &'a Lab<'a, '_>) -> Result<()> {
    lab.begin("load mnist")?;
    let data = lab.data("mnist")?;
    let mnist = Mnist::read(&data.folder)?;
    let [all, two] = digits::both(lab, &mnist)?;
    let networks = &lab.stage().dose.networks;
    let costs = networks.iter().map(|id| cost(lab, id)).collect::<Result<Vec<f64>>>()?;
    let together: f64 = costs.iter().sum();
    let mut subjects = Vec::new();
    for (id, cost) in networks.iter().zip(&costs) {
        let sets = if Head::of(id) == Head::ThreeOrSeven { &two } else { &all };
        subjects.push(trained(lab, id, sets, cost / together)?);
    }
    let bench = Bench { lab, root: &data.root, subjects: &subjects, all: &all, two: &two };
    for subject in &subjects {
        lab.begin(&format!("test {}", subject.id))?;
        bench.clean(subject)?;
    }
    for condition in &lab.stage().conditions {
        bench.under(condition)?;
    }
    distortions::measure(&bench)?;
    pictures::draw(&bench)
}

/// How long a network's training takes beside the others': updates times parameters, and twice over for two costs.
fn cost(lab: &Lab<'_, '_>, id: &str) -> Result<f64> {
    let recipe = recipe_of(id)?;
    let passes = if recipe.sees == recipe::Sees::Adversarial { 2.5 } else { 1.0 };
    // A step has costs besides its products; they are those of about so many parameters.
    let parameters = lab.graph(id)?.parameter_count() as f64 + 50_000.0;
    Ok(steps(lab, recipe).0 as f64 * parameters * passes)
}

fn recipe_of(id: &str) -> Result<Recipe> {
    recipe::of(id).ok_or_else(|| Error::Input(format!("there is no recipe for the network `{id}` on MNIST")))
}

/// Updates of this dose, and of the whole recipe.
fn steps(lab: &Lab<'_, '_>, recipe: Recipe) -> (u64, u64) {
    scaled(lab, recipe.steps.unwrap_or(lab.stage().of_steps))
}

/// The dose's part of `whole` updates: all of them, or as many as the dose says.
fn scaled(lab: &Lab<'_, '_>, whole: u64) -> (u64, u64) {
    let dose = &lab.stage().dose;
    (if dose.complete { whole } else { whole.min(dose.steps) }, whole)
}

/// Trains one network.
fn trained<'a>(lab: &'a Lab<'a, '_>, id: &'a str, sets: &'a Sets, share: f64) -> Result<Subject> {
    let recipe = recipe_of(id)?;
    let (steps, of) = steps(lab, recipe);
    let mut learner = Learner::new(lab, id, recipe, of, [&sets.train, &sets.test])?;
    let mut share = share;
    if id == "ae400-10" {
        let (steps, of) = scaled(lab, autoencoder::STEPS);
        let mut below = Autoencoder::new(lab, &sets.train, 400)?;
        share /= 2.0;
        let course = Course {
            name: "ae400-10-autoencoder",
            title: "AE400-10, the autoencoder",
            steps,
            of,
            measure_every: EPOCH,
            share,
            fixed: true,
        };
        lab.train(&course, &mut below)?;
        let [weight, bias] = below.encoder();
        learner.freeze("h0", &[("weight", weight), ("bias", bias)])?;
    }
    let course = Course { name: id, title: id, steps, of, measure_every: EPOCH, share, fixed: true };
    let trained = lab.train(&course, &mut learner)?;
    Ok(Subject { id: id.to_owned(), model: learner.into_model(), head: Head::of(id), trained })
}

/// The trained networks and what they are tested on.
#[derive(Debug)]
pub(super) struct Bench<'a, 'e> {
    pub(super) lab: &'a Lab<'a, 'e>,
    pub(super) root: &'a str,
    pub(super) subjects: &'a [Subject],
    all: &'a Sets,
    two: &'a Sets,
}

impl<'a> Bench<'a, '_> {
    /// The sets of that network.
    pub(super) fn sets(&self, subject: &Subject) -> &'a Sets {
        if subject.head == Head::ThreeOrSeven { self.two } else { self.all }
    }

    /// A trained network.
    pub(super) fn subject(&self, id: &str) -> Option<&'a Subject> {
        self.subjects.iter().find(|subject| subject.id == id)
    }

    /// What was tested, on the whole of a set.
    pub(super) fn tested<'b>(
        &'b self,
        subject: &'b Subject,
        data: &'b str,
        protocol: &'b str,
        metric: Metric,
        part_of: Option<PartOf>,
    ) -> Tested<'b> {
        let trained: Option<&Trained> = Some(&subject.trained);
        Tested { network: &subject.id, data, root: self.root, protocol, metric, part_of, trained }
    }

    /// Answers on training and test images as they are.
    fn clean(&self, subject: &Subject) -> Result<()> {
        let sets = self.sets(subject);
        let both =
            [(&sets.test, sets.test_name, Metric::TestError), (&sets.train, sets.train_name, Metric::TrainingError)];
        for (set, name, metric) in both {
            let answers = Answer::all(&subject.probabilities(&set.images)?, &set.classes)?;
            self.lab.answers(&self.tested(subject, name, CLEAN, metric, None), &answers)?;
        }
        Ok(())
    }

    /// Answers of every network that a condition is for.
    fn under(&self, condition: &Condition) -> Result<()> {
        let Some(attack) = &condition.attack else { return Ok(()) };
        let id = condition.id.as_str();
        match (attack.kind, &attack.made_for) {
            (AttackKind::Lbfgs, _) => Ok(()),
            (AttackKind::Fgsm, _) if attack.epsilon < LEAST_EPSILON => Ok(()),
            (_, Some(made_for)) => match self.subject(made_for) {
                Some(other) => self.transferred(id, attack, other),
                None => Ok(()),
            },
            (AttackKind::Fgsm, None) => {
                self.lab.begin(&format!("test {id}"))?;
                self.subjects.iter().try_for_each(|subject| {
                    let sets = self.sets(subject);
                    self.test(id, subject, &self.images(attack, subject, &sets.test)?)
                })
            }
            (_, None) => self.noise(id, attack),
        }
    }

    /// Test images as an attack that is made for `subject` leaves them.
    fn images(&self, attack: &Attack, subject: &Subject, set: &Digits) -> Result<Tensor> {
        let stream = self.lab.stream(&format!("{} {}", attack.kind, attack.epsilon), 0);
        attacked(attack, subject, &set.images, &set.classes, stream)
    }

    /// Answers on the changed test images of that network's sets.
    fn test(&self, id: &str, subject: &Subject, images: &Tensor) -> Result<()> {
        let sets = self.sets(subject);
        let answers = Answer::all(&subject.probabilities(images)?, &sets.test.classes)?;
        self.lab.answers(&self.tested(subject, sets.test_name, id, Metric::TestError, None), &answers)
    }

    /// Noise knows no network: all see the same.
    fn noise(&self, id: &str, attack: &Attack) -> Result<()> {
        self.lab.begin(&format!("test {id}"))?;
        for sets in [self.all, self.two] {
            let mut subjects = self.subjects.iter().filter(|subject| std::ptr::eq(self.sets(subject), sets)).peekable();
            let Some(first) = subjects.peek() else { continue };
            let images = self.images(attack, first, &sets.test)?;
            for subject in subjects {
                match attack.kind {
                    AttackKind::Rubbish if subject.head == Head::ThreeOrSeven => {}
                    AttackKind::Rubbish => self.rubbish(id, subject, &images)?,
                    _ => self.test(id, subject, &images)?,
                }
            }
        }
        Ok(())
    }

    /// What counts is only whether there is an answer above one half.
    fn rubbish(&self, id: &str, subject: &Subject, images: &Tensor) -> Result<()> {
        let mut answers = Answer::all(&subject.probabilities(images)?, &self.all.test.classes)?;
        for answer in &mut answers {
            answer.class = 0;
            answer.given = answer.given.filter(|_| answer.confidence > 0.5);
        }
        self.lab.answers(&self.tested(subject, "gaussian-rubbish", id, Metric::RubbishError, None), &answers)
    }

    /// Answers on images that were made for `maker`.
    fn transferred(&self, id: &str, attack: &Attack, maker: &Subject) -> Result<()> {
        self.lab.begin(&format!("test {id}"))?;
        let test = &self.sets(maker).test;
        let images = self.images(attack, maker, test)?;
        let answers = |subject: &Subject| Answer::all(&subject.probabilities(&images)?, &test.classes);
        let agree = |subject: &Subject, theirs: &[Answer], both: bool| -> Result<()> {
            let agreeing = agreement(&answers(subject)?, theirs, both);
            let name = self.sets(subject).test_name;
            self.lab.answers(&self.tested(subject, name, id, Metric::Agreement, None), &agreeing)
        };
        let (where_these_err, [one, other]) = WHERE_THESE_ERR;
        if id.ends_with(where_these_err) {
            let (Some(one), Some(other)) = (self.subject(one), self.subject(other)) else { return Ok(()) };
            return agree(one, &answers(other)?, true);
        }
        let theirs = answers(maker)?;
        for subject in self.subjects.iter().filter(|subject| std::ptr::eq(self.sets(subject), self.sets(maker))) {
            if subject.id == maker.id {
                continue;
            }
            if id.ends_with(WHERE_IT_ERRS) || id.ends_with(WHERE_BOTH_ERR) {
                agree(subject, &theirs, id.ends_with(WHERE_BOTH_ERR))?;
            } else {
                self.test(id, subject, &images)?;
            }
        }
        Ok(())
    }
}

/// Answers beside another network's, on the examples that the other one gets wrong; `both`: and this one too. Each
/// answer's class is then the other network's answer.
fn agreement(own: &[Answer], theirs: &[Answer], both: bool) -> Vec<Answer> {
    let is_wrong = |answer: &Answer| answer.given != Some(answer.class);
    let pairs = own.iter().zip(theirs).filter(|(own, theirs)| is_wrong(theirs) && (!both || is_wrong(own)));
    pairs.map(|(own, theirs)| Answer { class: theirs.given.unwrap_or_default(), ..*own }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agreement_is_counted_where_the_other_network_errs() {
        let answer = |class, given| Answer { class, given: Some(given), confidence: 0.5 };
        let own = [answer(1, 1), answer(1, 2), answer(1, 3), answer(1, 2)];
        let theirs = [answer(1, 2), answer(1, 2), answer(1, 2), answer(1, 1)];
        assert_eq!(agreement(&own, &theirs, false), [answer(2, 1), answer(2, 2), answer(2, 3)]);
        assert_eq!(agreement(&own, &theirs, true), [answer(2, 2), answer(2, 3)]);
    }
}
