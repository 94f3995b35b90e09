//! A user's own pictures with boxes on them.
//!
//! Must not decide what is trained on them; their lists have.

use std::path::Path;

use anyhow::{Result, bail};
use store::annotated::Annotated;
use store::{Progress, UserBoxes};

use super::{LEFT_OUT, Looked, leave_out, look};
use crate::cli::{ModelSource, Replicate};
use crate::plan;
use crate::project::Project;
use crate::screen::tell;

/// Pictures that were looked at.
pub(crate) struct Boxed {
    pub(crate) images: UserBoxes,
    /// SHA-256 over the pictures and what says where their boxes are.
    pub(crate) root: String,
}

/// Whether a folder is one of pictures with boxes: something that was selected takes them, and it is not laid out for labels.
pub(super) fn are_meant(project: &Project, asked: &Replicate, folder: &Path) -> Result<bool> {
    let takes_boxes = project.asked_for(asked)?.iter().any(|target| {
        let trained = target.selected.iter().filter(|one| one.source == ModelSource::Trained);
        let is_one = |id: &str| trained.clone().any(|one| one.id == id);
        let mut experiments = target.paper.spec.experiments.iter().filter(|experiment| is_one(&experiment.id));
        experiments.any(|experiment| plan::takes_boxes(&project.lock, experiment))
    });
    let trains = asked.model.is_empty() || asked.model.contains(&ModelSource::Trained);
    Ok(takes_boxes && trains && !store::has_labels(folder))
}

pub(super) fn read(folder: &Path, asked: &Replicate, progress: &Progress) -> Result<Boxed> {
    if asked.orient {
        bail!("--orient would turn the pictures and not the boxes on them: leave it out");
    }
    let mut own = store::user_boxes(folder)?;
    let Looked { bad, turned } = look(&own.items, |(_, image)| &image.annotation.file, |(_, image)| picture(image));
    let of = own.items.len() + own.bad.len();
    let problems: Vec<&str> =
        own.bad.iter().chain(bad.iter().map(|(_, problem)| problem)).map(String::as_str).collect();
    if !problems.is_empty() {
        leave_out(folder, &problems, of, asked, progress)?;
        let places: Vec<usize> = bad.iter().map(|(place, _)| *place).collect();
        own.leave_out(&places, LEFT_OUT);
    }
    own.check()?;
    let tested = own.count_tested();
    let trained = own.items.len() - tested;
    let shown = folder.display();
    let of_list = base::words::count(tested, "image is", "images are");
    let on = if trained > 0 { format!(", {trained} are trained on") } else { String::new() };
    let over = base::words::by_reason(&own.passed_over);
    let over = if over.is_empty() { over } else { format!("; passed over: {over}") };
    tell!("{shown}: {of_list} tested (list `{}`){on}{over}", own.tested);
    if !own.other_classes.is_empty() {
        let others = base::words::by_reason(&own.other_classes);
        tell!("{shown}: left out are objects of other classes than PASCAL VOC's twenty: {others}");
    }
    if turned > 0 {
        tell!(
            "{shown}: {turned} of {} images were taken another way up than they lie, by their EXIF data: boxes are taken to be on them as they lie",
            own.items.len()
        );
    }
    let root = own.root()?;
    Ok(Boxed { images: own, root })
}

/// The orientation of a picture that can be read and is as large as its annotation says.
fn picture(image: &Annotated) -> Result<u8, String> {
    let (file, annotation) = (&image.annotation.file, &image.annotation);
    let bytes = fs_err::read(&image.path).map_err(|error| error.to_string())?;
    let picture = images::decode(&bytes, file).map_err(|error| error.to_string())?;
    let (width, height) = (annotation.width as usize, annotation.height as usize);
    if (picture.width as usize, picture.height as usize) != (width, height) {
        return Err(format!(
            "{file}: it is {} × {} pixels, its annotation says {width} × {height}",
            picture.width, picture.height
        ));
    }
    Ok(images::orientation(&bytes))
}
