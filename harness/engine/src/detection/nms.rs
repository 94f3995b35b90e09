//! Greedy non-maximum suppression: of boxes that share much, the one of the greatest score stays.
//!
//! Must not mix classes: the caller suppresses each by itself.

use base::boxes::Bounds;

/// The places of the boxes that stay, the surest first; a box goes that shares more than `overlap` (intersection over union) with
/// one that stays. Of equally sure ones the first comes first. A score that is no number is the least of all.
#[must_use]
pub fn suppress(boxes: &[Bounds], scores: &[f32], overlap: f64, most: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..boxes.len().min(scores.len())).collect();
    let sure = |place: &usize| if scores[*place].is_nan() { f32::NEG_INFINITY } else { scores[*place] };
    order.sort_by(|one, other| sure(other).total_cmp(&sure(one)));
    let areas: Vec<f64> = boxes.iter().map(Bounds::area).collect();
    let mut stays: Vec<usize> = Vec::new();
    for place in order {
        if stays.len() == most {
            break;
        }
        let own = &boxes[place];
        let is_taken = |other: &usize| shares(own, &boxes[*other], areas[place] + areas[*other], overlap);
        if !stays.iter().any(is_taken) {
            stays.push(place);
        }
    }
    stays
}

/// Whether two boxes, whose areas come to `areas` together, share more than that; without a division.
fn shares(one: &Bounds, other: &Bounds, areas: f64, overlap: f64) -> bool {
    let shared = one.shared(other);
    shared > 0.0 && shared > overlap * (areas - shared)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn square(left: f64, top: f64) -> Bounds {
        Bounds::new([left, top, left + 10.0, top + 10.0])
    }

    #[test]
    fn the_surest_stays_and_ties_go_to_the_first() {
        let boxes = [square(0.0, 0.0), square(1.0, 0.0), square(50.0, 0.0), square(50.0, 1.0)];
        assert_eq!(suppress(&boxes, &[0.1, 0.9, 0.5, 0.5], 0.5, 10), [1, 2]);
        assert_eq!(suppress(&boxes, &[0.1, 0.9, 0.5, 0.5], 0.9, 10), [1, 2, 3, 0]);
        assert_eq!(suppress(&boxes, &[0.1, 0.9, 0.5, 0.5], 0.9, 2), [1, 2]);
        assert_eq!(suppress(&boxes, &[f32::NAN, 0.9, 0.5, 0.5], 0.5, 10), [1, 2]);
        assert!(suppress(&[], &[], 0.5, 10).is_empty());
    }

    proptest! {
        #[test]
        fn what_stays_shares_little_and_what_goes_shares_much_with_something_surer(
            corners in proptest::collection::vec((0.0_f64..60.0, 0.0_f64..60.0, 0_u8..8), 0..40),
        ) {
            let boxes: Vec<Bounds> = corners.iter().map(|(left, top, _)| square(*left, *top)).collect();
            let scores: Vec<f32> = corners.iter().map(|(_, _, score)| f32::from(*score)).collect();
            let stays = suppress(&boxes, &scores, 0.3, usize::MAX);
            for (number, place) in stays.iter().enumerate() {
                prop_assert!(stays[..number].iter().all(|other| boxes[*other].iou(&boxes[*place]) <= 0.3 + 1e-12));
            }
            for place in (0..boxes.len()).filter(|place| !stays.contains(place)) {
                let surer = |other: &&usize| scores[**other] >= scores[place];
                prop_assert!(stays.iter().filter(surer).any(|other| boxes[*other].iou(&boxes[place]) > 0.3 - 1e-12));
            }
        }
    }
}
