//! One byte for each character: what the rules can tell apart.
//!
//! The rules are patterns over bytes. An ASCII character is its own byte; every other character becomes one of the
//! classes below, so that a pattern needs no Unicode tables and a token's length in bytes is its length in characters.

/// A letter outside ASCII.
pub(crate) const LETTER: u8 = 0x80;
/// A decimal digit outside ASCII.
pub(crate) const DIGIT: u8 = 0x81;
/// A combining mark or modifier that words may hold.
pub(crate) const MARK: u8 = 0x82;
/// A symbol that is a token of its own.
pub(crate) const SYMBOL: u8 = 0x83;
/// A superscript digit.
pub(crate) const SUPERSCRIPT: u8 = 0x84;
/// A character that no rule takes: it is dropped and parts the words beside it.
pub(crate) const OTHER: u8 = 0x85;
/// An en dash, an em dash or their like.
pub(crate) const DASH: u8 = 0x86;
/// The euro sign and the general currency signs.
pub(crate) const EURO: u8 = 0x87;
/// An opening single quotation mark.
pub(crate) const OPEN_SINGLE: u8 = 0x88;
/// An opening double quotation mark.
pub(crate) const OPEN_DOUBLE: u8 = 0x89;
/// A closing double quotation mark.
pub(crate) const CLOSE_DOUBLE: u8 = 0x8a;
/// A Unicode hyphen, which words may hold.
pub(crate) const HYPHEN: u8 = 0x8b;
/// A character that stands for three points.
pub(crate) const ELLIPSIS: u8 = 0x8c;
/// A curly apostrophe, which is also the closing single quotation mark.
pub(crate) const APOSTROPHE: u8 = 0x8d;
/// The Arabic decimal and thousands separators.
pub(crate) const ARABIC_SEPARATOR: u8 = 0x8e;
/// The no-break space.
pub(crate) const NO_BREAK_SPACE: u8 = 0x8f;
/// The cent sign.
pub(crate) const CENT: u8 = 0x90;
/// The pound sign.
pub(crate) const POUND: u8 = 0x91;
/// The soft hyphen.
pub(crate) const SOFT_HYPHEN: u8 = 0x92;
/// A fraction that is one character and is written out.
pub(crate) const FRACTION: u8 = 0x93;
/// The closing single guillemet.
pub(crate) const CLOSE_GUILLEMET: u8 = 0x94;
/// The fraction slash.
pub(crate) const FRACTION_SLASH: u8 = 0x95;
/// The ideographic comma.
pub(crate) const IDEOGRAPHIC_COMMA: u8 = 0x96;
/// A character outside the Basic Multilingual Plane.
pub(crate) const ASTRAL: u8 = 0x97;

/// A capital letter outside ASCII.
pub(crate) const CAPITAL: u8 = 0x98;
/// A typographic space, which like the plain one may stand inside a number.
pub(crate) const WIDE_SPACE: u8 = 0x99;
/// The next-line control character: printed as three points, yet white space to the rules that look for it.
pub(crate) const NEXT_LINE: u8 = 0x9a;
/// A capital Roman numeral: dropped like [`OTHER`], yet a capital to the rules that look for one.
pub(crate) const ROMAN: u8 = 0x9b;
/// A circled capital: a symbol, yet a capital to the rules that look for one.
pub(crate) const CIRCLED: u8 = 0x9c;

/// The opening single guillemet.
pub(crate) const OPEN_GUILLEMET: u8 = 0x9d;
/// A low quotation mark.
pub(crate) const LOW_QUOTE: u8 = 0x9e;
/// A subscript digit.
pub(crate) const SUBSCRIPT: u8 = 0x9f;
/// A superscript or subscript plus or minus sign.
pub(crate) const SCRIPT_SIGN: u8 = 0xa0;

/// The end of the last caption, after which nothing comes: white space but to rules that want another character.
pub(crate) const END_OF_TEXT: u8 = 0xa1;

/// The class of a character. What ends a line for the program, but for a line feed, is a space here.
pub(crate) fn class(c: char) -> u8 {
    match c {
        '\r' | '\u{b}' | '\u{c}' | '\u{2028}' | '\u{2029}' => b' ',
        '\0'..='\x7f' => c as u8,
        '\u{80}' | '¤' | '\u{20a0}' | '€' => EURO,
        '\u{85}' => NEXT_LINE,
        '…' => ELLIPSIS,
        '\u{91}' | '‘' | '\u{201b}' => OPEN_SINGLE,
        '‹' => OPEN_GUILLEMET,
        '‚' | '„' | '‟' => LOW_QUOTE,
        '\u{92}' | '’' => APOSTROPHE,
        '\u{93}' | '“' | '«' => OPEN_DOUBLE,
        '\u{94}' | '”' | '»' => CLOSE_DOUBLE,
        '\u{96}' | '\u{97}' | '\u{2013}'..='\u{2015}' => DASH,
        '\u{a0}' => NO_BREAK_SPACE,
        '¢' => CENT,
        '£' => POUND,
        '\u{ad}' => SOFT_HYPHEN,
        '¼' | '½' | '¾' | '⅓' | '⅔' => FRACTION,
        '\u{58a}' | '\u{2010}' | '\u{2011}' => HYPHEN,
        '\u{66b}' | '\u{66c}' => ARABIC_SEPARATOR,
        '›' => CLOSE_GUILLEMET,
        '\u{2044}' => FRACTION_SLASH,
        '\u{3001}' => IDEOGRAPHIC_COMMA,
        '²' | '³' | '¹' | '⁰' | '⁴'..='⁹' => SUPERSCRIPT,
        '₀'..='₉' => SUBSCRIPT,
        '⁺' | '⁻' | '₊' | '₋' => SCRIPT_SIGN,
        '\u{10000}'..='\u{10ffff}' => ASTRAL,
        '\u{2000}'..='\u{200a}' | '\u{3000}' => WIDE_SPACE,
        'Ⅰ'..='Ⅿ' => ROMAN,
        'Ⓐ'..='Ⓩ' => CIRCLED,
        _ => match crate::tables::class(c) {
            // Cherokee got its capitals after the program's tables were made.
            LETTER if c.is_uppercase() && !('\u{13a0}'..='\u{13f5}').contains(&c) => CAPITAL,
            class => class,
        },
    }
}
