//! The canary: a few pictures whose answers are known, before any long run.
//!
//! Must not be a claim: it only stops a run whose input, colours or labels are wrong.

use spec::event::{CanaryAnswer, Event};
use spec::job::CanaryPicture;
use spec::protocol::Protocol;

use super::Loaded;
use crate::answer::Answer;
use crate::emit::Emitter;
use crate::error::{Error, Result};
use crate::input::loader;

/// Predicts every picture, tells every answer, and fails when one does not agree.
///
/// # Errors
/// A picture that cannot be read, or an answer that is not the known one.
pub fn run(
    loaded: &Loaded,
    pictures: &[CanaryPicture],
    protocol: &Protocol,
    tolerance: f64,
    batch: usize,
    emitter: &Emitter<'_>,
) -> Result<()> {
    emitter.stage("canary")?;
    let members = loaded.ready_for(protocol)?;
    let mut wrong = Vec::new();
    let (mut crops, mut answers) = (Vec::new(), Vec::new());
    for picture in pictures {
        let loaded = loader::load(&picture.path, protocol)?;
        if let Some(note) = loaded.note {
            emitter.note(format!("{}: {note}", picture.name))?;
        }
        answers.push((picture, hash(&loaded.crops), Answer::new(protocol.average)));
        crops.extend(loaded.crops.into_iter().map(|crop| (answers.len() - 1, crop)));
    }
    let (of, crops): (Vec<usize>, Vec<images::Crop>) = crops.into_iter().unzip();
    for (of, some) in of.chunks(batch).zip(crops.chunks(batch)) {
        for member in &members {
            for ((of, crop), logits) in of.iter().zip(some).zip(member.logits(some)?.0) {
                answers[*of].2.add(&logits, crop.weight);
            }
        }
    }
    for (picture, pixels, answer) in answers {
        let top = answer.top();
        let agrees = agrees(&top, picture, tolerance);
        if agrees == Some(false) {
            wrong.push(disagreement(&top, picture));
        }
        emitter.event(&Event::Canary(CanaryAnswer {
            picture: picture.name.clone(),
            top,
            class: picture.class,
            score: picture.score,
            agrees,
            pixels,
        }))?;
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Error::Canary(format!(
        "{} of {} known answers did not come: {}; look at the weights' mean and std, the colour order, the label map, and the \
         resize and crop",
        wrong.len(),
        pictures.len(),
        wrong.join(", ")
    )))
}

/// None where nothing is known.
fn agrees(top: &[(u32, f32)], picture: &CanaryPicture, tolerance: f64) -> Option<bool> {
    let (class, score) = top.first().copied()?;
    let class_agrees = picture.class.map(|known| known == class);
    let score_agrees = picture.score.map(|known| (known - f64::from(score)).abs() <= tolerance);
    match (class_agrees, score_agrees) {
        (None, None) => None,
        (class, score) => Some(class != Some(false) && score != Some(false)),
    }
}

fn disagreement(top: &[(u32, f32)], picture: &CanaryPicture) -> String {
    let (class, score) = top.first().copied().unwrap_or_default();
    let known = match (picture.class, picture.score) {
        (Some(class), Some(score)) => format!("class {class} with {score:.3}"),
        (Some(class), None) => format!("class {class}"),
        (None, Some(score)) => format!("a best score of {score:.3}"),
        (None, None) => "nothing".to_owned(),
    };
    format!("{} expected {known}, got class {class} with {score:.3}", picture.name)
}

/// SHA-256 of the crops' `[3, H, W]` bytes, one crop after the other.
fn hash(crops: &[images::Crop]) -> String {
    base::hash::sha256(&crops.iter().flat_map(|crop| planes(&crop.pixels)).collect::<Vec<u8>>())
}

/// `[H, W, 3]` to `[3, H, W]`.
fn planes(pixels: &[u8]) -> Vec<u8> {
    (0..3).flat_map(|channel| pixels.iter().skip(channel).step_by(3)).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(class: Option<u32>, score: Option<f64>) -> CanaryPicture {
        CanaryPicture { name: "cat".to_owned(), path: "cat.png".into(), class, score }
    }

    #[test]
    fn only_what_is_known_is_compared() {
        let top = [(285, 0.784), (281, 0.1)];
        let agree = |class, score| agrees(&top, &picture(class, score), 0.01);
        assert_eq!(agree(None, None), None);
        assert_eq!(agree(Some(285), None), Some(true));
        assert_eq!(agree(Some(285), Some(0.79)), Some(true));
        assert_eq!(agree(Some(285), Some(0.80)), Some(false));
        assert_eq!(agree(Some(281), Some(0.784)), Some(false));
        assert_eq!(agree(None, Some(0.784)), Some(true));
        let text = disagreement(&top, &picture(Some(281), Some(0.5)));
        assert_eq!(text, "cat expected class 281 with 0.500, got class 285 with 0.784");
    }

    #[test]
    fn planes_come_red_first() {
        assert_eq!(planes(&[1, 2, 3, 4, 5, 6]), [1, 4, 2, 5, 3, 6]);
    }
}
