//! Lower case as Java has it.

/// A token in lower case.
///
/// Rust and Java differ in one point: a capital sigma is final in Java if its word has a cased letter before it and
/// none after it, where full stops, hyphens and low lines may stand inside a word.
pub(crate) fn lower(token: &str) -> String {
    if token.is_ascii() {
        return token.to_ascii_lowercase();
    }
    if !token.contains('Σ') {
        return token.to_lowercase();
    }
    let chars: Vec<char> = token.chars().collect();
    let mut lower = String::with_capacity(token.len());
    for (i, &c) in chars.iter().enumerate() {
        if c == 'Σ' {
            let (before, after) = (chars.get(..i).unwrap_or_default(), chars.get(i + 1..).unwrap_or_default());
            let is_final = has_cased(before.iter().rev()) && !has_cased(after.iter());
            lower.push(if is_final { 'ς' } else { 'σ' });
        } else {
            lower.extend(c.to_lowercase());
        }
    }
    lower
}

/// Whether the part of the same word that lies in this direction has a cased letter.
fn has_cased<'c>(chars: impl Iterator<Item = &'c char>) -> bool {
    let mut after_hyphen = false;
    for &c in chars {
        let number_beside_hyphen = after_hyphen && c.is_numeric();
        if number_beside_hyphen || matches!(c, '/' | '@' | ':' | '?' | '!' | '#' | '&' | '=') {
            return false;
        }
        if c.is_lowercase() || c.is_uppercase() || matches!(c, 'ǅ' | 'ǈ' | 'ǋ' | 'ǲ') {
            return true;
        }
        after_hyphen = c == '-';
    }
    false
}
