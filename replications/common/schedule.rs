//! Learning rates by step, as papers' recipes give them: stairs, and a low rate to begin with.
//!
//! Must not know whose recipe it is.

use serde::{Deserialize, Serialize};
use spec::load::{Findings, Step};

/// A number that is divided at some steps of a training, and the training's length. A training of another length has its
/// stairs at the same shares of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stairs {
    /// Its value in the first step.
    pub from: f64,
    /// It is divided by this.
    pub divided_by: f64,
    /// After so many steps.
    pub after: Vec<u64>,
    /// Steps of the whole training.
    pub of: u64,
}

impl Stairs {
    /// Its value in step `step`, counted from 0, of a training of `total` steps.
    #[must_use]
    pub fn at(&self, step: u64, total: u64) -> f64 {
        // In whole numbers, so that a training of the paper's own length has its stairs at the paper's own steps.
        let done = |after: &u64| {
            u128::from(step) * u128::from(self.of.max(1)) >= u128::from(*after) * u128::from(total.max(1))
        };
        let stairs = self.after.iter().filter(|after| done(after)).count();
        self.from / self.divided_by.powi(i32::try_from(stairs).unwrap_or(i32::MAX))
    }

    /// `0.1, divided by 10 after 32,000 and 48,000 of 64,000 steps`.
    #[must_use]
    pub fn words(&self) -> String {
        let after: Vec<String> = self.after.iter().map(|step| base::words::thousands(*step)).collect();
        let of = base::words::thousands(self.of);
        match after.split_last() {
            None => self.from.to_string(),
            Some((last, [])) => format!("{}, divided by {} after {last} of {of} steps", self.from, self.divided_by),
            Some((last, before)) => {
                format!(
                    "{}, divided by {} after {} and {last} of {of} steps",
                    self.from,
                    self.divided_by,
                    before.join(", ")
                )
            }
        }
    }

    /// Reports what no training could follow.
    pub fn check(&self, place: &[Step<'_>], findings: &mut Findings<'_, '_>) {
        let positive = |number: f64| number.is_finite() && number > 0.0;
        if !(positive(self.from) && positive(self.divided_by)) {
            findings.add(place, "`from` and `divided_by` must be positive numbers");
        }
        if self.after.windows(2).any(|pair| pair[0] >= pair[1])
            || self.after.last().is_some_and(|last| *last >= self.of)
        {
            findings.add(place, "the steps of `after` must rise, all of them below `of`");
        }
    }
}

/// A training that begins at a low learning rate, until its error has fallen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LowStart {
    /// The networks that begin so.
    pub networks: Vec<String>,
    /// Their learning rate until then.
    pub learning_rate: f64,
    /// Until the error on training pictures is below this, in percent.
    pub until_error: f64,
    /// Counted over so many steps at a time.
    pub over_steps: u64,
}

impl LowStart {
    /// Reports what no training could follow.
    pub fn check(&self, place: &[Step<'_>], findings: &mut Findings<'_, '_>) {
        if !(self.learning_rate.is_finite() && self.learning_rate > 0.0) {
            findings.add(place, "`learning_rate` must be a positive number");
        }
        if !(self.until_error > 0.0 && self.until_error <= 100.0) || self.over_steps == 0 {
            findings.add(place, "`until_error` is a percentage above 0, `over_steps` one step or more");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stairs() -> Stairs {
        Stairs { from: 0.1, divided_by: 10.0, after: vec![32_000, 48_000], of: 64_000 }
    }

    #[test]
    fn stairs_are_at_the_papers_steps_and_at_the_same_shares_of_a_shorter_training() {
        let close = |found: f64, wanted: f64| assert!((found - wanted).abs() < 1e-12, "{found} is not {wanted}");
        for (step, wanted) in
            [(0, 0.1), (31_999, 0.1), (32_000, 0.01), (47_999, 0.01), (48_000, 0.001), (63_999, 0.001)]
        {
            close(stairs().at(step, 64_000), wanted);
        }
        for (step, wanted) in [(499, 0.1), (500, 0.01), (749, 0.01), (750, 0.001)] {
            close(stairs().at(step, 1000), wanted);
        }
        // Of an odd length, the first step that lies beyond the share.
        close(stairs().at(1, 3), 0.1);
        close(stairs().at(2, 3), 0.01);
        close(Stairs { after: Vec::new(), ..stairs() }.at(63_999, 64_000), 0.1);
    }

    #[test]
    fn they_are_told_in_words() {
        assert_eq!(stairs().words(), "0.1, divided by 10 after 32,000 and 48,000 of 64,000 steps");
        assert_eq!(Stairs { after: vec![5], of: 9, ..stairs() }.words(), "0.1, divided by 10 after 5 of 9 steps");
        assert_eq!(Stairs { after: Vec::new(), ..stairs() }.words(), "0.1");
    }
}
