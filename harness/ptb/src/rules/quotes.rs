//! Quotation marks.

use super::{Ahead, Print, Rule};

pub(super) fn rules() -> Vec<Rule> {
    vec![
        // What follows a straight quotation mark tells an opening one.
        Rule::looking(r#""[A-Za-z0-9$]"#, Ahead::Chars(1), Print::As("``")),
        Rule::new("\"", Print::As("''")),
        Rule::looking(r"'[A-Za-z][^ \t\n\x8f]", Ahead::Chars(2), Print::As("`")),
        Rule::new("''?", Print::Plain),
        // Others stand alone or in pairs.
        Rule::new(r"[`\x88\x89\x8a\x8d\x94\x9d\x9e]{1,2}", Print::Quotes),
    ]
}
