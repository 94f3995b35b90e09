//! The paper's tables redrawn: what stands in a cell, where it leads, and what is said without colour.

use reports::page;
use results::row::Verdict;

use crate::made_up::MadeUp;
use crate::markup::assert_well_formed;

fn page_of(made_up: &MadeUp) -> String {
    let page = made_up.with(|_| (), page::render).unwrap();
    assert_well_formed(&page);
    page
}

/// The markup of one table.
fn table<'a>(page: &'a str, id: &str) -> &'a str {
    let start = page.find(&format!("id=\"table-{id}\"")).unwrap();
    &page[start..start + page[start..].find("</figure>").unwrap()]
}

#[test]
fn rows_and_columns_are_as_printed() {
    let page = page_of(&MadeUp::new());
    let table = table(&page, "t3");
    assert_eq!(table.matches("<th scope=\"row\">").count(), 3);
    assert!(table.contains("<td colspan=\"1\"></td>") && table.contains("colspan=\"2\">error</th>"), "{table}");
    assert!(table.contains("<td class=\"blank\"></td>"));
    assert!(table.contains("<td class=\"printed-text\">24.27</td>"));
    // Two claims in one cell, one below the other.
    assert!(table.matches("class=\"cells\"").count() < table.matches("class=\"cell ").count());
}

#[test]
fn a_cell_says_both_numbers_and_leads_to_its_row() {
    let page = page_of(&MadeUp::new());
    for id in ["t3", "t1", "t5"] {
        for link in table(&page, id).split("href=\"#").skip(1) {
            let target = &link[..link.find('"').unwrap()];
            assert_eq!(page.matches(&format!("id=\"{target}\"")).count(), 1, "{target}");
        }
    }
    let cell = table(&page, "t3").split("<a ").find(|cell| cell.contains("22.85")).unwrap();
    assert!(cell.contains("<b>21.38</b>") && cell.contains("title=\"protocol gap: a subset"), "{cell}");
    // The mark is for eyes, the word for ears; colour alone says nothing.
    assert!(cell.contains("aria-hidden=\"true\">△</span><span class=\"sr\">protocol gap</span>"), "{cell}");
    let size = table(&page, "t1");
    assert!(size.contains("3.8 G") && size.contains("<b>3.80 G</b>") && size.contains("agrees"), "{size}");
}

#[test]
fn what_was_not_run_is_pale_with_its_reason() {
    let page = page_of(&MadeUp::new());
    let cell = table(&page, "t3").split("<a ").find(|cell| cell.contains("4.60")).unwrap();
    assert!(
        cell.contains("v-none") && cell.contains("title=\"not run: this network is not built here yet\""),
        "{cell}"
    );
    assert!(!cell.contains("→"));
    // A table of which nothing was run is folded, unless the paper is known for it.
    assert!(page.contains("Ensembles. Nothing of it was run."));
}

#[test]
fn the_headline_comes_first_and_is_the_papers() {
    let mut made_up = MadeUp::new();
    let page = page_of(&made_up);
    let headline = &page[page.find("class=\"headlines\"").unwrap()..page.find("id=\"table-t3\"").unwrap()];
    assert!(
        headline.contains("6.71") && headline.contains("<b>5.38</b>") && headline.contains("Table 3"),
        "{headline}"
    );
    made_up.rows.retain(|row| row.claim.as_deref() != Some("t3-r50-top5"));
    let page = page_of(&made_up);
    assert!(page.contains("no comparison on this page is about it"));
}

#[test]
fn of_several_rows_for_a_claim_the_deciding_one_is_shown() {
    let mut made_up = MadeUp::new();
    let mut second = made_up.rows[1].clone();
    (second.value, second.verdict, second.model) =
        (Some(6.70), Some(Verdict::Replicated), Some("imported (by whom, which file)".into()));
    made_up.rows.push(second);
    let page = page_of(&made_up);
    let cell = table(&page, "t3").split("<a ").find(|cell| cell.contains("6.71")).unwrap();
    assert!(cell.contains("<b>6.70</b>") && cell.contains("imported"), "{cell}");
    assert!(cell.contains("1 more measurement stands among all numbers"), "{cell}");
    assert!(cell.contains("href=\"#row-t3-r50-top5.2\""), "{cell}");
}

#[test]
fn structure_has_its_own_count() {
    let mut made_up = MadeUp::new();
    let mut gap = made_up.rows.iter().find(|row| row.id == "t1-r50-macs").unwrap().clone();
    (gap.id, gap.verdict) = ("other-macs".into(), Some(Verdict::ProtocolGap));
    made_up.rows.push(gap);
    let page = page_of(&made_up);
    assert!(page.contains("structure: 1 of 2 agree"));
    let counts = reports::verdicts::Counts::of(&made_up.rows);
    assert_eq!((counts.get(Verdict::ProtocolGap), counts.agree, counts.differ), (3, 1, 1));
}
