//! Named streams of random numbers: (seed, purpose, index) says every number, on any machine and with any threads.
//!
//! Must not use libtorch's generators, whose numbers belong to one version.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};
use sha2::{Digest as _, Sha256};

/// One stream.
#[derive(Debug, Clone)]
pub struct Stream(ChaCha8Rng);

impl Stream {
    /// The stream of that name: `purpose` says what the numbers are for (`weights`), `index` which of many.
    #[must_use]
    pub fn new(seed: u64, purpose: &str, index: u64) -> Stream {
        let mut hash = Sha256::new();
        hash.update(seed.to_le_bytes());
        hash.update(purpose.as_bytes());
        let mut generator = ChaCha8Rng::from_seed(hash.finalize().into());
        generator.set_stream(index);
        Stream(generator)
    }

    /// Fills with uniform numbers in [-bound, bound).
    pub fn fill(&mut self, out: &mut [f32], bound: f32) {
        for value in out {
            // 24 bits are all that an f32 in [0, 1) can hold evenly.
            let unit = (self.0.next_u32() >> 8) as f32 * (1.0 / 16_777_216.0);
            *value = (unit * 2.0 - 1.0) * bound;
        }
    }
}

impl Stream {
    /// A uniform number in [0, 1), with 53 bits.
    #[must_use]
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// A uniform number in [low, high).
    #[must_use]
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A whole number below `bound`, evenly (by rejection); 0 where `bound` is 0.
    #[must_use]
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound < 2 {
            return 0;
        }
        let fair = u64::MAX - u64::MAX % bound;
        loop {
            let number = self.0.next_u64();
            if number < fair {
                return number % bound;
            }
        }
    }

    /// A number from the standard normal distribution (Box and Muller 1958), computed alike on every machine.
    #[must_use]
    pub fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.unit()));
        radius * libm::cos(std::f64::consts::TAU * self.unit())
    }

    /// `count` numbers from the standard normal distribution.
    #[must_use]
    pub fn normals(&mut self, count: usize) -> Vec<f32> {
        std::iter::repeat_with(|| self.normal() as f32).take(count).collect()
    }

    /// The numbers 0 to `count` - 1 in a random order (Fisher and Yates).
    #[must_use]
    pub fn permutation(&mut self, count: usize) -> Vec<i64> {
        let mut order: Vec<i64> = (0..count).map(|index| i64::try_from(index).unwrap_or(i64::MAX)).collect();
        for last in (1..count).rev() {
            let other = self.below(last as u64 + 1);
            order.swap(last, usize::try_from(other).unwrap_or(0));
        }
        order
    }

    /// A dropout mask: 0 with probability `p`, to 1/65536, and 1 / (1 - p) else.
    #[must_use]
    pub fn mask(&mut self, count: usize, p: f64) -> Vec<f32> {
        let mut bytes = vec![0; 2 * count];
        self.0.fill_bytes(&mut bytes);
        let dropped = (p * 65_536.0).round() as u32;
        let kept = (1.0 / (1.0 - p)) as f32;
        let number = |pair: &[u8]| u32::from(u16::from_le_bytes([pair[0], pair[1]]));
        let mut mask = vec![0.0; count];
        for (value, pair) in mask.iter_mut().zip(bytes.chunks_exact(2)) {
            *value = if number(pair) < dropped { 0.0 } else { kept };
        }
        mask
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
    fn normals_masks_and_orders_are_what_they_say() {
        let mut stream = Stream::new(1, "test", 0);
        let normals = stream.normals(20_000);
        let mean = normals.iter().map(|x| f64::from(*x)).sum::<f64>() / 20_000.0;
        let variance = normals.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / 20_000.0;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.04, "{mean} {variance}");
        let mask = stream.mask(20_000, 0.2);
        assert!(mask.iter().all(|x| *x == 0.0 || *x == 1.25));
        let dropped = mask.iter().filter(|x| **x == 0.0).count();
        assert!((3_700..4_300).contains(&dropped), "{dropped}");
        let mut order = stream.permutation(1000);
        assert_ne!(order[..10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        order.sort_unstable();
        assert!(order.iter().enumerate().all(|(index, number)| index as i64 == *number));
        assert!((0..1000).all(|_| stream.below(7) < 7));
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
