//! Numbers: counts, fractions, dates, years and telephone numbers.

use super::{
    Ahead, Print, Rule,
    parts::{APOSTROPHE, DIGITS, WHITE_BEFORE_MORE},
};

pub(super) fn rules() -> Vec<Rule> {
    let d = format!("[{DIGITS}]");
    let separator = r"[\- \x8f]";
    vec![
        // 5, -1,000.50, 10:30, .5
        Rule::new(format!(r"[+\-]?(?:{d}*(?:[.:,\x8e\x92]{d}+)+|{d}+)"), Print::Word),
        // 1/2, 3 1/2, 1\/2
        Rule::new(format!(r"(?:{d}{{1,4}}[- \x8f])?{d}{{1,4}}(?:\\?/|\x95){d}{{1,4}}"), Print::Spaced),
        Rule::new(r"\x93", Print::Fraction),
        // 12/31/2010, 31-12-10
        Rule::new(format!(r"{d}{{1,2}}[\-/]{d}{{1,2}}[\-/]{d}{{2,4}}"), Print::Plain),
        // '90s, '90
        Rule::new(format!("{APOSTROPHE}[1-9]0[sS]"), Print::Plain),
        Rule::looking(format!("{APOSTROPHE}[0-9][0-9][{WHITE_BEFORE_MORE}]"), Ahead::Chars(1), Print::Plain),
        // +44 20 7946 0958, 415-555-1234
        Rule::new(
            format!(r"\+?(?:[0-9]{{2,4}}{separator})?[0-9]{{2,4}}{separator}[0-9]{{3,4}}{separator}?[0-9]{{3,5}}"),
            Print::Spaced,
        ),
        // (415) 555-1234
        Rule::new(format!(r"\([0-9]{{2,3}}\)[ \x8f]?[0-9]{{3,4}}{separator}?[0-9]{{3,5}}"), Print::Spaced),
    ]
}
