//! The smallest changes that fool each network, how large they are, and whom else they fool (Szegedy et al. 2013,
//! Tables 1 and 2).
//!
//! Must not look for them: `smallest` does.

use engine::error::Result;
use engine::outcomes::Answer;
use replications::adversarial::attack::AttackKind;
use spec::lock::PartOf;
use spec::metric::Metric;
use tch::{Kind, Tensor};

use super::digits::Digits;
use super::head::Head;
use super::smallest::{Smallest, smallest};
use super::subject::Subject;
use super::trials::{Bench, TESTED};

/// Distortions are printed with three digits, and some are of hundredths.
const DECIMALS: usize = 6;

/// Measures what the spec's conditions of this kind say.
pub(super) fn measure(bench: &Bench<'_, '_>) -> Result<()> {
    let context = bench.context;
    let count = i64::from(bench.recipe.lbfgs_images);
    let conditions: Vec<_> = bench.conditions.iter().filter(|(_, attack)| attack.kind == AttackKind::Lbfgs).collect();
    if count == 0 || conditions.is_empty() {
        return Ok(());
    }
    for subject in bench.subjects.iter().filter(|subject| subject.head == Head::Softmax) {
        context.begin(&format!("lbfgs {}", subject.id))?;
        let sets = bench.sets(subject);
        let set = sets.test.first(count)?;
        let part_of = (set.len() < sets.test.len()).then(|| PartOf {
            whole: sets.test_name.to_owned(),
            of: sets.test.len() as u64,
            how: format!("the first {} images; a search for each takes long", set.len()),
        });
        let found = smallest(subject, &set.images, &wrong_classes(bench, &set)?, context.emitter())?;
        let missed = found.found.iter().filter(|found| !**found).count();
        if missed > 0 {
            context.emitter().note(format!(
                "{}: no change was found for {missed} of {} images; they are left out of the mean distortion",
                subject.id,
                set.len()
            ))?;
        }
        for (condition, attack) in &conditions {
            let id = condition.id.as_str();
            match &attack.made_for {
                None => {
                    let values = distances(&set, &found)?;
                    if !values.is_empty() {
                        let tested = bench.tested(subject, sets.test_name, id, part_of.clone());
                        context.values(&tested, ("attack", Metric::named("mean distortion")), &values, DECIMALS)?;
                    }
                    answers(bench, subject, id, &set, &found.images, part_of.clone())?;
                }
                Some(made_for) if *made_for == subject.id => {
                    for other in bench.subjects.iter().filter(|other| is_another(other, subject)) {
                        answers(bench, other, id, &set, &found.images, part_of.clone())?;
                    }
                }
                Some(_) => {}
            }
        }
    }
    Ok(())
}

/// A wrong class for each image, evenly drawn; the same ones for every network.
fn wrong_classes(bench: &Bench<'_, '_>, set: &Digits) -> Result<Tensor> {
    let mut stream = bench.context.stream("lbfgs wrong classes", 0);
    let shifts: Vec<i64> = (0..set.len()).map(|_| 1 + i64::try_from(stream.below(9)).unwrap_or(0)).collect();
    let shifts = Tensor::f_from_slice(&shifts)?.f_to_device(set.classes.device())?;
    Ok(set.classes.f_add(&shifts)?.f_remainder(10)?)
}

fn is_another(other: &Subject, subject: &Subject) -> bool {
    other.id != subject.id && other.head != Head::ThreeOrSeven
}

fn answers(
    bench: &Bench<'_, '_>,
    subject: &Subject,
    protocol: &str,
    set: &Digits,
    images: &Tensor,
    part_of: Option<PartOf>,
) -> Result<()> {
    let answers = Answer::all(&subject.probabilities(images, bench.context.emitter())?, &set.classes)?;
    let name = bench.sets(subject).test_name;
    bench.context.classified(&bench.tested(subject, name, protocol, part_of), &TESTED, None, &answers)
}

/// √(Σ δ² / 784) for each image that something was found for.
fn distances(set: &Digits, found: &Smallest) -> Result<Vec<f64>> {
    let change = found.images.f_sub(&set.images)?.f_flatten(1, -1)?.f_to_kind(Kind::Double)?;
    let roots = change.f_square()?.f_mean_dim([1i64].as_slice(), false, Kind::Double)?.f_sqrt()?;
    let roots = Vec::<f64>::try_from(roots.f_to_device(tch::Device::Cpu)?)?;
    Ok(roots.into_iter().zip(&found.found).filter(|(_, found)| **found).map(|(root, _)| root).collect())
}
