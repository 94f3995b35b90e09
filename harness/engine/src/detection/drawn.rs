//! Which regions of a picture are learned from in a step (Girshick 2015, section 2.3), and what they are to say.
//!
//! Must not know networks.

use base::boxes::Bounds;
use replications::detectors::Sampling;

use super::labels::{Nearest, nearest};
use crate::input::objects::Object;
use crate::streams::Stream;

/// A region that is learned from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drawn {
    /// Where it is.
    pub bounds: Bounds,
    /// The object that it is on: its class, and the numbers that lead to it ([`Bounds::encode`]). None: background.
    pub object: Option<(u32, [f64; 4])>,
}

/// What a region is to say; None where it is learned from as nothing.
fn told(region: &Bounds, nearest: &Nearest, truths: &[Object], sampling: &Sampling) -> Option<Drawn> {
    let Nearest { overlap, truth } = *nearest;
    if overlap >= sampling.foreground_from && !truths.is_empty() {
        let own = &truths[truth];
        return Some(Drawn { bounds: *region, object: Some((own.class, region.encode(&own.bounds))) });
    }
    (overlap >= sampling.background_from).then_some(Drawn { bounds: *region, object: None })
}

/// What every region is to say, in their order.
#[must_use]
pub fn all_told(regions: &[Bounds], truths: &[Object], sampling: &Sampling) -> Vec<Option<Drawn>> {
    let boxes: Vec<Bounds> = truths.iter().map(|object| object.bounds).collect();
    let most = nearest(regions, &boxes);
    regions.iter().zip(&most).map(|(region, nearest)| told(region, nearest, truths, sampling)).collect()
}

/// The regions of one step, at random: those on objects first, and then as many others as there is room for. Regions without an
/// area are passed over.
#[must_use]
pub fn drawn(regions: &[Bounds], truths: &[Object], sampling: &Sampling, stream: &mut Stream) -> Vec<Drawn> {
    let all: Vec<Drawn> = all_told(regions, truths, sampling).into_iter().flatten().collect();
    let all: Vec<Drawn> = all.into_iter().filter(|one| one.bounds.area() > 0.0).collect();
    let order = stream.permutation(all.len());
    let order: Vec<&Drawn> = order.into_iter().filter_map(|place| all.get(usize::try_from(place).ok()?)).collect();
    let most = (sampling.regions as f64 * sampling.foreground).round() as usize;
    let on_objects = order.iter().filter(|one| one.object.is_some()).take(most).map(|one| **one);
    let mut chosen: Vec<Drawn> = on_objects.collect();
    let room = sampling.regions.saturating_sub(chosen.len());
    chosen.extend(order.iter().filter(|one| one.object.is_none()).take(room).map(|one| **one));
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_is_on_objects_and_the_rest_is_near_them() {
        let at = |left: f64| Bounds::new([left, 0.0, left + 10.0, 10.0]);
        let truths = [Object { class: 3, bounds: at(0.0), difficult: false }];
        let regions: Vec<Bounds> = (0..40).map(|place| at(f64::from(place) / 2.0)).collect();
        let sampling = Sampling { regions: 16, foreground: 0.25, foreground_from: 0.5, background_from: 0.1 };
        let one = drawn(&regions, &truths, &sampling, &mut Stream::new(1, "test", 0));
        // 7 of the regions share half or more (up to 3 pixels away), 10 more a tenth or more: 4 are wanted of the first.
        let on_objects = one.iter().filter(|one| one.object.is_some()).count();
        assert_eq!((one.len(), on_objects), (14, 4));
        for own in &one {
            let overlap = own.bounds.iou(&truths[0].bounds);
            match own.object {
                Some((class, numbers)) => {
                    assert!(overlap >= 0.5 && class == 3);
                    assert!((own.bounds.decode(numbers).left - truths[0].bounds.left).abs() < 1e-9);
                }
                None => assert!((0.1..0.5).contains(&overlap), "{overlap}"),
            }
        }
        assert_eq!(one, drawn(&regions, &truths, &sampling, &mut Stream::new(1, "test", 0)));
        assert_ne!(one, drawn(&regions, &truths, &sampling, &mut Stream::new(2, "test", 0)));
        assert!(drawn(&regions, &[], &sampling, &mut Stream::new(1, "test", 0)).is_empty());
        let from_nothing = Sampling { background_from: 0.0, ..sampling };
        assert_eq!(drawn(&regions, &[], &from_nothing, &mut Stream::new(1, "test", 0)).len(), 16);
    }
}
