//! The text of a file of outcomes with what is needed to make sense of it, and the reading of its lines.
//!
//! Must not know what columns mean.

use std::path::Path;

use spec::event::Outcomes;

use crate::Error;

/// One file of outcomes, unpacked.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    /// What the record says of it.
    pub file: &'a Outcomes,
    /// Its path, for errors.
    pub path: &'a Path,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// What is known of each example beforehand: the path and the unpacked bytes of the file that says it.
    pub examples: Option<(&'a Path, &'a [u8])>,
}

impl Text<'_> {
    /// A line of this file that makes no sense.
    pub fn wrong(&self, line: usize, message: impl Into<String>) -> Error {
        Error::Line { path: self.path.to_owned(), line, message: message.into() }
    }

    /// The header and the lines of the file.
    ///
    /// # Errors
    /// There is no header.
    pub fn lines(&self) -> Result<Lines<'_>, Error> {
        Lines::new(self.path, self.bytes)
    }

    /// Calls `take` with each image and its line's fields; `what` is said of the images.
    ///
    /// # Errors
    /// A line that `take` refuses, or another number of lines than of images.
    pub fn of_images<T>(
        &self,
        lines: Lines<'_>,
        images: &mut [T],
        what: &str,
        mut take: impl FnMut(&mut T, &[&str]) -> Result<(), String>,
    ) -> Result<(), Error> {
        let count = images.len();
        let mut images = images.iter_mut();
        let mut found = 0;
        lines.each(|fields| {
            let image = images.next().ok_or_else(|| format!("one line more than there are images ({count})"))?;
            found += 1;
            take(image, fields)
        })?;
        if found < count {
            return Err(self.wrong(found + 2, format!("the {what} end here, and there are {count} images")));
        }
        Ok(())
    }
}

/// A CSV file, line by line.
pub struct Lines<'a> {
    path: &'a Path,
    bytes: &'a [u8],
    reader: csv::Reader<&'a [u8]>,
    record: csv::ByteRecord,
    /// The names of the columns.
    pub header: Vec<String>,
}

impl<'a> Lines<'a> {
    /// Begins to read.
    ///
    /// # Errors
    /// There is no header.
    pub fn new(path: &'a Path, bytes: &'a [u8]) -> Result<Lines<'a>, Error> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
        let mut record = csv::ByteRecord::new();
        let wrong = |message: String| Error::Line { path: path.to_owned(), line: 1, message };
        let found = reader.read_byte_record(&mut record).map_err(|error| wrong(error.to_string()))?;
        if !found {
            return Err(wrong("the file is empty, its header is missing".to_owned()));
        }
        let name = |field: &[u8]| {
            std::str::from_utf8(field).map(str::to_owned).map_err(|_| wrong("the header is not UTF-8 text".to_owned()))
        };
        let header = record.iter().map(name).collect::<Result<_, _>>()?;
        Ok(Lines { path, bytes, reader, record, header })
    }

    /// Refuses another header than one of these.
    ///
    /// # Errors
    /// It is another one.
    pub fn expect(&self, headers: &[&str]) -> Result<(), Error> {
        let found = self.header.join(",");
        if headers.contains(&found.as_str()) {
            return Ok(());
        }
        let message = format!("the header is `{found}`, it must be `{}`", headers.join("` or `"));
        Err(Error::Line { path: self.path.to_owned(), line: 1, message })
    }

    /// Calls `take` with each line's fields; what it says is wrong is told with the line.
    ///
    /// # Errors
    /// A line with another number of fields, or one that `take` refuses.
    pub fn each(mut self, mut take: impl FnMut(&[&str]) -> Result<(), String>) -> Result<(), Error> {
        let path = self.path;
        if self.header.len() == 1 {
            return self.each_of_one(take);
        }
        loop {
            let read = self.reader.read_byte_record(&mut self.record);
            let line = self.record.position().map_or(0, |position| usize::try_from(position.line()).unwrap_or(0));
            let wrong = |line: usize, message: String| Error::Line { path: path.to_owned(), line, message };
            match read {
                Ok(false) => return Ok(()),
                Ok(true) => {}
                Err(error) => {
                    let at = error.position().map_or(line, |at| usize::try_from(at.line()).unwrap_or(line));
                    let message = match error.kind() {
                        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                            format!("{len} fields, not the {expected_len} of `{}`", self.header.join(","))
                        }
                        _ => error.to_string(),
                    };
                    return Err(wrong(at, message));
                }
            }
            let fields: Vec<&str> = self
                .record
                .iter()
                .map(std::str::from_utf8)
                .collect::<Result<_, _>>()
                .map_err(|_| wrong(line, "not UTF-8 text".to_owned()))?;
            take(&fields).map_err(|message| wrong(line, message))?;
        }
    }
}

impl Lines<'_> {
    /// The lines of a file with one column, which may be empty: a reader of CSV passes over empty lines.
    fn each_of_one(self, mut take: impl FnMut(&[&str]) -> Result<(), String>) -> Result<(), Error> {
        let mut lines = self.bytes.split_inclusive(|byte| *byte == b'\n').zip(1..).skip(1);
        lines.try_for_each(|(line, number)| {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let line = std::str::from_utf8(line).map_err(|_| "not UTF-8 text".to_owned());
            let taken = line.and_then(|line| match line.strip_suffix('\r').unwrap_or(line) {
                line if line.contains(',') => {
                    Err(format!("{} fields, not the 1 of `{}`", line.split(',').count(), self.header[0]))
                }
                line => take(&[line]),
            });
            taken.map_err(|message| Error::Line { path: self.path.to_owned(), line: number, message })
        })
    }
}

/// A class; None for an empty field.
///
/// # Errors
/// The field is no whole number of 0 or more.
pub fn class(name: &str, field: &str) -> Result<Option<u32>, String> {
    if field.is_empty() {
        return Ok(None);
    }
    field.parse().map(Some).map_err(|_| format!("`{field}` in `{name}` is not a class: 0, 1, 2 …"))
}

/// A finite number.
///
/// # Errors
/// The field is none.
pub fn number(field: &str) -> Result<f64, String> {
    let value: Option<f64> = field.parse().ok();
    value.filter(|value| value.is_finite()).ok_or_else(|| format!("`{field}` is not a finite number"))
}

/// A probability.
///
/// # Errors
/// The field is no number from 0 to 1.
pub fn probability(field: &str) -> Result<f64, String> {
    let value = number(field)?;
    if (0.0..=1.0).contains(&value) {
        Ok(value)
    } else {
        Err(format!("the confidence is {field}, not a probability from 0 to 1"))
    }
}
