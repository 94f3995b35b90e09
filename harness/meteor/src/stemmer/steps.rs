//! The steps of Porter2, in their order. Of several suffixes that fit, only the longest is ever tried.

use super::stem::{Stem, ends_in_short_syllable, has_vowel, is_vowel};

/// The longest suffix of the list that the word ends in, with its companion.
fn longest<T: Copy>(stem: &Stem, suffixes: &[(&'static str, T)]) -> Option<(&'static str, T)> {
    suffixes.iter().copied().filter(|(suffix, _)| stem.ends_with(suffix)).max_by_key(|(suffix, _)| suffix.len())
}

/// Steps 0 and 1a: the genitive's `'s` and the plural's `s`.
pub(super) fn plural(stem: &mut Stem) {
    if let Some((suffix, ())) = longest(stem, &[("'", ()), ("'s", ()), ("'s'", ())]) {
        stem.replace(suffix.len(), "");
    }
    let endings = [("sses", 's'), ("ied", 'i'), ("ies", 'i'), ("us", '-'), ("ss", '-'), ("s", 'd')];
    match longest(stem, &endings) {
        Some((_, 's')) => stem.replace(2, ""),
        // `ties` keeps its `ie`, `cries` does not.
        Some((_, 'i')) => stem.replace(if stem.before(3).len() > 1 { 2 } else { 1 }, ""),
        // A vowel further off than directly before the `s`: `gaps`, but not `gas`.
        Some((_, 'd')) if has_vowel(stem.before(2)) => stem.replace(1, ""),
        _ => {}
    }
}

/// Step 1b: `ed`, `ing` and their adverbs.
pub(super) fn past_and_gerund(stem: &mut Stem) {
    let endings = [("eed", true), ("eedly", true), ("ed", false), ("edly", false), ("ing", false), ("ingly", false)];
    match longest(stem, &endings) {
        Some((suffix, true)) if stem.in_region_1(suffix.len()) => stem.replace(suffix.len(), "ee"),
        Some((suffix, false)) if has_vowel(stem.before(suffix.len())) => {
            stem.replace(suffix.len(), "");
            if ["at", "bl", "iz"].iter().any(|end| stem.ends_with(end)) {
                stem.replace(0, "e");
            } else if ["bb", "dd", "ff", "gg", "mm", "nn", "pp", "rr", "tt"].iter().any(|end| stem.ends_with(end)) {
                stem.replace(1, "");
            } else if stem.is_short() {
                stem.replace(0, "e");
            }
        }
        _ => {}
    }
}

/// Step 1c: `y` behind a consonant, which is not the first letter, becomes `i`.
pub(super) fn final_y(stem: &mut Stem) {
    if (stem.ends_with("y") || stem.ends_with("Y"))
        && let [_, .., consonant] = stem.before(1)
        && !is_vowel(*consonant)
    {
        stem.replace(1, "i");
    }
}

/// Step 2: suffixes made of two become one. All within region 1.
pub(super) fn double_suffixes(stem: &mut Stem) {
    let endings = [
        ("tional", "tion"),
        ("enci", "ence"),
        ("anci", "ance"),
        ("abli", "able"),
        ("entli", "ent"),
        ("izer", "ize"),
        ("ization", "ize"),
        ("ational", "ate"),
        ("ation", "ate"),
        ("ator", "ate"),
        ("alism", "al"),
        ("aliti", "al"),
        ("alli", "al"),
        ("fulness", "ful"),
        ("ousli", "ous"),
        ("ousness", "ous"),
        ("iveness", "ive"),
        ("iviti", "ive"),
        ("biliti", "ble"),
        ("bli", "ble"),
        ("ogi", "og"),
        ("fulli", "ful"),
        ("lessli", "less"),
        ("li", ""),
    ];
    let Some((suffix, by)) = longest(stem, &endings).filter(|(suffix, _)| stem.in_region_1(suffix.len())) else {
        return;
    };
    let before = stem.before(suffix.len()).last().copied();
    let holds = match suffix {
        "ogi" => before == Some('l'),
        "li" => before.is_some_and(|letter| "cdeghkmnrt".contains(letter)),
        _ => true,
    };
    if holds {
        stem.replace(suffix.len(), by);
    }
}

/// Step 3: suffixes of adjectives and of nouns made of them. All within region 1, `ative` within region 2.
pub(super) fn adjectives(stem: &mut Stem) {
    let endings = [
        ("tional", "tion"),
        ("ational", "ate"),
        ("alize", "al"),
        ("icate", "ic"),
        ("iciti", "ic"),
        ("ical", "ic"),
        ("ful", ""),
        ("ness", ""),
        ("ative", ""),
    ];
    if let Some((suffix, by)) = longest(stem, &endings)
        && stem.in_region_1(suffix.len())
        && (suffix != "ative" || stem.in_region_2(suffix.len()))
    {
        stem.replace(suffix.len(), by);
    }
}

/// Step 4: the single suffixes that are left. All within region 2.
pub(super) fn single_suffixes(stem: &mut Stem) {
    let endings = [
        "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ism", "ate", "iti", "ous",
        "ive", "ize", "ion",
    ]
    .map(|suffix| (suffix, ()));
    if let Some((suffix, ())) = longest(stem, &endings)
        && stem.in_region_2(suffix.len())
        && (suffix != "ion" || matches!(stem.before(3).last(), Some('s' | 't')))
    {
        stem.replace(suffix.len(), "");
    }
}

/// Step 5: a final `e`, and one of two `l`.
pub(super) fn final_e_and_l(stem: &mut Stem) {
    let goes = if stem.ends_with("e") {
        stem.in_region_2(1) || (stem.in_region_1(1) && !ends_in_short_syllable(stem.before(1)))
    } else {
        stem.ends_with("ll") && stem.in_region_2(1)
    };
    if goes {
        stem.replace(1, "");
    }
}
