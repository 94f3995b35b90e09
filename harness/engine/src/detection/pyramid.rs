//! A picture at several scales: each region is pooled at the one where its area is nearest to that of a given square (He et al. 2014,
//! SPPnet; Girshick 2015, section 5.2).
//!
//! Must not make a map.

use base::boxes::Bounds;

use super::maps::Scale;

/// The scales, and the region that the network expects.
#[derive(Debug, Clone, PartialEq)]
pub struct Pyramid {
    /// At least one.
    pub scales: Vec<Scale>,
    /// The side of that region, in pixels of the scaled picture.
    pub region: f64,
}

impl Pyramid {
    /// The regions' places by scale, for a picture of that width and height. Of scales equally near the first is taken, as in the
    /// author's code.
    #[must_use]
    pub fn levels(&self, size: [u32; 2], regions: &[Bounds]) -> Vec<Vec<usize>> {
        let factors: Vec<f64> = self.scales.iter().map(|scale| scale.factor(size)).collect();
        let mut levels = vec![Vec::new(); factors.len()];
        for (place, region) in regions.iter().enumerate() {
            let distance = |factor: &f64| (region.area() * factor * factor - self.region * self.region).abs();
            let level =
                (0..factors.len()).min_by(|one, other| distance(&factors[*one]).total_cmp(&distance(&factors[*other])));
            if let Some(own) = level.and_then(|level| levels.get_mut(level)) {
                own.push(place);
            }
        }
        levels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_goes_where_it_is_nearest_to_the_square() {
        let scales = [480, 576, 688, 864, 1200].map(|shorter| Scale { shorter, longest: 2000 });
        let pyramid = Pyramid { scales: scales.to_vec(), region: 224.0 };
        let square = |side: f64| Bounds::new([0.0, 0.0, side, side]);
        // Of 500 × 375 pixels, by 1.28, 1.536, 1.835, 2.304 and 3.2: the fourth would be 2000 × 1500 at 4.
        let levels =
            pyramid.levels([500, 375], &[square(10.0), square(70.0), square(300.0), square(146.0), square(97.0)]);
        assert_eq!(levels, [vec![2], vec![3], vec![], vec![4], vec![0, 1]]);
        // The longer side of a long picture is held to 2000 pixels: all scales are one, and the first is taken.
        let levels = pyramid.levels([2000, 300], &[square(300.0)]);
        assert_eq!(levels, [vec![0], vec![], vec![], vec![], vec![]]);
    }
}
