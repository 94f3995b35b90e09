//! The wire format of protocol buffers: fields of a number and a kind, one behind another.
//!
//! Must not know a message. Every length is held against the message around it before anything is read or kept, and the
//! outermost message is as long as the file.

use std::io::{self, BufRead};

use super::super::{Dtype, Problem};

/// Bytes that are read at once; a multiple of every number's size.
pub(super) const CHUNK: usize = 1 << 16;

/// A name longer than this is no name.
const LONGEST_TEXT: u64 = 4096;

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A number of up to ten bytes, its value.
    Varint(u64),
    /// Eight bytes, which come next.
    Fixed64,
    /// Bytes that come next and end there: text, packed numbers or a message.
    Bytes(u64),
    /// Four bytes, which come next.
    Fixed32,
}

/// A field's head.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    /// Which field of its message.
    pub(super) number: u32,
    /// What it holds.
    pub(super) kind: Kind,
    /// Where it begins in the file.
    pub(super) at: u64,
}

/// A file that is read from front to back.
#[derive(Debug)]
pub(super) struct Wire<R> {
    source: R,
    at: u64,
    length: u64,
}

impl<R: BufRead> Wire<R> {
    /// A file of that length.
    pub(super) fn new(source: R, length: u64) -> Self {
        Self { source, at: 0, length }
    }

    /// Where it has come to.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// The next field of the message that ends at `end`; None where it does.
    pub(super) fn field(&mut self, end: u64) -> Result<Option<Field>, Problem> {
        let at = self.at;
        if at == end {
            return Ok(None);
        }
        let tag = self.varint(end)?;
        let number = u32::try_from(tag >> 3).ok().filter(|number| (1..1 << 29).contains(number));
        let Some(number) = number else {
            return Err(Problem::damaged(format!("the tag {tag} at byte {at} is no field's")));
        };
        let kind = match tag & 7 {
            0 => Kind::Varint(self.varint(end)?),
            1 => self.within(8, end, Kind::Fixed64)?,
            2 => {
                let length = self.varint(end)?;
                let stop = self.at.saturating_add(length);
                self.within(length, end, Kind::Bytes(stop))?
            }
            5 => self.within(4, end, Kind::Fixed32)?,
            3 | 4 => {
                let what = format!("field {number} at byte {at} is a group, which no Caffe file has");
                return Err(Problem::damaged(what));
            }
            other => {
                let what = format!("field {number} at byte {at} is of wire type {other}, which there is not");
                return Err(Problem::damaged(what));
            }
        };
        Ok(Some(Field { number, kind, at }))
    }

    /// Passes over a field's bytes.
    pub(super) fn skip(&mut self, field: &Field) -> Result<(), Problem> {
        let stop = match field.kind {
            Kind::Varint(_) => self.at,
            Kind::Fixed64 => self.at + 8,
            Kind::Bytes(stop) => stop,
            Kind::Fixed32 => self.at + 4,
        };
        while self.at < stop {
            let there = self.fill()?.len();
            let step = there.min(usize::try_from(stop - self.at).unwrap_or(there));
            self.consume(step);
        }
        Ok(())
    }

    /// Text up to `stop`.
    pub(super) fn text(&mut self, stop: u64) -> Result<String, Problem> {
        let at = self.at;
        if stop - at > LONGEST_TEXT {
            return Err(Problem::damaged(format!("the name at byte {at} has {} bytes", stop - at)));
        }
        let mut bytes = vec![0; usize::try_from(stop - at).unwrap_or(0)];
        self.exactly(&mut bytes)?;
        String::from_utf8(bytes).map_err(|_| Problem::damaged(format!("the name at byte {at} is no text")))
    }

    /// Numbers of a fixed size up to `stop`, behind those that there are.
    pub(super) fn numbers(&mut self, dtype: Dtype, stop: u64, found: &mut Vec<f32>) -> Result<(), Problem> {
        let (at, each) = (self.at, dtype.bytes());
        let count = (stop - at) / each as u64;
        if count * each as u64 != stop - at {
            let what = format!("{} bytes of numbers at byte {at}, which are {each} bytes each", stop - at);
            return Err(Problem::damaged(what));
        }
        // The bytes are there as far as the file's length tells the truth; no more is set aside than they fill.
        found.reserve_exact(usize::try_from(count).unwrap_or(usize::MAX));
        let mut buffer = [0; CHUNK];
        while self.at < stop {
            let step = usize::try_from(stop - self.at).unwrap_or(CHUNK).min(CHUNK);
            self.exactly(&mut buffer[..step])?;
            found.extend(dtype.to_f32(&buffer[..step]));
        }
        Ok(())
    }

    /// One number of a fixed size, behind those that there are.
    pub(super) fn one(&mut self, dtype: Dtype, found: &mut Vec<f32>) -> Result<(), Problem> {
        let mut bytes = [0; 8];
        let bytes = &mut bytes[..dtype.bytes()];
        self.exactly(bytes)?;
        found.extend(dtype.to_f32(bytes));
        Ok(())
    }

    /// One number of a variable size in a message that ends at `end`.
    pub(super) fn varint(&mut self, end: u64) -> Result<u64, Problem> {
        let at = self.at;
        let mut value = 0u64;
        for place in 0..10 {
            if self.at == end {
                return Err(self.cut(at, end));
            }
            let byte = self.fill()?[0];
            self.consume(1);
            // The tenth byte has room for one bit.
            if place == 9 && byte > 1 {
                break;
            }
            value |= u64::from(byte & 0x7f) << (7 * place);
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Problem::damaged(format!("the number at byte {at} does not end within ten bytes")))
    }

    fn within(&self, length: u64, end: u64, kind: Kind) -> Result<Kind, Problem> {
        if length <= end - self.at { Ok(kind) } else { Err(self.cut(self.at, end)) }
    }

    /// What is wrong where something at `at` goes on behind the end of the message that it is in.
    fn cut(&self, at: u64, end: u64) -> Problem {
        if end == self.length {
            return Problem::damaged(format!("the file ends at byte {end}, in the middle of what begins at byte {at}"));
        }
        Problem::damaged(format!("what begins at byte {at} goes on behind byte {end}, where its message ends"))
    }

    fn exactly(&mut self, bytes: &mut [u8]) -> Result<(), Problem> {
        self.source.read_exact(bytes).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => self.shorter(),
            _ => error.into(),
        })?;
        self.at += bytes.len() as u64;
        Ok(())
    }

    /// What is there of the rest, at least one byte.
    fn fill(&mut self) -> Result<&[u8], Problem> {
        if self.source.fill_buf()?.is_empty() {
            return Err(self.shorter());
        }
        Ok(self.source.fill_buf()?)
    }

    fn consume(&mut self, count: usize) {
        self.source.consume(count);
        self.at += count as u64;
    }

    fn shorter(&self) -> Problem {
        Problem::damaged(format!("the file ends at byte {} or soon after, and not at byte {}", self.at, self.length))
    }
}
