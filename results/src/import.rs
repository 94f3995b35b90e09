//! Somebody else's predictions, in whatever files a task reads them from, scored against references.
//!
//! Must not know what is in such a file: [`Task::import`] does.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::Error;
use crate::references::References;
use crate::tasks::decimals;
use crate::tasks::{Given, Score, TASKS, Table, Task};
use crate::words::{quantity, span, thousands};
use spec::metric::Metric;

/// From so many examples on one of them moves the third decimal of a percentage.
const MANY: u64 = 10_000;

/// Nothing packed may hold more bytes.
const LARGEST: u64 = 4 << 30;

/// Predictions beside their truth.
pub struct Imported {
    /// The file they come from.
    pub path: PathBuf,
    /// Whose they are.
    pub task: &'static dyn Task,
    /// What they are.
    pub table: Box<dyn Table>,
}

impl Imported {
    /// What they come to, the most telling first.
    #[must_use]
    pub fn scores(&self) -> Vec<Score> {
        self.task.asked().iter().filter_map(|metric| self.table.score(*metric)).collect()
    }

    /// What is asked of them and cannot be told on this machine, with the reason.
    fn lacking(&self) -> Vec<(Metric, String)> {
        self.task.asked().iter().filter_map(|metric| Some((*metric, self.task.lacking(*metric)?))).collect()
    }
}

/// Reads files of predictions, packed or not (`.gz`, `.xz`), by the first task that knows such files. Those that are one
/// submission together stand where its first file does.
///
/// # Errors
/// A file that cannot be read, no task knows or makes no sense, or that is not about the references' examples.
pub fn open_all(paths: &[PathBuf], references: &References) -> Result<Vec<Imported>, Error> {
    let mut submissions: Vec<(Option<String>, Vec<&PathBuf>)> = Vec::new();
    for path in paths {
        let of = TASKS.iter().find_map(|task| task.part_of(&named(path)));
        match submissions.iter_mut().find(|(other, _)| of.is_some() && *other == of) {
            Some((_, files)) => files.push(path),
            None => submissions.push((of, vec![path])),
        }
    }
    let imported = submissions.into_iter().map(|(of, files)| {
        let bytes = files.iter().map(|path| unpacked(path)).collect::<Result<Vec<Vec<u8>>, Error>>()?;
        let names: Vec<PathBuf> = files.iter().map(|path| named(path)).collect();
        let given: Vec<Given<'_>> =
            names.iter().zip(&bytes).map(|(path, bytes)| Given { path, bytes: bytes.as_slice() }).collect();
        let path = of.map_or_else(|| files[0].clone(), |of| PathBuf::from(format!("{of}_*.txt")));
        Ok(Imported { path, ..read_all(&given, references)? })
    });
    imported.collect()
}

/// What a packed file is called when it is unpacked: its ending tells what it is.
fn named(path: &Path) -> PathBuf {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("gz" | "xz") => path.with_extension(""),
        _ => path.to_owned(),
    }
}

/// What is in a file, packed (`.gz`, `.xz`) or not, and what it is called without its packing.
///
/// # Errors
/// A file that cannot be read or unpacked.
pub fn open(path: &Path) -> Result<(PathBuf, Vec<u8>), Error> {
    Ok((named(path), unpacked(path)?))
}

fn unpacked(path: &Path) -> Result<Vec<u8>, Error> {
    let bytes = fs_err::read(path)?;
    let unpacked = match path.extension().and_then(|ending| ending.to_str()) {
        Some("gz") => base::gzip::unpack(&bytes, LARGEST),
        Some("xz") => unpack_xz(&bytes),
        _ => return Ok(bytes),
    };
    unpacked.map_err(|error| Error::given(path, None, format!("it cannot be unpacked: {error}")))
}

fn unpack_xz(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut unpacked = Vec::new();
    lzma_rust2::XzReader::new(bytes, true).take(LARGEST + 1).read_to_end(&mut unpacked)?;
    if unpacked.len() as u64 > LARGEST {
        return Err(std::io::Error::other(format!("it unpacks to more than {LARGEST} bytes")));
    }
    Ok(unpacked)
}

/// The same for one file whose bytes are at hand; `path` is named in errors, and its ending tells kinds of files apart.
///
/// # Errors
/// See [`open_all`].
pub fn read(path: &Path, bytes: &[u8], references: &References) -> Result<Imported, Error> {
    read_all(&[Given { path, bytes }], references)
}

/// The same for all files of a submission.
fn read_all(files: &[Given<'_>], references: &References) -> Result<Imported, Error> {
    let Some(&Given { path, bytes }) = files.first() else {
        return Err(Error::given(Path::new(""), None, "no file of predictions"));
    };
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(Error::given(path, None, "it is text in UTF-16: save it as UTF-8"));
    }
    // Files of a submission are their task's alone, whatever another would make of them.
    let owner = TASKS.iter().copied().find(|task| task.part_of(path).is_some());
    for task in TASKS.iter().copied().filter(|task| owner.is_none_or(|owner| owner.id() == task.id())) {
        if let Some(table) = task.import(files, references)? {
            return Ok(Imported { path: path.to_owned(), task, table });
        }
    }
    let known: Vec<String> = TASKS
        .iter()
        .filter(|task| !task.imports().is_empty())
        .map(|task| format!("{}: {}", task.id(), task.imports().join(" or ")))
        .collect();
    let line = bytes.split(|byte| *byte == b'\n').next().and_then(|line| std::str::from_utf8(line).ok());
    let begins = match line.map(str::trim).filter(|line| !line.is_empty() && line.len() <= 80) {
        Some(line) => format!(" (it begins with `{line}`)"),
        None => String::new(),
    };
    let message = format!("no task reads predictions from such a file{begins}; what is read: {}", known.join("; "));
    Err(Error::given(path, None, message))
}

/// `{"rows": [{"metric", "value", "unit", "n", "low", "high"}]}`, with `file` in each row where there are several files.
#[must_use]
pub fn json(all: &[Imported]) -> Value {
    let mut rows = Vec::new();
    for imported in all {
        let scored = imported.scores().into_iter().map(|score| {
            let Score { metric, value, unit, n, low, high, .. } = score;
            json!({"metric": metric, "value": value, "unit": unit, "n": n, "low": low, "high": high})
        });
        let lacking = imported.lacking().into_iter();
        let lacking = lacking.map(|(metric, reason)| json!({"metric": metric, "value": null, "reason": reason}));
        for mut row in scored.chain(lacking) {
            if let (true, Some(row)) = (all.len() > 1, row.as_object_mut()) {
                row.insert("file".to_owned(), imported.path.display().to_string().into());
            }
            rows.push(row);
        }
    }
    json!({ "rows": rows })
}

/// The same in words, a line a score: `file`, `metric`, the value with its unit, the interval, what was counted.
#[must_use]
pub fn lines(all: &[Imported]) -> Vec<[String; 5]> {
    let mut lines = Vec::new();
    for imported in all {
        for score in imported.scores() {
            let exact = score.correct.is_some() && score.n >= MANY;
            let digits = if exact { 3 } else { decimals(score.metric, score.unit) };
            let span = match (score.low, score.high) {
                (Some(low), Some(high)) => span(low, high, digits, score.unit),
                _ => String::new(),
            };
            let counted = match score.correct {
                Some(correct) => format!("{} of {} right", thousands(correct), thousands(score.n)),
                None => thousands(score.n),
            };
            let value = quantity(score.value, digits, score.unit);
            lines.push([imported.path.display().to_string(), score.metric.to_string(), value, span, counted]);
        }
        for (metric, reason) in imported.lacking() {
            let value = format!("not run ({reason})");
            lines.push([imported.path.display().to_string(), metric.to_string(), value, String::new(), String::new()]);
        }
    }
    lines
}
