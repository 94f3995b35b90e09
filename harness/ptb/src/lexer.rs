//! The scan: at each place the longest match of all rules, found by a few automata.

use std::sync::LazyLock;

use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, Config, DFA};
use regex_automata::util::pool::{Pool, PoolGuard};
use regex_automata::util::{start, syntax};
use regex_automata::{Anchored, MatchKind};

use crate::classes::END_OF_TEXT;
use crate::rules::{self, Group, Rule};

/// The lexer, built on first use.
pub(crate) static LEXER: LazyLock<Lexer> = LazyLock::new(|| Lexer::new(DFA::config()));

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

/// What the scan of one text remembers for one automaton: where it begins, which rule a state matches, and at some places states
/// from which no match follows.
///
/// A rule may read far ahead in vain, for a `@` or a `>` that never comes. Were it to do so again from the next token,
/// long lines would take quadratic time; stopping at a remembered state keeps the time linear without changing a match
/// (Reps, "Maximal-munch" tokenization in linear time, 1998, with a few states kept for each place instead of all).
#[derive(Default)]
struct Memory {
    failed: Vec<[LazyStateID; STATES]>,
    read: Vec<(usize, LazyStateID)>,
    /// The state before the first character, once it is known.
    start: Option<LazyStateID>,
    /// A state that matches, and the first of the automaton's patterns that it matches. Letter after letter of a word it is the same.
    matched: Option<(LazyStateID, usize)>,
    /// How often the cache was cleared that the states are of.
    clearings: usize,
}

impl Lexer {
    fn new(config: Config) -> Self {
        let (groups, rules): (Vec<Group>, Vec<Rule>) = rules::all().into_iter().unzip();
        let automata: Vec<GroupAutomaton> = Group::ALL
            .into_iter()
            .filter_map(|group| {
                let (rules, patterns): (Vec<usize>, Vec<String>) = groups
                    .iter()
                    .zip(&rules)
                    .enumerate()
                    .filter(|(_, (of, _))| **of == group)
                    .map(|(i, (_, rule))| (i, everywhere(&rule.pattern)))
                    .unzip();
                DFA::builder()
                    .syntax(syntax::Config::new().unicode(false).utf8(false))
                    .configure(config.clone().match_kind(MatchKind::All))
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

/// A pattern in which the end of the text is where a line may end. Patterns name the line feed in classes alone, by `\x0a` where only
/// it is meant.
fn everywhere(pattern: &str) -> String {
    pattern.replace(r"\n", &format!(r"\n\x{END_OF_TEXT:x}"))
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
        memory.forget_if_cleared(cache);
        let mut state = match memory.start {
            Some(start) => start,
            // A cache that is full is cleared, and never gives up: no limit says so.
            None => self.dfa.start_state(cache, &start::Config::new().anchored(Anchored::Yes)).ok()?,
        };
        memory.start = Some(state);
        let mut best = None;
        let (mut matched, mut last) = (at, at);
        memory.read.clear();
        for (place, &class) in (at..).zip(classes.get(at..).unwrap_or_default()) {
            state = self.dfa.next_state(cache, state, class).ok()?;
            last = place;
            if state.is_tagged() {
                if state.is_match() {
                    // The automaton tells of a match one character late.
                    best = self.first(cache, state, memory).map(|first| (place - at, first));
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
        *read = (*read).max(last + 1);
        memory.forget_if_cleared(cache);
        memory.remember(classes.len());
        let (length, pattern) = best?;
        Some((length, *self.rules.get(pattern)?))
    }

    /// The first of the patterns that a state matches: patterns stand in the order of the rules.
    fn first(&self, cache: &Cache, state: LazyStateID, memory: &mut Memory) -> Option<usize> {
        memory.forget_if_cleared(cache);
        if let Some((_, first)) = memory.matched.filter(|(known, _)| *known == state) {
            return Some(first);
        }
        let patterns = 0..self.dfa.match_len(cache, state);
        let first = patterns.map(|i| self.dfa.match_pattern(cache, state, i).as_usize()).min()?;
        memory.matched = Some((state, first));
        Some(first)
    }
}

impl Memory {
    /// A cache that was full begins anew, and its states are others.
    fn forget_if_cleared(&mut self, cache: &Cache) {
        if self.clearings != cache.clear_count() {
            self.clearings = cache.clear_count();
            self.failed.clear();
            self.read.clear();
            (self.start, self.matched) = (None, None);
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

    #[test]
    fn no_rule_begins_with_a_blank_but_the_one_that_drops_them() {
        let mut scan = LEXER.scan();
        for blank in (0..=255).filter(|class| rules::blanks(&[*class]) > 0) {
            let classes = [blank, b'\0', b'\0'];
            let (rule, length) = scan.longest(&classes, 0).unwrap();
            assert_eq!((rule.print, rule.again, length), (rules::Print::Nothing, 0, 1));
            let of_blanks = scan.lexer.automata.iter().zip(scan.caches.iter_mut()).map(|(automaton, cache)| {
                let begin = start::Config::new().anchored(Anchored::Yes);
                let state = automaton.dfa.start_state(cache, &begin).unwrap();
                !automaton.dfa.next_state(cache, state, blank).unwrap().is_dead()
            });
            assert_eq!(of_blanks.filter(|is_alive| *is_alive).count(), 1);
            for second in 0..=255 {
                let classes = [blank, second, b'\0'];
                let (rule, length) = scan.longest(&classes, 0).unwrap();
                assert_eq!((rule.print, length), (rules::Print::Nothing, rules::blanks(&classes)));
            }
        }
    }

    #[test]
    fn a_cache_that_is_cleared_changes_no_match() {
        let small = Lexer::new(DFA::config().cache_capacity(0).skip_cache_capacity_check(true));
        let text = "Mr. O'Neil's dog can't run at 3:30 p.m., no. 12 <b class=\"a\">U.S.A.</b> joe@dogs.example.com and http://a.example/b.jpg \
                    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@ -LRB- :-) 1 1/2 cups ... gonna\n";
        let classes: Vec<u8> = text.bytes().chain(*b"\n\0").collect();
        let (mut one, mut other) = (LEXER.scan(), small.scan());
        let mut found = |at| {
            let both = [one.longest(&classes, at), other.longest(&classes, at)];
            both.map(|found| found.map(|(rule, length)| (&rule.pattern, length)))
        };
        for at in (0..text.len()).chain((0..text.len()).rev()) {
            let [large, small] = found(at);
            assert_eq!(large, small, "at {at}");
        }
        let clearings: usize = other.caches.iter().map(Cache::clear_count).sum();
        assert!(clearings > 100, "{clearings}");
    }
}
