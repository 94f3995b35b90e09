//! Plain tables and JSON on standard output.
//!
//! Must not colour: the tables of verdicts, which are coloured, come from `results`.

use std::fmt;
use std::io::{self, Write as _};
use std::sync::OnceLock;

use anyhow::{Result, bail};
use comfy_table::{ContentArrangement, Table, presets};

/// Prints a line on standard output. Where nobody reads any more (`harness list | head`) the rest is not printed, and the
/// command ends as it would have; what else goes wrong is for [`end`] to tell.
macro_rules! say {
    ($($text:tt)*) => { $crate::screen::line(format_args!($($text)*)) };
}
pub(crate) use say;

/// Prints a line on standard error. If that fails there is nobody to tell, and the exit code still speaks.
macro_rules! tell {
    ($($text:tt)*) => { $crate::screen::aside(format_args!($($text)*)) };
}
pub(crate) use tell;

/// See [`tell`].
pub(crate) fn aside(text: fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// An error with its causes, each said once: many errors have their cause in their own words already.
pub(crate) fn in_words(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.contains(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
    }
    text
}

/// Why standard output took no more, once it did not: a full disk, a pipe that nobody reads.
static BROKEN: OnceLock<io::Error> = OnceLock::new();

/// See [`say`].
pub(crate) fn line(text: fmt::Arguments<'_>) {
    if BROKEN.get().is_none()
        && let Err(error) = writeln!(io::stdout().lock(), "{text}")
    {
        let _ = BROKEN.set(error);
    }
}

/// To be called when all is said.
///
/// # Errors
/// Something of it could not be written, though somebody wanted to read it.
pub(crate) fn end() -> Result<()> {
    if BROKEN.get().is_none()
        && let Err(error) = io::stdout().lock().flush()
    {
        let _ = BROKEN.set(error);
    }
    match BROKEN.get() {
        Some(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            bail!("standard output could not be written: {error}; what was printed is not whole")
        }
        _ => Ok(()),
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
