//! A fast hash for the words and edges of the paraphrase table.
//!
//! The table is read in one go of 30 million look-ups, of which the standard hash would take half the time. Its keys
//! come from a published file, so that nobody can choose them to collide.

use std::hash::{BuildHasherDefault, Hasher};

/// Builds the hashers of the table's maps.
pub(super) type FastHash = BuildHasherDefault<Multiply>;

/// A hash by multiplication and rotation, eight bytes at a time.
#[derive(Default)]
pub(super) struct Multiply(u64);

impl Multiply {
    fn add(&mut self, value: u64) {
        // The odd number next to 2^64 divided by the golden ratio: its bits spread those of the value.
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl Hasher for Multiply {
    fn write(&mut self, bytes: &[u8]) {
        let (eights, rest) = bytes.as_chunks::<8>();
        for eight in eights {
            self.add(u64::from_le_bytes(*eight));
        }
        // The last one to seven bytes: two fours that may overlap, or first, middle and last.
        let value = match (rest.first_chunk::<4>(), rest.last_chunk::<4>()) {
            (Some(first), Some(last)) => {
                u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last))
            }
            _ => match rest {
                [first] => u64::from(*first),
                [first, last] => u64::from(*first) << 8 | u64::from(*last),
                [first, middle, last] => u64::from(*first) << 16 | u64::from(*middle) << 8 | u64::from(*last),
                _ => return,
            },
        };
        self.add(value);
    }

    fn write_u16(&mut self, value: u16) {
        self.add(value.into());
    }

    fn write_u32(&mut self, value: u32) {
        self.add(value.into());
    }

    fn write_usize(&mut self, value: usize) {
        self.add(value as u64);
    }

    fn finish(&self) -> u64 {
        // Multiplication leaves the low bits poor, and the map looks at them first.
        self.0.rotate_left(26)
    }
}
