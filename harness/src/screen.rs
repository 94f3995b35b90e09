//! Plain tables and JSON on standard output.
//!
//! Must not colour: the tables of verdicts, which are coloured, come from `results`.

use anyhow::Result;
use comfy_table::{ContentArrangement, Table, presets};

/// Prints a line on standard output. Where nobody reads any more (`harness list | head`) that is the end, and no error.
macro_rules! say {
    ($($text:tt)*) => { $crate::screen::line(format_args!($($text)*)) };
}
pub(crate) use say;

/// See [`say`].
pub(crate) fn line(text: std::fmt::Arguments<'_>) {
    use std::io::Write as _;
    if writeln!(std::io::stdout().lock(), "{text}").is_err() {
        #[expect(clippy::exit, reason = "there is nobody left to tell, and every record is on disk by now")]
        std::process::exit(0);
    }
}

/// Prints rows under headings, wrapped to the terminal's width.
pub(crate) fn table(headings: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(width());
    table.set_header(headings);
    for row in rows {
        table.add_row(row);
    }
    say!("{table}");
}

/// Prints one JSON value.
pub(crate) fn json<T: serde::Serialize>(value: &T) -> Result<()> {
    say!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}

/// The width to fill: the terminal's (by `COLUMNS`, or asked of it), or 160 where the output goes to a file.
pub(crate) fn width() -> u16 {
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    said.or_else(terminal_width).unwrap_or(160)
}

fn terminal_width() -> Option<u16> {
    let term = console::Term::stdout();
    term.is_term().then(|| term.size().1)
}
