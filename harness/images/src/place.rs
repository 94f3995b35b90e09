//! Where a protocol's views lie, by a picture's size alone. Must not touch pixels.

use spec::protocol::{Protocol, ViewKind};

use crate::resample::{Window, fitted};
use crate::{Error, MAX_PIXELS};

/// Crops a side of the grid.
const GRID: u32 = 5;
/// What a whole picture counts beside the crops of its scale's grid, so that both together count as much: 2 × 25 and 50 × 1.
const DENSE_BESIDE_GRID: f64 = 25.0;

/// One view of a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Width and height of the picture after its resize, in pixels.
    pub scaled: (u32, u32),
    /// The part of the resized picture, in its pixels.
    pub window: Window,
    /// Width and height of the view; other than the window's where the part is squeezed.
    pub size: (u32, u32),
    /// Whether the view is mirrored, left for right.
    pub mirrored: bool,
    /// What it counts beside the picture's other views.
    pub weight: f64,
}

impl Place {
    /// The views of one picture in the protocol's order: scale by scale, and within a scale
    ///
    /// | kind | order |
    /// |---|---|
    /// | `center` | the one crop; offsets are rounded as Python's `round` does, halves to the even neighbour |
    /// | `ten-crop` | torchvision's: top left, top right, bottom left, bottom right, centre, then the same of the mirrored picture |
    /// | `dense` | the whole picture, then its mirror image |
    /// | `grid-50` | row by row, at `round(i (side - size) / 4)`, then the mirror image of each |
    /// | `dense-and-grid` | `dense`, then `grid-50`; both together count as much |
    /// | `crops-144` | the left (upper), middle and right (lower) square; of each its four corners and centre as above, the square itself squeezed, then the mirror image of each |
    /// | `central-squeezed` | the part that `int((side - 0.875 side) / 2)` pixels on each side leave |
    ///
    /// # Errors
    /// When the resized picture is smaller than a crop, or the part of it that is needed is beyond `MAX_PIXELS`.
    pub fn all(width: u32, height: u32, protocol: &Protocol) -> Result<Vec<Place>, Error> {
        let at = |short: Option<u32>| {
            let scaled = match short {
                Some(short) => fitted(width, height, short)?,
                None => (width, height),
            };
            let places = Scale { protocol, scaled }.places()?;
            let window = bounds(&places);
            if u64::from(window.width) * u64::from(window.height) > MAX_PIXELS {
                return Err(Error::Narrow { width, height, short: short.unwrap_or(0) });
            }
            Ok(places)
        };
        let Some(resize) = &protocol.resize else { return at(None) };
        let mut all = Vec::new();
        for &short in &resize.short_side {
            all.extend(at(Some(short))?);
        }
        Ok(all)
    }

    fn mirrored(self) -> Place {
        Place { mirrored: true, ..self }
    }
}

/// The smallest part of a resized picture that all of these lie in.
pub(crate) fn bounds(places: &[Place]) -> Window {
    let edge = |of: fn(&Window) -> u32| places.iter().map(move |place| of(&place.window));
    let left = edge(|window| window.left).min().unwrap_or(0);
    let top = edge(|window| window.top).min().unwrap_or(0);
    let right = edge(|window| window.left + window.width).max().unwrap_or(0);
    let bottom = edge(|window| window.top + window.height).max().unwrap_or(0);
    Window { left, top, width: right - left, height: bottom - top }
}

/// The views at one scale.
struct Scale<'a> {
    protocol: &'a Protocol,
    scaled: (u32, u32),
}

impl Scale<'_> {
    fn places(&self) -> Result<Vec<Place>, Error> {
        let size = self.protocol.views.size;
        let (width, height) = self.scaled;
        let whole = Window { left: 0, top: 0, width, height };
        Ok(match self.protocol.views.kind {
            ViewKind::Center => vec![self.crop(middle(self.within(whole)?, size)?)],
            ViewKind::TenCrop => self.ten(self.within(whole)?)?,
            ViewKind::Dense => self.dense(1.0)?,
            ViewKind::Grid50 => self.grid(whole)?,
            ViewKind::DenseAndGrid => [self.dense(DENSE_BESIDE_GRID)?, self.grid(whole)?].concat(),
            ViewKind::Crops144 => self.squares()?,
            ViewKind::CentralSqueezed => {
                let part = central(whole);
                if part.width == 0 || part.height == 0 || size == 0 {
                    return Err(Error::SmallerThanCrop { width, height, size });
                }
                vec![self.squeezed(part)]
            }
        })
    }

    /// What crops are cut from.
    fn within(&self, whole: Window) -> Result<Window, Error> {
        self.protocol.views.within.map_or(Ok(whole), |side| middle(whole, side))
    }

    /// A window as it is.
    fn crop(&self, window: Window) -> Place {
        let size = (window.width, window.height);
        Place { scaled: self.scaled, window, size, mirrored: false, weight: 1.0 }
    }

    /// A window squeezed to the views' size.
    fn squeezed(&self, window: Window) -> Place {
        let size = self.protocol.views.size;
        Place { size: (size, size), ..self.crop(window) }
    }

    fn ten(&self, from: Window) -> Result<Vec<Place>, Error> {
        let size = self.protocol.views.size;
        let straight = five(from, size)?;
        // The same windows of the mirrored picture lie on the other side of this one.
        let across = |window: &Window| Window { left: self.scaled.0 - size - window.left, ..*window };
        // A centre that cannot be quite central is rounded in the mirrored picture, whose other side the `from` begins at.
        let other = Window { left: self.scaled.0 - from.left - from.width, ..from };
        let mirrored = five(other, size)?;
        let straight = straight.into_iter().map(|window| self.crop(window));
        Ok(straight.chain(mirrored.iter().map(|window| self.crop(across(window)).mirrored())).collect())
    }

    fn dense(&self, weight: f64) -> Result<Vec<Place>, Error> {
        let (width, height) = self.scaled;
        if width == 0 || height == 0 {
            return Err(Error::SmallerThanCrop { width, height, size: 1 });
        }
        let whole = Place { weight, ..self.crop(Window { left: 0, top: 0, width, height }) };
        Ok(vec![whole.clone(), whole.mirrored()])
    }

    fn grid(&self, from: Window) -> Result<Vec<Place>, Error> {
        let size = self.protocol.views.size;
        middle(from, size)?;
        let offset = |index: u32, spare: u32| rounded(u64::from(index) * u64::from(spare), u64::from(GRID - 1));
        let mut places = Vec::new();
        for row in 0..GRID {
            for column in 0..GRID {
                let left = from.left + offset(column, from.width - size);
                let top = from.top + offset(row, from.height - size);
                places.push(self.crop(Window { left, top, width: size, height: size }));
            }
        }
        let mirrored: Vec<Place> = places.iter().cloned().map(Place::mirrored).collect();
        Ok([places, mirrored].concat())
    }

    fn squares(&self) -> Result<Vec<Place>, Error> {
        let (width, height) = self.scaled;
        middle(Window { left: 0, top: 0, width, height }, self.protocol.views.size)?;
        let side = width.min(height);
        let spare = width.max(height) - side;
        let mut places = Vec::new();
        for offset in [0, rounded(u64::from(spare), 2), spare] {
            let (left, top) = if width >= height { (offset, 0) } else { (0, offset) };
            let square = Window { left, top, width: side, height: side };
            let crops = five(square, self.protocol.views.size)?.map(|window| self.crop(window));
            let six: Vec<Place> = crops.into_iter().chain([self.squeezed(square)]).collect();
            let mirrored = six.iter().cloned().map(Place::mirrored);
            places.extend(six.iter().cloned().chain(mirrored));
        }
        Ok(places)
    }
}

/// The four corners and the centre.
fn five(from: Window, size: u32) -> Result<[Window; 5], Error> {
    let centre = middle(from, size)?;
    let (right, bottom) = (from.left + from.width - size, from.top + from.height - size);
    let corner = |left, top| Window { left, top, width: size, height: size };
    Ok([corner(from.left, from.top), corner(right, from.top), corner(from.left, bottom), corner(right, bottom), centre])
}

/// Where the centre crop lies.
fn middle(from: Window, size: u32) -> Result<Window, Error> {
    let Window { left, top, width, height } = from;
    if size == 0 || width < size || height < size {
        return Err(Error::SmallerThanCrop { width, height, size });
    }
    let half = |spare: u32| rounded(u64::from(spare), 2);
    Ok(Window { left: left + half(width - size), top: top + half(height - size), width: size, height: size })
}

/// TF-Slim's `central_crop` of 0.875: what is left away on each side is rounded down.
fn central(whole: Window) -> Window {
    // (side - 7/8 side) / 2 = side / 16.
    let (left, top) = (whole.width / 16, whole.height / 16);
    Window { left, top, width: whole.width - 2 * left, height: whole.height - 2 * top }
}

/// Python's `round(numerator / denominator)`: halves go to the even neighbour. The result fits, since it is an offset within
/// a picture.
fn rounded(numerator: u64, denominator: u64) -> u32 {
    let (whole, twice) = (numerator / denominator, 2 * (numerator % denominator));
    let up = twice > denominator || twice == denominator && whole % 2 == 1;
    u32::try_from(whole + u64::from(up)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_to_the_even_neighbour() {
        let halves: Vec<u32> = (0..8).map(|spare| rounded(spare, 2)).collect();
        assert_eq!(halves, [0, 0, 1, 2, 2, 2, 3, 4]);
        assert_eq!([rounded(1, 4), rounded(2, 4), rounded(3, 4), rounded(6, 4)], [0, 0, 1, 2]);
    }
}
