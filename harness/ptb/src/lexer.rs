//! The scan: at each place the longest match of all rules, found by one automaton.

use std::sync::LazyLock;

use regex_automata::{
    Anchored, MatchKind,
    dfa::{Automaton, StartKind, dense},
    util::{primitives::StateID, start, syntax},
};

use crate::rules::{self, Rule};

/// The lexer, built on first use.
pub(crate) static LEXER: LazyLock<Lexer> = LazyLock::new(Lexer::new);

/// So many characters past the last match are read before what is read is remembered.
const FAR: usize = 64;

/// The rules and the automaton that runs them all at once.
pub(crate) struct Lexer {
    rules: Vec<Rule>,
    // None only if a pattern does not compile, which a test rules out: then there are no tokens.
    automaton: Option<dense::DFA<Vec<u32>>>,
}

/// What one scan of a text remembers: at some places a state from which no match follows.
///
/// A rule may read far ahead in vain, for a `@` or a `>` that never comes. Were it to do so again from the next token,
/// long lines would take quadratic time; stopping at a remembered state keeps the time linear without changing a match
/// (Reps, "Maximal-munch" tokenization in linear time, 1998, with one state kept for each place instead of all).
#[derive(Default)]
pub(crate) struct Memory {
    failed: Vec<Option<StateID>>,
    read: Vec<(usize, StateID)>,
}

impl Lexer {
    fn new() -> Self {
        let rules = rules::all();
        let patterns: Vec<&str> = rules.iter().map(|rule| rule.pattern.as_str()).collect();
        let automaton = dense::Builder::new()
            .syntax(syntax::Config::new().unicode(false).utf8(false))
            .configure(dense::Config::new().match_kind(MatchKind::All).start_kind(StartKind::Anchored))
            .build_many(&patterns)
            .ok();
        Self { rules, automaton }
    }

    /// The rule that wins at a place, and how many characters it takes and looks at.
    pub(crate) fn longest(&self, classes: &[u8], at: usize, memory: &mut Memory) -> Option<(&Rule, usize)> {
        let dfa = self.automaton.as_ref()?;
        let mut state = dfa.start_state(&start::Config::new().anchored(Anchored::Yes)).ok()?;
        let mut best = None;
        let mut matched = at;
        memory.read.clear();
        for (place, &class) in classes.iter().enumerate().skip(at) {
            state = dfa.next_state(state, class);
            if dfa.is_special_state(state) {
                if dfa.is_match_state(state) {
                    // The automaton tells of a match one character late.
                    best = Some((first(dfa, state), place - at));
                    matched = place;
                    memory.read.clear();
                } else if dfa.is_dead_state(state) {
                    break;
                }
            }
            if place - matched > FAR {
                if memory.failed.get(place).copied().flatten() == Some(state) {
                    break;
                }
                memory.read.push((place, state));
            }
        }
        memory.remember(classes.len());
        let (rule, taken) = best?;
        Some((self.rules.get(rule)?, taken))
    }
}

impl Memory {
    /// Nothing matched after what was read last.
    fn remember(&mut self, length: usize) {
        if self.read.is_empty() {
            return;
        }
        self.failed.resize(length, None);
        for (place, state) in self.read.drain(..) {
            if let Some(failed) = self.failed.get_mut(place) {
                *failed = Some(state);
            }
        }
    }
}

/// The first of the rules that match in a state.
fn first(dfa: &dense::DFA<Vec<u32>>, state: StateID) -> usize {
    (0..dfa.match_len(state)).map(|i| dfa.match_pattern(state, i).as_usize()).min().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_compile() {
        assert!(LEXER.automaton.is_some());
    }
}
