//! The comparison's rows, each with an anchor of its own, and where on the page it stands.
//!
//! Must not change a row. Every row stands in exactly one place: structure, speed, not run, results, or the values that
//! no published number stands beside.

use std::collections::HashMap;

use results::row::{Row, Verdict};

use crate::html::anchor;

/// Where a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A claim on a score, compared.
    Result,
    /// A size or shape, compared or only counted.
    Structure,
    /// A time, a rate or bytes.
    Speed,
    /// A score that no claim stands beside.
    WithoutClaim,
    /// A claim that nothing was measured for.
    NotRun,
}

/// A row with its anchor.
#[derive(Debug, Clone)]
pub(crate) struct Anchored<'a> {
    pub(crate) anchor: String,
    pub(crate) row: &'a Row,
}

/// All rows of a page.
pub(crate) struct Rows<'a> {
    all: Vec<Anchored<'a>>,
    by_claim: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Rows<'a> {
    pub(crate) fn of(rows: &'a [Row]) -> Self {
        let mut seen: HashMap<String, u64> = HashMap::new();
        let mut by_claim: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut all = Vec::with_capacity(rows.len());
        for (index, row) in rows.iter().enumerate() {
            let mut name = anchor("row", &row.id);
            let times = seen.entry(name.clone()).or_default();
            *times += 1;
            if *times > 1 {
                // No anchor of another row has a point in it.
                name = format!("{name}.{times}");
            }
            if let Some(claim) = row.claim.as_deref() {
                by_claim.entry(claim).or_default().push(index);
            }
            all.push(Anchored { anchor: name, row });
        }
        Self { all, by_claim }
    }

    /// The rows of one place, in the order of the input.
    pub(crate) fn at(&self, place: Place) -> Vec<&Anchored<'a>> {
        self.all.iter().filter(|anchored| place_of(anchored.row) == place).collect()
    }

    /// The row to show for a claim, and how many more there are: what decides most first, then what was run last.
    pub(crate) fn for_claim(&self, claim: &str) -> Option<(&Anchored<'a>, usize)> {
        let indices = self.by_claim.get(claim)?;
        let rank = |row: &Row| match row.verdict {
            Some(Verdict::Replicated | Verdict::NotReplicated | Verdict::Agrees | Verdict::Differs) => 0,
            Some(Verdict::Consistent | Verdict::InconsistentSoFar) => 1,
            Some(Verdict::ProtocolGap) => 2,
            Some(Verdict::NotRun) | None => 3,
        };
        let best = indices.iter().filter_map(|index| self.all.get(*index)).min_by_key(|found| rank(found.row))?;
        Some((best, indices.len() - 1))
    }
}

fn place_of(row: &Row) -> Place {
    match row.verdict {
        Some(Verdict::NotRun) => Place::NotRun,
        _ if row.metric.is_static() => Place::Structure,
        _ if row.metric.is_speed() => Place::Speed,
        Some(_) => Place::Result,
        None => Place::WithoutClaim,
    }
}

/// Things by a key, groups and members in the order of first sight.
pub(crate) fn grouped<'a, T>(items: &[&'a T], key: impl Fn(&T) -> String) -> Vec<(String, Vec<&'a T>)> {
    let mut groups: Vec<(String, Vec<&T>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for item in items.iter().copied() {
        let key = key(item);
        match places.get(&key).and_then(|place| groups.get_mut(*place)) {
            Some((_, members)) => members.push(item),
            None => {
                places.insert(key.clone(), groups.len());
                groups.push((key, vec![item]));
            }
        }
    }
    groups
}
