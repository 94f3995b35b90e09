//! Emoticons.

use super::{Ahead, Print, Rule};

pub(super) fn rules() -> Vec<Rule> {
    let eye = r"[\^x=~<>'\-]";
    vec![
        // :-) with a hat or a frown, eyes, a nose and a mouth.
        Rule::looking(r"[<>]?[:;=][\-o'*]?[()DPdpO@\[\]{|\\][^A-Za-z0-9]", Ahead::Chars(1), Print::Spaced),
        // ^_^ and (^_^).
        Rule::new(format!(r"{eye}_{eye}|\({eye}[_.\-]?{eye}\)"), Print::Spaced),
    ]
}
