//! What people read when a paper's table is wrong.

use spec::load;
use spec::table::Cell;

use crate::sample::PAPER;

const TABLE: &str = r#"tables:
  - id: t2
    title: Table 2
    caption: Sizes.
    source: { key: VG, table: T2 }
    headline: e-params
    groups: [{ title: all, columns: 2 }]
    columns: [what, E]
    rows:
      - { label: params, cells: [=millions, e-params] }
"#;

fn with_table(changes: &[(&str, &str)]) -> String {
    let table = changes.iter().fold(TABLE.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    format!("{PAPER}{table}")
}

/// Line, column and message of each problem.
fn problems(changes: &[(&str, &str)]) -> String {
    let error = load::paper(&with_table(changes), "spec.yaml").expect_err("the changed table must not load");
    let lines = PAPER.lines().count() as u64;
    let told = error.problems.iter().map(|p| format!("{}:{} {}", p.line.saturating_sub(lines), p.column, p.message));
    told.collect::<Vec<_>>().join("\n")
}

#[test]
fn cells_are_claims_texts_or_nothing() {
    let text = with_table(&[("e-params] }", "e-params e-top5] }\n      - { label: none, cells: [~, '=79.0 ± 1'] }")]);
    let paper = load::paper(&text, "spec.yaml").unwrap();
    let table = &paper.tables[0];
    assert_eq!(table.rows[0].cells[0], Cell::Text("millions".into()));
    assert_eq!(table.rows[0].cells[1].claims(), ["e-params", "e-top5"]);
    assert_eq!(table.rows[1].cells, [Cell::Blank, Cell::Text("79.0 ± 1".into())]);
    assert_eq!(table.claims().collect::<Vec<_>>(), ["e-params", "e-top5"]);
    assert_eq!(table.place("e-top5").unwrap().1, "E");
    assert!(table.place("none").is_none());
    // What is written is what is read.
    let written = serde_json::to_string(&paper.tables).unwrap();
    assert_eq!(serde_json::from_str::<Vec<spec::table::Table>>(&written).unwrap(), paper.tables);
}

#[test]
fn a_cell_that_leads_nowhere() {
    insta::assert_snapshot!(problems(&[("e-params] }", "e-parms, '='] }")]), @"
    6:15 the headline `e-params` stands in no cell of this table; name a claim of one
    10:7 no cell of table `t2` is a claim; leave the table out
    10:33 row `params` has 3 cells and the table has 2 columns; put `~` where nothing stands
    10:45 `e-parms` is no claim of this spec; a text that is no claim begins with `=` (`=e-parms`)
    10:54 `=` without a text; put `~` where nothing stands
    ");
}

#[test]
fn rows_of_unequal_length_and_groups_that_do_not_fit() {
    insta::assert_snapshot!(problems(&[("[=millions, ", "["), ("columns: 2 }", "columns: 3 }, { title: no, columns: 0 }")]), @"
    7:13 the groups span 3 columns and the table has 2; they must be as many
    7:64 the group `no` spans no column
    10:33 row `params` has 1 cells and the table has 2 columns; put `~` where nothing stands
    ");
}

#[test]
fn a_claim_twice_and_an_id_twice() {
    let again = TABLE.trim_start_matches("tables:\n");
    let changes =
        [("e-params] }\n", &*format!("e-params] }}\n      - {{ label: again, cells: [~, e-params] }}\n{again}"))];
    insta::assert_snapshot!(problems(&changes), @"
    11:36 claim `e-params` stands already in line 78 of this table; a number is printed once
    12:9 table id `t2` stands already in line 70; ids must be unique
    ");
}

#[test]
fn nothing_in_it_and_a_headline_from_elsewhere() {
    let changes = [("e-params] }", "~] }"), ("key: VG", "key: XX"), ("caption: Sizes.", "caption: ' '")];
    insta::assert_snapshot!(problems(&changes), @"
    4:14 caption is empty; say it in a few words
    5:20 source `XX` is not in this spec; it has: `VG`
    6:15 the headline `e-params` stands in no cell of this table; name a claim of one
    10:7 no cell of table `t2` is a claim; leave the table out
    ");
}

#[test]
fn no_rows_and_an_unknown_key() {
    insta::assert_snapshot!(problems(&[("    rows:\n      - { label: params, cells: [=millions, e-params] }\n", "    rows: []\n")]), @"
    6:15 the headline `e-params` stands in no cell of this table; name a claim of one
    9:11 a table without rows; give the paper's
    ");
    insta::assert_snapshot!(problems(&[("    headline:", "    headlines:")]), @"6:5 unknown field `headlines`, expected one of id, title, caption, source, headline, stub, groups, columns, rows");
}
