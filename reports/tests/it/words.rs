//! General code names no paper, data set or task: what does belongs into a task's own fragment.

use std::path::{Path, PathBuf};

const WORDS: [&str; 18] = [
    "alexnet",
    "attack",
    "caltech",
    "cifar",
    "distort",
    "fgsm",
    "gan-",
    "googlenet",
    "imagenet",
    "lbfgs",
    "mnist",
    "parzen",
    "resnet",
    "rubbish",
    "spatial",
    "stn",
    "vgg",
    "voc",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs_err::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// The code without comments and without the tests below it.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n").to_lowercase()
}

#[test]
fn only_tasks_know_tasks() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    files.retain(|path| !path.starts_with(src.join("tasks")));
    assert!(files.len() > 30, "{} files", files.len());
    for path in files {
        let mut text = code(&fs_err::read_to_string(&path).unwrap());
        if path.ends_with("src/tasks.rs") {
            // The list itself: a line a task.
            let (before, list) = text.split_once("fragments! {").unwrap();
            text = format!("{before}{}", list.split_once('}').unwrap().1);
        }
        for word in WORDS {
            assert!(!text.contains(word), "{}: `{word}` belongs into a task's own fragment", path.display());
        }
    }
}
