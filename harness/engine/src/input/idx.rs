//! Labelled grey images in idx files ([`images::idx`]).
//!
//! Must not change a pixel: 0 to 255 as they are in the files; [`Labelled::floats`] gives 0 to 1.

use std::path::Path;

use tch::{Device, Kind, Tensor};

use crate::error::{Error, Result};
use crate::ops::int;

/// Images of one size and their labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// Rows and columns of an image.
    pub size: [usize; 2],
    /// One image after the other, row by row.
    pub pixels: Vec<u8>,
    /// The classes.
    pub labels: Vec<u8>,
}

impl Labelled {
    /// Reads a file of images and one of labels.
    ///
    /// # Errors
    /// A file that is missing or is no idx file, or two that do not belong together.
    pub fn read(images: &Path, labels: &Path) -> Result<Labelled> {
        let (sides, pixels) = file(images, 3)?;
        let (counts, labels_read) = file(labels, 1)?;
        if sides[0] != counts[0] {
            return Err(Error::Input(format!(
                "{} has {} images but {} has {} labels; they do not belong together",
                images.display(),
                sides[0],
                labels.display(),
                counts[0]
            )));
        }
        Ok(Labelled { size: [sides[1], sides[2]], pixels, labels: labels_read })
    }

    /// How many images.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The images from `from` to `to`.
    #[must_use]
    pub fn part(&self, from: usize, to: usize) -> Labelled {
        let each = self.size[0] * self.size[1];
        Labelled {
            size: self.size,
            pixels: self.pixels[from * each..to * each].to_vec(),
            labels: self.labels[from..to].to_vec(),
        }
    }

    /// `[N, 1, H, W]`, 0 to 1.
    ///
    /// # Errors
    /// Memory that does not suffice.
    pub fn floats(&self, device: Device) -> Result<Tensor> {
        let [height, width] = self.size.map(int);
        let bytes = Tensor::f_from_slice(&self.pixels)?.f_view([-1, 1, height, width])?;
        Ok(bytes.f_to_device(device)?.f_to_kind(Kind::Float)?.f_div_scalar(255.0)?)
    }

    /// The classes, `[N]`.
    ///
    /// # Errors
    /// Memory that does not suffice.
    pub fn classes(&self, device: Device) -> Result<Tensor> {
        Ok(Tensor::f_from_slice(&self.labels)?.f_to_device(device)?.f_to_kind(Kind::Int64)?)
    }
}

/// The sides and the bytes of a file.
fn file(path: &Path, sides: u8) -> Result<(Vec<usize>, Vec<u8>)> {
    let bytes = fs_err::read(path).map_err(|error| Error::Input(error.to_string()))?;
    let images::idx::Idx { sides, bytes } =
        images::idx::parse(&bytes, sides).map_err(|problem| Error::Input(format!("{} {problem}", path.display())))?;
    Ok((sides, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_of_any_size_and_damaged_files() {
        let room = tempfile::tempdir().unwrap();
        let path = |name: &str| room.path().join(name);
        let images = [&[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3][..], &[51; 12]].concat();
        fs_err::write(path("images"), &images).unwrap();
        fs_err::write(path("labels"), [0, 0, 8, 1, 0, 0, 0, 2, 7, 9]).unwrap();
        let set = Labelled::read(&path("images"), &path("labels")).unwrap();
        assert_eq!((set.size, set.len(), &set.labels[..]), ([2, 3], 2, &[7, 9][..]));
        let floats = set.part(1, 2).floats(Device::Cpu).unwrap();
        assert_eq!((floats.size(), floats.double_value(&[0, 0, 1, 2])), (vec![1, 1, 2, 3], f64::from(0.2f32)));
        assert_eq!(set.classes(Device::Cpu).unwrap().int64_value(&[1]), 9);

        fs_err::write(path("labels"), [0, 0, 8, 1, 0, 0, 0, 1, 7]).unwrap();
        let error = Labelled::read(&path("images"), &path("labels")).unwrap_err().to_string();
        assert!(error.contains("2 images") && error.contains("1 labels"), "{error}");
        for damaged in [&images[..20], &[&images[..], &[0]].concat()] {
            fs_err::write(path("images"), damaged).unwrap();
            let error = Labelled::read(&path("images"), &path("labels")).unwrap_err().to_string();
            assert!(error.contains("images") && error.contains("fetch it again"), "{error}");
        }
    }
}
