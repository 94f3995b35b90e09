//! The scan: at each place the longest match of all rules, found by a few automata.

use std::sync::LazyLock;

use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::util::pool::{Pool, PoolGuard};
use regex_automata::util::{start, syntax};
use regex_automata::{Anchored, MatchKind};

use crate::rules::{self, Group, Rule};

/// The lexer, built on first use.
pub(crate) static LEXER: LazyLock<Lexer> = LazyLock::new(Lexer::new);

/// So many characters past the last match are read before what is read is remembered.
const FAR: usize = 16;

/// So many states are remembered for each place.
const STATES: usize = 4;

type MakeCaches = Box<dyn Fn() -> Vec<Cache> + Send + Sync>;

/// The rules, and the automata that run them.
pub(crate) struct Lexer {
    rules: Vec<Rule>,
    // A group is left out if its patterns do not compile, which a test rules out.
    automata: Vec<GroupAutomaton>,
    /// The states of the automata that were met so far. Captions meet few of them: making all would take longer than reading a
    /// thousand captions.
    caches: Pool<Vec<Cache>, MakeCaches>,
}

/// The automaton of one group of rules.
struct GroupAutomaton {
    dfa: DFA,
    /// Which of all rules each of its patterns is.
    rules: Vec<usize>,
}

/// A scan of one text.
pub(crate) struct Scan<'l> {
    lexer: &'l Lexer,
    caches: PoolGuard<'l, Vec<Cache>, MakeCaches>,
    memories: Vec<Memory>,
    /// The end of what has been read.
    read: usize,
}

/// What the scan of one text remembers for one automaton: at some places, states from which no match follows.
///
/// A rule may read far ahead in vain, for a `@` or a `>` that never comes. Were it to do so again from the next token,
/// long lines would take quadratic time; stopping at a remembered state keeps the time linear without changing a match
/// (Reps, "Maximal-munch" tokenization in linear time, 1998, with a few states kept for each place instead of all).
#[derive(Default)]
struct Memory {
    failed: Vec<[LazyStateID; STATES]>,
    read: Vec<(usize, LazyStateID)>,
    /// How often the cache was cleared that the states are of.
    clearings: usize,
}

impl Lexer {
    fn new() -> Self {
        let (groups, rules): (Vec<Group>, Vec<Rule>) = rules::all().into_iter().unzip();
        let automata: Vec<GroupAutomaton> = Group::ALL
            .into_iter()
            .filter_map(|group| {
                let (rules, patterns): (Vec<usize>, Vec<&str>) = groups
                    .iter()
                    .zip(&rules)
                    .enumerate()
                    .filter(|(_, (of, _))| **of == group)
                    .map(|(i, (_, rule))| (i, rule.pattern.as_str()))
                    .unzip();
                DFA::builder()
                    .syntax(syntax::Config::new().unicode(false).utf8(false))
                    .configure(DFA::config().match_kind(MatchKind::All))
                    .build_many(&patterns)
                    .ok()
                    .map(|dfa| GroupAutomaton { dfa, rules })
            })
            .collect();
        let dfas: Vec<DFA> = automata.iter().map(|automaton| automaton.dfa.clone()).collect();
        let make: MakeCaches = Box::new(move || dfas.iter().map(DFA::create_cache).collect());
        Self { rules, automata, caches: Pool::new(make) }
    }

    /// Begins a text.
    pub(crate) fn scan(&self) -> Scan<'_> {
        let caches = self.caches.get();
        let memories =
            caches.iter().map(|cache| Memory { clearings: cache.clear_count(), ..Memory::default() }).collect();
        Scan { lexer: self, caches, memories, read: 0 }
    }
}

impl<'l> Scan<'l> {
    /// How far the text has been read so far: nothing behind it has been looked at.
    pub(crate) fn read(&self) -> usize {
        self.read
    }

    /// The rule that wins at a place, and how many characters it takes and looks at.
    pub(crate) fn longest(&mut self, classes: &[u8], at: usize) -> Option<(&'l Rule, usize)> {
        let (length, rule) = self
            .lexer
            .automata
            .iter()
            .zip(self.caches.iter_mut().zip(&mut self.memories))
            .filter_map(|(automaton, (cache, memory))| automaton.longest(classes, at, (cache, memory, &mut self.read)))
            .max_by_key(|&(length, rule)| (length, std::cmp::Reverse(rule)))?;
        Some((self.lexer.rules.get(rule)?, length))
    }
}

impl GroupAutomaton {
    /// The length of the longest match at a place, and the first of the rules that have it.
    fn longest(
        &self,
        classes: &[u8],
        at: usize,
        (cache, memory, read): (&mut Cache, &mut Memory, &mut usize),
    ) -> Option<(usize, usize)> {
        // A cache that is full is cleared, and never gives up: no limit says so.
        let begin = start::Config::new().anchored(Anchored::Yes);
        let mut state = self.dfa.start_state(cache, &begin).ok()?;
        let mut best = None;
        let (mut matched, mut last) = (at, at);
        memory.read.clear();
        for (place, &class) in classes.iter().enumerate().skip(at) {
            state = self.dfa.next_state(cache, state, class).ok()?;
            last = place;
            if state.is_tagged() {
                if state.is_match() {
                    // The automaton tells of a match one character late. Patterns stand in the order of the rules.
                    let patterns = 0..self.dfa.match_len(cache, state);
                    let first = patterns.map(|i| self.dfa.match_pattern(cache, state, i).as_usize()).min();
                    best = first.map(|first| (place - at, first));
                    matched = place;
                    memory.read.clear();
                } else if state.is_dead() {
                    break;
                }
            }
            if place - matched > FAR {
                memory.forget_if_cleared(cache);
                if memory.failed.get(place).is_some_and(|states| states.contains(&state)) {
                    break;
                }
                memory.read.push((place, state));
            }
        }
        memory.forget_if_cleared(cache);
        *read = (*read).max(last + 1);
        memory.remember(classes.len());
        let (length, pattern) = best?;
        Some((length, *self.rules.get(pattern)?))
    }
}

impl Memory {
    /// A cache that was full begins anew, and its states are others.
    fn forget_if_cleared(&mut self, cache: &Cache) {
        if self.clearings != cache.clear_count() {
            self.clearings = cache.clear_count();
            self.failed.clear();
            self.read.clear();
        }
    }

    /// Nothing matched after what was read last.
    fn remember(&mut self, length: usize) {
        if self.read.is_empty() {
            return;
        }
        // The first state is the one that is not known, which is never remembered.
        self.failed.resize(length, [LazyStateID::default(); STATES]);
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
