//! The comparison table for a terminal.
//!
//! Must not leave a verdict to its colour: it is always written out.

use std::fmt::Write as _;
use std::io::IsTerminal;

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{Cell, Color, ColumnConstraint, ContentArrangement, Table, Width};
use polars::prelude::{Column, DataFrame};
use spec::metric::Metric;

use super::refused;
use crate::Error;
use crate::row::{Row, Verdict};
use crate::words::{decimals, quantity, shortest, span, thousands};

/// More `not run` rows than this are counted by reason instead of shown.
const NOT_RUN_SHOWN: usize = 6;
/// Under this many columns each row is a paragraph instead.
const NARROW: u16 = 72;
/// The columns of the printed frame, and the width that each but the last may take at most.
const COLUMNS: [(&str, u16); 6] =
    [("network", 24), ("measured", 26), ("published", 20), ("data, protocol", 22), ("verdict", 14), ("reason", 0)];

/// How a table is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Columns of the terminal.
    pub width: u16,
    /// Whether verdicts are coloured (they are always written out too).
    pub colour: bool,
}

impl Style {
    /// The style for standard output: its width (`COLUMNS`, or 120, where it is no terminal), colours on a terminal
    /// unless `NO_COLOR` is set.
    #[must_use]
    pub fn of_stdout() -> Style {
        let stdout = std::io::stdout();
        let asked = || std::env::var("COLUMNS").ok()?.parse().ok();
        let width = terminal_size::terminal_size_of(&stdout).map(|(width, _)| width.0).or_else(asked).unwrap_or(120);
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Style { width, colour: stdout.is_terminal() && !plain }
    }
}

/// The rows for people: what was measured, what was claimed, the verdict and why; many `not run` rows are counted by
/// reason. Ends in a newline.
///
/// # Errors
/// When polars refuses, which no input is known to cause.
pub fn print(rows: &[Row], style: Style) -> Result<String, Error> {
    let not_run: Vec<&Row> = rows.iter().filter(|row| row.verdict == Some(Verdict::NotRun)).collect();
    let counted = not_run.len() > NOT_RUN_SHOWN;
    let shown: Vec<&Row> = rows.iter().filter(|row| !(counted && row.verdict == Some(Verdict::NotRun))).collect();
    let mut text = String::new();
    if shown.is_empty() && !counted {
        text.push_str("nothing was claimed and nothing was measured\n");
    }
    if !shown.is_empty() {
        let verdicts: Vec<Option<Verdict>> = shown.iter().map(|row| row.verdict).collect();
        let frame = printed_frame(&shown)?;
        if style.width < NARROW {
            paragraphs(&mut text, &frame)?;
        } else {
            text.push_str(&table(&frame, &verdicts, style)?);
            text.push('\n');
        }
    }
    if counted {
        count_by_reason(&mut text, &not_run);
    }
    Ok(text)
}

/// The rows as the words that are printed.
fn printed_frame(rows: &[&Row]) -> Result<DataFrame, Error> {
    let cells: [fn(&Row) -> String; 6] = [network, measured, published, conditions, verdict, reason];
    let columns = COLUMNS.iter().zip(cells).map(|((name, _), cell)| {
        Column::new((*name).into(), rows.iter().map(|row| cell(row)).collect::<Vec<String>>())
    });
    DataFrame::new(rows.len(), columns.collect()).map_err(refused)
}

fn table(frame: &DataFrame, verdicts: &[Option<Verdict>], style: Style) -> Result<String, Error> {
    let mut table = Table::new();
    table.load_preset(UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic).set_width(style.width);
    if style.colour {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    table.set_header(COLUMNS.map(|(name, _)| name));
    for (index, verdict) in verdicts.iter().enumerate() {
        let words = words_of(frame, index)?;
        table.add_row(words.into_iter().zip(COLUMNS).map(|(word, (name, _))| match verdict {
            Some(verdict) if name == "verdict" => Cell::new(word).fg(colour(*verdict)),
            _ => Cell::new(word),
        }));
    }
    for (index, (_, width)) in COLUMNS.into_iter().enumerate() {
        if let Some(column) = table.column_mut(index).filter(|_| width > 0) {
            column.set_constraint(ColumnConstraint::UpperBoundary(Width::Fixed(width)));
        }
    }
    Ok(table.trim_fmt())
}

/// Every row as a few short lines, for terminals too narrow for columns.
fn paragraphs(text: &mut String, frame: &DataFrame) -> Result<(), Error> {
    for index in 0..frame.height() {
        let mut words = words_of(frame, index)?.into_iter().map(|word| word.replace('\n', ", "));
        text.push_str(&words.next().unwrap_or_default());
        text.push('\n');
        for (word, (name, _)) in words.zip(COLUMNS.into_iter().skip(1)).filter(|(word, _)| !word.is_empty()) {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "  {name}: {word}");
        }
    }
    Ok(())
}

fn words_of(frame: &DataFrame, index: usize) -> Result<Vec<String>, Error> {
    let word = |column: &Column| Ok(column.str().map_err(refused)?.get(index).unwrap_or_default().to_owned());
    frame.columns().iter().map(word).collect()
}

fn count_by_reason(text: &mut String, rows: &[&Row]) {
    let mut reasons: Vec<(&str, usize)> = Vec::new();
    for row in rows {
        let reason = row.reason.as_deref().unwrap_or("no reason given");
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, count)) => *count += 1,
            None => reasons.push((reason, 1)),
        }
    }
    // The most frequent first; the spec's order within the same count.
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let _ = writeln!(text, "{} claims not run:", rows.len());
    for (reason, count) in reasons {
        let _ = writeln!(text, "{count:>5}  {reason}");
    }
}

fn network(row: &Row) -> String {
    let mut text = format!("{}\n{}", row.network, row.metric);
    if let Some(precision) = row.precision.as_deref().filter(|precision| *precision != "fp32") {
        let _ = write!(text, ", {precision}");
    }
    if let Some(variant) = &row.variant {
        let _ = write!(text, "\n{variant}");
    }
    text
}

fn measured(row: &Row) -> String {
    let Some(value) = row.value else { return String::new() };
    let decimals = decimals(row.metric, row.unit);
    let mut text = quantity(value, decimals, row.unit);
    if let (Some(low), Some(high)) = (row.low, row.high) {
        let _ = write!(text, "\n{}", span(low, high, decimals, row.unit));
    }
    let counted = match (row.metric, row.correct, row.n) {
        (_, _, None) => return text,
        (Metric::Agreement, Some(same), Some(n)) => format!("{} of {} the same", thousands(same), thousands(n)),
        (Metric::RubbishError, Some(correct), Some(n)) => {
            format!("{} of {} got a class", thousands(n - correct.min(n)), thousands(n))
        }
        (_, Some(correct), Some(n)) => format!("{} of {} right", thousands(correct), thousands(n)),
        (_, None, Some(n)) => format!("over {}", thousands(n)),
    };
    let _ = write!(text, "\n{counted}");
    text
}

fn published(row: &Row) -> String {
    let Some(value) = row.published else { return String::new() };
    let mut text = shortest(value, row.unit);
    if let Some(source) = &row.source {
        let _ = write!(text, "\n{source}");
    }
    if row.mark == Some(spec::claim::Mark::Memory) {
        text.push_str("\nunverified");
    }
    text
}

fn conditions(row: &Row) -> String {
    [&row.data, &row.protocol].into_iter().flatten().cloned().collect::<Vec<_>>().join("\n")
}

fn verdict(row: &Row) -> String {
    row.verdict.map_or_else(|| "no claim".to_owned(), |verdict| verdict.to_string())
}

/// The reason's first clause; the whole of it is in the files and on the page.
fn reason(row: &Row) -> String {
    let reason = row.reason.as_deref().unwrap_or_default();
    let Some((first, _)) = reason.split_once("; ") else { return reason.to_owned() };
    let open = first.matches('(').count() > first.matches(')').count();
    format!("{first}{}", if open { "; …)" } else { "; …" })
}

fn colour(verdict: Verdict) -> Color {
    match verdict {
        Verdict::Replicated => Color::Green,
        Verdict::WithinNoise => Color::Cyan,
        Verdict::ProtocolGap => Color::Yellow,
        Verdict::NotReplicated => Color::Red,
        Verdict::NotRun => Color::DarkGrey,
    }
}
