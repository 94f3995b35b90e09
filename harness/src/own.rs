//! A user's own images, labelled or with boxes on them: labels checked, and every picture looked at and seen to fit, before
//! anything is fetched or predicted.
//!
//! Must not predict; and must tell everything that is wrong at once.

mod boxed;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Result, bail};
use spec::protocol::Protocol;
use store::{Progress, UserImages};

pub(crate) use self::boxed::Boxed;
use crate::cli::{ModelSource, Replicate};
use crate::plan;
use crate::project::Project;
use crate::screen::tell;

/// So many bad images are named.
const NAMED: usize = 30;
/// Why an image was passed over that cannot be read, cut or believed.
const LEFT_OUT: &str = "images that cannot be used";

/// What a user gave.
pub(crate) enum Own {
    /// Images with a label each.
    Labelled(UserImages),
    /// Images with boxes on them.
    Boxed(Boxed),
}

impl Own {
    /// What a plan must know of it.
    pub(crate) fn facts(&self) -> plan::Own {
        match self {
            Own::Labelled(own) => plan::Own::Labelled(own.items.len() as u64),
            Own::Boxed(own) => plan::Own::Boxed { trains: own.images.trains() },
        }
    }
}

/// Reads the folder that was asked for, if one was, checks every label or box and decodes every picture once.
pub(crate) fn read(project: &Project, asked: &Replicate, progress: &Progress) -> Result<Option<Own>> {
    let Some(folder) = asked.images.as_deref() else { return Ok(None) };
    let own = if boxed::are_meant(project, asked, folder)? {
        Own::Boxed(boxed::read(folder, asked, progress)?)
    } else if store::has_boxes(folder) {
        bail!(
            "{}: its images have boxes on them, and nothing of `{}` takes such: leave --images out, or give images with labels (labels.csv, or a folder per wnid)",
            folder.display(),
            asked.target
        );
    } else {
        Own::Labelled(labelled(project, folder, asked, progress)?)
    };
    Ok(Some(own))
}

fn labelled(project: &Project, folder: &Path, asked: &Replicate, progress: &Progress) -> Result<UserImages> {
    let wnids: Vec<&str> = replications::classes::classes().iter().map(|class| class.wnid).collect();
    let targets = project.target(&asked.target)?;
    let mut own = match store::user_images(folder, &wnids) {
        // Labels help nobody who has no use for images.
        Err(_) if targets.iter().flat_map(|target| &target.selected).all(|one| one.source == ModelSource::Trained) => {
            bail!(
                "--images is for networks with released weights and for detectors; `{}` has its own data: leave it out",
                asked.target
            )
        }
        images => images?,
    };
    let protocols = plan::protocols(&targets, asked)?;
    let Looked { bad, turned } =
        look(&own.items, |item| &item.file, |item| picture(&item.path, &item.file, &protocols));
    if !bad.is_empty() {
        let problems: Vec<&str> = bad.iter().map(|(_, problem)| problem.as_str()).collect();
        leave_out(folder, &problems, own.items.len(), asked, progress)?;
        let places: Vec<usize> = bad.iter().map(|(place, _)| *place).collect();
        own.leave_out(folder, &places, LEFT_OUT)?;
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
    Ok(own)
}

/// Stops over images that cannot be used, or warns where they are to be left out and others remain.
fn leave_out(folder: &Path, problems: &[&str], of: usize, asked: &Replicate, progress: &Progress) -> Result<()> {
    let mut told: Vec<&str> = problems.iter().copied().take(NAMED).collect();
    let more = format!("and {} more", problems.len().saturating_sub(NAMED));
    told.extend((problems.len() > NAMED).then_some(more.as_str()));
    let told = told.join("\n  ");
    let count = format!("{} of {}", problems.len(), base::words::count(of, "image", "images"));
    if !asked.skip_bad || problems.len() == of {
        bail!(
            "{}: {count} cannot be used; mend them or take them away, or leave them out with --skip-bad:\n  {told}",
            folder.display()
        );
    }
    progress.warn(&format!("{}: {count} cannot be used and are left out:\n  {told}", folder.display()));
    Ok(())
}

/// What a look at every image found.
struct Looked {
    /// Places of images that cannot be used, with why.
    bad: Vec<(usize, String)>,
    /// How many are not the way up that their EXIF data name.
    turned: usize,
}

/// Looks at every item; `of` gives a picture's orientation.
fn look<T: Sync>(
    items: &[T],
    file: impl Fn(&T) -> &str + Sync,
    of: impl Fn(&T) -> Result<u8, String> + Sync,
) -> Looked {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (next, turned) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        let mut bad = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(place) else { return bad };
            // A decoder that gives up by panicking has found a bad picture.
            let looked = catch_unwind(AssertUnwindSafe(|| of(item)));
            match looked.unwrap_or_else(|_| Err(format!("{}: the decoder gave up on it", file(item)))) {
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
