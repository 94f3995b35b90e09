//! A region as the network sees it: warped to a square, whatever its shape, with some of what lies around it (`rcnn_im_crop.m`,
//! rbgirshick/rcnn; the paper's appendix A, warp with 16 pixels of context).
//!
//! Must not know networks.

use base::boxes::Bounds;
use images::{Crop, Error, Rgb, Window};
use rayon::prelude::*;
use spec::protocol::{Colour, Filter, Input};

/// How regions are warped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Warp {
    /// The square's side in pixels.
    pub side: u32,
    /// Pixels of the square on each side that show what lies around the region.
    pub context: u32,
    /// What stands beyond the picture: red, green, blue.
    pub beyond: [u8; 3],
}

/// First pixel and number of pixels along a side of the square, and the part of the picture that is shown there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Along {
    at: u32,
    count: u32,
    from: u32,
    pixels: u32,
}

impl Warp {
    /// The square that shows a region of a picture.
    ///
    /// # Errors
    /// The picture's pixels do not match its size.
    pub fn region(&self, picture: &Rgb, bounds: &Bounds) -> Result<Crop, Error> {
        let across = self.along([bounds.left, bounds.right], picture.width);
        let down = self.along([bounds.top, bounds.bottom], picture.height);
        let mut pixels: Vec<u8> =
            self.beyond.iter().copied().cycle().take((self.side * self.side) as usize * 3).collect();
        let window = Window { left: across.from, top: down.from, width: across.pixels, height: down.pixels };
        let part = images::cut(picture, window);
        let part = Rgb { width: part.width, height: part.height, pixels: part.pixels, note: None };
        let shown = images::stretched(&part, [across.count, down.count], Filter::Bilinear, false)?;
        let row = across.count as usize * 3;
        for (line, from) in (down.at..).zip(shown.pixels.chunks_exact(row)) {
            let to = (line * self.side + across.at) as usize * 3;
            pixels[to..to + row].copy_from_slice(from);
        }
        Ok(Crop { width: self.side, height: self.side, weight: 1.0, pixels })
    }

    /// The squares of some regions, in order.
    ///
    /// # Errors
    /// As [`Warp::region`].
    pub fn regions(&self, picture: &Rgb, regions: &[Bounds]) -> Result<Vec<Crop>, Error> {
        regions.par_iter().map(|own| self.region(picture, own)).collect()
    }

    /// Along one side of the picture, of `length` pixels.
    fn along(&self, [first, last]: [f64; 2], length: u32) -> Along {
        let side = f64::from(self.side);
        let scale = side / (side - 2.0 * f64::from(self.context));
        let (centre, half) = ((first + last) / 2.0, (last - first) / 2.0 * scale);
        // The first pixel, and the one behind the last: both ends are rounded as pixels that lie inside.
        let (begin, end) = ((centre - half).round(), (centre + half).round() + 1.0);
        let stretch = side / (end - begin).max(1.0);
        let most = f64::from(length.saturating_sub(1));
        let from = begin.clamp(0.0, most);
        let pixels = (end.min(f64::from(length)) - from).max(1.0);
        let at = ((from - begin) * stretch).round().clamp(0.0, side - 1.0);
        let count = (pixels * stretch).round().clamp(1.0, side - at);
        Along { at: at as u32, count: count as u32, from: from as u32, pixels: pixels as u32 }
    }
}

/// The colour that becomes 0, as near as bytes come: red, green, blue.
#[must_use]
pub fn mean(input: &Input) -> [u8; 3] {
    let own = input.mean.map(|mean| (f64::from(mean) * 255.0 / f64::from(input.range)).round().clamp(0.0, 255.0) as u8);
    match input.colour {
        Colour::Rgb => own,
        Colour::Bgr => [own[2], own[1], own[0]],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WARP: Warp = Warp { side: 227, context: 16, beyond: [1, 2, 3] };

    #[test]
    fn a_region_inside_fills_the_square() {
        // rcnn_im_crop.m by hand: the region [101, 101, 295, 198] (pixels from 1) has a half width of 97.5; 227 / 195 of it is
        // 113.5, so that pixels 85 to 312 are shown.
        let across = WARP.along([100.0, 295.0], 500);
        assert_eq!(across, Along { at: 0, count: 227, from: 84, pixels: 228 });
    }

    #[test]
    fn beyond_the_picture_stands_the_mean() {
        let picture = Rgb { width: 300, height: 200, pixels: vec![200; 300 * 200 * 3], note: None };
        let crop = WARP.region(&picture, &Bounds::new([0.0, 50.0, 97.0, 147.0])).unwrap();
        let at = |x: usize, y: usize| crop.pixels[(y * 227 + x) * 3..][..3].to_vec();
        assert_eq!(
            (at(0, 100), at(15, 100), at(17, 100), at(226, 226)),
            (vec![1, 2, 3], vec![1, 2, 3], vec![200; 3], vec![200; 3])
        );
        assert_eq!(crop.pixels.len(), 227 * 227 * 3);
    }

    #[test]
    fn no_region_is_too_small_or_too_far_out() {
        let picture = Rgb { width: 30, height: 20, pixels: vec![200; 30 * 20 * 3], note: None };
        for edges in [
            [0.0, 0.0, 1.0, 1.0],
            [29.0, 19.0, 30.0, 20.0],
            [0.0, 0.0, 30.0, 20.0],
            [-50.0, -50.0, -20.0, -20.0],
            [5.0, 5.0, 5.0, 5.0],
        ] {
            assert_eq!(WARP.region(&picture, &Bounds::new(edges)).unwrap().pixels.len(), 227 * 227 * 3, "{edges:?}");
        }
    }

    #[test]
    fn the_mean_becomes_nothing_whatever_the_order_of_colours() {
        let input = |colour, range: f32, mean| Input { colour, range, mean, std: [1.0; 3] };
        assert_eq!(mean(&input(Colour::Bgr, 255.0, [104.0, 117.0, 123.0])), [123, 117, 104]);
        assert_eq!(mean(&input(Colour::Rgb, 1.0, [0.5, 0.0, 2.0])), [128, 0, 255]);
    }
}
