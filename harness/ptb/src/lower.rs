//! Lower case as Java has it.

use std::borrow::Cow;

use crate::classes::{MARK, class};

/// A token in lower case.
///
/// Rust and Java differ in one point: a capital sigma is final in Java if the part of the token that Java takes for its
/// word has a cased letter before it and none after it.
pub(crate) fn lower(token: &str) -> Cow<'_, str> {
    if token.is_ascii() {
        let has_capitals = token.bytes().any(|byte| byte.is_ascii_uppercase());
        return if has_capitals { Cow::Owned(token.to_ascii_lowercase()) } else { Cow::Borrowed(token) };
    }
    if !token.contains('Σ') {
        return Cow::Owned(token.to_lowercase());
    }
    let chars: Vec<char> = token.chars().collect();
    let mut lower = String::with_capacity(token.len());
    for (i, &c) in chars.iter().enumerate() {
        if c == 'Σ' {
            let (before, after) = (chars.get(..i).unwrap_or_default(), chars.get(i + 1..).unwrap_or_default());
            let is_final = has_cased(before.iter().rev()) && !has_cased(after.iter());
            lower.push(if is_final { 'ς' } else { 'σ' });
        } else {
            lower.extend(c.to_lowercase());
        }
    }
    Cow::Owned(lower)
}

/// Whether a character belongs to the one before it: a mark, a soft hyphen or a zero-width space.
fn joins_on(c: char) -> bool {
    class(c) == MARK || matches!(c, '\u{ad}' | '\u{200b}')
}

/// Whether the part of the sigma's word that lies in this direction has a cased letter.
///
/// Letters, digits, marks and low lines are in a word, and a hyphen, full stop or apostrophe between two letters;
/// ideographs are words of their own.
fn has_cased<'c>(chars: impl Iterator<Item = &'c char>) -> bool {
    let mut last = 'Σ';
    for &c in chars {
        let joins = |c| matches!(c, '-' | '.' | '\'' | '\u{2010}');
        let ideograph = ('\u{2e80}'..='\u{9fff}').contains(&c);
        let in_word = c.is_alphanumeric() || c == '_' || joins_on(c) || joins(c) && last.is_alphabetic();
        if ideograph || !in_word || joins(last) && !c.is_alphabetic() {
            return false;
        }
        if c.is_lowercase() || c.is_uppercase() || matches!(c, 'ǅ' | 'ǈ' | 'ǋ' | 'ǲ') {
            return true;
        }
        last = c;
    }
    false
}
