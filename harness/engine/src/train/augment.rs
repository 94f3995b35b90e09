//! Training pictures that are shown anew in each epoch: padded, cropped at a random place, mirrored or not.
//!
//! Each picture of an epoch has a stream of its own, so that neither the order of pictures nor the number of threads says what
//! is drawn. Must not know where pictures come from.

use crate::chunks;
use crate::streams::Stream;

/// How one picture is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// The crop's first row in the padded picture.
    pub y: usize,
    /// Its first column.
    pub x: usize,
    /// Whether left and right are exchanged, after cropping.
    pub mirrored: bool,
}

impl Shown {
    /// The picture as it is, where `padding` pixels are added on each side.
    #[must_use]
    pub fn plain(padding: usize) -> Shown {
        Shown { y: padding, x: padding, mirrored: false }
    }
}

/// Crops of padded pictures, each of the picture's own size, and mirror images, evenly.
#[derive(Debug, Clone)]
pub struct PadAndCrop {
    seed: u64,
    purpose: String,
    padding: usize,
}

impl PadAndCrop {
    /// Crops of pictures with `padding` zeros on each side.
    #[must_use]
    pub fn new(seed: u64, purpose: &str, padding: usize) -> PadAndCrop {
        PadAndCrop { seed, purpose: format!("crop and mirror {purpose}"), padding }
    }

    /// How picture `index` is shown in an epoch, by the stream `crop and mirror <purpose> epoch 3`, `index`.
    #[must_use]
    pub fn shown(&self, epoch: u64, index: u64) -> Shown {
        let mut stream = Stream::new(self.seed, &format!("{} epoch {epoch}", self.purpose), index);
        let places = 2 * self.padding as u64 + 1;
        let place = |number| usize::try_from(number).unwrap_or(0);
        Shown { y: place(stream.below(places)), x: place(stream.below(places)), mirrored: stream.below(2) == 1 }
    }
}

/// Pictures of bytes with what is subtracted from each.
#[derive(Debug, Clone, Copy)]
pub struct Pictures<'a> {
    /// Bytes, picture by picture, `[N, C, H, W]`.
    pub bytes: &'a [u8],
    /// `[C, H, W]`.
    pub size: [usize; 3],
    /// Subtracted from each picture, in its units of 0 to 1: `[C, H, W]`.
    pub mean: &'a [f32],
}

impl Pictures<'_> {
    /// Numbers of one picture.
    fn len(&self) -> usize {
        self.size.iter().product()
    }

    /// A batch, `[N, H, W, C]`: of each picture bytes over 255 without the mean, then zeros on each side, then the crop. The
    /// zeros stand for the mean picture's own pixels.
    #[must_use]
    pub fn batch(&self, shown: &[(usize, Shown)], padding: usize) -> Vec<f32> {
        let len = self.len();
        let mut batch = vec![0.0; shown.len() * len];
        // About so many pictures are worth a thread.
        const CHUNK: usize = 32;
        chunks::fill(&mut batch, CHUNK * len, |chunk, out| {
            for (out, (index, shown)) in out.chunks_mut(len).zip(&shown[chunk * CHUNK..]) {
                self.write(*index, *shown, padding, out);
            }
        });
        batch
    }

    fn write(&self, index: usize, shown: Shown, padding: usize, out: &mut [f32]) {
        let [channels, height, width] = self.size;
        let picture = &self.bytes[index * self.len()..(index + 1) * self.len()];
        for y in 0..height {
            let Some(from_y) = (y + shown.y).checked_sub(padding).filter(|y| *y < height) else { continue };
            for x in 0..width {
                let across = if shown.mirrored { width - 1 - x } else { x };
                let Some(from_x) = (across + shown.x).checked_sub(padding).filter(|x| *x < width) else { continue };
                for channel in 0..channels {
                    let place = (channel * height + from_y) * width + from_x;
                    out[(y * width + x) * channels + channel] = f32::from(picture[place]) / 255.0 - self.mean[place];
                }
            }
        }
    }
}

/// The mean picture of bytes `[N, C, H, W]` in units of 0 to 1, `[C, H, W]`: exact sums, one rounding.
#[must_use]
pub fn mean_picture(bytes: &[u8], size: [usize; 3]) -> Vec<f32> {
    let len: usize = size.iter().product();
    let mut sums = vec![0_u64; len];
    for picture in bytes.chunks_exact(len.max(1)) {
        for (sum, byte) in sums.iter_mut().zip(picture) {
            *sum += u64::from(*byte);
        }
    }
    let count = (bytes.len() / len.max(1)).max(1) as f64;
    sums.into_iter().map(|sum| (sum as f64 / (255.0 * count)) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_picture_and_epoch_is_shown_in_its_own_way_and_all_ways_are_seen() {
        let crops = PadAndCrop::new(1, "test", 4);
        assert_eq!(crops.shown(2, 9), crops.shown(2, 9));
        let seen: Vec<Shown> = (0..2000).map(|index| crops.shown(0, index)).collect();
        assert!(seen.iter().all(|shown| shown.y <= 8 && shown.x <= 8));
        for place in 0..=8 {
            let rows = seen.iter().filter(|shown| shown.y == place).count();
            let columns = seen.iter().filter(|shown| shown.x == place).count();
            assert!((150..300).contains(&rows) && (150..300).contains(&columns), "{place}: {rows} {columns}");
        }
        let mirrored = seen.iter().filter(|shown| shown.mirrored).count();
        assert!((900..1100).contains(&mirrored), "{mirrored}");
        let other: Vec<Shown> = (0..2000).map(|index| crops.shown(1, index)).collect();
        assert_ne!(seen, other);
    }

    #[test]
    fn a_crop_of_a_padded_picture_has_zeros_where_the_picture_ends() {
        let bytes: Vec<u8> = (0..12).map(|number| number * 20).collect();
        let pictures = Pictures { bytes: &bytes, size: [2, 2, 3], mean: &[0.0; 12] };
        let byte = |number: f32| number * 20.0 / 255.0;
        let plain = pictures.batch(&[(0, Shown::plain(1))], 1);
        let wanted = [0.0, 6.0, 1.0, 7.0, 2.0, 8.0, 3.0, 9.0, 4.0, 10.0, 5.0, 11.0].map(byte);
        assert_eq!(plain, wanted);
        // One row down and one column left of the picture's corner, then mirrored.
        let cropped = pictures.batch(&[(0, Shown { y: 2, x: 0, mirrored: true })], 1);
        let wanted = [4.0, 10.0, 3.0, 9.0, 0.0, 0.0].map(byte);
        assert_eq!(cropped[..6], wanted);
        assert_eq!(cropped[6..], [0.0; 6]);
    }

    #[test]
    fn the_mean_picture_is_subtracted_before_the_zeros_come() {
        let bytes = [0, 255, 255, 255];
        let mean = mean_picture(&bytes, [1, 1, 2]);
        assert_eq!(mean, [0.5, 1.0]);
        let pictures = Pictures { bytes: &bytes, size: [1, 1, 2], mean: &mean };
        assert_eq!(pictures.batch(&[(1, Shown { y: 1, x: 2, mirrored: false })], 1), [0.0, 0.0]);
        assert_eq!(pictures.batch(&[(0, Shown { y: 1, x: 0, mirrored: false })], 1), [0.0, -0.5]);
    }
}
