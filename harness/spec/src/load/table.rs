//! What a paper's tables must hold beyond their types.
//!
//! Must not judge what the paper prints: only that each cell leads somewhere and that the table is one.

use std::collections::{HashMap, HashSet};

use super::node::Node;
use super::problem::Problems;
use super::rules;
use crate::paper::Paper;
use crate::table::{Cell, Table};

pub(crate) fn check(paper: &Paper, node: &Node, problems: &mut Problems<'_>) {
    let list = node.at("tables");
    rules::ids("table", "id", list, paper.tables.iter().map(|table| table.id.as_str()), problems);
    let claims: HashSet<&str> = paper.claims.iter().map(|claim| claim.id.as_str()).collect();
    for (index, table) in paper.tables.iter().enumerate() {
        let node = list.nth(index);
        super::cited::check_source(paper, &table.source, node.at("source"), problems);
        for (key, text) in [("title", &table.title), ("caption", &table.caption)] {
            rules::not_empty(key, text, node.at(key), problems);
        }
        check_form(table, node, problems);
        check_cells(table, &claims, node, problems);
        if let Some(id) = &table.headline
            && table.claims().all(|claim| claim != id)
        {
            let message = format!("the headline `{id}` stands in no cell of this table; name a claim of one");
            problems.add(node.at("headline").place(), message);
        }
    }
}

fn check_form(table: &Table, node: &Node, problems: &mut Problems<'_>) {
    let columns = table.columns.len();
    if columns == 0 {
        problems.add(node.at("columns").place(), "a table without columns; give the headings that the paper prints");
    }
    if table.rows.is_empty() {
        problems.add(node.at("rows").place(), "a table without rows; give the paper's");
    }
    let spanned: usize = table.groups.iter().map(|group| group.columns).fold(0, usize::saturating_add);
    if !table.groups.is_empty() && spanned != columns {
        let message = format!("the groups span {spanned} columns and the table has {columns}; they must be as many");
        problems.add(node.at("groups").place(), message);
    }
    for (index, group) in table.groups.iter().enumerate() {
        if group.columns == 0 {
            let place = node.at("groups").nth(index).at("columns").place();
            problems.add(place, format!("the group `{}` spans no column", group.title));
        }
    }
    for (index, row) in table.rows.iter().enumerate() {
        let node = node.at("rows").nth(index);
        rules::not_empty("label", &row.label, node.at("label"), problems);
        if row.cells.len() != columns {
            let message = format!(
                "row `{}` has {} cells and the table has {columns} columns; put `~` where nothing stands",
                row.label,
                row.cells.len()
            );
            problems.add(node.at("cells").place(), message);
        }
    }
}

fn check_cells(table: &Table, claims: &HashSet<&str>, node: &Node, problems: &mut Problems<'_>) {
    let mut seen: HashMap<&str, u64> = HashMap::new();
    for (index, row) in table.rows.iter().enumerate() {
        let cells = node.at("rows").nth(index).at("cells");
        for (index, cell) in row.cells.iter().enumerate() {
            let place = cells.nth(index).place();
            if *cell == Cell::Text(String::new()) {
                problems.add(place, "`=` without a text; put `~` where nothing stands");
            }
            for id in cell.claims() {
                if !claims.contains(id.as_str()) {
                    let message =
                        format!("`{id}` is no claim of this spec; a text that is no claim begins with `=` (`={id}`)");
                    problems.add(place, message);
                } else if let Some(line) = seen.get(id.as_str()) {
                    let message =
                        format!("claim `{id}` stands already in line {line} of this table; a number is printed once");
                    problems.add(place, message);
                } else {
                    seen.insert(id, place.line);
                }
            }
        }
    }
    if seen.is_empty() && !table.rows.is_empty() {
        problems
            .add(node.at("rows").place(), format!("no cell of table `{}` is a claim; leave the table out", table.id));
    }
}
