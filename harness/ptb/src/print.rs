//! How tokens are printed.

use std::borrow::Cow;

use crate::{lower::lower, rules::Print};

/// A token as the program prints it with `-lowerCase`; `None` if it prints nothing.
pub(crate) fn printed(text: &str, print: Print) -> Option<Cow<'_, str>> {
    let plain = match print {
        Print::Nothing => return None,
        Print::As(token) => return Some(Cow::Borrowed(token)),
        Print::Fraction => return fraction(text).map(Cow::Borrowed),
        Print::Plain => return Some(lower(text)),
        Print::Word if !text.contains(SOFT_HYPHEN) => return Some(lower(text)),
        Print::Word => without_soft_hyphens(text),
        Print::Ampersand => return Some(Cow::Owned(lower(text).replace("&amp;", "&"))),
        Print::Quotes => text.replace("&apos;", "'").chars().map(Quote).map(|q| q.to_string()).collect(),
        Print::Tag => text.chars().map(no_break).collect(),
        Print::Spaced => text.chars().map(no_break).collect::<String>().replace('(', "-LRB-").replace(')', "-RRB-"),
    };
    Some(Cow::Owned(lower(&plain).into_owned()))
}

const SOFT_HYPHEN: char = '\u{ad}';

/// A word of nothing but soft hyphens is a hyphen.
fn without_soft_hyphens(text: &str) -> String {
    let word = text.replace(SOFT_HYPHEN, "");
    if word.is_empty() { "-".to_owned() } else { word }
}

/// White space inside a token, so that a token has no space.
fn no_break(c: char) -> char {
    if matches!(c, ' ' | '\r' | '\u{b}' | '\u{c}' | '\u{2028}' | '\u{2029}') { '\u{a0}' } else { c }
}

fn fraction(text: &str) -> Option<&'static str> {
    match text {
        "¼" => Some("1/4"),
        "½" => Some("1/2"),
        "¾" => Some("3/4"),
        "⅓" => Some("1/3"),
        "⅔" => Some("2/3"),
        _ => None,
    }
}

/// A character that, if it is a quotation mark, is shown as ASCII has it.
struct Quote(char);

impl std::fmt::Display for Quote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            '\u{91}' | '‘' | '‛' | '‹' => f.write_str("`"),
            '\u{92}' | '’' | '›' => f.write_str("'"),
            '\u{93}' | '“' | '«' => f.write_str("``"),
            '\u{94}' | '”' | '»' => f.write_str("''"),
            c => write!(f, "{c}"),
        }
    }
}
