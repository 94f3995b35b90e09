//! `labels.csv`: `file,wnid,class`, one row a picture.
//!
//! Must gather all problems with their lines, since a person mends them all at once.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use spec::lock::LabelledImages;

use super::Labelled;
use crate::error::{At, Error};
use crate::fetched::Fetched;

/// A row as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// From 1; the header is line 1.
    pub(super) line: u64,
    pub(crate) file: String,
    pub(crate) wnid: String,
    pub(super) class: String,
}

/// Reads the rows. Columns may come in any order and be quoted; others than `file`, `wnid` and `class` are left alone.
pub(crate) fn read(path: &Path) -> Result<Vec<Row>, Error> {
    let bytes = fs_err::read(path).at(path)?;
    parse(&bytes).map_err(|(line, reason)| Error::Text { path: path.to_path_buf(), line: Some(line), reason })
}

/// The rows of a text, or the first line that cannot be read and why.
pub(super) fn parse(bytes: &[u8]) -> Result<Vec<Row>, (u64, String)> {
    let bytes = base::text::unmarked(bytes);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    let mut lines = Lines { bytes, known: 0, line: 1 };
    let header = reader.headers().map_err(|error| lines.unreadable(&error))?.clone();
    let column = |name: &str| header.iter().position(|field| field == name);
    if let Some(twice) =
        ["file", "wnid", "class"].iter().find(|name| header.iter().filter(|field| field == *name).count() > 1)
    {
        return Err((1, format!("two columns are called `{twice}`; which of them counts cannot be told")));
    }
    let (file, wnid, class) = (column("file"), column("wnid"), column("class"));
    let Some(file) = file.filter(|_| wnid.is_some() || class.is_some()) else {
        return Err((
            1,
            format!(
                "the first line must be `file,wnid,class` (wnid or class may be left out), found {:?}",
                header.iter().collect::<Vec<_>>().join(",")
            ),
        ));
    };
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| lines.unreadable(&error))?;
        let field = |index: Option<usize>| index.and_then(|index| record.get(index)).unwrap_or_default().to_owned();
        let line = lines.at(record.position());
        rows.push(Row { line, file: field(Some(file)), wnid: field(wnid), class: field(class) });
    }
    Ok(rows)
}

/// The lines of a text. Rows come in order, so each byte is looked at once.
struct Lines<'a> {
    bytes: &'a [u8],
    /// Up to where line feeds are counted.
    known: usize,
    /// The line there.
    line: u64,
}

impl Lines<'_> {
    /// The line of a position. The reader's own line numbers are one short after `\r\n`; its byte offsets are right up to line
    /// ends.
    fn at(&mut self, position: Option<&csv::Position>) -> u64 {
        let at = position.map_or(0, |position| position.byte() as usize).clamp(self.known, self.bytes.len());
        let ends = self.bytes[at..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        self.line += self.bytes[self.known..at + ends].iter().filter(|byte| **byte == b'\n').count() as u64;
        self.known = at + ends;
        self.line
    }

    /// The line that cannot be read and why.
    fn unreadable(&mut self, error: &csv::Error) -> (u64, String) {
        let reason = match error.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                format!("{len} columns where the header has {expected_len}")
            }
            csv::ErrorKind::Utf8 { .. } => "not UTF-8".to_owned(),
            _ => error.to_string(),
        };
        (self.at(error.position()), reason)
    }
}

/// The class of a row: by its class, its wnid, or both, which must agree.
pub(super) fn class_of(row: &Row, wnids: &Wnids<'_>, classes: u32) -> Result<u32, String> {
    let by_number = match row.class.as_str() {
        "" => None,
        text => match text.parse::<u32>() {
            Ok(class) if class < classes => Some(class),
            _ => return Err(format!("class {text:?} is not a whole number from 0 to {}", classes.saturating_sub(1))),
        },
    };
    let by_wnid = match row.wnid.as_str() {
        "" => None,
        wnid if wnids.is_empty() => {
            by_number.map(Some).ok_or_else(|| format!("only wnid {wnid} is given, and no list of wnids is known"))?
        }
        wnid => Some(wnids.class(wnid)?),
    };
    match (by_number, by_wnid) {
        (Some(number), Some(wnid)) if number != wnid => {
            Err(format!("wnid {} is class {wnid}, but the row says class {number}", row.wnid))
        }
        (Some(class), _) | (None, Some(class)) => Ok(class),
        (None, None) => Err("neither wnid nor class is given".to_owned()),
    }
}

/// A wnid is meant to be a known one that differs by so many letters.
const NEAR: usize = 3;
/// Longer in bytes than what could be meant for a wnid.
const LONGEST: usize = 64;

/// The beginning of a text, for messages.
fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The wnids of all classes, sorted: the place is the class.
pub(super) struct Wnids<'a> {
    places: HashMap<&'a str, u32>,
}

impl<'a> Wnids<'a> {
    pub(super) fn new<S: AsRef<str>>(wnids: &'a [S]) -> Self {
        let places = wnids.iter().zip(0..).map(|(wnid, class)| (wnid.as_ref(), class)).collect();
        Self { places }
    }

    fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The class of a wnid, or what it may have been meant to be.
    pub(super) fn class(&self, wnid: &str) -> Result<u32, String> {
        if let Some(class) = self.places.get(wnid) {
            return Ok(*class);
        }
        // A text that is no wnid at all, perhaps a whole file within quotes, is near to none; it would only take time.
        let near = |known: &&str| {
            let distance = strsim::damerau_levenshtein(known, wnid);
            (distance <= NEAR).then(|| (distance, (*known).to_owned()))
        };
        let may_be_near = wnid.len() <= LONGEST;
        let nearest = may_be_near.then(|| self.places.keys().filter_map(near).min()).flatten();
        Err(match nearest {
            Some((_, nearest)) => {
                format!("unknown wnid {wnid:?}; the nearest of the {} is {nearest}", self.places.len())
            }
            None => format!("unknown wnid {:?}: it is none of the {}", short(wnid), self.places.len()),
        })
    }
}

/// Rows turned to classes by file name, with every problem on the way.
pub(super) fn classes(
    rows: &[Row],
    name: &str,
    wnids: &Wnids<'_>,
    classes: u32,
    exists: impl Fn(&str) -> bool,
    problems: &mut Vec<String>,
) -> BTreeMap<String, u32> {
    let mut found = BTreeMap::new();
    let mut first_line: HashMap<String, u64> = HashMap::new();
    for row in rows {
        let mut problem = |text: String| problems.push(format!("{name}:{}: {text}", row.line));
        let file = match crate::fs::safe_relative(&row.file) {
            Ok(file) => file,
            Err(reason) => {
                problem(format!("{:?} is no file in this folder: {reason}", row.file));
                continue;
            }
        };
        if let Some(line) = first_line.get(&file) {
            problem(format!("{file} stands in line {line} already"));
            continue;
        }
        first_line.insert(file.clone(), row.line);
        if !exists(&file) {
            problem(format!("there is no file {file}"));
        }
        match class_of(row, wnids, classes) {
            Ok(class) => {
                found.insert(file, class);
            }
            Err(text) => problem(text),
        }
    }
    found
}

/// The images of an entry with a `labels.csv`.
pub(super) fn of_entry(fetched: &Fetched, images: &LabelledImages) -> Result<Vec<Labelled>, Error> {
    let csvs: Vec<&str> = fetched
        .files
        .iter()
        .map(|file| file.path.as_str())
        .filter(|path| *path == "labels.csv" || path.ends_with("/labels.csv"))
        .collect();
    let [csv] = csvs[..] else {
        let reason = format!("{} has {} files named labels.csv; exactly one is wanted", fetched.entry, csvs.len());
        return Err(Error::Text { path: fetched.dir.clone(), line: None, reason });
    };
    let base = csv.strip_suffix("labels.csv").unwrap_or_default();
    let rows = read(&fetched.dir.join(csv))?;
    let files: BTreeSet<&str> = fetched.files.iter().map(|file| file.path.as_str()).collect();
    let mut problems = Vec::new();
    let none: [&str; 0] = [];
    let exists = |file: &str| files.contains(format!("{base}{file}").as_str());
    let found = classes(&rows, csv, &Wnids::new(&none), images.classes, exists, &mut problems);
    if !problems.is_empty() {
        return Err(Error::Labels { dir: fetched.dir.clone(), problems });
    }
    let labelled = found.into_iter().map(|(file, class)| {
        let file = format!("{base}{file}");
        Labelled { path: fetched.dir.join(&file), file, class }
    });
    Ok(labelled.collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn quoted(text: &str) -> String {
        format!("\"{}\"", text.replace('"', "\"\""))
    }

    proptest! {
        #[test]
        fn rows_round_trip_quoted(rows in proptest::collection::vec(("[a-z,\" é]{0,8}x\\.JPEG", "n[0-9]{8}", 0u32..1000), 0..8), crlf: bool, bom: bool) {
            let end = if crlf { "\r\n" } else { "\n" };
            let mut text = format!("{}file,wnid,class{end}", if bom { "\u{feff}" } else { "" });
            for (file, wnid, class) in &rows {
                text.push_str(&format!("{},{wnid},{class}{end}", quoted(file)));
            }
            let read = parse(text.as_bytes()).unwrap();
            prop_assert_eq!(read.len(), rows.len());
            for (row, (index, (file, wnid, class))) in read.iter().zip(rows.iter().enumerate()) {
                prop_assert_eq!(&row.file, file.trim());
                prop_assert_eq!(&row.wnid, wnid);
                prop_assert_eq!(&row.class, &class.to_string());
                prop_assert_eq!(row.line, index as u64 + 2);
            }
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
        }
    }

    #[test]
    fn unreadable_lines_are_named() {
        assert_eq!(parse(b"name,label\n").unwrap_err().0, 1);
        assert_eq!(
            parse(b"file,wnid,class\na,b,1\nc\n").unwrap_err(),
            (3, "1 columns where the header has 3".to_owned())
        );
        assert_eq!(parse(b"file,class\n\xff,1\n").unwrap_err().1, "not UTF-8");
    }

    /// 200,000 rows, and texts that are no wnids: each byte is looked at once, and what is near to nothing is not compared.
    #[test]
    fn many_rows_and_long_texts_take_little_time() {
        let start = std::time::Instant::now();
        let text = format!("file,wnid\n{}", "a.jpg,n01440764\n".repeat(200_000));
        assert_eq!(parse(text.as_bytes()).unwrap().last().unwrap().line, 200_001);
        let known: Vec<String> = (0..1000).map(|number| format!("n{number:08}")).collect();
        let said = Wnids::new(&known).class(&"x".repeat(1 << 20)).unwrap_err();
        assert!(said.ends_with("x…\": it is none of the 1000") && said.len() < 200, "{said}");
        assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    }
}
