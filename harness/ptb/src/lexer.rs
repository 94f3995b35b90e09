//! The scan: at each place the longest match of all rules, found by a few automata.

use std::sync::LazyLock;

use regex_automata::{
    Anchored, MatchKind,
    dfa::{Automaton, StartKind, dense},
    util::{primitives::StateID, start, syntax},
};

use crate::rules::{self, Group, Rule};

/// The lexer, built on first use.
pub(crate) static LEXER: LazyLock<Lexer> = LazyLock::new(Lexer::new);

/// So many characters past the last match are read before what is read is remembered.
const FAR: usize = 16;

/// So many states are remembered for each place.
const STATES: usize = 4;

/// The rules, and the automata that run them.
pub(crate) struct Lexer {
    rules: Vec<Rule>,
    // A group is left out if its patterns do not compile, which a test rules out.
    automata: Vec<GroupAutomaton>,
}

/// The automaton of one group of rules.
struct GroupAutomaton {
    dfa: dense::DFA<Vec<u32>>,
    /// Which of all rules each of its patterns is.
    rules: Vec<usize>,
}

/// What the scan of one text remembers for one automaton: at some places, states from which no match follows.
///
/// A rule may read far ahead in vain, for a `@` or a `>` that never comes. Were it to do so again from the next token,
/// long lines would take quadratic time; stopping at a remembered state keeps the time linear without changing a match
/// (Reps, "Maximal-munch" tokenization in linear time, 1998, with a few states kept for each place instead of all).
#[derive(Default)]
pub(crate) struct Memory {
    failed: Vec<[StateID; STATES]>,
    read: Vec<(usize, StateID)>,
}

impl Lexer {
    fn new() -> Self {
        let (groups, rules): (Vec<Group>, Vec<Rule>) = rules::all().into_iter().unzip();
        let automata = Group::ALL
            .into_iter()
            .filter_map(|group| {
                let (rules, patterns): (Vec<usize>, Vec<&str>) = groups
                    .iter()
                    .zip(&rules)
                    .enumerate()
                    .filter(|(_, (of, _))| **of == group)
                    .map(|(i, (_, rule))| (i, rule.pattern.as_str()))
                    .unzip();
                dense::Builder::new()
                    .syntax(syntax::Config::new().unicode(false).utf8(false))
                    .configure(dense::Config::new().match_kind(MatchKind::All).start_kind(StartKind::Anchored))
                    .build_many(&patterns)
                    .ok()
                    .map(|dfa| GroupAutomaton { dfa, rules })
            })
            .collect();
        Self { rules, automata }
    }

    /// An empty memory, to be kept while one text is read.
    pub(crate) fn memory(&self) -> Vec<Memory> {
        self.automata.iter().map(|_| Memory::default()).collect()
    }

    /// The rule that wins at a place, and how many characters it takes and looks at.
    pub(crate) fn longest(&self, classes: &[u8], at: usize, memory: &mut [Memory]) -> Option<(&Rule, usize)> {
        let (length, rule) = self
            .automata
            .iter()
            .zip(memory)
            .filter_map(|(automaton, memory)| automaton.longest(classes, at, memory))
            .max_by_key(|&(length, rule)| (length, std::cmp::Reverse(rule)))?;
        Some((self.rules.get(rule)?, length))
    }
}

impl GroupAutomaton {
    /// The length of the longest match at a place, and the first of the rules that have it.
    fn longest(&self, classes: &[u8], at: usize, memory: &mut Memory) -> Option<(usize, usize)> {
        let mut state = self.dfa.start_state(&start::Config::new().anchored(Anchored::Yes)).ok()?;
        let mut best = None;
        let mut matched = at;
        memory.read.clear();
        for (place, &class) in classes.iter().enumerate().skip(at) {
            state = self.dfa.next_state(state, class);
            if self.dfa.is_special_state(state) {
                if self.dfa.is_match_state(state) {
                    // The automaton tells of a match one character late.
                    best = Some((place - at, state));
                    matched = place;
                    memory.read.clear();
                } else if self.dfa.is_dead_state(state) {
                    break;
                }
            }
            if place - matched > FAR {
                if memory.failed.get(place).is_some_and(|states| states.contains(&state)) {
                    break;
                }
                memory.read.push((place, state));
            }
        }
        memory.remember(classes.len());
        let (length, state) = best?;
        // Patterns stand in the order of the rules.
        let pattern = (0..self.dfa.match_len(state)).map(|i| self.dfa.match_pattern(state, i).as_usize()).min()?;
        Some((length, *self.rules.get(pattern)?))
    }
}

impl Memory {
    /// Nothing matched after what was read last.
    fn remember(&mut self, length: usize) {
        if self.read.is_empty() {
            return;
        }
        // The first state is the dead one, which is never remembered.
        self.failed.resize(length, [StateID::ZERO; STATES]);
        for (place, state) in self.read.drain(..) {
            if let Some(states) = self.failed.get_mut(place) {
                states.rotate_right(1);
                if let Some(newest) = states.first_mut() {
                    *newest = state;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_compile() {
        assert_eq!(LEXER.automata.len(), Group::ALL.len());
    }
}
