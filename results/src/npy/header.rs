//! The header of a `.npy` file: `{'descr': '<i8', 'fortran_order': False, 'shape': (50000, 5), }`, padded with spaces.
//!
//! Must not read more of Python than this dictionary.

/// How every such file begins.
pub(super) const MAGIC: &[u8] = b"\x93NUMPY";

/// What the header says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) kind: Kind,
    /// Column after column.
    pub(super) fortran: bool,
    pub(super) shape: Vec<usize>,
}

/// The numbers' type, little-endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Int32,
    Int64,
}

impl Kind {
    pub(super) fn bytes(self) -> usize {
        match self {
            Kind::Int32 => 4,
            Kind::Int64 => 8,
        }
    }

    fn of(descr: &str) -> Result<Kind, String> {
        match descr {
            "<i4" => Ok(Kind::Int32),
            "<i8" => Ok(Kind::Int64),
            _ if descr.trim_start_matches(['<', '>', '=', '|']).starts_with('f') => Err(format!(
                "numbers of type `{descr}`: these are scores, not classes; save the best classes, `numpy.argsort(-scores)[:, :5]`"
            )),
            _ => Err(format!("numbers of type `{descr}`; int64 and int32 are read, save `a.astype(numpy.int64)`")),
        }
    }
}

/// The header, and the bytes behind it.
pub(super) fn read(bytes: &[u8]) -> Result<(Header, &[u8]), String> {
    let rest = bytes.strip_prefix(MAGIC).ok_or("no .npy file: it does not begin with `\\x93NUMPY`")?;
    let cut = || "the file is cut off within its header".to_owned();
    let (version, rest) = rest.split_first_chunk::<2>().ok_or_else(cut)?;
    let (length, rest) = match version[0] {
        1 => rest.split_first_chunk::<2>().map(|(two, rest)| (u32::from(u16::from_le_bytes(*two)), rest)),
        2 | 3 => rest.split_first_chunk::<4>().map(|(four, rest)| (u32::from_le_bytes(*four), rest)),
        other => return Err(format!(".npy version {other}; versions 1 to 3 are read")),
    }
    .ok_or_else(cut)?;
    let length = usize::try_from(length).map_err(|_| cut())?;
    let (text, data) = rest.split_at_checked(length).ok_or_else(cut)?;
    let text = std::str::from_utf8(text).map_err(|_| "a header that is no text".to_owned())?;
    let header =
        Reader { rest: text }.header().ok_or_else(|| format!("a header that is not understood: `{}`", short(text)))?;
    let (descr, fortran, shape) = header;
    Ok((Header { kind: Kind::of(&descr)?, fortran, shape }, data))
}

/// The beginning of a text, for messages.
fn short(text: &str) -> String {
    text.trim().chars().take(80).collect()
}

/// What is left of the text.
struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    /// The dictionary with its three keys, in any order.
    fn header(mut self) -> Option<(String, bool, Vec<usize>)> {
        let (mut descr, mut fortran, mut shape) = (None, None, None);
        self.take('{')?;
        while !self.takes('}') {
            let key = self.quoted()?;
            self.take(':')?;
            match key {
                "descr" if self.next() == Some('[') => {
                    // Records of several fields: named as such, so that the message says what was found.
                    descr = Some("several fields".to_owned());
                    let end = self.rest.rfind(']')?;
                    self.rest = &self.rest[end + 1..];
                }
                "descr" => descr = Some(self.quoted()?.to_owned()),
                "fortran_order" => fortran = Some(self.boolean()?),
                "shape" => shape = Some(self.tuple()?),
                _ => return None,
            }
            if !self.takes(',') {
                self.take('}')?;
                break;
            }
        }
        self.rest.trim().is_empty().then_some((descr?, fortran?, shape?))
    }

    fn next(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }

    fn takes(&mut self, wanted: char) -> bool {
        let found = self.next() == Some(wanted);
        if found {
            self.rest = &self.rest[wanted.len_utf8()..];
        }
        found
    }

    fn take(&mut self, wanted: char) -> Option<()> {
        self.takes(wanted).then_some(())
    }

    fn quoted(&mut self) -> Option<&'a str> {
        let quote = self.next().filter(|c| matches!(c, '\'' | '"'))?;
        let (text, rest) = self.rest[1..].split_once(quote)?;
        self.rest = rest;
        Some(text)
    }

    fn boolean(&mut self) -> Option<bool> {
        self.next()?;
        for (word, value) in [("True", true), ("False", false)] {
            if let Some(rest) = self.rest.strip_prefix(word) {
                self.rest = rest;
                return Some(value);
            }
        }
        None
    }

    fn tuple(&mut self) -> Option<Vec<usize>> {
        self.take('(')?;
        let mut sides = Vec::new();
        while !self.takes(')') {
            self.next()?;
            let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
            let (number, rest) = self.rest.split_at(end);
            sides.push(number.parse().ok()?);
            // Python 2 wrote long numbers so.
            self.rest = rest.strip_prefix('L').unwrap_or(rest);
            if !self.takes(',') {
                self.take(')')?;
                break;
            }
        }
        Some(sides)
    }
}
