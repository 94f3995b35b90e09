//! MNIST as `datasets.lock` has it: the names of its files and the size of its images.
//!
//! Must not know what it is used for.

use std::path::Path;

use engine::error::{Error, Result};
use engine::input::idx::Labelled;

/// Rows and columns of an image.
pub const SIDE: usize = 28;
/// Pixels of an image.
pub const PIXELS: usize = SIDE * SIDE;

/// Both sets.
#[derive(Debug, Clone)]
pub struct Mnist {
    /// 60,000 images.
    pub train: Labelled,
    /// 10,000 images.
    pub test: Labelled,
}

impl Mnist {
    /// Reads the files from the folder of the lock's entry `mnist`.
    ///
    /// # Errors
    /// A file that is missing or is none of MNIST's.
    pub fn read(folder: &Path) -> Result<Mnist> {
        let split = |name: &str| {
            let file = |what: &str| folder.join(format!("data/{name}-{what}-ubyte"));
            let set = Labelled::read(&file("images-idx3"), &file("labels-idx1"))?;
            if set.size != [SIDE, SIDE] || set.labels.iter().any(|label| *label > 9) {
                return Err(Error::Input(format!("{}: {name} has no digits of 28 × 28", folder.display())));
            }
            Ok(set)
        };
        Ok(Mnist { train: split("train")?, test: split("t10k")? })
    }
}
