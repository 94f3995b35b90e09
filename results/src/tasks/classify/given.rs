//! The lines of a CSV file that somebody gave: with or without a header, quoted or not, with either line end.
//!
//! Must not know what columns mean.

use std::path::Path;

use crate::Error;

/// The fields of one line.
pub(super) struct Line {
    /// Its number, from 1.
    pub(super) number: usize,
    pub(super) fields: Vec<String>,
}

/// All lines that are not empty; every one has as many fields as the first.
pub(super) fn lines(path: &Path, bytes: &[u8]) -> Result<Vec<Line>, Error> {
    let bytes = base::text::unmarked(bytes);
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(bytes);
    let mut record = csv::ByteRecord::new();
    let mut lines: Vec<Line> = Vec::new();
    let (mut number, mut at) = (1, 0);
    loop {
        let read = reader.read_byte_record(&mut record);
        // The reader's own line numbers are one short after `\r\n`; its byte offsets are right up to line ends.
        let start = record.position().map_or(at, |position| usize::try_from(position.byte()).unwrap_or(at));
        let start = start.clamp(at, bytes.len());
        let ends = bytes[start..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        number += bytes[at..start + ends].iter().filter(|byte| **byte == b'\n').count();
        at = start + ends;
        match read {
            Ok(true) => {}
            Ok(false) => return Ok(lines),
            Err(error) => return Err(Error::given(path, Some(number), error.to_string())),
        }
        // A quote that nothing closes takes in the rest of the file.
        let until = usize::try_from(reader.position().byte()).unwrap_or(bytes.len()).clamp(start, bytes.len());
        let raw = &bytes[start..until];
        if until == bytes.len() && raw.iter().filter(|byte| **byte == b'"').count() % 2 == 1 {
            return Err(Error::given(path, Some(number), "a quote is opened and never closed"));
        }
        let text = |field: &[u8]| {
            std::str::from_utf8(field).map(str::to_owned).map_err(|_| Error::given(path, Some(number), "no UTF-8 text"))
        };
        let fields = record.iter().map(text).collect::<Result<Vec<_>, _>>()?;
        if let Some(first) = lines.first().filter(|first| first.fields.len() != fields.len()) {
            let message = format!("{} fields where line {} has {}", fields.len(), first.number, first.fields.len());
            return Err(Error::given(path, Some(number), message));
        }
        lines.push(Line { number, fields });
    }
}

/// Whether a field looks like a class, be it a senseless one.
pub(super) fn is_number(field: &str) -> bool {
    field.parse::<i128>().is_ok()
}

/// A class below `classes`, where that is known.
pub(super) fn class(field: &str, classes: Option<u32>) -> Result<u32, String> {
    let number: i128 = field.parse().map_err(|_| match field {
        "" => "a class is missing".to_owned(),
        _ => format!("`{field}` is no class: 0, 1, 2 …"),
    })?;
    in_range(number, classes)
}

/// The number as a class below `classes`, where that is known.
pub(super) fn in_range(number: i128, classes: Option<u32>) -> Result<u32, String> {
    let class = u32::try_from(number).ok().filter(|class| classes.is_none_or(|classes| *class < classes));
    class.ok_or_else(|| match classes {
        Some(classes) => format!("{number} is no class from 0 to {}", classes.saturating_sub(1)),
        None => format!("{number} is no class: 0, 1, 2 …"),
    })
}
