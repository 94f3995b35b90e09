//! The search for the best alignment of a hypothesis and a reference, among all matches.
//!
//! Denkowski & Lavie 2014, section 2: cover most words, then make the fewest chunks, then have the least sum of
//! distances between matched starts. The search goes through the reference word by word with a beam of 40 partial
//! alignments; of equal ones the earlier stays, which decides numbers, so the order of every list here is that of the
//! official program.

mod beam;
mod path;

use crate::matches::{Match, Matches};
use beam::{Beam, Next};
use path::{Path, distance};

/// Partial alignments that go on to the next word.
const BEAM: usize = 40;

/// A chosen match, with its first word in the reference.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chosen {
    /// The first word in the reference, from 0.
    pub(crate) reference: usize,
    /// The match.
    pub(crate) found: Match,
}

/// The best alignment: its matches by place in the reference.
pub(crate) fn best_alignment(matches: &Matches, hypothesis_words: usize) -> Vec<Chosen> {
    let mut beam = Beam::new(hypothesis_words);
    for (at, list) in matches.at.iter().enumerate() {
        let only = matches.only(at);
        beam.advance(|path, is_free, next| {
            if path.covers(at) {
                next.push(path.clone(), None);
            } else if let Some(only) = only {
                let sum = path.distance.saturating_add(distance(at, &only));
                next.push(path.with(at, &only, sum), Some(Chosen { reference: at, found: only }));
            } else {
                branch(path, at, list, is_free, next);
            }
        });
    }
    beam.best()
}

/// Proposes a path with each match at a word of the reference, and the path with none.
///
/// A quirk of the official program that decides numbers: the distance of a match is not added to the path that takes
/// it, but to the one that it leaves. So the later matches at this word inherit it, and the path with none has all.
fn branch(path: &Path, at: usize, list: &[Match], is_free: &dyn Fn(&Match) -> bool, next: &mut Next<'_>) {
    let mut sum = path.distance;
    for found in list.iter().filter(|found| is_free(found)) {
        next.push(path.with(at, found, sum), Some(Chosen { reference: at, found: *found }));
        sum = sum.saturating_add(distance(at, found));
    }
    next.push(path.without(at, sum), None);
}
