//! Punctuation, symbols and white space.

use super::{Print, Rule};

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new(r"[ \t\x8f\x99]+", Print::Nothing),
        Rule::new(r"\(", Print::As("-lrb-")),
        Rule::new(r"\)", Print::As("-rrb-")),
        Rule::new(r"\[", Print::As("-lsb-")),
        Rule::new(r"\]", Print::As("-rsb-")),
        Rule::new(r"\{", Print::As("-lcb-")),
        Rule::new(r"\}", Print::As("-rcb-")),
        // Brackets as this program itself prints them, also before more letters.
        Rule::new("(?i:-[lr][rsc]b-)", Print::Plain),
        Rule::new(r"\.{3,5}|\.(?:[ \x8f]\.){2,4}|[\x8c\x9a]", Print::As("...")),
        Rule::new(r"-{2,4}|\x86", Print::As("--")),
        // Longer lines of hyphens stay.
        Rule::new("-+", Print::Plain),
        Rule::new(r"[!?]+|\*+|_+|#+|@+|<<|>>|(?:\\\*)+", Print::Plain),
        Rule::new(r"\x92+", Print::Word),
        Rule::new(r"[%&+,./:;=\\^|~<>\x83\x95\x96\x9c\xa0]", Print::Plain),
        // Superscripts and subscripts, with a sign.
        Rule::new(r"\xa0?(?:\x84+|\x9f+)", Print::Plain),
        Rule::new(r"[A-Z]*\$", Print::Plain),
        Rule::new(r"\x87", Print::As("$")),
        Rule::new(r"\x90", Print::As("cents")),
        Rule::new(r"\x91", Print::As("#")),
    ]
}
