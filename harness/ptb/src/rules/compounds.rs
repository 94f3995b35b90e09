//! Words joined by hyphens, slashes and ampersands.

use super::{
    Print, Rule,
    parts::{company, hyphenated},
};

pub(super) fn rules() -> Vec<Rule> {
    let between_slashes = "[A-Za-z0-9]+(?:-[A-Za-z]+){0,2}";
    vec![
        Rule::new(hyphenated(), Print::Word),
        Rule::new(format!(r"{between_slashes}(?:\\?/{between_slashes}){{1,2}}"), Print::Plain),
        Rule::new(company(), Print::Ampersand),
        // Two names that the program knows.
        Rule::new("(?i:s(?:&|&amp;)(?:p-500|ls))", Print::Ampersand),
    ]
}
