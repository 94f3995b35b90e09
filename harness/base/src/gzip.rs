//! Text packed with gzip: the same text always gives the same bytes, since no time or name is written.

use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;

/// Packs bytes as tightly as gzip can.
///
/// # Errors
/// None that is known: it writes to memory.
pub fn pack(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// Unpacks at most `limit` bytes.
///
/// # Errors
/// What is no gzip file, is cut short, or holds more than `limit` bytes.
pub fn unpack(bytes: &[u8], limit: u64) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    MultiGzDecoder::new(bytes).take(limit.saturating_add(1)).read_to_end(&mut text)?;
    if text.len() as u64 > limit {
        return Err(io::Error::other(format!("it unpacks to more than {limit} bytes")));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_packed_comes_back(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
            let packed = pack(&bytes).unwrap();
            prop_assert_eq!(&packed, &pack(&bytes).unwrap());
            prop_assert_eq!(unpack(&packed, 2000).unwrap(), bytes);
        }
    }

    #[test]
    fn bombs_and_stumps_are_refused() {
        let packed = pack(&[0; 10_000]).unwrap();
        assert!(unpack(&packed, 9_999).is_err());
        assert!(unpack(&packed[..packed.len() - 1], 10_000).is_err());
        assert!(unpack(b"no gzip", 10).is_err());
    }
}
