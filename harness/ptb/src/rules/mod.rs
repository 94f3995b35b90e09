//! The rules: patterns over the classes of [`crate::classes`], by concept.
//!
//! At each place the rule that matches most characters wins, those that it only looks at counted in; of equals the
//! first one in [`all`] wins. The patterns are this project's own account of what the program was seen to do with each
//! kind of text. Classes outside ASCII are written by number in them, such as `\x80` for a letter.

mod abbreviations;
mod clitics;
mod compounds;
mod emoticons;
mod marks;
mod markup;
mod numbers;
mod parts;
mod quotes;
mod web;
mod words;

pub(crate) use parts::{blanks, is_white};

/// What of the text that a pattern matched is only looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ahead {
    /// So many characters at its end.
    Chars(usize),
    /// All from the first white space on.
    Space,
    /// All from the first white space on, and the full stop before it.
    StopAndSpace,
}

/// How a token is printed. All of it is made lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Print {
    /// As it stands.
    Plain,
    /// Without soft hyphens.
    Word,
    /// With ampersands that are written as entities made plain.
    Ampersand,
    /// With its apostrophes and quotation marks as ASCII has them.
    Quotes,
    /// With no-break spaces inside and with round brackets escaped.
    Spaced,
    /// With no-break spaces inside.
    Tag,
    /// As a fraction written out.
    Fraction,
    /// Always as this.
    As(&'static str),
    /// Not at all.
    Nothing,
}

/// One rule.
#[derive(Debug)]
pub(crate) struct Rule {
    /// What the rule takes and looks at.
    pub(crate) pattern: String,
    /// The part that it only looks at.
    pub(crate) ahead: Ahead,
    /// How many of the token's last characters are read again as the start of the next token.
    pub(crate) again: usize,
    /// How its token is printed.
    pub(crate) print: Print,
}

impl Rule {
    /// A rule that takes all that it matches.
    fn new(pattern: impl Into<String>, print: Print) -> Self {
        Self::looking(pattern, Ahead::Chars(0), print)
    }

    /// A rule that only looks at a part of what it matches.
    fn looking(pattern: impl Into<String>, ahead: Ahead, print: Print) -> Self {
        Self { pattern: pattern.into(), ahead, again: 0, print }
    }
}

/// Rules that one automaton runs. More rules together make it grow faster than their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// Marks, numbers and markup.
    Marks,
    /// Abbreviations.
    Abbreviations,
    /// Words, clitics and compounds.
    Words,
    /// Addresses that tell by their start or by a `@`.
    Addresses,
    /// Files and addresses that tell by their end.
    Names,
}

impl Group {
    /// All groups.
    pub(crate) const ALL: [Self; 5] = [Self::Marks, Self::Abbreviations, Self::Words, Self::Addresses, Self::Names];
}

/// All rules, in the order that settles ties.
pub(crate) fn all() -> Vec<(Group, Rule)> {
    [
        (Group::Marks, markup::rules()),
        (Group::Words, words::split()),
        (Group::Abbreviations, abbreviations::rules()),
        (Group::Words, clitics::rules()),
        (Group::Words, words::rules()),
        (Group::Addresses, web::addresses()),
        (Group::Abbreviations, abbreviations::inside()),
        (Group::Words, compounds::rules()),
        (Group::Names, web::names()),
        (Group::Marks, numbers::rules()),
        (Group::Marks, quotes::rules()),
        (Group::Marks, emoticons::rules()),
        (Group::Marks, marks::rules()),
    ]
    .into_iter()
    .flat_map(|(group, rules)| rules.into_iter().map(move |rule| (group, rule)))
    .collect()
}
