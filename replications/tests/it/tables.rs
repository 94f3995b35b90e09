//! The papers' own tables: every cell leads to a claim, and every claim that a table is the source of has a cell.

use std::collections::HashSet;

use replications::registry;
use spec::paper::Paper;

/// Claims that say they are printed in a table and stand in none here, with the reason.
const OUTSIDE: &[(&str, &str, &str)] = &[
    ("vgg", "t4-e-jitter-top5-test", "stands in the caption's text, not in the table"),
    ("googlenet", "rn-t3-ten-top5", "another paper's table"),
    ("adversarial", "t4-noise-low", "which of the two networks it is about is not known"),
    ("adversarial", "t4-noise-high", "which of the two networks it is about is not known"),
];

fn papers() -> impl Iterator<Item = Paper> {
    registry::papers().iter().map(|entry| spec::load::paper(entry.spec, &entry.spec_path()).expect("a spec"))
}

#[test]
fn every_cell_resolves_and_every_claim_of_a_table_has_a_cell() {
    let mut cells = 0;
    let mut covered = 0;
    for paper in papers() {
        assert!(!paper.tables.is_empty(), "{}: no table", paper.id);
        let known: HashSet<&str> = paper.claims.iter().map(|claim| claim.id.as_str()).collect();
        let mut seen: HashSet<&str> = HashSet::new();
        for table in &paper.tables {
            for id in table.claims() {
                assert!(known.contains(id), "{}: {}: {id}", paper.id, table.id);
                assert!(table.place(id).is_some());
                seen.insert(id);
                cells += 1;
            }
        }
        for claim in paper.claims.iter().filter(|claim| claim.source.table.is_some()) {
            let outside = OUTSIDE.iter().any(|(of, id, _)| *of == paper.id && *id == claim.id);
            assert_ne!(seen.contains(claim.id.as_str()), outside, "{}: {}", paper.id, claim.id);
            covered += usize::from(!outside);
        }
        assert!(paper.tables.iter().any(|table| table.headline.is_some()), "{}: no headline", paper.id);
    }
    assert!(covered >= 380, "only {covered} claims whose source is a table stand in one");
    assert!(cells >= covered, "{cells} cells");
}
