//! The few habits of Java's `String` that decide Meteor's numbers.
//!
//! Meteor compares words by their 32-bit `String.hashCode`, cuts texts with `StringTokenizer` and strips them with
//! `String.trim`; none of the three agrees fully with its Rust namesake, so each is written out here.

/// Whether `StringTokenizer` cuts at this character when no other delimiters are named.
///
/// The vertical tab is not among them, although `\s` of a regular expression holds it.
fn is_delimiter(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{c}')
}

/// The pieces that `new StringTokenizer(text)` gives: never empty.
pub(crate) fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_delimiter).filter(|token| !token.is_empty())
}

/// `String.trim`: strips every character up to U+0020 at both ends, control characters included, and no other space.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(|character| character <= ' ')
}

/// `String.hashCode`. Two words of equal hash are equal words to Meteor, collisions included.
pub(crate) fn hash_code(word: &str) -> i32 {
    word.encode_utf16().fold(0, |hash: i32, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)))
}

/// `String.length`: UTF-16 units.
pub(crate) fn length(word: &str) -> usize {
    word.chars().map(char::len_utf16).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_java() {
        assert_eq!(hash_code(""), 0);
        assert_eq!(hash_code("hello"), 99_162_322);
        assert_eq!(hash_code("Aa"), hash_code("BB"));
        assert_eq!(hash_code("polygenelubricants"), i32::MIN);
        assert_eq!(hash_code("😀"), 1_772_899);
    }

    #[test]
    fn the_vertical_tab_separates_nothing() {
        assert_eq!(tokens(" a\u{b}b\t\u{c}c\r\nd\u{a0}e ").collect::<Vec<_>>(), ["a\u{b}b", "c", "d\u{a0}e"]);
        assert_eq!(trim("\u{1}\u{b} a \u{a0}\n"), "a \u{a0}");
        assert_eq!(length("a😀"), 3);
    }
}
