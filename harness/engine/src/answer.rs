//! From the logits of an image's views to its five best classes.
//!
//! Must not know the true class.

use spec::protocol::Average;

/// How many classes are kept.
const KEPT: usize = 5;

/// Joins views as they come.
#[derive(Debug, Clone)]
pub struct Answer {
    average: Average,
    sums: Vec<f64>,
    /// The weights of the views so far.
    weight: f64,
}

impl Answer {
    /// No views yet.
    #[must_use]
    pub fn new(average: Average) -> Answer {
        Answer { average, sums: Vec::new(), weight: 0.0 }
    }

    /// Adds one view's logits, which count `weight` beside the other views'.
    pub fn add(&mut self, logits: &[f32], weight: f64) {
        let logits: Vec<f64> = logits.iter().map(|logit| f64::from(*logit)).collect();
        let scores = match self.average {
            Average::Softmax => softmax(&logits),
            Average::Logits => logits,
        };
        self.sums.resize(scores.len(), 0.0);
        self.sums.iter_mut().zip(scores).for_each(|(sum, score)| *sum += weight * score);
        self.weight += weight;
    }

    /// The five best classes and their softmax probabilities, best first; of equals the smaller class first.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "probabilities are kept in single precision")]
    pub fn top(&self) -> Vec<(u32, f32)> {
        let mean: Vec<f64> = self.sums.iter().map(|sum| sum / self.weight).collect();
        let probabilities = match self.average {
            Average::Softmax => mean,
            Average::Logits => softmax(&mean),
        };
        let mut classes: Vec<(u32, f32)> = (0..).zip(probabilities.iter().map(|p| *p as f32)).collect();
        classes.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        classes.truncate(KEPT);
        classes
    }
}

/// In f64, shifted by the largest logit so that nothing overflows.
fn softmax(logits: &[f64]) -> Vec<f64> {
    let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = logits.iter().map(|logit| (logit - largest).exp()).collect();
    let sum: f64 = powers.iter().sum();
    powers.into_iter().map(|power| power / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_are_ordered_by_class() {
        let mut answer = Answer::new(Average::Softmax);
        answer.add(&[0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0], 1.0);
        assert_eq!(answer.top().iter().map(|(class, _)| *class).collect::<Vec<_>>(), [1, 2, 0, 3, 4]);
    }

    #[test]
    fn the_two_averages_differ_as_they_should() {
        let views = [[0.0f32, 2.0_f32.ln()], [0.0, 8.0_f32.ln()]];
        let score = |average| {
            let mut answer = Answer::new(average);
            views.iter().for_each(|view| answer.add(view, 1.0));
            answer.top()[0]
        };
        // (2/3 + 8/9) / 2, and the softmax of (ln 2 + ln 8) / 2 = ln 4.
        assert_eq!(score(Average::Softmax).0, 1);
        assert!((score(Average::Softmax).1 - 7.0 / 9.0).abs() < 1e-6);
        assert!((score(Average::Logits).1 - 0.8).abs() < 1e-6);
    }

    #[test]
    fn views_count_by_their_weight() {
        let mut answer = Answer::new(Average::Softmax);
        answer.add(&[0.0, 2.0_f32.ln()], 2.0);
        answer.add(&[3.0_f32.ln(), 0.0], 0.5);
        // (2 · 2/3 + 0.5 · 1/4) / 2.5
        let (class, score) = answer.top()[0];
        assert_eq!(class, 1);
        assert!((f64::from(score) - (4.0 / 3.0 + 0.125) / 2.5).abs() < 1e-6);
    }

    #[test]
    fn large_logits_do_not_overflow() {
        let mut answer = Answer::new(Average::Softmax);
        answer.add(&[1000.0, 0.0], 1.0);
        assert_eq!(answer.top(), [(0, 1.0), (1, 0.0)]);
    }
}
