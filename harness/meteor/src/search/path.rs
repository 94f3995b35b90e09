//! A partial alignment: what the search knows of it when it compares and extends it.

use std::cmp::Reverse;

use crate::matches::{Match, Module};

/// A partial alignment, without the list of its matches.
#[derive(Clone, Debug, Default)]
pub(super) struct Path {
    /// Words covered in hypothesis and reference together, where matches that are not exact count half, rounded down
    /// for each match and side: a stem or synonym counts nothing here.
    pub(super) weight: u32,
    /// Chunks that are complete: runs of matches that are adjacent and in the same order on both sides.
    pub(super) chunks: u32,
    /// The sum of the distances, as the official program adds them up.
    pub(super) distance: u32,
    /// The first word of the reference that is still open.
    next: usize,
    /// Where the last match ends in the hypothesis, if it ends directly before `next` in the reference.
    hypothesis_end: Option<u32>,
}

impl Path {
    /// What decides between two partial alignments; less is better.
    pub(super) fn rank(&self) -> (Reverse<u32>, u32, u32) {
        (Reverse(self.weight), self.chunks, self.distance)
    }

    /// Whether a match of several words already covers this word of the reference.
    pub(super) fn covers(&self, reference: usize) -> bool {
        reference < self.next
    }

    /// The path with a match at a word of the reference, and a new sum of distances.
    pub(super) fn with(&self, reference: usize, found: &Match, distance: u32) -> Self {
        let share = |length: u16| match found.module {
            Module::Exact => u32::from(length),
            Module::Stem | Module::Synonym | Module::Paraphrase => u32::from(length / 2),
        };
        let breaks = self.hypothesis_end.is_some_and(|end| end != found.hypothesis);
        Self {
            weight: self.weight + share(found.hypothesis_length) + share(found.reference_length),
            chunks: self.chunks + u32::from(breaks),
            distance,
            next: reference + usize::from(found.reference_length),
            hypothesis_end: Some(found.hypothesis_end()),
        }
    }

    /// The path that leaves the word of the reference unmatched, and has a new sum of distances.
    pub(super) fn without(&self, reference: usize, distance: u32) -> Self {
        Self { distance, next: reference + 1, hypothesis_end: None, ..self.closed() }
    }

    /// The path with its last chunk complete.
    pub(super) fn closed(&self) -> Self {
        Self { chunks: self.chunks + u32::from(self.hypothesis_end.is_some()), ..self.clone() }
    }
}

/// How far apart a match starts on both sides, in words.
pub(super) fn distance(reference: usize, found: &Match) -> u32 {
    u32::try_from(reference.abs_diff(found.hypothesis as usize)).unwrap_or(u32::MAX)
}
