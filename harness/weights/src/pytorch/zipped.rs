//! PyTorch's zip files: the pickle `data.pkl`, a member for each storage, and a word on the order of bytes.
//!
//! Must not judge tensors. Members are stored as they are; a file that somebody packed is refused.

use std::borrow::Cow;
use std::io::{Cursor, Read as _};

use zip::read::ZipReadOptions;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::super::pickle::{self, Pickle};
use super::{Problem, Storages, dtype};

/// What to do with a zip file that is none of `torch.save`'s.
const SAVE: &str = "save the state dict with `torch.save`";

/// The pickle, and the storages' bytes, little-endian.
pub(super) fn read(bytes: &[u8]) -> Result<(Pickle, Storages<'_>), Problem> {
    let mut archive = Archive::open(bytes)?;
    let pickle_name = archive.pickle()?;
    let folder = pickle_name.trim_end_matches("data.pkl").to_owned();
    let pickle = pickle::read(&archive.member(&pickle_name)?)?;
    let order = format!("{folder}byteorder");
    let big_endian = if archive.names.contains(&order) {
        match archive.member(&order)?.as_slice() {
            b"little" => false,
            b"big" => true,
            other => {
                let what = format!("the file's order of bytes is `{}`, not little or big", other.escape_ascii());
                return Err(Problem::damaged(what));
            }
        }
    } else {
        // Files of PyTorch before 2.1, all but a few of them from little-endian machines.
        false
    };
    let prefix = format!("{folder}data/");
    let mut storages = Storages::new();
    for name in archive.names.clone() {
        let Some(key) = name.strip_prefix(&prefix) else { continue };
        let mut content = archive.member(&name)?;
        if big_endian && let Some(class) = pickle.storages.get(key) {
            content.chunks_exact_mut(dtype(class)?.bytes()).for_each(<[u8]>::reverse);
        }
        storages.insert(key.to_owned(), content.into());
    }
    Ok((pickle, storages))
}

/// A zip file whose members are stored, and do not overlap.
struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    names: Vec<String>,
    /// Bytes of the file that no member has taken.
    left: u64,
}

impl Archive<'_> {
    fn open(bytes: &[u8]) -> Result<Archive<'_>, Problem> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
        let names = zip.file_names().map(|name| name.map(Cow::into_owned));
        let names = names.collect::<Result<_, _>>().map_err(broken)?;
        Ok(Archive { zip, names, left: bytes.len() as u64 })
    }

    /// The name of the pickle of a state dict.
    fn pickle(&self) -> Result<String, Problem> {
        if self.names.iter().any(|name| name.ends_with("/constants.pkl")) {
            return Err(Problem::unsupported(
                "is a TorchScript archive, a program with its weights",
                "save its state dict: `torch.save(torch.jit.load(OLD).state_dict(), NEW)`",
            ));
        }
        self.names.iter().find(|name| name.ends_with("/data.pkl")).cloned().ok_or_else(|| {
            let mut some: Vec<_> = self.names.iter().take(3).map(|name| format!("`{name}`")).collect();
            some.extend((self.names.len() > some.len()).then(|| "…".to_owned()));
            Problem::unsupported(
                format!("is a zip file that `torch.save` did not write: it holds no data.pkl but {}", some.join(", ")),
                format!("if the weights are a file in it, unpack it and name that as `file`; else {SAVE}"),
            )
        })
    }

    fn member(&mut self, name: &str) -> Result<Vec<u8>, Problem> {
        let at = |problem: Problem| problem.at(&format!("{name} in the zip file"));
        let index = self.zip.index_for_name(name).ok_or_else(|| broken(ZipError::FileNotFound))?;
        let raw = self.zip.by_index_raw(index).map_err(|error| at(broken(error)))?;
        if raw.encrypted() {
            return Err(at(Problem::unsupported("is encrypted", format!("unpack it with its password and {SAVE}"))));
        }
        if raw.compression() != CompressionMethod::Stored {
            let instead = format!("{SAVE}, or unpack the file and put it together again by `zip -0 -r`");
            return Err(at(Problem::unsupported("is compressed, and PyTorch packs nothing", instead)));
        }
        // PyTorch writes 0 for each where `set_crc32_options(False)` was called.
        let options = ZipReadOptions::new().ignore_crc32(raw.crc32() == 0);
        drop(raw);
        let file = self.zip.by_index_with_options(index, options).map_err(|error| at(broken(error)))?;
        // All members together cannot be larger than the file; members that overlap could be.
        let mut content = Vec::new();
        let read = file.take(self.left + 1).read_to_end(&mut content);
        read.map_err(|error| at(Problem::damaged(error.to_string())))?;
        self.left = self
            .left
            .checked_sub(content.len() as u64)
            .ok_or_else(|| at(Problem::damaged("more comes out than the file holds")))?;
        Ok(content)
    }
}

fn broken(error: ZipError) -> Problem {
    match error {
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            Problem::unsupported(format!("is a zip file of a kind that is not read here ({error})"), SAVE)
        }
        _ => Problem::damaged(format!("is not a whole zip file ({error})")),
    }
}
