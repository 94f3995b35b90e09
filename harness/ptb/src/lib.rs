//! The Penn Treebank tokenizer that the caption metrics use.
//!
//! The usual tools for BLEU, METEOR, ROUGE-L, `CIDEr` and SPICE (coco-caption, pycocoevalcap) first pass all captions
//! through `PTBTokenizer` of Stanford `CoreNLP` 3.4.1, a Java program, with `-preserveLines -lowerCase`, and then drop
//! the tokens in a list of punctuation. This crate gives the same tokens without Java.
//!
//! It is an independent implementation: the program's documentation and what it printed for millions of short texts are
//! its only sources. What is known to differ, found by lines made to find it:
//!
//! - the lower case of `Σ` in odd mixtures with digits and marks;
//! - a tag's quoted value never ends in another caption (`<a b="…`, and `">` in one that follows);
//! - what ends a line for the program within a caption (a carriage return, U+2028 and the like) is white space here: the tools would
//!   count all later captions against other images.
//!
//! - [`tokens`]: what the program prints for one line.
//! - [`words`]: one caption's words, as the metrics count them.
//! - [`corpus_sentences`]: the same for all captions of one run, where the full stop at a caption's end may depend on the
//!   caption that follows, and the last one ends the program's input. Only this gives exactly what the tools give.

mod classes;
mod lexer;
mod lower;
mod print;
mod rules;
mod tables;
mod text;

use std::borrow::Cow;
use std::sync::LazyLock;

use lexer::LEXER;
use rayon::prelude::*;
use rules::{Ahead, Rule};
use text::{Follows, Text};

/// The tokens that the caption metrics drop.
///
/// Source: `PUNCTUATIONS` in pycocoevalcap's `tokenizer/ptbtokenizer.py`. That list also has the brackets, but in
/// capitals (`-LRB-` and so on), while tokens are in lower case by then: brackets stay.
pub const PUNCTUATION: [&str; 13] = ["''", "'", "``", "`", ".", "?", "!", ",", ":", "-", "--", "...", ";"];

/// Makes the rules' automata, which the first line would wait for.
pub fn prepare() {
    LazyLock::force(&LEXER);
}

/// The tokens of one line, as the program prints them.
///
/// Characters that end a line for the program (line feed, carriage return, vertical tab, form feed, U+2028, U+2029) are
/// white space here, so that a line stays one. Tokens hold no space: one inside a telephone number, a mixed fraction
/// or a tag becomes a no-break space, as in the program's output.
#[must_use]
pub fn tokens(line: &str) -> Vec<String> {
    // Only a line feed ends a line in what follows.
    let joined = line.replace('\n', " ");
    owned(cut(&joined, usize::MAX, Follows::Line).0.into_iter().next().unwrap_or_default())
}

/// The words of one caption, as the caption metrics count them: its tokens but for [`PUNCTUATION`].
///
/// An empty caption has no words. See [`corpus_sentences`] for what a caption by itself cannot tell.
#[must_use]
pub fn words(caption: &str) -> Vec<String> {
    owned(kept(tokens(caption).into_iter().map(Cow::Owned).collect()))
}

/// The words of each caption with a space between two, where the captions stand one on a line of one file, as the caption metrics
/// pass them on.
///
/// The program looks across a line's end, so that this differs from [`words`] in three cases:
/// - one letter at the end of a caption, as in `plan B.`, loses its full stop (`b`, not `b.`) if the next caption starts
///   with one of some 50 words, `A` and `The` among them, or with a tag;
/// - `no.`, `fig.` and the like at the end of a caption keep their full stop if the next caption starts with a digit;
/// - at the end of the last caption a smiley is its parts, `'ll`, `'re` and `'ve` lose their apostrophe, and `Jan.x` stays one word:
///   the tools write no line feed behind it, and the program looks for a character there.
pub fn corpus_sentences<'c>(captions: impl IntoIterator<Item = &'c str>) -> Vec<String> {
    let captions: Vec<&str> = captions.into_iter().collect();
    in_pieces(&captions, PIECE)
}

/// Captions that are cut at once.
const PIECE: usize = 256;

/// Many captions by so many at once.
fn in_pieces(captions: &[&str], length: usize) -> Vec<String> {
    let begins: Vec<usize> = (0..captions.len()).step_by(length.max(1)).collect();
    let piece = |begin: &usize| piece(captions.get(*begin..).unwrap_or_default(), length);
    begins.par_iter().flat_map_iter(piece).collect()
}

/// The words of the first of some captions.
fn piece(captions: &[&str], wanted: usize) -> Vec<String> {
    let wanted = wanted.min(captions.len());
    let mut beyond = 2;
    loop {
        // What follows matters to the last of them. How much of it is read before that is known depends on it.
        let shown = captions.get(..wanted + beyond).unwrap_or(captions);
        let mut text = String::with_capacity(shown.iter().map(|caption| caption.len() + 1).sum());
        for caption in shown {
            text.push_str(&caption.replace('\n', " "));
            text.push('\n');
        }
        // The tools write no line feed behind the last caption.
        let is_all = shown.len() == captions.len();
        let follows = if is_all { Follows::Nothing } else { Follows::Line };
        let (mut lines, is_certain) = cut(&text[..text.len() - usize::from(is_all)], wanted, follows);
        if is_certain || is_all {
            lines.resize(wanted, Vec::new());
            return lines.into_iter().map(|tokens| kept(tokens).join(" ")).collect();
        }
        beyond *= 8;
    }
}

/// The tokens of each line of a text, as the program prints them. A text that does not end in a line feed is read as if
/// it did.
#[must_use]
pub fn lines(text: &str) -> Vec<Vec<String>> {
    cut(text, usize::MAX, Follows::Line).0.into_iter().map(owned).collect()
}

/// A line's tokens; those that are printed as they stand are parts of the text.
type Line<'t> = Vec<Cow<'t, str>>;

fn owned(line: Line<'_>) -> Vec<String> {
    line.into_iter().map(Cow::into_owned).collect()
}

/// The tokens of the first lines of a text, and whether they are the same whatever follows the text.
fn cut(text: &str, wanted: usize, follows: Follows) -> (Vec<Line<'_>>, bool) {
    let text = Text::new(text, follows);
    let mut scan = LEXER.scan();
    let (mut lines, mut line) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < text.len() && lines.len() < wanted {
        if text.classes.get(at) == Some(&b'\n') {
            lines.push(std::mem::take(&mut line));
            at += 1;
            continue;
        }
        // No rule begins with a blank but the one that drops them.
        let blanks = rules::blanks(text.classes.get(at..).unwrap_or_default());
        if blanks > 0 {
            at += blanks;
            continue;
        }
        let Some((rule, matched)) = scan.longest(&text.classes, at) else {
            // No rule takes this character: the program drops it.
            at += 1;
            continue;
        };
        let end = at + taken(rule, text.classes.get(at..at + matched).unwrap_or_default()).max(1);
        line.extend(print::printed(text.part(at..end), rule.print));
        at = end.saturating_sub(rule.again).max(at + 1);
    }
    if lines.len() < wanted && text.classes.get(text.len().wrapping_sub(1)) != Some(&b'\n') && text.len() > 0 {
        lines.push(line);
    }
    (lines, scan.read() < text.len())
}

/// How many of the characters that a rule matched are its token's.
fn taken(rule: &Rule, matched: &[u8]) -> usize {
    let before_space = || matched.iter().position(|&class| rules::is_white(class)).unwrap_or(matched.len());
    match rule.ahead {
        Ahead::Chars(chars) => matched.len().saturating_sub(chars),
        Ahead::Space => before_space(),
        Ahead::StopAndSpace => before_space().saturating_sub(1),
    }
}

/// The tokens that are words.
fn kept(mut tokens: Line<'_>) -> Line<'_> {
    // The tools strip each line's end, which no-break spaces and the like at the end of an address may be part of.
    while let Some(last) = tokens.pop() {
        let stripped = last.trim_end_matches(|c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c));
        if !stripped.is_empty() {
            let whole = stripped.len() == last.len();
            tokens.push(if whole { last } else { Cow::Owned(stripped.to_owned()) });
            break;
        }
    }
    tokens.retain(|token| !PUNCTUATION.contains(&&**token));
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_by_pieces_are_those_of_one_text() {
        let some = [
            "Plan B.",
            "A dog",
            "",
            "no.",
            "12 dogs",
            "a <b",
            "c=\"d\">",
            "",
            "",
            "I live on Fig. B.",
            " ",
            "<b>",
            "U.S.",
            "The\nend",
        ];
        for rotated in 0..some.len() {
            let captions: Vec<&str> = some.iter().cycle().skip(rotated).take(3 * some.len()).copied().collect();
            let whole = in_pieces(&captions, captions.len());
            assert_eq!(whole.len(), captions.len());
            for length in 1..9 {
                assert_eq!(in_pieces(&captions, length), whole, "{rotated} {length}");
            }
        }
        // Whether a letter's full stop ends a sentence is told by a caption far behind.
        let captions: Vec<&str> = ["plan B."].into_iter().chain([""; 40]).chain(["A dog"]).collect();
        let whole = in_pieces(&captions, captions.len());
        assert_eq!((in_pieces(&captions, 1), &*whole[0]), (whole.clone(), "plan b"));
        assert!(in_pieces(&[], 5).is_empty());
    }
}
