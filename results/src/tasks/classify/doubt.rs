//! Whether the labels look shifted or permuted, where hardly an answer is right.
//!
//! Must not change a score: it is a doubt, told beside it.

use std::collections::BTreeMap;

/// Fewer examples than these say nothing.
const FEWEST: usize = 20;
/// So few classes may each be mistaken for one other, and nothing is wrong with their labels.
const FEWEST_CLASSES: usize = 5;
/// Labels are doubted where at most so many of the answers are right …
const HARDLY: f64 = 0.05;
/// … and at least so many would be with other labels.
const MANY: f64 = 0.4;

/// What would be right with other labels, in words. `pairs` are the true class and the first answer of each example.
pub(super) fn doubt(pairs: &[(u32, Option<u32>)]) -> Option<String> {
    let n = pairs.len();
    let share = |count: usize| count as f64 / n.max(1) as f64;
    let right = pairs.iter().filter(|(class, given)| Some(*class) == *given).count();
    if n < FEWEST || share(right) > HARDLY {
        return None;
    }
    let mut by: BTreeMap<i64, usize> = BTreeMap::new();
    for (class, given) in pairs {
        let Some(given) = given else { continue };
        *by.entry(i64::from(*given) - i64::from(*class)).or_default() += 1;
    }
    let (shift, count) = by.into_iter().max_by_key(|(_, count)| *count)?;
    let (permuted, classes) = permuted(pairs);
    // A shift is a permutation too, and the simpler one.
    // A few classes may all be mistaken for their neighbours.
    if share(count) >= MANY && classes >= FEWEST_CLASSES && 10 * count >= 9 * permuted {
        return Some(format!(
            "{right} of {n} answers are right, and {count} would be with {shift:+} added to each label: the labels look shifted"
        ));
    }
    // With an example or two a class, whatever it is called would be right.
    (share(permuted) >= MANY && n >= 4 * classes && classes >= FEWEST_CLASSES).then(|| {
        format!(
            "{right} of {n} answers are right, and {permuted} would be if each class had the label that it is mostly taken for: the labels look permuted"
        )
    })
}

/// How many would be right if each class were called as it mostly is, each name given once, the surest first.
fn permuted(pairs: &[(u32, Option<u32>)]) -> (usize, usize) {
    let mut counts: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    for (class, given) in pairs {
        if let Some(given) = given {
            *counts.entry((*class, *given)).or_default() += 1;
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(pair, count)| (std::cmp::Reverse(*count), *pair));
    let (mut classes, mut names) = (std::collections::BTreeSet::new(), std::collections::BTreeSet::new());
    let mut right = 0;
    for ((class, given), count) in counts {
        if !classes.contains(&class) && !names.contains(&given) {
            classes.insert(class);
            names.insert(given);
            right += count;
        }
    }
    (right, pairs.iter().map(|(class, _)| class).collect::<std::collections::BTreeSet<_>>().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten classes, `n` examples; a network that is right on nine of ten.
    fn pairs(n: u32, label: impl Fn(u32) -> u32) -> Vec<(u32, Option<u32>)> {
        (0..n).map(|i| (label(i % 10), Some(if i.is_multiple_of(10) { (i / 10) % 10 } else { i % 10 }))).collect()
    }

    #[test]
    fn shifted_and_permuted_labels_are_told_and_others_are_not() {
        let shifted = doubt(&pairs(100, |class| class + 1)).unwrap();
        assert!(shifted.contains("-1 added to each label"), "{shifted}");
        let permuted = doubt(&pairs(100, |class| [3, 7, 0, 9, 1, 8, 2, 4, 5, 6][class as usize])).unwrap();
        assert!(permuted.contains("look permuted"), "{permuted}");
        assert_eq!(doubt(&pairs(100, |class| class)), None);
        let one_breed: Vec<_> = (0..30).map(|_| (151, Some(152))).collect();
        assert_eq!(doubt(&one_breed), None);
        let mut unanswered = pairs(100, |class| class + 1);
        unanswered[5].1 = None;
        assert!(doubt(&unanswered).is_some());
        assert_eq!(doubt(&pairs(10, |class| class + 1)), None, "too few");
        // A network that knows nothing: its answers follow no label.
        let ignorant: Vec<_> = (0..200_u32).map(|i| (i % 10, Some((i * i + 7 * i / 3 + 5) % 1000))).collect();
        assert_eq!(doubt(&ignorant), None);
        // One example a class, all wrong: any labels would do.
        let single: Vec<_> = (0..50_u32).map(|i| (i, Some((i * 37 + 11) % 50 + 50))).collect();
        assert_eq!(doubt(&single), None);
    }
}
