//! Pictures: digits before and after the fast gradient sign, and the logistic model's weights (Goodfellow et al. 2015,
//! Figure 2).
//!
//! Must not choose digits by what they are answered with: they are the first of the test set.

use engine::error::Result;
use engine::picture::Image;
use replications::adversarial::attack::{Attack, AttackKind};
use tch::Tensor;

use super::attack::{along_sign, gradient};
use super::head::Head;
use super::subject::Subject;
use super::trials::Bench;
use crate::mnist::{PIXELS, SIDE};

/// Digits in a picture.
const SHOWN: i64 = 10;
const GAP: usize = 2;

/// Draws what the trained networks can show.
pub(super) fn draw(bench: &Bench<'_, '_>) -> Result<()> {
    for subject in bench.subjects {
        match subject.head {
            Head::ThreeOrSeven => weights(bench, subject)?,
            Head::Softmax if matches!(subject.id.as_str(), "softmax" | "maxout" | "maxout-adversarial") => {
                digits(bench, subject)?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Three rows: digits, signs of the gradient, digits after.
fn digits(bench: &Bench<'_, '_>, subject: &Subject) -> Result<()> {
    let epsilon = bench.recipe.epsilon;
    let set = bench.sets(subject).test.first(SHOWN)?;
    let sign = gradient(subject, &set.images, &set.classes)?;
    let after = along_sign(&set.images, &sign, epsilon)?;
    let shown = sign.f_sign()?.f_add_scalar(1.0)?.f_mul_scalar(0.5)?;
    let rows = Tensor::f_cat(&[&set.images, &shown, &after], 0)?;
    let (before, now) = (said(bench, subject, &set.images)?, said(bench, subject, &after)?);
    let caption = format!(
        "{}: the first {SHOWN} test images (top), the sign of the gradient (black -, grey 0, white +), and the images moved by {epsilon} along it (shown cut off at 0 and 1). Answers before: {before}; after: {now}.",
        subject.id
    );
    bench.context.picture(&format!("fgsm-{}", subject.id), &caption, &grid(&rows, SHOWN as usize)?, false)
}

/// The weights, their sign, and a 3 and a 7 before and after, as in the paper's Figure 2.
fn weights(bench: &Bench<'_, '_>, subject: &Subject) -> Result<()> {
    let epsilon = bench.recipe.epsilon;
    let weight = subject.model.parameter("y.weight")?.detach();
    let largest = weight.f_abs()?.f_max()?.f_double_value(&[])?.max(1e-12);
    let side = SIDE as i64;
    let to_grey = |tensor: &Tensor, scale: f64| -> Result<Tensor> {
        Ok(tensor.f_mul_scalar(0.5 / scale)?.f_add_scalar(0.5)?.f_view([1, 1, side, side])?)
    };
    let set = &bench.sets(subject).test;
    let first = |digit: i64| -> Result<i64> {
        Ok(set.classes.f_eq(digit)?.f_to_kind(tch::Kind::Int)?.f_argmax(0, false)?.f_int64_value(&[])?)
    };
    let indices = Tensor::f_from_slice(&[first(3)?, first(7)?])?.f_to_device(set.images.device())?;
    let (images, classes) = (set.images.f_index_select(0, &indices)?, set.classes.f_index_select(0, &indices)?);
    let attack =
        Attack { kind: AttackKind::Fgsm, epsilon, clip: false, photographs: false, made_for: None, agreement: None };
    let after = super::attack::attacked(&attack, subject, &images, &classes, bench.context.stream("unused", 0))?;
    let tiles = Tensor::f_cat(&[&to_grey(&weight, largest)?, &to_grey(&weight.f_sign()?, 1.0)?, &images, &after], 0)?;
    let caption = format!(
        "Logistic regression, 3 against 7: its weights, their sign, the first 3 and 7 of the test set, and both after x - y ε sign(w) with ε = {epsilon}. Answers before: {}; after: {}.",
        said(bench, subject, &images)?,
        said(bench, subject, &after)?
    );
    bench.context.picture("logistic-3-7-weights", &caption, &grid(&tiles, 6)?, false)
}

/// `7 (99 %), 2 (98 %)`.
fn said(bench: &Bench<'_, '_>, subject: &Subject, images: &Tensor) -> Result<String> {
    let (confidence, given) = subject.probabilities(images, bench.context.emitter())?.f_max_dim(1, false)?;
    let given = Vec::<i64>::try_from(given.f_to_device(tch::Device::Cpu)?)?;
    let confidence = Vec::<f32>::try_from(confidence.f_to_device(tch::Device::Cpu)?)?;
    let words = given.iter().zip(confidence).map(|(given, p)| format!("{given} ({:.0} %)", 100.0 * p));
    Ok(words.collect::<Vec<_>>().join(", "))
}

fn grid(images: &Tensor, columns: usize) -> Result<Image> {
    let numbers = Vec::<f32>::try_from(images.f_to_device(tch::Device::Cpu)?.f_contiguous()?.f_view([-1])?)?;
    let tiles: Vec<Image> = numbers.chunks(PIXELS).map(|one| Image::from_floats(one, 1, SIDE, SIDE)).collect();
    Ok(Image::grid(&tiles, columns, GAP))
}
