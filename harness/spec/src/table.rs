//! A paper's own tables as it prints them: which claim stands in which cell.
//!
//! Must not hold a number of its own: what a cell publishes is its claim's. Text stands only where the paper prints
//! something that is no claim here (a crop size, another group's year).

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::claim::Source;

/// One table of the paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Unique in the spec: `t3`.
    pub id: String,
    /// As the paper calls it: `Table 3`.
    pub title: String,
    /// What it shows, in the paper's words or shorter; and what of it is left out here.
    pub caption: String,
    /// Where it is printed.
    pub source: Source,
    /// The claim that the paper is known for, if it stands in this table: the page begins with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headline: Option<String>,
    /// What the rows' labels are: `ConvNet config.`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stub: Option<String>,
    /// Headings that span several columns, left to right; together they span all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    /// The columns' headings, without the labels' own.
    pub columns: Vec<String>,
    /// The rows, top to bottom.
    pub rows: Vec<TableRow>,
}

/// A heading over several columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The heading; empty over columns that have none.
    pub title: String,
    /// How many columns it spans.
    pub columns: usize,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableRow {
    /// What stands at its left.
    pub label: String,
    /// One cell for each column.
    pub cells: Vec<Cell>,
}

/// One cell. In YAML the ids of its claims with spaces between, `=` and a text that the paper prints (`=256`), or `~`
/// where the paper prints nothing or nothing that is known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// What the paper prints there are these claims, in this order; never empty.
    Claims(Vec<String>),
    /// The paper prints this, and it is no claim here.
    Text(String),
    /// Nothing.
    Blank,
}

impl Cell {
    /// The ids of its claims.
    #[must_use]
    pub fn claims(&self) -> &[String] {
        match self {
            Cell::Claims(ids) => ids,
            Cell::Text(_) | Cell::Blank => &[],
        }
    }

    fn read(text: &str) -> Cell {
        if let Some(text) = text.strip_prefix('=') {
            return Cell::Text(text.trim().to_owned());
        }
        let ids: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        if ids.is_empty() { Cell::Blank } else { Cell::Claims(ids) }
    }
}

impl Table {
    /// The ids of all claims in it, row by row.
    pub fn claims(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().flat_map(|row| &row.cells).flat_map(Cell::claims).map(String::as_str)
    }

    /// The row and the column in which a claim stands.
    #[must_use]
    pub fn place(&self, claim: &str) -> Option<(&TableRow, &str)> {
        self.rows.iter().find_map(|row| {
            let column = row.cells.iter().position(|cell| cell.claims().iter().any(|id| id == claim))?;
            Some((row, self.columns.get(column)?.as_str()))
        })
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Cell::Claims(ids) => serializer.serialize_str(&ids.join(" ")),
            Cell::Text(text) => serializer.serialize_str(&format!("={text}")),
            Cell::Blank => serializer.serialize_none(),
        }
    }
}

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        Ok(text.map_or(Cell::Blank, |text| Cell::read(&text)))
    }
}

impl JsonSchema for Cell {
    fn schema_name() -> Cow<'static, str> {
        "Cell".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": ["string", "null"],
            "description": "One cell: the ids of its claims with spaces between, `=` and a text that the paper prints (`=256`), or null where the paper prints nothing or nothing that is known here.",
        })
    }
}
