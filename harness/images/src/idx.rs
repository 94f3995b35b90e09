//! idx files (LeCun's format of the MNIST files): a head with the sides, then unsigned bytes, the last side fastest.
//!
//! Must not say what the numbers are: pixels of grey images or classes.

/// What an idx file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idx {
    /// The sides, as many as were asked for: `[N]` for labels, `[N, H, W]` for images.
    pub sides: Vec<usize>,
    /// The numbers.
    pub bytes: Vec<u8>,
}

/// Why a file is no idx file of unsigned bytes with the sides that were asked for; where, its caller knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Another kind of file.
    #[error("is no idx file: it begins with {0}; see that the right file lies there, unpacked")]
    Other(String),
    /// An idx file of another kind of numbers, or with another number of sides.
    #[error(
        "is an idx file of {found}, wanted are unsigned bytes with {wanted} side(s); see that the right file lies there"
    )]
    Kind {
        /// What the head says.
        found: String,
        /// Sides that were asked for.
        wanted: u8,
    },
    /// Fewer or more bytes than the head announces.
    #[error(
        "has {found} bytes where its head announces {announced}: cut short or damaged; fetch it again (`harness data verify` says which bytes differ)"
    )]
    Length {
        /// Bytes after the head.
        found: usize,
        /// What the sides come to, in words.
        announced: String,
    },
}

/// Reads a file of unsigned bytes with so many sides.
///
/// # Errors
/// See [`Problem`].
pub fn parse(file: &[u8], sides: u8) -> Result<Idx, Problem> {
    let [0, 0, kind, found, rest @ ..] = file else {
        let first: Vec<String> = file.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        return Err(Problem::Other(if first.is_empty() { "nothing".to_owned() } else { first.join(" ") }));
    };
    if (*kind, *found) != (8, sides) {
        let numbers = match kind {
            8 => "unsigned bytes".to_owned(),
            other => format!("numbers of the kind 0x{other:02x}"),
        };
        return Err(Problem::Kind { found: format!("{numbers} with {found} side(s)"), wanted: sides });
    }
    let (head, bytes) = rest.split_at_checked(4 * usize::from(sides)).unwrap_or((&[], rest));
    let sides: Vec<usize> = head.as_chunks().0.iter().map(|side| u32::from_be_bytes(*side) as usize).collect();
    let count = sides.iter().try_fold(1usize, |product, side| product.checked_mul(*side));
    if sides.len() != usize::from(*found) || count != Some(bytes.len()) {
        let announced = sides.iter().map(ToString::to_string).collect::<Vec<_>>().join(" × ");
        let announced = if announced.is_empty() { "its sides".to_owned() } else { announced };
        return Err(Problem::Length { found: bytes.len(), announced });
    }
    Ok(Idx { sides, bytes: bytes.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_labels_and_what_is_neither() {
        let images = [&[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3][..], &[51; 12]].concat();
        assert_eq!(parse(&images, 3), Ok(Idx { sides: vec![2, 2, 3], bytes: vec![51; 12] }));
        let labels = [0, 0, 8, 1, 0, 0, 0, 2, 7, 9];
        assert_eq!(parse(&labels, 1), Ok(Idx { sides: vec![2], bytes: vec![7, 9] }));
        let told = |bytes: &[u8], sides| parse(bytes, sides).unwrap_err().to_string();
        assert!(told(&labels, 3).starts_with("is an idx file of unsigned bytes with 1 side(s), wanted"));
        assert!(told(&[0, 0, 0x0d, 1, 0, 0, 0, 0], 1).contains("the kind 0x0d"));
        // Still packed, and nothing at all.
        assert!(told(&[0x1f, 0x8b, 8, 0, 0, 0], 3).contains("it begins with 1f 8b 08 00"));
        assert!(told(&[], 3).contains("it begins with nothing"));
        for damaged in [&images[..20], &images[..9], &images[..4], &[&images[..], &[0]].concat()] {
            assert!(told(damaged, 3).contains("fetch it again"), "{damaged:?}");
        }
        let vast = [&[0, 0, 8, 3][..], &[0xff; 12]].concat();
        assert!(told(&vast, 3).contains("4294967295 × 4294967295 × 4294967295"));
    }
}
