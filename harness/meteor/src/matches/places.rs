//! Where phrases occur in a line, found by their first words.

use crate::paraphrases::{Targets, WordId};

/// Where each word occurs in a line.
pub(super) struct Places {
    /// Word and place, in rising order.
    sorted: Vec<(WordId, usize)>,
}

impl Places {
    /// The places of the words of a line.
    pub(super) fn of(words: &[WordId]) -> Self {
        let mut sorted: Vec<_> = words.iter().copied().enumerate().map(|(place, word)| (word, place)).collect();
        sorted.sort_unstable();
        Self { sorted }
    }

    /// Calls `found` for every place of every target in `words`, target by target, with the target's length.
    pub(super) fn each(&self, words: &[WordId], targets: Targets<'_>, mut found: impl FnMut(usize, usize)) {
        for target in targets {
            let Some(first) = target.first() else { continue };
            let start = self.sorted.partition_point(|(word, _)| word < first);
            let same = self.sorted.iter().skip(start).take_while(|(word, _)| word == first);
            for (_, place) in same {
                if words.get(*place..).is_some_and(|rest| rest.starts_with(target)) {
                    found(*place, target.len());
                }
            }
        }
    }
}
