//! Anchors: boxes of some areas and shapes around each place of a map (Ren et al. 2015, section 3.1.1).
//!
//! Must not move or judge them.

use base::boxes::Bounds;

/// Which boxes stand at a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Anchors {
    /// The side of the square that areas are multiples of, in pixels: 16 in the authors' code, whatever the map's stride.
    pub base: f64,
    /// Height over width of each shape.
    pub ratios: Vec<f64>,
    /// Sides over `base` of each area.
    pub scales: Vec<f64>,
}

impl Anchors {
    /// The boxes at the map's first place, shape by shape and within it size by size, rounded as the authors' code rounds them
    /// (rbgirshick/py-faster-rcnn@781a917, generate_anchors.py): sides of a shape to whole pixels, halves to the even neighbour,
    /// before they are scaled.
    #[must_use]
    pub fn at_first(&self) -> Vec<Bounds> {
        let centre = [self.base / 2.0; 2];
        let mut all = Vec::with_capacity(self.ratios.len() * self.scales.len());
        for ratio in &self.ratios {
            let width = libm::sqrt(self.base * self.base / ratio).round_ties_even();
            let height = (width * ratio).round_ties_even();
            all.extend(self.scales.iter().map(|scale| Bounds::around(centre, [width * scale, height * scale])));
        }
        all
    }
}

/// The anchors of every place of a map of that height and width, row by row and place by place, `stride` pixels apart.
#[must_use]
pub fn anchors_over(anchors: &Anchors, [height, width]: [usize; 2], stride: f64) -> Vec<Bounds> {
    let first = anchors.at_first();
    let places = (0..height).flat_map(|row| (0..width).map(move |column| [column as f64, row as f64]));
    places.flat_map(|place| first.iter().map(move |own| own.moved(place.map(|number| number * stride)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The comment of generate_anchors.py has these in first and last pixels counted from 1; here counted from 0.
    const PRINTED: [[f64; 4]; 9] = [
        [-84.0, -40.0, 99.0, 55.0],
        [-176.0, -88.0, 191.0, 103.0],
        [-360.0, -184.0, 375.0, 199.0],
        [-56.0, -56.0, 71.0, 71.0],
        [-120.0, -120.0, 135.0, 135.0],
        [-248.0, -248.0, 263.0, 263.0],
        [-36.0, -80.0, 51.0, 95.0],
        [-80.0, -168.0, 95.0, 183.0],
        [-168.0, -344.0, 183.0, 359.0],
    ];

    fn nine() -> Anchors {
        Anchors { base: 16.0, ratios: vec![0.5, 1.0, 2.0], scales: vec![8.0, 16.0, 32.0] }
    }

    #[test]
    fn the_nine_anchors_are_the_authors() {
        let wanted = PRINTED.map(|[left, top, right, bottom]| Bounds::new([left, top, right + 1.0, bottom + 1.0]));
        assert_eq!(nine().at_first(), wanted);
    }

    #[test]
    fn places_follow_one_another_by_the_stride() {
        let all = anchors_over(&nine(), [2, 3], 16.0);
        assert_eq!(all.len(), 2 * 3 * 9);
        assert_eq!(all[9], nine().at_first()[0].moved([16.0, 0.0]));
        assert_eq!(all[27 + 18 + 8], nine().at_first()[8].moved([32.0, 16.0]));
    }
}
