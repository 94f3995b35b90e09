//! The passes over a text that the normaliser is made of.
//!
//! A pass that finds nothing gives back the text it was given, so that plain captions are hardly ever copied.

/// Puts the characters of a class through `write`; the rest stays.
pub(super) fn each(text: String, class: impl Fn(char) -> bool, write: impl Fn(&mut String, char)) -> String {
    if !text.contains(&class) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if class(character) {
            write(&mut out, character);
        } else {
            out.push(character);
        }
    }
    out
}

/// Replaces `mark` by `replacement` wherever it stands between two characters of the given classes.
///
/// Both neighbours are used up by a hit, as by a regular expression without look-around: of two marks that share a
/// neighbour only the first is replaced.
pub(super) fn between(
    text: String,
    left: impl Fn(char) -> bool,
    mark: char,
    right: impl Fn(char) -> bool,
    replacement: &str,
) -> String {
    if !text.contains(mark) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text.chars();
    while let Some(first) = rest.next() {
        out.push(first);
        let mut ahead = rest.clone();
        if left(first)
            && ahead.next() == Some(mark)
            && let Some(last) = ahead.next()
            && right(last)
        {
            out.push_str(replacement);
            out.push(last);
            rest = ahead;
        }
    }
    out
}

/// What stands for a full stop of a run while the other passes work.
const DOT: &str = "DOT";
/// What stands for the last full stop of a run.
const LAST: &str = "DOTMULTI";

/// Sets runs of two full stops and more apart, spelt out as `DOTDOTMULTI`, so that later passes see letters.
///
/// A text that says `DOTMULTI` itself is taken for such a run: the official program does so too.
pub(super) fn dots_to_words(text: String) -> String {
    if !text.contains("..") && !text.contains(LAST) {
        return text;
    }
    // First every run `.{n}` becomes ` DOTMULTI.{n-1}`.
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text.as_str();
    while let Some(start) = rest.find("..") {
        let (before, run) = rest.split_at(start);
        let after = run.trim_start_matches('.');
        let dots = run.len() - after.len();
        out.push_str(before);
        out.push(' ');
        out.push_str(LAST);
        out.extend(std::iter::repeat_n('.', dots - 1));
        rest = after;
    }
    out.push_str(rest);
    expand(&out)
}

/// Turns `DOTMULTI` and the `n` full stops behind it into `n` times `DOT` before it, and a space behind.
///
/// The official program repeats a replacement until nothing changes; as each round takes one full stop of every run,
/// the end is this. The space is only written before another character.
fn expand(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(start) = rest.find(LAST) {
        let (before, found) = rest.split_at(start);
        let behind = found.strip_prefix(LAST).unwrap_or_default();
        let after = behind.trim_start_matches('.');
        let dots = behind.len() - after.len();
        out.push_str(before);
        out.extend(std::iter::repeat_n(DOT, dots));
        out.push_str(LAST);
        if dots > 0 && !after.is_empty() {
            out.push(' ');
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The way back from [`dots_to_words`]: `DOTDOTMULTI` becomes two full stops.
///
/// Here too the official program repeats until nothing changes: every `DOT` directly before `DOTMULTI` is one more.
pub(super) fn words_to_dots(text: String) -> String {
    if !text.contains(LAST) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(start) = rest.find(LAST) {
        let (before, found) = rest.split_at(start);
        let kept = before.trim_end_matches(DOT);
        let dots = (before.len() - kept.len()) / DOT.len();
        out.push_str(kept);
        out.extend(std::iter::repeat_n('.', dots + 1));
        rest = found.strip_prefix(LAST).unwrap_or_default();
    }
    out.push_str(rest);
    out
}
