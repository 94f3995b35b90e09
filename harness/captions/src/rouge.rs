//! ROUGE-L (Lin 2004) as the caption tools compute it.
//!
//! Must not average over images.

use crate::sentence::Described;

/// How much recall weighs against precision.
const BETA: f64 = 1.2;

/// The F-measure of the longest common subsequences with the references, 0 to 1: the largest precision and the largest recall, which may
/// be of two references. 0 without references.
#[must_use]
pub fn rouge_l(described: &Described) -> f64 {
    let candidate = &described.candidate.tokens;
    let (mut precision, mut recall) = (0.0_f64, 0.0_f64);
    for reference in &described.references {
        let common = longest_common(candidate, &reference.tokens) as f64;
        precision = precision.max(common / candidate.len() as f64);
        recall = recall.max(common / reference.tokens.len() as f64);
    }
    if precision == 0.0 || recall == 0.0 {
        return 0.0;
    }
    (1.0 + BETA * BETA) * precision * recall / (recall + BETA * BETA * precision)
}

/// The length of the longest common subsequence.
fn longest_common(one: &[u32], other: &[u32]) -> usize {
    let mut row = vec![0; other.len() + 1];
    for word in one {
        let mut diagonal = 0;
        let mut left = 0;
        for (own, above) in other.iter().zip(row.iter_mut().skip(1)) {
            let here = if word == own { diagonal + 1 } else { left.max(*above) };
            diagonal = std::mem::replace(above, here);
            left = here;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Words;

    #[test]
    fn the_longest_common_subsequence_need_not_stand_together() {
        let mut words = Words::default();
        // Lin 2004, section 3: `police kill the gunman` shares three words in order with the reference.
        let one = words.described("police kill the gunman", ["police killed the gunman"]);
        assert_eq!(longest_common(&one.candidate.tokens, &one.references[0].tokens), 3);
        assert!((rouge_l(&one) - 0.75).abs() < 1e-12);
        let two = words.described("the gunman kill police", ["police killed the gunman"]);
        assert!((rouge_l(&two) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn precision_and_recall_may_be_of_two_references() {
        let mut words = Words::default();
        let one = words.described("a b", ["a b c d", "a"]);
        // The first has precision 1 and recall 1/2, the second precision 1/2 and recall 1.
        assert!((rouge_l(&one) - 1.0).abs() < 1e-12);
        assert_eq!(rouge_l(&words.described("a", ["b"])), 0.0);
        assert_eq!(rouge_l(&words.described("", ["b"])), 0.0);
        assert_eq!(rouge_l(&words.described("a", [])), 0.0);
    }
}
