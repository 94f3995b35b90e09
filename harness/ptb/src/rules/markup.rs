//! SGML and HTML: tags, comments and character entities.

use super::{Ahead, Print, Rule};

/// A tag, a comment or an instruction.
pub(super) fn tag() -> String {
    let name = r"[A-Za-z][A-Za-z0-9_:.\-]*";
    let value = r#"(?:"[^"\n]*"|'[^'\n]*')"#;
    format!(r"(?:</{name} *>|<{name}(?: +{name}(?: *= *{value})?)* */? *>|<[!?][A-Za-z\-][^>\n]*>)")
}

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new(tag(), Print::Tag),
        Rule::new("(?i:&lt;)", Print::As("<")),
        Rule::new("(?i:&gt;)", Print::As(">")),
        Rule::new("(?i:&amp;)", Print::As("&")),
        Rule::new("(?i:&nbsp;)", Print::Nothing),
        Rule::new("(?i:&(?:md|[mn]dash);)", Print::As("--")),
        Rule::new("(?i:&apos;)", Print::Quotes),
        // As with the quotation mark itself, what follows tells an opening one.
        Rule::looking("&quot;[A-Za-z0-9$]", Ahead::Chars(1), Print::As("``")),
        Rule::new("&quot;", Print::As("''")),
        Rule::new("&(?i:quot);", Print::Plain),
        Rule::new("&#[0-9]+;", Print::Plain),
    ]
}
