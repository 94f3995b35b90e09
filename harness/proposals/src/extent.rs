//! The whole pixels that a region reaches over. Must not know what the region is.

use base::boxes::Bounds;

/// A box by its edges, which lie between pixels: a pixel reaches from its number, counted from 0, to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Extent {
    /// The left edge.
    pub left: u32,
    /// The upper edge.
    pub top: u32,
    /// The right edge.
    pub right: u32,
    /// The lower edge.
    pub bottom: u32,
}

impl Extent {
    /// One pixel.
    #[must_use]
    pub fn of_pixel(x: u32, y: u32) -> Extent {
        Extent { left: x, top: y, right: x + 1, bottom: y + 1 }
    }

    /// The smallest box around both.
    #[must_use]
    pub fn around(&self, other: &Extent) -> Extent {
        Extent {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// Width and height in pixels.
    #[must_use]
    pub fn size(&self) -> [u32; 2] {
        [self.right - self.left, self.bottom - self.top]
    }

    /// The area in pixels.
    #[must_use]
    pub fn area(&self) -> u64 {
        let [width, height] = self.size();
        u64::from(width) * u64::from(height)
    }

    /// The same box as everything else names boxes.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        Bounds::new([self.left, self.top, self.right, self.bottom].map(f64::from))
    }
}
