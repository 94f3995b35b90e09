//! Stores, entries and bytes to test with.

use std::path::{Path, PathBuf};
use std::time::Duration;

use spec::lock::{Access, ArchiveFormat, Entry, File, HashCheck, Kind, Licence, Manifest, Source, Unpack};
use store::http::Patience;
use store::{Fetched, Home, Options, Progress, Store};

/// Bytes without a pattern that would hide a shift; no two seeds alike.
pub(crate) fn bytes(count: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    })
    .take(count)
    .collect()
}

/// Patience for tests: quick to retry, quick to give up.
pub(crate) fn patience() -> Patience {
    Patience {
        attempts: 4,
        connect: Duration::from_secs(5),
        read: Duration::from_millis(400),
        first_wait: Duration::from_millis(5),
        longest_wait: Duration::from_millis(50),
    }
}

/// A store in a folder of its own, and that folder.
pub(crate) struct Place {
    pub(crate) dir: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn options(&self) -> Options {
        let mut options = Options::new(Home::at(self.path("home")));
        options.progress = Progress::hidden();
        options.patience = patience();
        options
    }

    pub(crate) fn store(&self) -> Store {
        Store::new(self.options())
    }

    pub(crate) fn with_mirror(&self) -> Store {
        let mut options = self.options();
        options.mirrors.push(self.path("mirror"));
        Store::new(options)
    }

    /// Writes a file below this place.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(&path, bytes).unwrap();
        path
    }

    /// A file of an entry in the store.
    pub(crate) fn stored(&self, entry: &str, file: &str) -> PathBuf {
        self.path("home/data").join(entry).join(file)
    }
}

pub(crate) fn entry(id: &str, files: Vec<File>) -> Entry {
    Entry {
        id: id.to_owned(),
        title: id.to_owned(),
        kind: Kind::Dataset,
        licence: Licence { name: "none".to_owned(), redistributable: false, read_in: "here".to_owned() },
        access: Access::Open,
        by_hand: None,
        images: None,
        annotated: None,
        captioned: None,
        annotations: None,
        labels_of: None,
        files,
        note: None,
    }
}

pub(crate) fn pinned(path: &str, bytes: &[u8], sources: Vec<Source>) -> File {
    File {
        path: path.to_owned(),
        size: Some(bytes.len() as u64),
        sha256: Some(store::hash::sha256(bytes)),
        sha256_prefix: None,
        md5: None,
        sha1: None,
        hash: HashCheck::Recomputed,
        sources,
        unpack: None,
    }
}

pub(crate) fn unpacked(mut file: File, format: ArchiveFormat, to: &str, manifest: Option<Manifest>) -> File {
    file.unpack = Some(Unpack { format, to: to.to_owned(), only: Vec::new(), manifest });
    file
}

pub(crate) fn mirror(path: &str) -> Source {
    Source::Mirror(path.to_owned())
}

/// A tar of plain files.
pub(crate) fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

pub(crate) fn gz(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::Write;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Every file below a folder, for "nothing else is there".
pub(crate) fn all_files(dir: &Path) -> Vec<String> {
    store::fs::files_below(dir).unwrap()
}

/// An entry at hand in a folder, none of whose files is listed.
pub(crate) fn unlisted(entry: &str, dir: &Path) -> Fetched {
    Fetched {
        entry: entry.to_owned(),
        dir: dir.to_owned(),
        files: Vec::new(),
        root: "0".to_owned(),
        warnings: Vec::new(),
        in_place: None,
    }
}
