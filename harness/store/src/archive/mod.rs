//! Archives: what they are, what is in them, and unpacking without letting them write anywhere else or fill the disk.
//!
//! Must not trust a suffix, a member's name or a declared size. Links are never made: a link inside the archive becomes
//! a copy of its target.

mod guard;
mod tarball;
mod zipped;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use spec::lock::ArchiveFormat;

use crate::error::{At, Error};
use crate::hash::{self, Hasher, Weak};
use crate::manifest::{Line, Listing};
use crate::progress::Bar;
use guard::Guard;
pub use guard::Limits;

/// Which archive this is, by its first bytes.
///
/// # Errors
/// The file cannot be read, or is no tar, gzip or zip.
pub fn sniff(path: &Path) -> Result<ArchiveFormat, Error> {
    let mut file = fs_err::File::open(path).at(path)?;
    let head = start(&mut file).at(path)?;
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Ok(ArchiveFormat::Zip);
    }
    if head.starts_with(&[0x1f, 0x8b]) {
        let file = fs_err::File::open(path).at(path)?;
        let inner = start(&mut MultiGzDecoder::new(file)).map_err(|error| damaged(path, None, &error))?;
        return Ok(if tarball::is_tar(&inner) { ArchiveFormat::TarGz } else { ArchiveFormat::Gz });
    }
    if tarball::is_tar(&head) {
        return Ok(ArchiveFormat::Tar);
    }
    Err(Error::Archive {
        path: path.to_path_buf(),
        member: None,
        reason: "it is neither tar, gzip nor zip; is it a web page saved under that name?".to_owned(),
    })
}

/// The first 512 bytes, or as many as there are.
fn start(from: &mut impl Read) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(512);
    from.take(512).read_to_end(&mut head)?;
    Ok(head)
}

/// Unpacks the members for which `choose` gives a path (relative to `to`, which is made), hashing them on the way.
/// Members that are not chosen from a zip are not even read. `bar` counts the archive's bytes.
///
/// # Errors
/// The archive is damaged, would write outside `to`, or holds more than `limits` allow; the disk is full.
pub fn unpack(
    archive: &Path,
    to: &Path,
    choose: &dyn Fn(&str) -> Option<String>,
    limits: Limits,
    bar: Option<&Bar>,
) -> Result<Listing, Error> {
    let mut listing = Listing::default();
    let mut buffer = vec![0; hash::BUFFER];
    let links = visit(archive, &|name| choose(name).is_some(), limits, bar, &mut |member, bytes| {
        let Some(path) = choose(member) else { return Ok(Go::On) };
        let path = inside(archive, member, &path)?;
        let target = to.join(&path);
        if let Some(folder) = target.parent() {
            fs_err::create_dir_all(folder).at(folder)?;
        }
        let mut file = fs_err::File::create(&target).at(&target)?;
        let mut hasher = Hasher::new(Weak::default());
        loop {
            let count = bytes.read(&mut buffer).map_err(|error| damaged(archive, Some(member), &error))?;
            if count == 0 {
                break;
            }
            hasher.update(&buffer[..count]);
            file.write_all(&buffer[..count]).at(&target)?;
        }
        let found = hasher.finish();
        listing.files.insert(path, Line { size: found.size, sha256: found.sha256 });
        Ok(Go::On)
    })?;
    for (member, target) in links {
        let (Some(path), Some(from)) = (choose(&member), choose(&target)) else { continue };
        let (path, from) = (inside(archive, &member, &path)?, inside(archive, &target, &from)?);
        let line = listing.files.get(&from).cloned().ok_or_else(|| dangling(archive, &member, &target))?;
        let copy = to.join(&path);
        if let Some(folder) = copy.parent() {
            fs_err::create_dir_all(folder).at(folder)?;
        }
        fs_err::copy(to.join(&from), &copy).at(&copy)?;
        listing.files.insert(path, line);
    }
    Ok(listing)
}

/// What [`unpack`] would write, without writing: paths, sizes and hashes. `only`: endings of the members wanted, all
/// where it is empty.
///
/// # Errors
/// As [`unpack`].
pub fn list(archive: &Path, only: &[String], limits: Limits) -> Result<Listing, Error> {
    let mut listing = Listing::default();
    let wanted = |name: &str| ends_with_any(name, only);
    let links = visit(archive, &wanted, limits, None, &mut |member, mut bytes| {
        let mut hasher = Hasher::new(Weak::default());
        hash::feed(&mut bytes, &mut hasher).map_err(|error| damaged(archive, Some(member), &error))?;
        let found = hasher.finish();
        listing.files.insert(member.to_owned(), Line { size: found.size, sha256: found.sha256 });
        Ok(Go::On)
    })?;
    for (member, target) in links {
        if wanted(&member) {
            let line = listing.files.get(&target).cloned().ok_or_else(|| dangling(archive, &member, &target))?;
            listing.files.insert(member, line);
        }
    }
    Ok(listing)
}

/// Takes single members out: `wanted` maps a member's path to the file to write. One pass, however many are wanted.
/// Returns the members that are not in the archive. The only member of a gzipped file answers to any name.
///
/// # Errors
/// As [`unpack`].
pub fn extract(archive: &Path, wanted: &BTreeMap<String, PathBuf>, limits: Limits) -> Result<Vec<String>, Error> {
    let plain_gzip = sniff(archive)? == ArchiveFormat::Gz;
    let mut left = wanted.clone();
    let cleaned: BTreeMap<String, String> =
        wanted.keys().filter_map(|name| Some((crate::fs::safe_relative(name).ok()?, name.clone()))).collect();
    let is_wanted = |name: &str| plain_gzip || cleaned.contains_key(name);
    visit(archive, &is_wanted, limits, None, &mut |member, bytes| {
        let key = if plain_gzip { left.keys().next().cloned() } else { cleaned.get(member).cloned() };
        let Some(target) = key.and_then(|key| left.remove(&key)) else { return Ok(Go::On) };
        let mut file = crate::fs::temporary_beside(&target)?;
        let mut buffer = vec![0; hash::BUFFER];
        loop {
            let count = bytes.read(&mut buffer).map_err(|error| damaged(archive, Some(member), &error))?;
            if count == 0 {
                break;
            }
            file.write_all(&buffer[..count]).at(&target)?;
        }
        file.persist(&target).map_err(|error| error.error).at(&target)?;
        Ok(if left.is_empty() { Go::Stop } else { Go::On })
    })?;
    Ok(left.into_keys().collect())
}

/// Whether a member's path has one of the endings (`only` of the lock); no endings allow all.
#[must_use]
pub fn ends_with_any(name: &str, only: &[String]) -> bool {
    only.is_empty() || only.iter().any(|ending| name.ends_with(ending.as_str()))
}

/// Whether a visit goes on after a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Go {
    On,
    Stop,
}

/// What is done with each wanted member: its safe path and its bytes.
type Each<'a> = dyn FnMut(&str, &mut dyn Read) -> Result<Go, Error> + 'a;

/// Links found on the way: the link's path and its target's, both inside the archive.
type Links = Vec<(String, String)>;

/// Goes through the wanted regular files of an archive of any format.
fn visit(
    archive: &Path,
    wanted: &dyn Fn(&str) -> bool,
    limits: Limits,
    bar: Option<&Bar>,
    each: &mut Each<'_>,
) -> Result<Links, Error> {
    let format = sniff(archive)?;
    let file = fs_err::File::open(archive).at(archive)?;
    let mut guard = Guard::new(archive, limits);
    if format == ArchiveFormat::Zip {
        return zipped::visit(file, wanted, &mut guard, bar, each);
    }
    let file = guard::Counted::new(std::io::BufReader::with_capacity(hash::BUFFER, file), bar);
    match format {
        ArchiveFormat::Tar => tarball::visit(file, wanted, &mut guard, each),
        ArchiveFormat::TarGz => {
            let plain = guard.stream(MultiGzDecoder::new(file));
            tarball::visit(plain, wanted, &mut guard, each)
        }
        ArchiveFormat::Gz | ArchiveFormat::Zip => {
            let name = gz_name(archive);
            guard.member(&name)?;
            if wanted(&name) {
                each(&name, &mut guard.bytes(MultiGzDecoder::new(file)))?;
            }
            Ok(Links::new())
        }
    }
}

/// `labels.gz` holds `labels`.
fn gz_name(archive: &Path) -> String {
    let name = archive.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    match name.strip_suffix(".gz") {
        Some(stem) if !stem.is_empty() => stem.to_owned(),
        _ => format!("{name}.unpacked"),
    }
}

fn inside(archive: &Path, member: &str, path: &str) -> Result<String, Error> {
    crate::fs::safe_relative(path).map_err(|reason| refused(archive, member, &format!("refused: {reason}")))
}

fn refused(archive: &Path, member: &str, reason: &str) -> Error {
    Error::Archive { path: archive.to_path_buf(), member: Some(member.to_owned()), reason: reason.to_owned() }
}

fn dangling(archive: &Path, member: &str, target: &str) -> Error {
    refused(archive, member, &format!("refused: a link to {target:?}, which is no file unpacked from this archive"))
}

/// A read error inside an archive: damage, unless a guard stopped it.
fn damaged(archive: &Path, member: Option<&str>, error: &std::io::Error) -> Error {
    let reason = match error.get_ref().and_then(|inner| inner.downcast_ref::<guard::TooMuch>()) {
        Some(too_much) => too_much.to_string(),
        None => format!("damaged or cut off ({error}); fetch it again"),
    };
    Error::Archive { path: archive.to_path_buf(), member: member.map(str::to_owned), reason }
}
