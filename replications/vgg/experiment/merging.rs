//! Greedy merging of boxes (appendix A; Sermanet et al. 2014, section 4.3): the nearest two become their mean, until the nearest
//! two are too far apart. What is left is rated by the scores of all that it was made of.
//!
//! Neither paper prints how distance is measured. Must not know classes.

use base::boxes::Bounds;

/// A box and its score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scored {
    pub(super) bounds: Bounds,
    pub(super) score: f64,
}

/// How far apart two boxes are: the distance of their centres over `side`, less their intersection over union.
fn distance(one: &Bounds, other: &Bounds, side: f64) -> f64 {
    let ([x, y], [other_x, other_y]) = (one.centre(), other.centre());
    let (across, down) = (x - other_x, y - other_y);
    libm::sqrt(across * across + down * down) / side - one.iou(other)
}

/// Merges while the nearest two are no further apart than `below`; of several pairs the first.
pub(super) fn merged(mut boxes: Vec<Scored>, side: f64, below: f64) -> Vec<Scored> {
    loop {
        let mut nearest: Option<(f64, usize, usize)> = None;
        for (first, one) in boxes.iter().enumerate() {
            for (second, other) in boxes.iter().enumerate().skip(first + 1) {
                let away = distance(&one.bounds, &other.bounds, side);
                if nearest.is_none_or(|(least, _, _)| away < least) {
                    nearest = Some((away, first, second));
                }
            }
        }
        let Some((_, first, second)) = nearest.filter(|(away, _, _)| *away <= below) else { return boxes };
        let (one, other) = (boxes[first], boxes.remove(second));
        boxes[first] = Scored { bounds: one.bounds.mean(&other.bounds), score: one.score + other.score };
    }
}

/// The box of the greatest score, the first of equals.
pub(super) fn best(boxes: &[Scored]) -> Option<Scored> {
    boxes.iter().copied().reduce(|best, one| if one.score > best.score { one } else { best })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::golden::{golden, numbers};
    use super::*;

    fn bounds(value: &Value) -> Bounds {
        Bounds::new(numbers(value).try_into().unwrap())
    }

    #[test]
    fn merging_is_that_of_an_independent_computation() {
        let golden = golden();
        let cases = golden["merging"].as_array().unwrap();
        assert!(cases.len() >= 10);
        for (number, case) in cases.iter().enumerate() {
            let boxes = case["boxes"].as_array().unwrap().iter().map(bounds);
            let given: Vec<Scored> =
                boxes.zip(numbers(&case["scores"])).map(|(bounds, score)| Scored { bounds, score }).collect();
            let found = merged(given, case["side"].as_f64().unwrap(), case["below"].as_f64().unwrap());
            let wanted = case["merged"].as_array().unwrap();
            assert_eq!(found.len(), wanted.len(), "case {number}");
            for (one, wanted) in found.iter().zip(wanted) {
                let edges = one.bounds.edges().into_iter().zip(bounds(&wanted["box"]).edges());
                for (found, wanted) in edges.chain([(one.score, wanted["score"].as_f64().unwrap())]) {
                    assert!((found - wanted).abs() < 1e-6, "case {number}: {found} is not {wanted}");
                }
            }
            let place = case["best"].as_u64().map(|place| found[usize::try_from(place).unwrap()]);
            assert_eq!(best(&found), place, "case {number}");
        }
    }
}
