//! Tables: one polars frame with typed columns, from which the screen, CSV and JSON lines are made.
//!
//! Must not decide anything: rows come from [`crate::compare`].

mod frame;
mod lines;
mod read;
mod terminal;

use std::path::{Path, PathBuf};

use base::files::write_atomic;
use polars::prelude::{CsvWriter, DataFrame, SerWriter};

use crate::Error;
use crate::error::refused;
use crate::row::Row;

pub use frame::frame;
pub use lines::json_lines;
pub use terminal::{Style, print};

/// Writes `rows.csv` and `rows.jsonl` with every row into `folder`, which exists, and gives their paths.
///
/// # Errors
/// When the folder cannot be written.
pub fn write(rows: &[Row], folder: &Path) -> Result<[PathBuf; 2], Error> {
    write_frame(frame(rows)?, folder, "rows")
}

/// Writes a frame as `<name>.csv` and `<name>.jsonl` into `folder`, which exists, and gives their paths.
///
/// # Errors
/// When the folder cannot be written.
pub fn write_frame(mut frame: DataFrame, folder: &Path, name: &str) -> Result<[PathBuf; 2], Error> {
    let paths = ["csv", "jsonl"].map(|ending| folder.join(format!("{name}.{ending}")));
    let mut csv = Vec::new();
    CsvWriter::new(&mut csv).finish(&mut frame).map_err(refused)?;
    write_atomic(&paths[0], &csv)?;
    write_atomic(&paths[1], &json_lines(&frame)?)?;
    Ok(paths)
}
