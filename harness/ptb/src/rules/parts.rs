//! Parts of patterns that several concepts share.

/// Inside a bracketed class: the letters that words are made of.
pub(super) const LETTERS: &str = r"A-Za-z\x80\x98";
/// Inside a bracketed class: the digits.
pub(super) const DIGITS: &str = r"0-9\x81";
/// Inside a bracketed class: white space, as far as rules look for it.
pub(super) const WHITE: &str = r" \t\n\x8f\x99\x9a";
/// A letter with an accent written as a character entity, which counts as a letter in words.
pub(super) const ACCENTED: &str = "&(?i:[aeiou](?:acute|grave|uml));";
/// An apostrophe written as a character entity.
pub(super) const ENTITY: &str = "&[aA][pP][oO][sS];";
/// An apostrophe: straight, curly or written as an entity.
pub(super) const APOSTROPHE: &str = r"(?:['\x8d]|&[aA][pP][oO][sS];)";
/// What stands for an apostrophe inside a name: an opening quotation mark as well.
pub(super) const NAME_APOSTROPHE: &str = r"(?:['`\x8d\x88]|&[aA][pP][oO][sS];)";
/// Initials: letters with a full stop after each.
pub(super) const INITIALS: &str = r"[A-Za-z](?:\.[A-Za-z])+\.";

/// Inside a bracketed class: white space that is no end of the last caption.
pub(super) const WHITE_BEFORE_MORE: &str = r" \t\x0a\x8f\x99\x9a";
/// Inside a bracketed class: the end of the last caption.
pub(super) const END: &str = r"\xa1";

/// How many blanks stand at a place, which are dropped, where the first is one with which no token begins: an address may begin with
/// a space of another kind.
pub(crate) fn blanks(classes: &[u8]) -> usize {
    let is_blank = |class: &&u8| matches!(**class, b' ' | b'\t' | 0x8f | 0x99);
    if matches!(classes.first(), Some(b' ' | b'\t')) { classes.iter().take_while(is_blank).count() } else { 0 }
}

/// Whether a class is white space, as [`WHITE`] has it.
pub(crate) fn is_white(class: u8) -> bool {
    matches!(class, b' ' | b'\t' | b'\n' | 0x8f | 0x99 | 0x9a | 0xa1)
}

/// A word: a letter or a mark, then letters, marks and digits, with soft hyphens anywhere.
fn word() -> String {
    format!(r"(?:[{LETTERS}\x82\x92]|{ACCENTED})(?:[{LETTERS}{DIGITS}\x82\x92]|{ACCENTED})*")
}

/// One or more words with a full stop, an exclamation mark or a question mark between them and no space.
pub(super) fn words() -> String {
    let word = word();
    format!(r"{word}(?:[.!?]{word})*")
}

/// One part of a compound, which may start with a clitic, as in `o'hearn`.
fn part() -> String {
    format!(r"(?:[dDoOlL]{NAME_APOSTROPHE}[{LETTERS}{DIGITS}])?[{LETTERS}{DIGITS}]+")
}

/// Letters and digits, joined by hyphens or low lines.
pub(super) fn compound() -> String {
    format!(r"[{LETTERS}{DIGITS}]+(?:[_\-\x8b]{})*", part())
}

/// A compound that starts with a clitic.
pub(super) fn clitic_compound() -> String {
    format!(r"[dloDLO]{NAME_APOSTROPHE}[{LETTERS}{DIGITS}]{{2,}}(?:[_\-\x8b]{})*", part())
}

/// Words of ASCII joined by hyphens, the first of which may hold full stops and commas, and others be initials.
pub(super) fn hyphenated() -> String {
    format!(r"[A-Za-z0-9][A-Za-z0-9.,\x92]*(?:-(?:[A-Za-z0-9\x92]+|{INITIALS}))+")
}

/// Capitals joined by an ampersand or a plus sign, such as `AT&T`.
pub(super) fn company() -> &'static str {
    "[A-Z]+(?:(?:[&+]|&[aA][mM][pP];)[A-Z]+)+"
}
