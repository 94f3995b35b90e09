//! A user's own labelled images: labels checked, and every picture looked at and seen to fit the protocols, before anything is
//! fetched or predicted.
//!
//! Must not predict; and must tell everything that is wrong at once.

use std::panic::catch_unwind;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Result, bail};
use spec::protocol::Protocol;
use store::{Progress, UserImages};

use crate::cli::Replicate;
use crate::plan;
use crate::project::Project;
use crate::screen::tell;

/// So many bad images are named.
const NAMED: usize = 30;

/// Reads the folder that was asked for, if one was, checks every label and decodes every picture once.
pub(crate) fn read(project: &Project, asked: &Replicate, progress: &Progress) -> Result<Option<UserImages>> {
    let Some(folder) = asked.images.as_deref() else { return Ok(None) };
    let wnids: Vec<&str> = replications::classes::classes().iter().map(|class| class.wnid).collect();
    let mut own = store::user_images(folder, &wnids)?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let protocols = plan::protocols(&project.target(&asked.target)?, asked)?;
    let Looked { bad, turned } = look(&own, &protocols, cores);
    if !bad.is_empty() {
        let mut told: Vec<&str> = bad.iter().map(|(_, problem)| problem.as_str()).take(NAMED).collect();
        let more = format!("and {} more", bad.len().saturating_sub(NAMED));
        told.extend((bad.len() > NAMED).then_some(more.as_str()));
        let told = told.join("\n  ");
        let count = format!("{} of {}", bad.len(), base::words::count(own.items.len(), "image", "images"));
        if !asked.skip_bad || bad.len() == own.items.len() {
            bail!(
                "{}: {count} cannot be used; mend them or take them away, or leave them out with --skip-bad:\n  {told}",
                folder.display()
            );
        }
        progress.warn(&format!("{}: {count} cannot be used and are left out:\n  {told}", folder.display()));
        let places: Vec<usize> = bad.iter().map(|(place, _)| *place).collect();
        own.leave_out(folder, &places, "images that cannot be used")?;
    }
    if !own.passed_over.is_empty() {
        let reasons = base::words::by_reason(&own.passed_over);
        tell!("{}: {} images; passed over: {}", folder.display(), own.items.len(), reasons);
    }
    if turned > 0 && !asked.orient {
        tell!(
            "{}: {} of {} images were taken another way up than they lie, by their EXIF data: the papers' code does not look, so they are taken as they lie; --orient turns them",
            folder.display(),
            turned,
            own.items.len()
        );
    }
    Ok(Some(own))
}

/// What a look at every image found.
struct Looked {
    /// Places of images that cannot be read, with why.
    bad: Vec<(usize, String)>,
    /// How many are not the way up that their EXIF data name.
    turned: usize,
}

fn look(own: &UserImages, protocols: &[Protocol], threads: usize) -> Looked {
    let (next, turned) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        let mut bad = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = own.items.get(place) else { return bad };
            // A decoder that gives up by panicking has found a bad picture.
            let looked = catch_unwind(|| picture(&item.path, &item.file, protocols));
            match looked.unwrap_or_else(|_| Err(format!("{}: the decoder gave up on it", item.file))) {
                Ok(1) => {}
                Ok(_) => drop(turned.fetch_add(1, Ordering::Relaxed)),
                Err(problem) => bad.push((place, problem)),
            }
        }
    };
    let mut bad: Vec<(usize, String)> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        all.into_iter().flat_map(|one| one.join().unwrap_or_default()).collect()
    });
    bad.sort();
    Looked { bad, turned: turned.into_inner() }
}

/// The orientation of a picture that can be read, and cut as every protocol wants it. Turned, it is cut as well or badly.
fn picture(path: &Path, file: &str, protocols: &[Protocol]) -> Result<u8, String> {
    let bytes = fs_err::read(path).map_err(|error| error.to_string())?;
    let picture = images::decode(&bytes, file).map_err(|error| error.to_string())?;
    for protocol in protocols {
        images::can_cut(picture.width, picture.height, protocol).map_err(|error| format!("{file}: {error}"))?;
    }
    Ok(images::orientation(&bytes))
}
