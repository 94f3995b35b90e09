//! Boxes on pictures, by their edges.
//!
//! Must not know what a box is around, or by which rule it is right.

/// A box by its edges, in pixels of its picture: a pixel reaches from its number, counted from 0, to the next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// The left edge.
    pub left: f64,
    /// The upper edge.
    pub top: f64,
    /// The right edge.
    pub right: f64,
    /// The lower edge.
    pub bottom: f64,
}

impl Bounds {
    /// From left, top, right, bottom.
    #[must_use]
    pub fn new([left, top, right, bottom]: [f64; 4]) -> Bounds {
        Bounds { left, top, right, bottom }
    }

    /// From the first and the last pixels of a box, counted from 1 and both inside: PASCAL VOC's and ILSVRC's convention.
    #[must_use]
    pub fn of_pixels([left, top, right, bottom]: [f64; 4]) -> Bounds {
        Bounds { left: left - 1.0, top: top - 1.0, right, bottom }
    }

    /// From the centre, across and down, and the width and height.
    #[must_use]
    pub fn around([x, y]: [f64; 2], [width, height]: [f64; 2]) -> Bounds {
        let (across, down) = (width / 2.0, height / 2.0);
        Bounds { left: x - across, top: y - down, right: x + across, bottom: y + down }
    }

    /// Left, top, right, bottom.
    #[must_use]
    pub fn edges(&self) -> [f64; 4] {
        [self.left, self.top, self.right, self.bottom]
    }

    /// Whether no edge lies beyond the one across from it; a box may have no area.
    #[must_use]
    pub fn is_upright(&self) -> bool {
        self.left <= self.right && self.top <= self.bottom
    }

    /// Width and height; 0 where the edges are turned round.
    #[must_use]
    pub fn size(&self) -> [f64; 2] {
        [(self.right - self.left).max(0.0), (self.bottom - self.top).max(0.0)]
    }

    /// The centre, across and down.
    #[must_use]
    pub fn centre(&self) -> [f64; 2] {
        [(self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0]
    }

    /// The area in square pixels.
    #[must_use]
    pub fn area(&self) -> f64 {
        let [width, height] = self.size();
        width * height
    }

    /// Intersection over union, 0 to 1; 0 where neither has an area.
    #[must_use]
    pub fn iou(&self, other: &Bounds) -> f64 {
        let shared = self.shared(other);
        if shared > 0.0 { shared / (self.area() + other.area() - shared) } else { 0.0 }
    }

    /// Which share of this box lies in the other, 0 to 1; 0 where it has no area.
    #[must_use]
    pub fn inside(&self, other: &Bounds) -> f64 {
        let shared = self.shared(other);
        if shared > 0.0 { shared / self.area() } else { 0.0 }
    }

    /// The area that both have in common, in square pixels; 0 where they only touch.
    #[must_use]
    pub fn shared(&self, other: &Bounds) -> f64 {
        let across = self.right.min(other.right) - self.left.max(other.left);
        let down = self.bottom.min(other.bottom) - self.top.max(other.top);
        if across > 0.0 && down > 0.0 { across * down } else { 0.0 }
    }

    /// The part of the box that lies in the other; without an area at its border where nothing does.
    #[must_use]
    pub fn within(&self, other: &Bounds) -> Bounds {
        Bounds {
            left: self.left.clamp(other.left, other.right),
            top: self.top.clamp(other.top, other.bottom),
            right: self.right.clamp(other.left, other.right),
            bottom: self.bottom.clamp(other.top, other.bottom),
        }
    }

    /// The box after its picture was stretched, across and down.
    #[must_use]
    pub fn scaled(&self, [across, down]: [f64; 2]) -> Bounds {
        Bounds {
            left: self.left * across,
            top: self.top * down,
            right: self.right * across,
            bottom: self.bottom * down,
        }
    }

    /// The box whose first and last pixels have the numbers of this one's multiplied, across and down: how detectors' authors take boxes
    /// to another scale. It is less than a pixel larger or smaller than [`Bounds::scaled`].
    #[must_use]
    pub fn pixels_scaled(&self, [across, down]: [f64; 2]) -> Bounds {
        let last = Bounds { right: self.right - 1.0, bottom: self.bottom - 1.0, ..*self }.scaled([across, down]);
        Bounds { right: last.right + 1.0, bottom: last.bottom + 1.0, ..last }
    }

    /// The box after everything was moved, across and down.
    #[must_use]
    pub fn moved(&self, [across, down]: [f64; 2]) -> Bounds {
        Bounds {
            left: self.left + across,
            top: self.top + down,
            right: self.right + across,
            bottom: self.bottom + down,
        }
    }

    /// The box in the mirror image, left for right, of a picture of that width.
    #[must_use]
    pub fn mirrored(&self, width: f64) -> Bounds {
        Bounds { left: width - self.right, right: width - self.left, ..*self }
    }

    /// The other box as it is told from this one (Girshick et al. 2014, appendix C): the shift of the centre in sides of this one,
    /// across and down, and the logarithms of the sides' ratios. Numbers only where both have an area.
    #[must_use]
    pub fn encode(&self, other: &Bounds) -> [f64; 4] {
        let ([x, y], [width, height]) = (self.centre(), self.size());
        let ([to_x, to_y], [to_width, to_height]) = (other.centre(), other.size());
        // Logarithms and exponentials from libm: the same bits on every system.
        [(to_x - x) / width, (to_y - y) / height, libm::log(to_width / width), libm::log(to_height / height)]
    }

    /// The box that those numbers tell from this one: the way back of [`Bounds::encode`]. The authors' later code (py-faster-rcnn)
    /// takes the last pixel for an edge on the way back, so that its boxes are a pixel larger; here both ways are of one kind.
    #[must_use]
    pub fn decode(&self, [right, down, wider, higher]: [f64; 4]) -> Bounds {
        let ([x, y], [width, height]) = (self.centre(), self.size());
        let centre = [x + right * width, y + down * height];
        Bounds::around(centre, [width * libm::exp(wider), height * libm::exp(higher)])
    }

    /// The box whose edges are the means of both boxes' edges.
    #[must_use]
    pub fn mean(&self, other: &Bounds) -> Bounds {
        let (one, other) = (self.edges(), other.edges());
        Bounds::new(std::array::from_fn(|edge| (one[edge] + other[edge]) / 2.0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_box_comes_back_from_its_numbers(
            from in (-50.0_f64..50.0, -50.0_f64..50.0, 1.0_f64..80.0, 1.0_f64..80.0),
            to in (-50.0_f64..50.0, -50.0_f64..50.0, 1.0_f64..80.0, 1.0_f64..80.0),
        ) {
            let bounds = |(x, y, width, height): (f64, f64, f64, f64)| Bounds::around([x, y], [width, height]);
            let (from, to) = (bounds(from), bounds(to));
            for (found, wanted) in from.decode(from.encode(&to)).edges().into_iter().zip(to.edges()) {
                prop_assert!((found - wanted).abs() < 1e-9);
            }
            prop_assert!(from.encode(&from).iter().all(|number| number.abs() < 1e-12));
        }
    }

    #[test]
    fn numbers_of_pixels_are_scaled_and_come_back() {
        // Pixels 10 to 109 and 20 alone.
        let own = Bounds::new([10.0, 20.0, 110.0, 21.0]);
        let scaled = own.pixels_scaled([1.5, 2.0]);
        assert_eq!(scaled.edges(), [15.0, 40.0, 164.5, 41.0]);
        assert_eq!(scaled.pixels_scaled([1.0 / 1.5, 0.5]), own);
    }

    #[test]
    fn pixels_that_are_inside_count() {
        let one = Bounds::of_pixels([1.0, 1.0, 1.0, 1.0]);
        assert_eq!((one.area(), one.edges()), (1.0, [0.0, 0.0, 1.0, 1.0]));
        // Two rows of four pixels that share two of their rows' pixels: 2 of 6.
        let (a, b) = (Bounds::of_pixels([1.0, 1.0, 4.0, 1.0]), Bounds::of_pixels([3.0, 1.0, 6.0, 1.0]));
        assert_eq!(a.iou(&b), 2.0 / 6.0);
        assert_eq!((a.iou(&a), a.iou(&b), b.iou(&a)), (1.0, a.iou(&b), a.iou(&b)));
        assert_eq!((a.inside(&b), a.inside(&a)), (0.5, 1.0));
    }

    #[test]
    fn boxes_that_touch_or_have_no_area_share_nothing() {
        let a = Bounds::new([0.0, 0.0, 2.0, 2.0]);
        assert_eq!(a.iou(&a.moved([2.0, 0.0])), 0.0);
        assert_eq!(a.iou(&Bounds::new([1.0, 1.0, 1.0, 2.0])), 0.0);
        assert_eq!(a.iou(&Bounds::new([2.0, 2.0, 0.0, 0.0])), 0.0);
        let none = Bounds::new([1.0; 4]);
        assert_eq!(none.iou(&none), 0.0);
    }

    #[test]
    fn a_box_comes_back_from_its_centre_the_mirror_and_another_scale() {
        let a = Bounds::new([1.0, 2.0, 5.0, 10.0]);
        assert_eq!(Bounds::around(a.centre(), a.size()), a);
        assert_eq!(a.mirrored(20.0).edges(), [15.0, 2.0, 19.0, 10.0]);
        assert_eq!(a.mirrored(20.0).mirrored(20.0), a);
        assert_eq!(a.scaled([2.0, 0.5]).edges(), [2.0, 1.0, 10.0, 5.0]);
        assert_eq!(a.mean(&a.moved([2.0, 4.0])), a.moved([1.0, 2.0]));
    }
}
