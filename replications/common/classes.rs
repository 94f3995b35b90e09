//! The thousand classes of ILSVRC-2012 in the order of their WordNet ids, which is the order of the weights used here.
//!
//! Must not decide how a name is shown.

use std::collections::HashMap;
use std::sync::LazyLock;

/// One class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Class {
    /// The WordNet id: `n02123597`.
    pub wnid: &'static str,
    /// A short name: `Siamese cat`. Two classes are called `crane` and two `maillot`; only the id is unique.
    pub name: &'static str,
}

static CLASSES: LazyLock<Vec<Class>> = LazyLock::new(|| {
    let lines = include_str!("../imagenet/classes.csv").lines().filter(|line| !line.starts_with('#')).skip(1);
    lines
        .filter_map(|line| {
            let (_, rest) = line.split_once(',')?;
            let (wnid, name) = rest.split_once(',')?;
            Some(Class { wnid, name })
        })
        .collect()
});

static BY_WNID: LazyLock<HashMap<&'static str, u32>> =
    LazyLock::new(|| (0..).zip(classes()).map(|(class, Class { wnid, .. })| (*wnid, class)).collect());

/// The classes; the index is the class, 0..999.
#[must_use]
pub fn classes() -> &'static [Class] {
    &CLASSES
}

/// The class of a WordNet id.
#[must_use]
pub fn class_of(wnid: &str) -> Option<u32> {
    BY_WNID.get(wnid).copied()
}
