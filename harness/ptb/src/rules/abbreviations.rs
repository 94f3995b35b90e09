//! Abbreviations: a full stop that belongs to the word before it.
//!
//! The lists were found by trying: all strings of up to five letters, the words of an English dictionary and their
//! beginnings, each with a full stop after it.

use super::{
    Ahead, Print, Rule,
    markup::tag,
    parts::{DIGITS, END, INITIALS, WHITE},
};

/// Abbreviations that a name or more of the sentence follows.
const NEVER_LAST: &[&str] = &[
    // Titles and ranks.
    "adm|atty|attys|brig|capt|cmdr|col|comdr|cpl|det|dr|drs|ens|gen|gov|govs|hon|insp|lieut|lt|maj|messrs|mlle|mme",
    "mr|mrs|ms|msgr|pfc|pres|prof|profs|pvt|rep|reps|rev|sen|sens|sfc|sgt|spc|supt|supts|treas",
    // First names and places.
    "alex|jos|wm|ave|ft|mt|st|ste",
    // Others.
    "adj|adv|assoc|asst|cf|cie|cont'd|dept|elec|invt|natl|ph|vs",
];

/// Abbreviations that may end a sentence: before white space and a capital their full stop also stands for the
/// sentence's.
const MAYBE_LAST: &[&str] = &[
    // Months and days.
    "jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|mon|tue|tues|wed|thu|thurs|fri",
    // American states.
    "ala|ariz|calif|colo|conn|ct|dak|fla|ga|ind|kan|kans|ky|md|mich|minn|mo|mont|neb|nev|okla|penn|tenn|va|vt|wis|wisc",
    "wyo",
    // Companies.
    "assn|bhd|bros|co|corp|cos|inc|intl|ltd|plc",
    // Persons and degrees.
    "esq|jr|sr|ed\\.d|ph\\.d",
    // Streets and others.
    "bldg|blvd|rd|rt|sq|al|est|etc|ext|seq|sys|tel|univ",
];

/// Abbreviations that may end a sentence, but only with a first capital: in lower case they are words.
const CAPITALIZED: &str = "A(?i:rk|z)|D(?i:el)|I(?i:ll)|L(?i:a)|M(?i:ass|iss)|O(?i:re)|P(?i:a)|T(?i:ex)|W(?i:ash)";

/// Abbreviations before a number only.
const BEFORE_NUMBERS: &str = "(?i:art|ca|fig|figs|no|nos|op|pp|prop)";

/// Words that start a sentence after initials.
const STARTERS: &str = "A|A(?i:bout|ccording|dditionally|fter|n|s|t)|B(?i:ut)|E(?i:arlier)|H(?i:e|er|ere|owever)|\
    I(?i:f|n|t)|L(?i:ast)|M(?i:any|ore|r\\.|s\\.)|N(?i:ow)|O(?i:nce|ne|ther|ur)|S(?i:he|ince|o|ome|uch)|\
    T(?i:hat|he|heir|hen|here|hese|hey|his)|W(?i:e|hat|hen|hile)|Y(?i:et|ou)";

/// The abbreviations of [`NEVER_LAST`], and two that are odd in their capitals.
fn never_last() -> String {
    format!("(?:(?i:{})|[mM][ft][gG])", NEVER_LAST.join("|"))
}

/// The abbreviations of [`MAYBE_LAST`] and [`CAPITALIZED`], and one of companies that is odd in its capitals.
fn maybe_last() -> String {
    format!("(?:(?i:{})|{CAPITALIZED}|[pP]{{1,2}}[tT][ey][sS]?)", MAYBE_LAST.join("|"))
}

pub(super) fn rules() -> Vec<Rule> {
    let (tag, never_last, maybe_last) = (tag(), never_last(), maybe_last());
    let capital = r"[A-Z\x98\x9b\x9c]";
    let sentence = format!("(?:(?:{STARTERS})|{tag})[{WHITE}]");
    let word = |pattern: String, ahead: Ahead| Rule::looking(pattern, ahead, Print::Word);
    vec![
        // At the end of a sentence the full stop is a token as well.
        Rule { again: 1, ..word(format!(r"{maybe_last}\.[{WHITE}](?:[{WHITE}]|{capital}|{tag})"), Ahead::Space) },
        Rule { again: 1, ..word(format!("(?:{INITIALS}-)?{INITIALS}[{WHITE}]+{sentence}"), Ahead::Space) },
        // One letter before a new sentence is no initial.
        word(format!(r"[A-Za-z]\.[{WHITE}]+{sentence}"), Ahead::StopAndSpace),
        // Co. Ltd
        word(r"(?i:co|pt[ey])\.[ \t\x8f\x99](?i:lim|ltd)".to_owned(), Ahead::Space),
        word(format!(r"(?:{never_last}|{maybe_last})\."), Ahead::Chars(0)),
        word(format!(r"[A-Za-z]\.|{INITIALS}"), Ahead::Chars(0)),
        word(format!(r"{BEFORE_NUMBERS}\.[{DIGITS}]"), Ahead::Chars(1)),
        word(format!(r"{BEFORE_NUMBERS}\.[{WHITE}][{DIGITS}]"), Ahead::Chars(2)),
    ]
}

/// An abbreviation that more text follows at once: it ends there unless a longer word holds it.
pub(super) fn inside() -> Vec<Rule> {
    let last = maybe_last();
    vec![
        Rule::looking(format!(r"{last}\.[^{END}]{{2}}"), Ahead::Chars(2), Print::Word),
        // At the end of the last caption the full stop is the number's too.
        Rule { again: 1, ..Rule::looking(format!(r"{last}\.[{DIGITS}][{END}]"), Ahead::Chars(2), Print::Word) },
    ]
}
