//! Tar: members in order, names checked, devices refused, links resolved inside the archive.
//!
//! Must not write; the caller does.

use std::io::Read;
use std::path::Path;

use tar::EntryType;

use super::guard::Guard;
use super::{Each, Go, Links, damaged, refused};
use crate::error::Error;

/// Whether these first bytes are a tar header: by its magic, or by its checksum for the oldest form.
pub(super) fn is_tar(head: &[u8]) -> bool {
    let Some(head) = head.get(..512) else { return false };
    if &head[257..262] == b"ustar" {
        return true;
    }
    let field = String::from_utf8_lossy(&head[148..156]);
    let Ok(declared) = u32::from_str_radix(field.trim_matches(|c: char| c == '\0' || c == ' '), 8) else {
        return false;
    };
    // The checksum counts its own field as blanks.
    let sum: u32 =
        head.iter().enumerate().map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) }).sum();
    sum == declared && head[0] != 0
}

pub(super) fn visit(
    from: impl Read,
    wanted: &dyn Fn(&str) -> bool,
    guard: &mut Guard,
    each: &mut Each<'_>,
) -> Result<Links, Error> {
    let archive = guard.archive().to_path_buf();
    let mut tar = tar::Archive::new(from);
    let mut links = Links::new();
    for entry in tar.entries().map_err(|error| damaged(&archive, None, &error))? {
        let entry = entry.map_err(|error| damaged(&archive, None, &error))?;
        let kind = entry.header().entry_type();
        if kind == EntryType::XGlobalHeader {
            continue;
        }
        let name = String::from_utf8(entry.path_bytes().into_owned())
            .map_err(|bytes| refused(&archive, &String::from_utf8_lossy(bytes.as_bytes()), "its name is not UTF-8"))?;
        if kind == EntryType::Directory && is_root(&name) {
            continue;
        }
        let path = guard.member(&name)?;
        match kind {
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                if wanted(&path) && each(&path, &mut guard.bytes(entry))? == Go::Stop {
                    break;
                }
            }
            EntryType::Directory => {}
            EntryType::Symlink | EntryType::Link => {
                let bytes = entry.link_name_bytes().unwrap_or_default().into_owned();
                let target = String::from_utf8_lossy(&bytes).into_owned();
                let base = if kind == EntryType::Symlink { parent(&path) } else { "" };
                let target = resolve(&archive, &name, base, &target)?;
                links.push((path, target));
            }
            other => {
                return Err(refused(
                    &archive,
                    &name,
                    &format!("refused: it is neither file, folder nor link ({other:?})"),
                ));
            }
        }
    }
    Ok(links)
}

/// `./` stands for the folder itself in archives made with `tar c .`.
fn is_root(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| matches!(c, '.' | '/')) && !name.contains("..") && !name.starts_with('/')
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// A link's target as a path inside the archive.
pub(super) fn resolve(archive: &Path, member: &str, base: &str, target: &str) -> Result<String, Error> {
    let leaves = || refused(archive, member, &format!("refused: a link that leaves the folder ({target:?})"));
    if target.is_empty() || target.starts_with('/') || target.contains(['\0', '\n', '\\']) {
        return Err(leaves());
    }
    let mut names: Vec<&str> = base.split('/').filter(|name| !name.is_empty()).collect();
    for name in target.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop().ok_or_else(leaves)?;
            }
            name => names.push(name),
        }
    }
    Ok(names.join("/"))
}
