//! The character classes of Meteor's normaliser: fixed ranges, not Unicode's categories.

/// Latin letters with those of Latin-1 and Latin Extended-A, Cyrillic, and phonetic extensions.
///
/// Greek, Arabic, Hebrew, Chinese and all other scripts are not among them: each of their characters becomes a word.
pub(super) fn is_letter(character: char) -> bool {
    matches!(
        character,
        'A'..='Z' | 'a'..='z'
            | 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ž'
            | '\u{400}'..='\u{527}'
            | '\u{a640}'..='\u{a66e}' | '\u{a67e}'..='\u{a697}'
            | '\u{1d00}'..='\u{1d7f}'
    )
}

/// The ten digits of ASCII.
pub(super) fn is_digit(character: char) -> bool {
    character.is_ascii_digit()
}

/// A letter or a digit.
pub(super) fn is_alphanumeric(character: char) -> bool {
    is_letter(character) || is_digit(character)
}

/// Java's `\s`: the white space of ASCII, vertical tab included.
pub(super) fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t'..='\r')
}

/// The spaces, of ASCII and beyond, that become one plain space at the end. Tabs are not among them.
pub(super) fn is_white(character: char) -> bool {
    matches!(character, ' ' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}
