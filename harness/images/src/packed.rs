//! Pictures of 32 × 32 packed in a file: CIFAR-10's binary version (Krizhevsky 2009), records of a label and three planes of
//! pixels.
//!
//! A picture in such a file has an address, `test_batch.bin#42`, that stands wherever a picture's path does. Must not say
//! what a label is called.

use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use crate::{Error, Rgb};

/// The side of a picture, in pixels.
const SIDE: usize = 32;
/// Pixels of a plane.
const PLANE: usize = SIDE * SIDE;
/// Bytes of a record: the label, then the planes of red, green and blue, row by row.
pub const RECORD: usize = 1 + 3 * PLANE;

/// The address of a picture in a packed file.
#[must_use]
pub fn address(file: &Path, index: u64) -> PathBuf {
    let mut address = file.as_os_str().to_owned();
    address.push(format!("#{index}"));
    address.into()
}

/// The packed file and the place in it that an address names; None for the path of an ordinary file.
#[must_use]
pub fn place(address: &Path) -> Option<(PathBuf, u64)> {
    let (file, index) = address.to_str()?.rsplit_once('#')?;
    let is_packed = file.ends_with(".bin") && index.bytes().all(|digit| digit.is_ascii_digit());
    // A file that is called so is that file.
    (is_packed && !address.exists()).then_some(())?;
    Some((file.into(), index.parse().ok()?))
}

/// The picture at that place of a packed file.
///
/// # Errors
/// [`Error::Read`], or [`Error::CutShort`] where the file ends before the record does.
pub fn load(file: &Path, index: u64) -> Result<Rgb, Error> {
    let mut bytes = [0; RECORD];
    let open = fs_err::File::open(file)?;
    let start = index.checked_mul(RECORD as u64);
    let read = start.map(|start| open.file().read_exact_at(&mut bytes, start));
    if !matches!(read, Some(Ok(()))) {
        let name = address(file, index).display().to_string();
        return Err(Error::CutShort { name, detail: format!("the file has no whole record {index}") });
    }
    Ok(picture(&bytes))
}

/// The picture of a record.
fn picture(record: &[u8; RECORD]) -> Rgb {
    let [red, green, blue] = [0, 1, 2].map(|plane| &record[1 + plane * PLANE..1 + (plane + 1) * PLANE]);
    let pixels = red.iter().zip(green).zip(blue).flat_map(|((&red, &green), &blue)| [red, green, blue]).collect();
    Rgb { width: SIDE as u32, height: SIDE as u32, pixels, note: None }
}

/// The labels of a packed file's records, in order.
///
/// # Errors
/// A length that is not that of whole records, in words.
pub fn labels(file: &[u8]) -> Result<Vec<u8>, String> {
    let (records, rest) = file.as_chunks::<RECORD>();
    if records.is_empty() || !rest.is_empty() {
        return Err(format!("{} bytes are not whole records of {RECORD}", file.len()));
    }
    Ok(records.iter().map(|record| record[0]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_a_label_and_three_planes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("batch.bin");
        let record = |label: u8| {
            let planes = [10, 20, 30].map(|first| (0..PLANE).map(move |place| (first + place % 7) as u8));
            std::iter::once(label).chain(planes.into_iter().flatten()).collect::<Vec<u8>>()
        };
        std::fs::write(&file, [record(3), record(9)].concat()).unwrap();
        assert_eq!(labels(&std::fs::read(&file).unwrap()), Ok(vec![3, 9]));
        let there = address(&file, 1);
        assert_eq!(place(&there), Some((file.clone(), 1)));
        let picture = crate::load(&there).unwrap();
        assert_eq!((picture.width, picture.height), (32, 32));
        // The second pixel of the first row, then the first of the second.
        assert_eq!((&picture.pixels[3..6], &picture.pixels[96..99]), (&[11, 21, 31][..], &[14, 24, 34][..]));

        let told = crate::load(&address(&file, 2)).unwrap_err().to_string();
        assert!(told.contains("batch.bin#2") && told.contains("no whole record 2"), "{told}");
        assert!(load(&file, u64::MAX).is_err());
        assert!(labels(&[0; RECORD + 1]).unwrap_err().contains("3074 bytes") && labels(&[]).is_err());
    }

    #[test]
    fn a_file_that_is_called_like_an_address_is_itself() {
        let folder = tempfile::tempdir().unwrap();
        let odd = folder.path().join("a.bin#7");
        assert!(place(&odd).is_some());
        std::fs::write(&odd, "").unwrap();
        assert_eq!(place(&odd), None);
        for path in ["a.jpg#1", "a.bin", "a.bin#", "a.bin#-1", "a.bin#1x", "a.bin#99999999999999999999999"] {
            assert_eq!(place(Path::new(path)), None, "{path}");
        }
    }
}
