//! CIFAR-10 as `datasets.lock` has it: the names of its files and the size of its images.
//!
//! Must not know what it is used for.

use std::path::Path;

use engine::error::{Error, Result};
use images::packed::{self, RECORD};

/// Channels, rows and columns of an image.
pub const SIZE: [usize; 3] = [3, 32, 32];
/// Classes.
pub const CLASSES: u8 = 10;

/// Images with their classes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// Bytes, image by image, `[N, 3, 32, 32]`: planes of red, green and blue.
    pub pixels: Vec<u8>,
    /// The classes, 0 to 9.
    pub labels: Vec<u8>,
}

impl Labelled {
    /// The images of some files, one after another.
    ///
    /// # Errors
    /// A file that is missing, no whole number of records, or a class that there is not; the message names the file.
    fn read(folder: &Path, names: &[&str]) -> Result<Labelled> {
        let mut all = Labelled { pixels: Vec::new(), labels: Vec::new() };
        for name in names {
            let file = folder.join("cifar-10-batches-bin").join(name);
            let wrong = |problem: String| Error::Input(format!("{}: {problem}", file.display()));
            let bytes = fs_err::read(&file).map_err(|error| Error::Input(error.to_string()))?;
            let labels = packed::labels(&bytes).map_err(wrong)?;
            if let Some((index, label)) = labels.iter().enumerate().find(|(_, label)| **label >= CLASSES) {
                return Err(wrong(format!("record {index} is of class {label}; there are {CLASSES}, counted from 0")));
            }
            all.labels.extend(labels);
            all.pixels.extend(bytes.chunks_exact(RECORD).flat_map(|record| &record[1..]));
        }
        Ok(all)
    }

    /// How many images.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Leaves out the images from `count` on.
    pub fn truncate(&mut self, count: usize) {
        self.labels.truncate(count);
        self.pixels.truncate(count * SIZE.iter().product::<usize>());
    }

    /// The classes as libtorch wants them.
    #[must_use]
    pub fn classes(&self) -> Vec<i64> {
        self.labels.iter().map(|label| i64::from(*label)).collect()
    }
}

/// Both sets.
#[derive(Debug, Clone)]
pub struct Cifar {
    /// 50,000 images.
    pub train: Labelled,
    /// 10,000 images.
    pub test: Labelled,
}

impl Cifar {
    /// Reads the files from the folder of the lock's entry `cifar10`.
    ///
    /// # Errors
    /// A file that is missing or is none of CIFAR-10's.
    pub fn read(folder: &Path) -> Result<Cifar> {
        let batches =
            ["data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"];
        Ok(Cifar { train: Labelled::read(folder, &batches)?, test: Labelled::read(folder, &["test_batch.bin"])? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder whose files have one record each, of these classes.
    fn folder(classes: [u8; 6]) -> std::path::PathBuf {
        let root = std::env::temp_dir().join(format!("cifar-{}-{}", std::process::id(), classes[5]));
        let inside = root.join("cifar-10-batches-bin");
        fs_err::create_dir_all(&inside).unwrap();
        for (index, class) in classes.into_iter().enumerate() {
            let name = if index < 5 { format!("data_batch_{}.bin", index + 1) } else { "test_batch.bin".to_owned() };
            let mut record = vec![index as u8; RECORD];
            record[0] = class;
            fs_err::write(inside.join(name), record).unwrap();
        }
        root
    }

    #[test]
    fn files_are_read_in_their_order() {
        let root = folder([0, 1, 2, 3, 4, 5]);
        let Cifar { mut train, test } = Cifar::read(&root).unwrap();
        assert_eq!((train.len(), train.labels.as_slice(), test.labels.as_slice()), (5, &[0, 1, 2, 3, 4][..], &[5][..]));
        assert_eq!((train.pixels[3 * 1024 - 1], train.pixels[3 * 1024], train.pixels.len()), (0, 1, 5 * 3072));
        train.truncate(2);
        assert_eq!((train.classes(), train.pixels.len()), (vec![0, 1], 2 * 3072));
        fs_err::remove_dir_all(root).unwrap();
    }

    #[test]
    fn what_is_none_of_its_files_is_refused_by_name() {
        let root = folder([0, 1, 2, 3, 4, 10]);
        let error = Cifar::read(&root).unwrap_err().to_string();
        assert!(error.contains("test_batch.bin: record 0 is of class 10"), "{error}");
        fs_err::write(root.join("cifar-10-batches-bin/data_batch_3.bin"), [0; 7]).unwrap();
        let error = Cifar::read(&root).unwrap_err().to_string();
        assert!(error.contains("data_batch_3.bin: 7 bytes are not whole records"), "{error}");
        fs_err::remove_file(root.join("cifar-10-batches-bin/data_batch_1.bin")).unwrap();
        assert!(Cifar::read(&root).unwrap_err().to_string().contains("data_batch_1.bin"));
        fs_err::remove_dir_all(root).unwrap();
    }
}
