//! A box as the network says it: centre, width and height in shares of the window that it looks at.
//!
//! Must not know networks.

use base::boxes::Bounds;
use images::Place;

/// Numbers of a box.
pub(super) const NUMBERS: usize = 4;

/// A window of a picture, in the picture's own pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Window {
    /// The part of the resized picture.
    bounds: Bounds,
    /// The resized picture's width and height over the picture's.
    scale: [f64; 2],
    /// Whether the network saw the mirror image of it.
    mirrored: bool,
}

impl Window {
    /// What a view of a picture of that width and height shows.
    pub(super) fn of(place: &Place, [width, height]: [u32; 2]) -> Window {
        let images::Window { left, top, width: across, height: down } = place.window;
        let [left, top, across, down] = [left, top, across, down].map(f64::from);
        Window {
            bounds: Bounds { left, top, right: left + across, bottom: top + down },
            scale: [f64::from(place.scaled.0) / f64::from(width), f64::from(place.scaled.1) / f64::from(height)],
            mirrored: place.mirrored,
        }
    }

    /// The window of that side at a place of what the network saw, in its pixels.
    pub(super) fn part(&self, [left, top]: [f64; 2], side: f64) -> Window {
        let seen = Bounds { left, top, right: left + side, bottom: top + side };
        let [width, _] = self.bounds.size();
        let seen = if self.mirrored { seen.mirrored(width) } else { seen };
        Window { bounds: seen.moved([self.bounds.left, self.bounds.top]), ..*self }
    }

    /// What the network should say of a box: centre across and down, width, height. What reaches out of the window is not cut
    /// off.
    pub(super) fn numbers(&self, own: &Bounds) -> [f64; NUMBERS] {
        let [width, height] = self.bounds.size();
        let seen = own.scaled(self.scale).moved([-self.bounds.left, -self.bounds.top]);
        let seen = if self.mirrored { seen.mirrored(width) } else { seen };
        let ([x, y], [across, down]) = (seen.centre(), seen.size());
        [x / width, y / height, across / width, down / height]
    }

    /// The box, in the picture's own pixels, that the network said. A width or height below 0 is none.
    pub(super) fn bounds(&self, [x, y, across, down]: [f64; NUMBERS]) -> Bounds {
        let [width, height] = self.bounds.size();
        let seen = Bounds::around([x * width, y * height], [across.max(0.0) * width, down.max(0.0) * height]);
        let seen = if self.mirrored { seen.mirrored(width) } else { seen };
        seen.moved([self.bounds.left, self.bounds.top]).scaled(self.scale.map(f64::recip))
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::{golden, numbers};
    use super::*;

    fn view(size: [u32; 2], scaled: (u32, u32), window: [u32; 4], mirrored: bool) -> Window {
        let [left, top, width, height] = window;
        let window = images::Window { left, top, width, height };
        Window::of(&Place { scaled, window, size: (width, height), mirrored, weight: 1.0 }, size)
    }

    #[test]
    fn boxes_in_views_are_those_of_an_independent_computation() {
        let golden = golden();
        let cases = golden["views"].as_array().unwrap();
        assert!(cases.len() >= 10);
        for case in cases {
            let whole = |key: &str| -> Vec<u32> { numbers(&case[key]).into_iter().map(|side| side as u32).collect() };
            let (size, scaled) = (whole("size"), whole("scaled"));
            let window: [u32; 4] = whole("window").try_into().unwrap();
            let view = view([size[0], size[1]], (scaled[0], scaled[1]), window, case["mirrored"].as_bool().unwrap());
            let own = Bounds::new(numbers(&case["box"]).try_into().unwrap());
            let target: [f64; 4] = numbers(&case["target"]).try_into().unwrap();
            for (found, wanted) in view.numbers(&own).into_iter().zip(target) {
                assert!((found - wanted).abs() < 1e-7, "{found} is not {wanted}: {case}");
            }
            for (found, wanted) in view.bounds(view.numbers(&own)).edges().into_iter().zip(own.edges()) {
                assert!((found - wanted).abs() < 1e-9, "{found} is not {wanted}: {case}");
            }
        }
    }

    #[test]
    fn a_part_of_a_mirror_image_lies_at_the_other_side() {
        let whole = |mirrored| view([200, 100], (400, 200), [0, 0, 400, 200], mirrored);
        let box_of = |window: Window| window.bounds([0.5, 0.5, 1.0, 1.0]).edges();
        assert_eq!(box_of(whole(false).part([32.0, 0.0], 64.0)), [16.0, 0.0, 48.0, 32.0]);
        assert_eq!(box_of(whole(true).part([32.0, 0.0], 64.0)), [152.0, 0.0, 184.0, 32.0]);
        // The left half of what is seen mirrored is the right half of the picture.
        let left_half = whole(true).part([0.0, 0.0], 64.0).bounds([0.25, 0.5, 0.5, 1.0]);
        assert_eq!(left_half.edges(), [184.0, 0.0, 200.0, 32.0]);
        assert_eq!(whole(false).bounds([0.5, 0.5, -1.0, 0.1]).area(), 0.0);
    }
}
