//! What each trained network answers under each condition of the spec.
//!
//! Must not compute a score: answers are written, `results` makes numbers of them.

use engine::error::Result;
use engine::outcomes::{Answer, Tested, finite};
use engine::train::Context;
use replications::adversarial::attack::{Agreement, Attack, AttackKind};
use replications::adversarial::recipe::Recipe;
use spec::event::Model;
use spec::experiment::Condition;
use spec::lock::PartOf;
use spec::metric::Metric;
use tch::Tensor;

use super::attack::attacked;
use super::comparisons;
use super::digits::{Digits, Sets};
use super::head::Head;
use super::subject::Subject;

/// What is asked of answers on test images.
pub(super) const TESTED: [Metric; 3] =
    [Metric::TEST_ERROR, Metric::named("mean confidence"), Metric::named("mean confidence on mistakes")];
/// The test images without conditions.
const CLEAN: &str = "clean";

/// The trained networks and what they are tested on.
#[derive(Debug)]
pub(super) struct Bench<'a, 'e> {
    pub(super) context: &'a Context<'a, 'e>,
    pub(super) recipe: &'a Recipe,
    /// The spec's conditions that do something, and what.
    pub(super) conditions: &'a [(&'a Condition, Attack)],
    pub(super) root: &'a str,
    pub(super) subjects: &'a [Subject],
    pub(super) all: &'a Sets,
    pub(super) two: &'a Sets,
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

    /// What was tested.
    pub(super) fn tested<'b>(
        &'b self,
        subject: &'b Subject,
        data: &'b str,
        protocol: &'b str,
        part_of: Option<PartOf>,
    ) -> Tested<'b> {
        let model = Model::Trained(subject.trained.clone());
        Tested { part_of, ..self.context.tested((&subject.id, model), (data, self.root), protocol) }
    }

    /// What a network answers to images, beside their classes.
    pub(super) fn answers(&self, subject: &Subject, images: &Tensor, classes: &Tensor) -> Result<Vec<Answer>> {
        Answer::all(&subject.probabilities(images, self.context.emitter())?, classes)
    }

    /// Answers on test images as they are, and on training images where a claim is about them.
    pub(super) fn clean(&self, subject: &Subject) -> Result<()> {
        let sets = self.sets(subject);
        let mut both = vec![(&sets.test, sets.test_name, &TESTED[..])];
        if self.context.wants_training_error(&subject.id) {
            both.push((&sets.train, sets.train_name, &[Metric::TRAINING_ERROR]));
        }
        for (set, name, metrics) in both {
            let answers = self.answers(subject, &set.images, &set.classes)?;
            self.context.classified(&self.tested(subject, name, CLEAN, None), metrics, None, &answers)?;
        }
        Ok(())
    }

    /// Answers of every network that a condition is for.
    pub(super) fn under(&self, id: &str, attack: &Attack) -> Result<()> {
        if attack.photographs {
            return Ok(());
        }
        match (attack.kind, &attack.made_for) {
            (AttackKind::Lbfgs, _) => Ok(()),
            (_, Some(made_for)) => match self.subject(made_for) {
                Some(other) => self.transferred(id, attack, other),
                None => Ok(()),
            },
            (AttackKind::Fgsm, None) => {
                self.context.begin(&format!("test {id}"))?;
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
        let stream = self.context.stream(&format!("{} {}", attack.kind.name(), attack.epsilon), 0);
        attacked(attack, subject, &set.images, &set.classes, stream)
    }

    /// Answers on the changed test images of that network's sets.
    fn test(&self, id: &str, subject: &Subject, images: &Tensor) -> Result<()> {
        let sets = self.sets(subject);
        let answers = self.answers(subject, images, &sets.test.classes)?;
        self.context.classified(&self.tested(subject, sets.test_name, id, None), &TESTED, None, &answers)
    }

    /// Noise knows no network: all see the same.
    fn noise(&self, id: &str, attack: &Attack) -> Result<()> {
        self.context.begin(&format!("test {id}"))?;
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

    fn rubbish(&self, id: &str, subject: &Subject, images: &Tensor) -> Result<()> {
        let answers = self.answers(subject, images, &self.all.test.classes)?;
        let tested = self.tested(subject, "gaussian-rubbish", id, None);
        finite(&tested, "confidences", answers.iter().map(|answer| f64::from(answer.confidence)))?;
        let text = spec::outcomes::without_object(&comparisons::without_object(&answers));
        self.context.outcomes(&tested, &comparisons::table(&text, answers.len(), &comparisons::RUBBISH))
    }

    /// Answers on images that were made for `maker`.
    fn transferred(&self, id: &str, attack: &Attack, maker: &Subject) -> Result<()> {
        self.context.begin(&format!("test {id}"))?;
        let test = &self.sets(maker).test;
        let images = self.images(attack, maker, test)?;
        let answers = |subject: &Subject| self.answers(subject, &images, &test.classes);
        let others = self
            .subjects
            .iter()
            .filter(|subject| std::ptr::eq(self.sets(subject), self.sets(maker)) && subject.id != maker.id);
        let both = match &attack.agreement {
            None => return others.into_iter().try_for_each(|subject| self.test(id, subject, &images)),
            Some(Agreement::TheseErr([one, other])) => {
                let (Some(one), Some(other)) = (self.subject(one), self.subject(other)) else { return Ok(()) };
                return self.agreement(id, one, [&answers(one)?, &answers(other)?], true);
            }
            Some(Agreement::MakerErrs) => false,
            Some(Agreement::BothErr) => true,
        };
        let theirs = answers(maker)?;
        others.into_iter().try_for_each(|subject| self.agreement(id, subject, [&answers(subject)?, &theirs], both))
    }

    fn agreement(&self, id: &str, subject: &Subject, answers: [&[Answer]; 2], both: bool) -> Result<()> {
        let compared = comparisons::where_the_other_errs(answers, both);
        let tested = self.tested(subject, self.sets(subject).test_name, id, None);
        let text = spec::outcomes::agreement(&compared);
        self.context.outcomes(&tested, &comparisons::table(&text, compared.len(), &comparisons::AGREEMENT))
    }
}
