//! Zip: members by the central directory, names checked, overlapping members refused.
//!
//! Must not write; the caller does.

use std::io::{Read, Seek};

use super::guard::{Counted, Guard};
use super::{Each, Go, Links, damaged, refused};
use crate::error::Error;
use crate::progress::Bar;

pub(super) fn visit(
    from: impl Read + Seek,
    wanted: &dyn Fn(&str) -> bool,
    guard: &mut Guard,
    bar: Option<&Bar>,
    each: &mut Each<'_>,
) -> Result<Links, Error> {
    let archive = guard.archive().to_path_buf();
    let broken = |error: zip::result::ZipError| damaged(&archive, None, &std::io::Error::other(error.to_string()));
    let from = std::io::BufReader::with_capacity(crate::hash::BUFFER, from);
    let mut zip = zip::ZipArchive::new(from).map_err(broken)?;
    if zip.has_overlapping_files().map_err(broken)? {
        let reason = "refused: members overlap, as in an archive made to fill a disk".to_owned();
        return Err(Error::Archive { path: archive, member: None, reason });
    }
    let mut links = Links::new();
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).map_err(broken)?;
        let name = entry.name().map_err(broken)?.into_owned();
        let path = guard.member(name.trim_end_matches('/'))?;
        if entry.is_dir() || !(wanted(&path) || entry.is_symlink()) {
            continue;
        }
        // The file type's bits; some writers leave them 0.
        let kind = entry.unix_mode().unwrap_or(0) & 0o170_000;
        if entry.is_symlink() {
            let mut target = String::new();
            (&mut entry)
                .take(4096)
                .read_to_string(&mut target)
                .map_err(|error| damaged(&archive, Some(&name), &error))?;
            let base = path.rsplit_once('/').map_or("", |(parent, _)| parent);
            let target = super::tarball::resolve(&archive, &name, base, &target)?;
            links.push((path, target));
        } else if kind != 0 && kind != 0o100_000 {
            return Err(refused(&archive, &name, "refused: it is neither file, folder nor link"));
        } else if each(&path, &mut guard.bytes(Counted::new(entry, bar)))? == Go::Stop {
            break;
        }
    }
    Ok(links)
}
