//! Whether a shared library is whole, by its own header: one that was cut short is loaded all the same, and whoever calls
//! into what is missing dies of SIGBUS.
//!
//! Must not read more than headers.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

/// Bytes of a 64-bit file's header, and of an entry of its table of segments.
const HEADER: usize = 64;
const SEGMENT: usize = 56;

/// Why a library cannot be whole, as the end of a sentence; None for one that is, and for what is no 64-bit little-endian
/// ELF file (a link script), which is not looked at.
pub(crate) fn cut_short(path: &Path) -> Option<String> {
    let mut file = fs_err::File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    let mut head = [0; HEADER];
    file.read_exact(&mut head).ok()?;
    if head[..6] != *b"\x7fELF\x02\x01" {
        return None;
    }
    let sections = long(&head, 40).saturating_add(short(&head, 58) * short(&head, 60));
    let (segments, size, count) = (long(&head, 32), short(&head, 54), short(&head, 56));
    let mut wanted = sections.max(segments.saturating_add(size * count));
    if wanted <= length && size as usize >= SEGMENT {
        file.seek(SeekFrom::Start(segments)).ok()?;
        let mut table = vec![0; usize::try_from(size * count).ok()?];
        file.read_exact(&mut table).ok()?;
        let ends = table.chunks_exact(size as usize).map(|entry| long(entry, 8).saturating_add(long(entry, 32)));
        wanted = ends.fold(wanted, u64::max);
    }
    (wanted > length).then(|| format!("is cut short: it has {length} bytes and needs {wanted}"))
}

fn short(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 2).map_or(0, |pair| u64::from(pair[0]) | u64::from(pair[1]) << 8)
}

fn long(bytes: &[u8], at: usize) -> u64 {
    (0..4).map(|word| short(bytes, at + 2 * word) << (16 * word)).fold(0, |sum, part| sum | part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_that_ends_too_soon_is_told_and_a_whole_one_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.so");
        // This very program is one.
        let whole = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        std::fs::write(&path, &whole).unwrap();
        assert_eq!(cut_short(&path), None);
        for length in [whole.len() - 1, whole.len() / 2, 1000] {
            std::fs::write(&path, &whole[..length]).unwrap();
            assert!(cut_short(&path).unwrap().starts_with(&format!("is cut short: it has {length} bytes")));
        }
        for other in [&b""[..], b"INPUT(libc.so.6)", &[0; 100]] {
            std::fs::write(&path, other).unwrap();
            assert_eq!(cut_short(&path), None);
        }
    }
}
