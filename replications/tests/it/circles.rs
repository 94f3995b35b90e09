//! The modules of each crate need each other in one direction only: no circle among those at its top.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::sources::{GENERAL, below, code, root};

/// Which module needs which.
type Needs = BTreeMap<String, BTreeSet<String>>;

/// The first name of each path behind `start`: `a` and `b` of `start{a::x, b}`, `a` of `start::a::x`.
fn names(text: &str, start: &str) -> Vec<String> {
    let name =
        |path: &str| path.trim_start().split(|c: char| !c.is_alphanumeric() && c != '_').next().map(str::to_owned);
    let mut found = Vec::new();
    for (at, _) in text.match_indices(start) {
        let rest = &text[at + start.len()..];
        let Some(inner) = rest.strip_prefix('{') else {
            found.extend(name(rest));
            continue;
        };
        let mut depth = 0;
        let mut paths = vec![String::new()];
        for c in inner.chars() {
            match c {
                '}' if depth == 0 => break,
                ',' if depth == 0 => paths.push(String::new()),
                _ => {
                    depth += i32::from(c == '{') - i32::from(c == '}');
                    paths.last_mut().unwrap().push(c);
                }
            }
        }
        found.extend(paths.iter().filter_map(|path| name(path)));
    }
    found
}

/// What the modules at the top of a crate need of each other; what the crate's root hands on stands for its module.
fn needs(folder: &Path) -> Needs {
    let mut files = Vec::new();
    below(folder, &[], &mut files);
    let module = |file: &Path| {
        let first = file.strip_prefix(folder).unwrap().components().next().unwrap();
        Path::new(first.as_os_str()).file_stem().unwrap().to_string_lossy().into_owned()
    };
    let modules: BTreeSet<String> = files.iter().map(|file| module(file)).collect();
    let mut handed_on = BTreeMap::new();
    for file in files.iter().filter(|file| module(file) == "lib") {
        let text = code(file).join("\n");
        for of in &modules {
            let all = names(&text, &format!("pub use {of}::"));
            handed_on.extend(all.into_iter().map(|name| (name, of.clone())));
        }
    }
    let mut needs = Needs::new();
    for file in &files {
        let this = module(file);
        let text = code(file).join("\n");
        let mut named = names(&text, "crate::");
        // Above a file at the top is the crate's root.
        if file.parent() == Some(folder) {
            named.extend(names(&text, "super::"));
        }
        let needed = named.into_iter().map(|name| handed_on.get(&name).cloned().unwrap_or(name));
        let needed = needed.filter(|name| *name != this && modules.contains(name));
        needs.entry(this.clone()).or_default().extend(needed);
    }
    needs
}

/// What cannot be put in an order: circles, and what needs them.
fn in_circles(mut needs: Needs) -> Needs {
    loop {
        let known: BTreeSet<String> = needs.keys().cloned().collect();
        let before = needs.len();
        needs.retain(|_, needed| needed.iter().any(|name| known.contains(name)));
        if needs.len() == before {
            return needs;
        }
    }
}

#[test]
fn no_circle_among_modules() {
    let mut circles = Vec::new();
    let mut modules = 0;
    for folder in GENERAL {
        let needs = needs(&root().join(folder));
        modules += needs.len();
        for (module, needed) in in_circles(needs) {
            circles.push(format!("{folder}: {module} needs {}", needed.into_iter().collect::<Vec<_>>().join(", ")));
        }
    }
    assert!(modules > 100, "only {modules} modules");
    assert!(circles.is_empty(), "modules in a circle, or above one:\n{}", circles.join("\n"));
}

#[test]
fn a_circle_is_found_and_a_chain_is_none() {
    assert_eq!(names("use crate::{a::{x, y}, b};\ncrate::c::f()", "crate::"), ["a", "b", "c"]);
    let needs = |pairs: &[(&str, &[&str])]| -> Needs {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        pairs.iter().map(|(name, needed)| ((*name).to_owned(), set(needed))).collect()
    };
    assert!(in_circles(needs(&[("a", &["b"]), ("b", &["c"]), ("c", &[])])).is_empty());
    assert_eq!(in_circles(needs(&[("a", &["b"]), ("b", &["c"]), ("c", &["b"]), ("d", &[])])).len(), 3);
}
