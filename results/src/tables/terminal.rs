//! The comparison table for a terminal.
//!
//! Must not leave a verdict to its colour: it is always written out.

use std::fmt::Write as _;
use std::io::IsTerminal;

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{Cell, Color, ColumnConstraint, ContentArrangement, Table, Width};
use polars::prelude::DataFrame;

use super::frame::frame;
use super::read::Reader;
use crate::Error;
use crate::row::{Row, Verdict};
use crate::tasks::decimals;
use crate::words::{quantity, shortest, span, thousands};

/// More `not run` rows than this are counted by reason instead of shown.
const NOT_RUN_SHOWN: usize = 6;
/// More values without a claim than this are counted: the page has them.
const UNCLAIMED_SHOWN: usize = 12;
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

/// The rows for people: results first (what was measured, what was claimed, the verdict and why), then what was measured
/// without a claim, then structure as a count with what does not agree, then what was not run, by reason. Ends in a newline.
///
/// # Errors
/// When polars refuses, which no input is known to cause.
pub fn print(rows: &[Row], style: Style) -> Result<String, Error> {
    let of = |wanted: fn(&Row) -> bool| -> Vec<Row> { rows.iter().filter(|row| wanted(row)).cloned().collect() };
    let not_run = of(|row| row.verdict == Some(Verdict::NotRun));
    let unclaimed = of(|row| row.verdict.is_none());
    // As the page counts: a size that was not counted is missing from no result, and one that is a gap does not agree.
    let structure = of(|row| row.is_structure() && row.verdict != Some(Verdict::NotRun));
    let mut shown: Vec<Row> = rows
        .iter()
        .filter(|row| row.verdict.is_some_and(|verdict| verdict != Verdict::NotRun) && !row.is_structure())
        .chain(unclaimed.iter().take(UNCLAIMED_SHOWN))
        .chain(structure.iter().filter(|row| row.verdict != Some(Verdict::Agrees)))
        .cloned()
        .collect();
    let counted = not_run.len() > NOT_RUN_SHOWN;
    if !counted {
        shown.extend(not_run.iter().cloned());
    }
    let mut text = String::new();
    if rows.is_empty() {
        text.push_str("nothing was claimed and nothing was measured\n");
    }
    if !shown.is_empty() {
        let frame = frame(&shown)?;
        if style.width < NARROW {
            paragraphs(&mut text, &frame)?;
        } else {
            text.push_str(&table(&frame, style)?);
            text.push('\n');
        }
    }
    if unclaimed.len() > UNCLAIMED_SHOWN {
        let _ = writeln!(text, "{} more values without a claim are on the page", unclaimed.len() - UNCLAIMED_SHOWN);
    }
    if !structure.is_empty() {
        let agree = structure.iter().filter(|row| row.verdict == Some(Verdict::Agrees)).count();
        let _ = writeln!(text, "structure: {agree} of {} agree", structure.len());
    }
    if counted {
        count_by_reason(&mut text, &not_run);
    }
    Ok(text)
}

fn table(frame: &DataFrame, style: Style) -> Result<String, Error> {
    let mut table = Table::new();
    table.load_preset(UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic).set_width(style.width);
    if style.colour {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    table.set_header(COLUMNS.map(|(name, _)| name));
    let reader = Reader::new(frame)?;
    for index in 0..frame.height() {
        let words = words_of(&reader, index);
        table.add_row(words.into_iter().zip(COLUMNS).map(|(word, (name, _))| {
            match colour(reader.text("verdict", index)) {
                Some(colour) if name == "verdict" => Cell::new(word).fg(colour),
                _ => Cell::new(word),
            }
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
    let reader = Reader::new(frame)?;
    for index in 0..frame.height() {
        let mut words = words_of(&reader, index).into_iter().map(|word| word.replace('\n', ", "));
        text.push_str(&words.next().unwrap_or_default());
        text.push('\n');
        for (word, (name, _)) in words.zip(COLUMNS.into_iter().skip(1)).filter(|(word, _)| !word.is_empty()) {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "  {name}: {word}");
        }
    }
    Ok(())
}

/// A row as the words that are printed, a column each.
fn words_of(rows: &Reader<'_>, index: usize) -> [String; 6] {
    let cells: [fn(&Reader<'_>, usize) -> String; 6] = [network, measured, published, conditions, verdict, reason];
    cells.map(|cell| cell(rows, index))
}

fn count_by_reason(text: &mut String, rows: &[Row]) {
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

fn network(rows: &Reader<'_>, at: usize) -> String {
    let text = |name| rows.text(name, at).unwrap_or_default();
    let mut shown = format!("{}\n{}", text("network"), text("metric"));
    if let Some(precision) = rows.text("precision", at).filter(|precision| *precision != "fp32") {
        let _ = write!(shown, ", {precision}");
    }
    if let Some(variant) = rows.text("variant", at) {
        let _ = write!(shown, "\n{variant}");
    }
    if let Some(imported) = rows.text("model", at).filter(|model| model.starts_with("imported")) {
        let _ = write!(shown, "\n{imported}");
    }
    shown
}

fn measured(rows: &Reader<'_>, at: usize) -> String {
    let Some(value) = rows.number("value", at) else { return String::new() };
    let (metric, unit) = (rows.metric(at), rows.unit(at));
    let decimals = decimals(metric, unit);
    let mut text = quantity(value, decimals, unit);
    if let (Some(low), Some(high)) = (rows.number("low", at), rows.number("high", at)) {
        let _ = write!(text, "\n{}", span(low, high, decimals, unit));
    }
    let counted = match (rows.count("correct", at), rows.count("n", at), rows.count("trainings", at)) {
        (_, Some(n), Some(trainings)) if trainings > 1 => {
            format!("mean of {trainings} trainings, {} examples each", thousands(n))
        }
        (_, None, Some(trainings)) if trainings > 1 => format!("mean of {trainings} trainings"),
        (_, None, _) => return text,
        (Some(correct), Some(n), _) => format!("{} of {} right", thousands(correct), thousands(n)),
        (None, Some(n), _) => format!("over {}", thousands(n)),
    };
    let _ = write!(text, "\n{counted}");
    text
}

fn published(rows: &Reader<'_>, at: usize) -> String {
    let Some(value) = rows.number("published", at) else { return String::new() };
    let mut text = shortest(value, rows.unit(at));
    if let Some(source) = rows.text("source", at) {
        let _ = write!(text, "\n{source}");
    }
    if rows.text("mark", at) == Some("memory") {
        text.push_str("\nunverified");
    }
    text
}

fn conditions(rows: &Reader<'_>, at: usize) -> String {
    ["data", "protocol"].into_iter().filter_map(|name| rows.text(name, at)).collect::<Vec<_>>().join("\n")
}

fn verdict(rows: &Reader<'_>, at: usize) -> String {
    rows.text("verdict", at).unwrap_or("no claim").to_owned()
}

/// The reason's first clause; the whole of it is in the files and on the page.
fn reason(rows: &Reader<'_>, at: usize) -> String {
    let reason = rows.text("reason", at).unwrap_or_default();
    let Some((first, _)) = reason.split_once("; ") else { return reason.to_owned() };
    let open = first.matches('(').count() > first.matches(')').count();
    format!("{first}{}", if open { "; …)" } else { "; …" })
}

fn colour(verdict: Option<&str>) -> Option<Color> {
    let verdict = Verdict::ALL.into_iter().find(|known| Some(known.as_str()) == verdict)?;
    Some(match verdict {
        Verdict::Replicated | Verdict::Agrees => Color::Green,
        Verdict::Consistent => Color::Cyan,
        Verdict::ProtocolGap | Verdict::InconsistentSoFar => Color::Yellow,
        Verdict::NotReplicated | Verdict::Differs => Color::Red,
        Verdict::NotRun => Color::DarkGrey,
    })
}
