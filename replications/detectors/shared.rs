//! What every detector's experiment does alike: the length of curves, trainings one after the other, and telling what was found.
//!
//! Must not train.

use std::collections::HashSet;

use engine::detection::Found;
use engine::error::Result;
use engine::input::Divided;
use engine::train::Context;
use spec::event::{self, Trained};

/// Curves have so many rows.
pub const ROWS: u64 = 40;
/// PASCAL VOC's classes.
pub const CLASSES: usize = base::voc::CLASSES.len();

/// Two trainings, one after the other, as one.
#[must_use]
pub fn one_after_the_other(first: &Trained, second: &Trained) -> Trained {
    let words = match first.complete && second.complete {
        true => second.words.clone(),
        false => format!("{}, then {}", first.words, second.words),
    };
    Trained {
        steps: first.steps + second.steps,
        of: first.of + second.of,
        complete: first.complete && second.complete,
        words,
        parts: first.parts.iter().chain(&second.parts).cloned().collect(),
    }
}

/// Writes what a network found on the tested pictures, under each of the spec's conditions.
///
/// # Errors
/// Numbers that are not finite, or a full disk.
pub fn told(
    context: &Context<'_, '_>,
    data: &Divided,
    (network, trained): (&str, &Trained),
    found: &[Vec<Found>],
) -> Result<()> {
    let (id, root, part_of) = &data.tested;
    for condition in &context.stage().conditions {
        let mut tested = context.tested((network, event::Model::Trained(trained.clone())), (id, root), &condition.id);
        tested.part_of.clone_from(part_of);
        context.detected(&tested, &data.test, found)?;
    }
    Ok(())
}

/// So many pictures are named.
const NAMED: usize = 5;

/// Notes which tested pictures are trained on too, by the SHA-256 of each file: what is said of these says too much of the detector.
///
/// # Errors
/// Nobody reads any more.
pub fn tell_of_both<'b>(
    context: &Context<'_, '_>,
    train: impl Iterator<Item = &'b str>,
    test: impl Iterator<Item = (&'b str, &'b str)>,
) -> Result<()> {
    match in_both(train, test) {
        Some(words) => context.emitter().note(words),
        None => Ok(()),
    }
}

/// In words; `test` gives the name and the hash of each file.
fn in_both<'b>(train: impl Iterator<Item = &'b str>, test: impl Iterator<Item = (&'b str, &'b str)>) -> Option<String> {
    let train: HashSet<&str> = train.collect();
    let both: Vec<&str> = test.filter(|(_, sha256)| train.contains(sha256)).map(|(file, _)| file).collect();
    let more = if both.len() > NAMED { ", …" } else { "" };
    let named = both[..both.len().min(NAMED)].join(", ");
    (!both.is_empty()).then(|| {
        format!(
            "{} of the tested pictures are trained on too, byte for byte: {named}{more}; scores say too much",
            both.len()
        )
    })
}

#[cfg(test)]
mod tests {
    use spec::event::TrainedPart;

    use super::*;

    #[test]
    fn pictures_that_are_trained_on_and_tested_are_named() {
        let test = [("a.jpg", "1"), ("b.jpg", "2"), ("c.jpg", "3")];
        assert_eq!(in_both(["4", "5"].into_iter(), test.into_iter()), None);
        assert_eq!(
            in_both(["3", "1"].into_iter(), test.into_iter()).unwrap(),
            "2 of the tested pictures are trained on too, byte for byte: a.jpg, c.jpg; scores say too much"
        );
    }

    #[test]
    fn two_trainings_are_whole_only_together() {
        let trained = |steps, complete| {
            let part = TrainedPart { training: format!("training of {steps}"), steps, of: 100 };
            Trained { steps, of: 100, complete, words: format!("{steps} of 100 steps"), parts: vec![part] }
        };
        let both = one_after_the_other(&trained(100, true), &trained(7, false));
        let parts: Vec<(&str, u64)> = both.parts.iter().map(|part| (part.training.as_str(), part.steps)).collect();
        assert_eq!(parts, [("training of 100", 100), ("training of 7", 7)]);
        assert_eq!((both.steps, both.of, both.complete), (107, 200, false));
        assert_eq!(both.words, "100 of 100 steps, then 7 of 100 steps");
        assert!(one_after_the_other(&trained(100, true), &trained(100, true)).complete);
    }
}
