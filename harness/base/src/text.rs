//! Text as programs write it into files.
//!
//! Must not read a file.

/// The mark of the order of bytes, which some programs write before text and which is no part of it.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// A text without the mark of the order of bytes, if it begins with one.
#[must_use]
pub fn unmarked(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(MARK).unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mark_at_the_beginning_is_no_text() {
        assert_eq!(unmarked("\u{feff}a\u{feff}".as_bytes()), "a\u{feff}".as_bytes());
        assert_eq!((unmarked(b"a"), unmarked(b"\xef\xbb")), (&b"a"[..], &b"\xef\xbb"[..]));
    }
}
