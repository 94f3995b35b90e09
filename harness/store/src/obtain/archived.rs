//! Archives of which the unpacked files are wanted: unpacked from where they lie, or taken from a folder in which
//! somebody unpacked them already.
//!
//! Must not let an unpacked file into the entry's folder before the whole manifest was compared with the lock.

use std::path::{Path, PathBuf};

use spec::lock::Source;

use super::local::packed;
use super::{Obtain, Tried};
use crate::archive::{self, Limits};
use crate::error::{At, Contents, Error};
use crate::expect::Expect;
use crate::fetched::Origin;
use crate::inspect;
use crate::manifest::Listing;
use crate::parts::Archive;

impl<'a> Obtain<'a> {
    /// Brings an archive's contents into the entry's folder. An archive of the user's or of a mirror is read where it
    /// lies; a fetched one is removed once its contents are proven.
    pub(crate) fn archive(&mut self, archive: &Archive<'a>) -> Result<(), Error> {
        let mut tried = Vec::new();
        if let Some((folder, origin, listing)) = self.unpacked_folder(archive, &mut tried)? {
            self.note(archive.file, tried);
            return self.adopt(archive, &folder, &listing, &origin);
        }
        let (path, origin) = match self.locate(archive.file) {
            Ok(found) => found,
            // What was wrong with an unpacked folder says more than that there is no archive either.
            Err(Error::ByHand { .. } | Error::NoSource { .. }) if !tried.is_empty() => {
                return Err(self.gave_up(archive.file, tried));
            }
            Err(error) => return Err(error),
        };
        self.note(archive.file, tried);
        let size = fs_err::metadata(&path).at(&path)?.len();
        let limits = match &archive.unpack.manifest {
            Some(manifest) => Limits::for_manifest(manifest, size),
            None => Limits::for_archive(size),
        };
        fs_err::create_dir_all(&self.downloads).at(&self.downloads)?;
        let folder = tempfile::Builder::new().prefix("unpack-").tempdir_in(&self.downloads).at(&self.downloads)?;
        let bar = self.options.progress.bytes(&format!("unpacking {}", self.name(archive.file)), Some(size));
        let choose = |name: &str| archive::ends_with_any(name, &archive.unpack.only).then(|| name.to_owned());
        let listing = archive::unpack(&path, folder.path(), &choose, limits, Some(&bar))?;
        self.compare(archive, &listing, &path, "the archive or the lock was changed: fetch the archive anew, and do not change the lock before you know why")?;
        bar.done();
        self.settle(archive, folder.path(), &listing, &origin)
    }

    /// The unpacked files must be those that the lock pins, or, where it pins none, those of the first unpacking.
    pub(crate) fn compare(
        &self,
        archive: &Archive<'_>,
        listing: &Listing,
        from: &Path,
        advice: &str,
    ) -> Result<(), Error> {
        let state = self.options.home.state(&self.parts.entry.id).join(archive.state_name());
        let kept = fs_err::read_to_string(&state).ok().and_then(|text| Listing::parse(&text, &state).ok());
        let pinned = match (&archive.unpack.manifest, &kept) {
            (Some(pinned), _) => pinned.clone(),
            (None, Some(kept)) => kept.pinned(),
            (None, None) => return Ok(()),
        };
        let found = listing.pinned();
        if found.root == pinned.root {
            return Ok(());
        }
        // The lock holds only the root; names can be told where the right list was kept.
        let differing =
            kept.filter(|kept| kept.root() == pinned.root).map(|kept| listing.differences(&kept)).unwrap_or_default();
        Err(Error::Contents(Box::new(Contents {
            archive: self.name(archive.file),
            from: from.display().to_string(),
            expected: told(&pinned),
            found: told(&found),
            differing: differing.into_iter().take(5).collect(),
            advice: advice.to_owned(),
        })))
    }

    /// Moves a folder of proven files into the entry's folder and keeps their list.
    fn settle(
        &mut self,
        archive: &Archive<'_>,
        folder: &Path,
        listing: &Listing,
        origin: &Origin,
    ) -> Result<(), Error> {
        let dir = self.options.home.entry(&self.parts.entry.id);
        for path in listing.files.keys() {
            crate::fs::rename(&folder.join(path), &dir.join(archive.path_of(path)))?;
        }
        self.keep(archive, listing, origin)
    }

    /// Copies proven files out of a folder that is not ours.
    fn adopt(&mut self, archive: &Archive<'_>, folder: &Path, listing: &Listing, origin: &Origin) -> Result<(), Error> {
        let dir = self.options.home.entry(&self.parts.entry.id);
        let bar = self
            .options
            .progress
            .bytes(&format!("copying {} unpacked", self.name(archive.file)), Some(listing.bytes()));
        for (path, line) in &listing.files {
            let expect = Expect { size: Some(line.size), sha256: Some(&line.sha256), ..Expect::default() };
            let dest = dir.join(archive.path_of(path));
            let name = format!("{}/{path}", self.parts.entry.id);
            super::local::copy(&folder.join(path), &dest, &expect, &name, "it changed while it was copied: run again")?;
            bar.advance(line.size);
        }
        bar.done();
        self.keep(archive, listing, origin)
    }

    fn keep(&mut self, archive: &Archive<'_>, listing: &Listing, origin: &Origin) -> Result<(), Error> {
        let state = self.options.home.state(&self.parts.entry.id).join(archive.state_name());
        crate::fs::write_atomic(&state, listing.text().as_bytes())?;
        self.origins.extend(listing.files.keys().map(|path| (archive.path_of(path), origin.clone())));
        Ok(())
    }

    /// A folder of the user's or of a mirror that holds the pinned contents unpacked.
    fn unpacked_folder(
        &self,
        archive: &Archive<'a>,
        tried: &mut Vec<Tried>,
    ) -> Result<Option<(PathBuf, Origin, Listing)>, Error> {
        let Some(pinned) = &archive.unpack.manifest else { return Ok(None) };
        for (folder, origin) in self.unpacked_places(archive) {
            match inspect::listing_if_pinned(&folder, self.parts, *archive, pinned)? {
                Ok(listing) => return Ok(Some((folder, origin, listing))),
                // A folder with the packed form beside the labels is no wrong folder, nor one where that is packed once more.
                Err(_) if holds_packed(&folder, name_of(&archive.file.path)) => {}
                Err(found) => {
                    let contents = Contents {
                        archive: self.name(archive.file),
                        from: folder.display().to_string(),
                        expected: told(pinned),
                        found,
                        differing: Vec::new(),
                        advice: "put the right files there, or take the folder away".to_owned(),
                    };
                    tried.push(Tried { error: Error::Contents(Box::new(contents)) });
                }
            }
        }
        Ok(None)
    }

    /// Whether some folder may hold the contents: one with at least as many files as are pinned.
    pub(crate) fn has_unpacked_place(&self, archive: &Archive<'_>) -> bool {
        let Some(pinned) = &archive.unpack.manifest else { return false };
        let enough =
            |folder: &Path| crate::fs::files_below(folder).is_ok_and(|files| files.len() as u64 >= pinned.files);
        self.unpacked_places(archive).iter().any(|(folder, _)| enough(folder))
    }

    /// Folders in which the unpacked files may lie.
    fn unpacked_places(&self, archive: &Archive<'_>) -> Vec<(PathBuf, Origin)> {
        let entry = self.parts.entry;
        let mut places: Vec<(PathBuf, Origin)> = Vec::new();
        let mut push = |path: PathBuf, origin: fn(PathBuf) -> Origin| {
            // Without the `.` that stands for the folder itself.
            let path: PathBuf = path.components().collect();
            if path.is_dir() && !places.iter().any(|(known, _)| *known == path) {
                places.push((path.clone(), origin(path)));
            }
        };
        if let Some((path, _)) = self.options.user_path(entry, &archive.file.path) {
            // Where a folder of that name is there, the folder itself holds more than the contents.
            push(path.join(&archive.unpack.to), Origin::User);
            if !path.join(&archive.unpack.to).is_dir() {
                push(path.to_path_buf(), Origin::User);
            }
        }
        for mirror in &self.options.mirrors {
            for source in &archive.file.sources {
                if let Source::Mirror(path) = source
                    && let Ok(path) = crate::fs::safe_relative(path)
                    && let Some((parent, _)) = path.rsplit_once('/')
                {
                    push(mirror.join(parent).join(&archive.unpack.to), Origin::Mirror);
                }
            }
            push(mirror.join(&entry.id).join(&archive.unpack.to), Origin::Mirror);
        }
        places
    }
}

/// Whether a folder has the archive itself, as it is or with `.xz` behind its name, as mirrors keep what is large.
fn holds_packed(folder: &Path, name: &str) -> bool {
    let file = folder.join(name);
    file.is_file() || packed(&file).is_file()
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn told(manifest: &spec::lock::Manifest) -> String {
    format!("{} files of {} bytes with root {}", manifest.files, manifest.bytes, manifest.root)
}
