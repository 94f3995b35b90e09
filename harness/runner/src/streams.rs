//! Named streams of random numbers: (seed, purpose, index) says every number, on any machine and with any threads.
//!
//! Must not use libtorch's generators, whose numbers belong to one version.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};
use sha2::{Digest as _, Sha256};

/// One stream.
#[derive(Debug, Clone)]
pub(crate) struct Stream(ChaCha8Rng);

impl Stream {
    /// The stream of that name: `purpose` says what the numbers are for (`weights`), `index` which of many.
    #[must_use]
    pub(crate) fn new(seed: u64, purpose: &str, index: u64) -> Stream {
        let mut hash = Sha256::new();
        hash.update(seed.to_le_bytes());
        hash.update(purpose.as_bytes());
        let mut generator = ChaCha8Rng::from_seed(hash.finalize().into());
        generator.set_stream(index);
        Stream(generator)
    }

    /// Fills with uniform numbers in [-bound, bound).
    pub(crate) fn fill(&mut self, out: &mut [f32], bound: f32) {
        for value in out {
            // 24 bits are all that an f32 in [0, 1) can hold evenly.
            let unit = (self.0.next_u32() >> 8) as f32 * (1.0 / 16_777_216.0);
            *value = (unit * 2.0 - 1.0) * bound;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(seed: u64, purpose: &str, index: u64) -> [f32; 3] {
        let mut out = [0.0; 3];
        Stream::new(seed, purpose, index).fill(&mut out, 1.0);
        out
    }

    #[test]
    fn a_name_says_the_numbers() {
        assert_eq!(first(1, "weights", 0), first(1, "weights", 0));
        let others = [first(2, "weights", 0), first(1, "input", 0), first(1, "weights", 1)];
        assert!(others.iter().all(|other| *other != first(1, "weights", 0)));
    }

    #[test]
    fn numbers_fill_their_range() {
        let mut out = vec![0.0; 10_000];
        Stream::new(7, "test", 3).fill(&mut out, 2.0);
        let mean = out.iter().sum::<f32>() / 10_000.0;
        assert!(mean.abs() < 0.05 && out.iter().all(|value| value.abs() <= 2.0), "{mean}");
        assert!(out.iter().any(|value| *value > 1.9) && out.iter().any(|value| *value < -1.9));
    }
}
