//! Damaged texts give errors with a place, and never a panic.

use proptest::prelude::*;
use spec::load::{self, LoadError};

use crate::sample::{LOCK, PAPER, TRAINED};

/// Inserts, deletes, copies and replaces pieces at places given as fractions of the length.
#[derive(Debug, Clone)]
enum Edit {
    Insert(u32, String),
    Delete(u32, u8),
    Copy(u32, u32, u8),
}

fn edit() -> impl Strategy<Value = Edit> {
    let word = prop_oneof![
        Just("*a".to_owned()),
        Just("&a ".to_owned()),
        Just("<<: ".to_owned()),
        Just("- ".to_owned()),
        Just("\t".to_owned()),
        Just("\n".to_owned()),
        Just("\n  ".to_owned()),
        Just("|\n".to_owned()),
        Just(".nan".to_owned()),
        Just("-1e999".to_owned()),
        Just("!!binary ".to_owned()),
        Just("---\n".to_owned()),
        Just("é🙂\u{200b}".to_owned()),
        "\\PC{0,4}",
        "[\\[\\]{}:,#\"'>|!&*-]{1,6}",
    ];
    prop_oneof![
        (any::<u32>(), word).prop_map(|(at, text)| Edit::Insert(at, text)),
        (any::<u32>(), any::<u8>()).prop_map(|(at, length)| Edit::Delete(at, length)),
        (any::<u32>(), any::<u32>(), any::<u8>()).prop_map(|(from, to, length)| Edit::Copy(from, to, length)),
    ]
}

fn mutate(text: &str, edits: &[Edit]) -> String {
    let mut text: Vec<char> = text.chars().collect();
    let at = |fraction: u32, length: usize| (fraction as usize) % (length + 1);
    for edit in edits {
        match edit {
            Edit::Insert(place, word) => {
                let place = at(*place, text.len());
                text.splice(place..place, word.chars());
            }
            Edit::Delete(place, length) => {
                let from = at(*place, text.len());
                let to = (from + *length as usize / 16).min(text.len());
                text.drain(from..to);
            }
            Edit::Copy(from, to, length) => {
                let from = at(*from, text.len());
                let piece = text[from..(from + *length as usize).min(text.len())].to_vec();
                let to = at(*to, text.len());
                text.splice(to..to, piece);
            }
        }
    }
    text.into_iter().collect()
}

/// Every problem points into the text and its marker stands under the characters it is about.
fn is_well_placed(error: &LoadError, text: &str) -> Result<(), TestCaseError> {
    let lines = text.lines().count() as u64;
    prop_assert!(!error.problems.is_empty());
    for problem in &error.problems {
        prop_assert!(problem.line >= 1 && problem.line <= lines + 1, "line {} of {lines}", problem.line);
        prop_assert!(problem.column >= 1 && problem.marked >= 1);
        prop_assert!(problem.before <= problem.text.chars().count());
        prop_assert!(problem.text.chars().count() <= 112, "a snippet is one short line");
        prop_assert!(!problem.message.contains('\n') && !problem.message.is_empty());
    }
    prop_assert!(error.to_string().starts_with("f:"));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn damaged_specs_never_panic(edits in proptest::collection::vec(edit(), 1..5)) {
        let text = mutate(PAPER, &edits);
        if let Err(error) = load::paper(&text, "f") {
            is_well_placed(&error, &text)?;
        }
    }

    #[test]
    fn damaged_specs_of_training_never_panic(edits in proptest::collection::vec(edit(), 1..5)) {
        let text = mutate(TRAINED, &edits);
        if let Err(error) = load::paper(&text, "f") {
            is_well_placed(&error, &text)?;
        }
    }

    #[test]
    fn damaged_locks_never_panic(edits in proptest::collection::vec(edit(), 1..5)) {
        let text = mutate(LOCK, &edits);
        if let Err(error) = load::lock(&text, "f") {
            is_well_placed(&error, &text)?;
        }
    }

    #[test]
    fn any_text_never_panics(text in "(\\PC|\n){0,200}") {
        if let Err(error) = load::lock(&text, "f") {
            is_well_placed(&error, &text)?;
        }
    }
}

#[test]
fn deep_nesting_is_an_error_and_no_overflow() {
    for text in ["[".repeat(100_000), "a: {".repeat(100_000), format!("entries: {}", "- ".repeat(50_000))] {
        assert!(load::lock(&text, "f").is_err());
        assert!(load::paper(&text, "f").is_err());
    }
}
