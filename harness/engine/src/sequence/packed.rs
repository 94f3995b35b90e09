//! How sequences of different lengths lie in one tensor: step by step, at each step those that are not at their end, the longest first.
//! So no step computes what would be thrown away.
//!
//! Must not hold their values.

use tch::{Device, Tensor};

use crate::error::Result;

/// The layout of some sequences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// The sequences' places, the longest first; of equally long ones the earlier.
    order: Vec<usize>,
    /// How many sequences have each step.
    sizes: Vec<usize>,
    lengths: Vec<usize>,
}

impl Packed {
    /// Sequences of those lengths; one without a step has no row.
    #[must_use]
    pub fn of(lengths: &[usize]) -> Packed {
        let mut order: Vec<usize> = (0..lengths.len()).collect();
        order.sort_by_key(|place| std::cmp::Reverse(lengths[*place]));
        let longest = lengths.iter().copied().max().unwrap_or(0);
        let sizes = (0..longest).map(|step| lengths.iter().filter(|length| **length > step).count()).collect();
        Packed { order, sizes, lengths: lengths.to_vec() }
    }

    /// Rows of all steps together.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.lengths.iter().sum()
    }

    /// How many sequences have each step.
    #[must_use]
    pub fn sizes(&self) -> &[usize] {
        &self.sizes
    }

    /// Each row's sequence and step.
    pub fn places(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let of_step = |(step, size): (usize, &usize)| self.order[..*size].iter().map(move |sequence| (*sequence, step));
        self.sizes.iter().enumerate().flat_map(of_step)
    }

    /// Of each row that of the same sequence where it is read from its end, `[rows]`.
    ///
    /// # Errors
    /// Memory that does not suffice.
    pub fn backwards(&self, device: Device) -> Result<Tensor> {
        let begins = self.begins();
        // Ranks are places in the order: the row of a sequence at a step is the step's first row and its rank.
        let mut ranks = vec![0; self.order.len()];
        for (rank, sequence) in self.order.iter().enumerate() {
            ranks[*sequence] = rank;
        }
        let row = |(sequence, step): (usize, usize)| {
            let other = self.lengths[sequence] - 1 - step;
            (begins[other] + ranks[sequence]) as i64
        };
        let rows: Vec<i64> = self.places().map(row).collect();
        Ok(Tensor::f_from_slice(&rows)?.f_to_device(device)?)
    }

    /// The last row of each sequence, in the sequences' own order; None for one without a step.
    #[must_use]
    pub fn last(&self) -> Vec<Option<usize>> {
        let begins = self.begins();
        let mut last = vec![None; self.order.len()];
        for (rank, sequence) in self.order.iter().enumerate() {
            last[*sequence] = self.lengths[*sequence].checked_sub(1).map(|step| begins[step] + rank);
        }
        last
    }

    /// The first row of each step.
    fn begins(&self) -> Vec<usize> {
        let begin = |row: &mut usize, size: &usize| {
            let own = *row;
            *row += size;
            Some(own)
        };
        self.sizes.iter().scan(0, begin).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_the_steps_of_those_that_go_on() {
        let packed = Packed::of(&[2, 0, 3, 2]);
        assert_eq!((packed.sizes(), packed.rows()), (&[3, 3, 1][..], 7));
        let places: Vec<(usize, usize)> = packed.places().collect();
        assert_eq!(places, [(2, 0), (0, 0), (3, 0), (2, 1), (0, 1), (3, 1), (2, 2)]);
        let backwards = Vec::<i64>::try_from(packed.backwards(Device::Cpu).unwrap()).unwrap();
        assert_eq!(backwards, [6, 4, 5, 3, 1, 2, 0]);
        assert_eq!(packed.last(), [Some(4), None, Some(6), Some(5)]);
        assert_eq!(Packed::of(&[]).rows(), 0);
    }
}
