//! Many tests at once: Holm's correction.

/// Holm's adjusted p-values, in the order given: with `m` tests the smallest p is multiplied by m, the next by m - 1 and so
/// on, never below one before it, at most 1. To call false what has an adjusted p below α errs with a probability of at
/// most α, whatever depends on what (S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian
/// Journal of Statistics 6 (1979), 65-70).
#[must_use]
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    let mut adjusted = vec![1.0; p.len()];
    let mut least: f64 = 0.0;
    for (place, index) in order.into_iter().enumerate() {
        least = least.max((p.len() - place) as f64 * p[index]).min(1.0);
        adjusted[index] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_in_a_textbook() {
        assert_eq!(holm(&[0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02]);
        assert_eq!(holm(&[0.0, 0.9]), [0.0, 0.9]);
        assert!(holm(&[]).is_empty());
    }
}
