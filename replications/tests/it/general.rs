//! General code knows no paper: its sources, without comments and tests, do not hold the papers' own words.

use super::sources::{GENERAL, below, code, root};

/// Where papers' words may stand: a task's own folder and fragment, the examples of `--help`, the reader of records whose
/// words cannot be changed any more, and tests.
const EXEMPT: [&str; 4] = ["tasks", "cli.rs", "format1.rs", "tests.rs"];

/// What only papers and their data are called.
const WORDS: [&str; 18] = [
    "adversarial",
    "alexnet",
    "autoencoder",
    "cifar",
    "fgsm",
    "gan",
    "googlenet",
    "imagenet",
    "lbfgs",
    "maxout-",
    "mnist",
    "parzen",
    "resnet",
    "rubbish",
    "stn",
    "transformer",
    "vgg",
    "zfnet",
];

/// Whether the line has the word, not as a part of another.
fn has(line: &str, word: &str) -> bool {
    let line = line.to_lowercase();
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    line.match_indices(word).any(|(at, _)| {
        !letter(line[..at].chars().next_back()) && !letter(line[at + word.len()..].chars().next().filter(|c| *c != 's'))
    })
}

#[test]
fn general_code_knows_no_paper() {
    let mut files = Vec::new();
    GENERAL.iter().for_each(|folder| below(&root().join(folder), &EXEMPT, &mut files));
    assert!(files.len() > 250, "only {} files", files.len());
    let mut found = Vec::new();
    for file in &files {
        for (number, line) in code(file).iter().enumerate() {
            if let Some(word) = WORDS.iter().find(|word| has(line, word)) {
                found.push(format!("{}:{}: {word}", file.display(), number + 1));
            }
        }
    }
    assert!(found.is_empty(), "papers' own words in general code:\n{}", found.join("\n"));
}

#[test]
fn words_are_found_alone_and_not_within_others() {
    assert!(has("let x = \"gan-mnist\";", "gan") && has("fn fgsm()", "fgsm") && has("enum Gan", "gan"));
    assert!(!has("it began", "gan") && !has("organs", "gan") && !has("elegance", "gan"));
}
