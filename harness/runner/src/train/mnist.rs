//! MNIST's four idx files.
//!
//! Must not change a pixel: 0 to 255 as they are in the files; [`Split::floats`] gives 0 to 1.

use std::path::Path;

use tch::{Device, Kind, Tensor};

use crate::error::{Error, Result};

/// Rows and columns of a picture.
pub const SIDE: usize = 28;
/// Pixels of a picture.
pub const PIXELS: usize = SIDE * SIDE;

/// Pictures and labels.
#[derive(Debug, Clone)]
pub struct Split {
    /// One picture after the other, row by row.
    pub pixels: Vec<u8>,
    /// The digits.
    pub labels: Vec<u8>,
}

/// Both sets.
#[derive(Debug, Clone)]
pub struct Mnist {
    /// 60,000 pictures.
    pub train: Split,
    /// 10,000 pictures.
    pub test: Split,
}

impl Mnist {
    /// Reads the files from the folder of the lock's entry `mnist`.
    ///
    /// # Errors
    /// A file that is missing or is none of MNIST's.
    pub fn read(folder: &Path) -> Result<Mnist> {
        let split = |name: &str| {
            let pixels = idx(&folder.join(format!("data/{name}-images-idx3-ubyte")), 3)?;
            let labels = idx(&folder.join(format!("data/{name}-labels-idx1-ubyte")), 1)?;
            if pixels.len() != labels.len() * PIXELS || labels.iter().any(|label| *label > 9) {
                let where_ = folder.display();
                return Err(Error::Input(format!("{where_}: {name}'s images and labels do not belong together")));
            }
            Ok(Split { pixels, labels })
        };
        Ok(Mnist { train: split("train")?, test: split("t10k")? })
    }
}

impl Split {
    /// How many pictures.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The pictures from `from` to `to`.
    #[must_use]
    pub fn part(&self, from: usize, to: usize) -> Split {
        Split { pixels: self.pixels[from * PIXELS..to * PIXELS].to_vec(), labels: self.labels[from..to].to_vec() }
    }

    /// `[N, 1, 28, 28]`, 0 to 1.
    ///
    /// # Errors
    /// Memory that does not suffice.
    pub fn floats(&self, device: Device) -> Result<Tensor> {
        let bytes = Tensor::f_from_slice(&self.pixels)?.f_view([-1, 1, 28, 28])?;
        Ok(bytes.f_to_device(device)?.f_to_kind(Kind::Float)?.f_div_scalar(255.0)?)
    }

    /// `[N]`, the digits.
    ///
    /// # Errors
    /// Memory that does not suffice.
    pub fn classes(&self, device: Device) -> Result<Tensor> {
        Ok(Tensor::f_from_slice(&self.labels)?.f_to_device(device)?.f_to_kind(Kind::Int64)?)
    }
}

/// The bytes of an idx file of unsigned bytes with `dimensions` dimensions.
fn idx(path: &Path, dimensions: u8) -> Result<Vec<u8>> {
    let bytes = fs_err::read(path).map_err(|error| Error::Input(error.to_string()))?;
    let head = 4 + 4 * usize::from(dimensions);
    let number = |at: usize| {
        bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map(|four| u32::from_be_bytes(four) as usize)
    };
    let count = (0..usize::from(dimensions))
        .try_fold(1usize, |product, dimension| product.checked_mul(number(4 + 4 * dimension)?));
    if bytes.get(..4) != Some(&[0, 0, 8, dimensions]) || count != Some(bytes.len().saturating_sub(head)) {
        return Err(Error::Input(format!(
            "{} is no idx file of {dimensions} dimensions; fetch it again with `harness data fetch mnist`",
            path.display()
        )));
    }
    Ok(bytes[head..].to_vec())
}
