//! Clitics and other words with an apostrophe.

use super::{
    Ahead, Print, Rule,
    parts::{APOSTROPHE, END, ENTITY, LETTERS, NAME_APOSTROPHE, clitic_compound, words},
};

/// Clitics of one letter that follow a word: `'s`, `'d`, `'m`.
const SHORT: &str = "[dmsDMS]";
/// Clitics of two letters that follow a word: `'ll`, `'re`, `'ve`.
const LONG: &str = "(?i:ll|re|ve)";

pub(super) fn rules() -> Vec<Rule> {
    let mut rules = before_clitics();
    rules.extend(after_words());
    rules.extend(whole());
    rules
}

/// A word before a clitic, which is the next token.
fn before_clitics() -> Vec<Rule> {
    let words = words();
    let negated = r"[A-Za-z\x92]*[A-MO-Za-mo-z]\x92*";
    // An apostrophe counts as one character or, written as an entity, as six.
    [(r"['\x8d]", r"['`\x8d\x88]", 1), (ENTITY, ENTITY, 6)]
        .into_iter()
        .flat_map(|(apostrophe, of_not, length)| {
            [
                (format!("{words}{apostrophe}{SHORT}"), length + 1),
                (format!("{words}{apostrophe}{LONG}"), length + 2),
                (format!("{negated}[nN]{of_not}[tT]"), length + 2),
            ]
        })
        .map(|(pattern, ahead)| Rule::looking(pattern, Ahead::Chars(ahead), Print::Word))
        .collect()
}

/// The clitics that follow a word.
fn after_words() -> Vec<Rule> {
    vec![
        Rule::new(format!("[nN]{NAME_APOSTROPHE}[tT]"), Print::Quotes),
        // A straight apostrophe before more letters opens a quotation; the others have one reading.
        Rule::looking(format!("'{SHORT}[^A-Za-z]"), Ahead::Chars(1), Print::Quotes),
        // The program wants a character behind the longer ones.
        Rule::looking(format!("'{LONG}[^A-Za-z{END}]"), Ahead::Chars(1), Print::Quotes),
        Rule::new(format!(r"(?:\x8d|{ENTITY})(?:{SHORT}|{LONG})"), Print::Quotes),
    ]
}

/// Clitics before a word, and words that keep their apostrophe.
fn whole() -> Vec<Rule> {
    let (a, n, l) = (APOSTROPHE, NAME_APOSTROPHE, format!("[{LETTERS}]"));
    let listed = [
        format!("{a}em|{a}till?|{a}cause|{a}n{a}?|c{a}est|cap{a}n"),
        format!("d{n}ye|d{n}you|o{n}clock|o{n}er|o{n}o|ne{n}er"),
        "c'mon|e'er|ev'ry|li'l|nat'l|nor'easter|s'mores".to_owned(),
    ]
    .join("|");
    vec![
        Rule::new(format!("[dDjJlL]{a}|[oO][lL]{a}"), Print::Plain),
        Rule::looking(format!(r"[yY]['\x8d]{l}"), Ahead::Chars(1), Print::Plain),
        Rule::looking(format!("[yY]{ENTITY}{l}"), Ahead::Chars(1), Print::Plain),
        Rule::new(format!("(?i:{listed})"), Print::Plain),
        // Names: O'Brien, D'Angelo, Hawai'i.
        Rule::new(clitic_compound(), Print::Plain),
        Rule::new(format!("[A-HJ-XZn]{n}{l}{l}+"), Print::Plain),
        Rule::new(format!("{l}+[aeiouyAEIOUY]{n}[aeiouA-Z]{l}*"), Print::Plain),
    ]
}
