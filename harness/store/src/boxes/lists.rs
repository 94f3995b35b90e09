//! Which of a user's lists is tested and which are trained on.
//!
//! Must not read them.

/// Lists by what becomes of them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Lists {
    /// The one that is tested.
    pub(super) tested: String,
    /// Those that are trained on; one that holds others stands last.
    pub(super) trained: Vec<String>,
}

/// What a list is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Train,
    Validate,
    Both,
    Test,
}

/// By its name, a year behind it or not: `val2017`.
fn role(name: &str) -> Option<Role> {
    let name = name.to_lowercase();
    match name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_' || c == '-') {
        "train" => Some(Role::Train),
        "val" | "valid" | "validation" => Some(Role::Validate),
        "trainval" => Some(Role::Both),
        "test" => Some(Role::Test),
        _ => None,
    }
}

/// Whether a list is called as the one that holds what others do.
pub(super) fn holds_others(name: &str) -> bool {
    role(name) == Some(Role::Both)
}

/// Whether a list is called as lists that divide a set are.
pub(super) fn divides(name: &str) -> bool {
    role(name).is_some()
}

/// Divides lists: `test` is tested, or else `val`; `train` and `val` are trained on, or `trainval` where there is no `train`. One
/// list alone is tested, unless it is called as one to train on.
pub(super) fn divide(names: &[&str]) -> Result<Lists, String> {
    let of = |wanted: Role| -> Vec<&str> { names.iter().copied().filter(|name| role(name) == Some(wanted)).collect() };
    let told = names.join(", ");
    let candidates = if of(Role::Test).is_empty() { of(Role::Validate) } else { of(Role::Test) };
    let tested = match (&candidates[..], names) {
        (&[one], _) => one,
        (&[], &[one]) if role(one).is_none() => one,
        (&[], _) => return Err(format!("none of the lists is to be tested ({told}); call one `test` or `val`")),
        (several, _) => return Err(format!("several lists are to be tested: {}; keep one", several.join(", "))),
    };
    if let Some(other) = names.iter().find(|name| **name != tested && role(name).is_none()) {
        return Err(format!(
            "nobody can tell whether the list `{other}` is trained on ({told}); call it `train`, or take it away"
        ));
    }
    let (train, both) = (of(Role::Train), of(Role::Both));
    let last = if train.is_empty() { both } else { Vec::new() };
    let trained = train.into_iter().chain(of(Role::Validate)).chain(last).filter(|name| *name != tested);
    Ok(Lists { tested: tested.to_owned(), trained: trained.map(str::to_owned).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_tested_is_never_trained_on() {
        for (names, tested, trained) in [
            (&["test", "train", "trainval", "val"][..], "test", &["train", "val"][..]),
            (&["train", "trainval", "val"], "val", &["train"]),
            (&["test", "trainval"], "test", &["trainval"]),
            (&["test", "trainval", "val"], "test", &["val", "trainval"]),
            (&["trainval", "val"], "val", &["trainval"]),
            (&["train2017", "val2017"], "val2017", &["train2017"]),
            (&["Train_1", "train_2", "valid"], "valid", &["Train_1", "train_2"]),
            (&["test"], "test", &[]),
            (&["holidays"], "holidays", &[]),
        ] {
            let Lists { tested: found, trained: others } = divide(names).unwrap();
            assert_eq!((found.as_str(), others), (tested, trained.iter().map(|name| (*name).to_owned()).collect()));
        }
        for (names, wanted) in [
            (&["train"][..], "none of the lists is to be tested (train)"),
            (&["holidays", "others"], "none of the lists is to be tested (holidays, others)"),
            (&["test2007", "test2012"], "several lists are to be tested: test2007, test2012"),
            (&["val", "holidays"], "whether the list `holidays` is trained on (val, holidays)"),
        ] {
            assert!(divide(names).unwrap_err().contains(wanted), "{:?}", divide(names));
        }
    }
}
