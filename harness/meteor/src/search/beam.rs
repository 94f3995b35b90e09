//! The partial alignments of one word of the reference, in their order.
//!
//! A path keeps neither its matches nor the words it has used up: matches lie in one growing list, each with the one
//! before it, and used words are rows of bits. So a path that does not stay in the beam costs no copy, and a caption of
//! thousands of equal words ends in time.

use super::path::Path;
use super::{BEAM, Chosen};
use crate::matches::Match;

/// The place of a match in the list of those that paths have chosen.
type Link = usize;

/// The paths that are still in the search.
#[derive(Debug)]
pub(super) struct Beam {
    /// The paths, best first, each with its last chosen match.
    paths: Vec<(Path, Option<Link>)>,
    /// A row of bits for each path: the words of the hypothesis that it has used.
    used: Vec<u64>,
    /// Numbers in a row.
    row: usize,
    /// Chosen matches, each with the one chosen before it.
    chosen: Vec<(Chosen, Option<Link>)>,
    /// What the paths may become, and the rows of the next word; kept for their memory only.
    proposals: Vec<Proposal>,
    next_used: Vec<u64>,
}

/// What a path may become.
#[derive(Debug)]
struct Proposal {
    path: Path,
    /// The place of the path that it comes from.
    parent: usize,
    chosen: Option<Chosen>,
    /// Its place among the proposals, which decides between equal ones.
    order: usize,
}

/// Takes the proposals for one path.
pub(super) struct Next<'a> {
    proposals: &'a mut Vec<Proposal>,
    parent: usize,
}

impl Next<'_> {
    /// Proposes a path, and the match that it has chosen.
    pub(super) fn push(&mut self, path: Path, chosen: Option<Chosen>) {
        let order = self.proposals.len();
        self.proposals.push(Proposal { path, parent: self.parent, chosen, order });
    }
}

impl Beam {
    /// The empty alignment with a hypothesis of so many words.
    pub(super) fn new(hypothesis_words: usize) -> Self {
        let row = hypothesis_words.div_ceil(64);
        Self {
            paths: vec![(Path::default(), None)],
            used: vec![0; row],
            row,
            chosen: Vec::new(),
            proposals: Vec::new(),
            next_used: Vec::new(),
        }
    }

    /// Goes to the next word of the reference: `extend` proposes what becomes of a path, given whether the words of the
    /// hypothesis that a match needs are free.
    pub(super) fn advance(&mut self, extend: impl Fn(&Path, &dyn Fn(&Match) -> bool, &mut Next<'_>)) {
        self.proposals.clear();
        for (parent, (path, _)) in self.paths.iter().enumerate() {
            let used = row_of(&self.used, self.row, parent);
            let is_free = |found: &Match| is_free(used, found);
            extend(path, &is_free, &mut Next { proposals: &mut self.proposals, parent });
        }
        if self.proposals.len() > BEAM {
            self.proposals.select_nth_unstable_by_key(BEAM, |proposal| (proposal.path.rank(), proposal.order));
            self.proposals.truncate(BEAM);
        }
        self.proposals.sort_unstable_by_key(|proposal| (proposal.path.rank(), proposal.order));

        self.next_used.clear();
        let mut next_paths = Vec::with_capacity(self.proposals.len());
        for proposal in self.proposals.drain(..) {
            let mut link = self.paths.get(proposal.parent).and_then(|(_, link)| *link);
            let start = self.next_used.len();
            self.next_used.extend_from_slice(row_of(&self.used, self.row, proposal.parent));
            if let Some(chosen) = proposal.chosen {
                use_up(self.next_used.get_mut(start..).unwrap_or_default(), &chosen.found);
                self.chosen.push((chosen, link));
                link = Some(self.chosen.len() - 1);
            }
            next_paths.push((proposal.path, link));
        }
        self.paths = next_paths;
        std::mem::swap(&mut self.used, &mut self.next_used);
    }

    /// The matches of the best path at the end, by place in the reference.
    pub(super) fn best(self) -> Vec<Chosen> {
        let best = self.paths.iter().min_by_key(|(path, _)| path.closed().rank());
        let mut link = best.and_then(|(_, link)| *link);
        let mut matches = Vec::new();
        while let Some((chosen, before)) = link.and_then(|link| self.chosen.get(link)) {
            matches.push(*chosen);
            link = *before;
        }
        matches.reverse();
        matches
    }
}

/// The row of bits of a path.
fn row_of(used: &[u64], row: usize, path: usize) -> &[u64] {
    used.get(path * row..(path + 1) * row).unwrap_or_default()
}

/// The words of the hypothesis that a match covers, as places of bits.
fn words(found: &Match) -> impl Iterator<Item = (usize, u64)> {
    (found.hypothesis..found.hypothesis_end()).map(|word| (word as usize / 64, 1 << (word % 64)))
}

fn is_free(used: &[u64], found: &Match) -> bool {
    words(found).all(|(place, bit)| used.get(place).is_some_and(|bits| bits & bit == 0))
}

fn use_up(used: &mut [u64], found: &Match) {
    for (place, bit) in words(found) {
        if let Some(bits) = used.get_mut(place) {
            *bits |= bit;
        }
    }
}
