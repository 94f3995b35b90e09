//! Emoticons.

use super::{Ahead, Print, Rule, parts::END};

pub(super) fn rules() -> Vec<Rule> {
    let eye = r"[\^x=~<>'\-]";
    vec![
        // :-) with a hat or a frown, eyes, a nose and a mouth.
        Rule::looking(
            format!(r"[<>]?[:;=][\-o'*]?[()DPdpO@\[\]{{|\\][^A-Za-z0-9{END}]"),
            Ahead::Chars(1),
            Print::Spaced,
        ),
        // ^_^, (^_^) and (^-^).
        Rule::new(format!(r"{eye}_{eye}|\({eye}[_.]?{eye}\)|\([\^x=~<>']-[\^x=~<>'`]\)"), Print::Spaced),
    ]
}
