//! Support vector machines of several classes whose negatives are too many to hold: hard-negative mining.
//!
//! The caller hands over one image's features at a time. Each class keeps the negatives that its machine finds hard, is
//! trained again when it has got enough new ones, and drops what has become easy. The rules are those of `rcnn_train.m`
//! (rbgirshick/rcnn, read at 0262362): all negatives of the first image, then those that score above `hard`; training after
//! the first image, after more than `retrain` new negatives, and after the last image; then negatives that score below
//! `evict` are dropped. Beyond it: a training may begin with the last one's dual variables (`warm`), and a row that is a
//! hard negative of several classes is held once.
//!
//! Memory is the positives (the caller's), the rows in any class's cache, and one image. Must not scale features.

mod cache;

use std::sync::Arc;

use cache::Cache;
use rayon::prelude::*;

use crate::svm::{self, Model};
use crate::{Error, Failure, Rows};

/// How negatives are kept and machines trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Each training.
    pub svm: svm::Settings,
    /// A negative is hard if it scores more than this; at a margin of 1, slightly below −1.
    pub hard: f64,
    /// A class is trained again after more new negatives than this.
    pub retrain: usize,
    /// After training, negatives that score less than this are dropped; not above `hard`.
    pub evict: f64,
    /// How often all images are gone through; at least 1.
    pub epochs: usize,
    /// Whether a training begins with the dual variables of the one before: faster, and the same within the tolerance.
    pub warm: bool,
}

impl Settings {
    fn check(&self) -> Result<(), Error> {
        self.svm.check()?;
        if !self.hard.is_finite() {
            return Err(Error::Setting { name: "hard", value: self.hard, needed: "finite" });
        }
        if !self.evict.is_finite() || self.evict > self.hard {
            return Err(Error::Setting { name: "evict", value: self.evict, needed: "finite and not above hard" });
        }
        if self.epochs == 0 {
            return Err(Error::Setting { name: "epochs", value: 0.0, needed: "at least 1" });
        }
        Ok(())
    }
}

/// One image's features, and what they are negatives of; nothing at all is an image without negatives.
#[derive(Debug, Clone, Default)]
pub struct Candidates {
    /// `[N, D]`, row by row; there may be none.
    pub features: Vec<f32>,
    /// For each class the rows that are negatives of it, counted from 0.
    pub negatives: Vec<Vec<usize>>,
}

/// A training of one class.
#[derive(Debug, Clone, PartialEq)]
pub struct Round {
    /// The class.
    pub class: usize,
    /// How often all images had been gone through before.
    pub epoch: usize,
    /// After which image.
    pub image: usize,
    /// How many positives there are.
    pub positives: usize,
    /// How many negatives it was trained with.
    pub negatives: usize,
    /// How many of them were new.
    pub added: usize,
    /// How many of them were dropped afterwards.
    pub dropped: usize,
    /// The objective over the positives and these negatives.
    pub primal: f64,
    /// The dual objective.
    pub dual: f64,
    /// How many passes the training took.
    pub passes: usize,
    /// Whether it reached its tolerance.
    pub converged: bool,
}

/// What happens while mining.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Progress<'a> {
    /// An image was looked at.
    Image {
        /// How often all images had been gone through before.
        epoch: usize,
        /// The image.
        image: usize,
        /// How many new negatives it gave to all classes together.
        added: usize,
    },
    /// A class was trained.
    Trained(&'a Round),
}

/// What mining came to for one class.
#[derive(Debug, Clone, PartialEq)]
pub struct Mined {
    /// The machine of the last training.
    pub model: Model,
    /// Every training, in order.
    pub rounds: Vec<Round>,
    /// Image and row of each negative that was left in the end, in the order in which they came.
    pub negatives: Vec<(usize, usize)>,
}

/// Trains a machine for each class. `positives` are each class's, `[N, D]` with one D; `candidates` is called with 0 to
/// `images` − 1, as often as `epochs` says. Classes are trained side by side; the same input gives the same bits.
///
/// # Errors
///
/// A class without positives or for which no image has a negative, features of another length than the positives' or not
/// finite, rows that an image does not have, settings that make no sense, an image that the caller could not hand over.
pub fn mine(
    positives: &[Rows<'_>],
    images: usize,
    mut candidates: impl FnMut(usize) -> Result<Candidates, Failure>,
    settings: &Settings,
    mut progress: impl FnMut(Progress<'_>),
) -> Result<Vec<Mined>, Error> {
    settings.check()?;
    let Some(columns) = positives.first().map(Rows::columns) else {
        return Err(Error::Nothing { what: "mining".to_owned(), missing: "classes" });
    };
    for (class, rows) in positives.iter().enumerate() {
        if rows.is_empty() {
            return Err(Error::Nothing { what: format!("class {class}"), missing: "positives" });
        }
        rows.expect_columns(&format!("positives of class {class}"), columns)?;
    }
    let mut caches: Vec<Cache<'_>> =
        positives.iter().enumerate().map(|(class, rows)| Cache::new(class, *rows)).collect();
    for epoch in 0..settings.epochs {
        for image in 0..images {
            let given = candidates(image).map_err(|source| Error::Candidates { image, source })?;
            let first = (epoch, image) == (0, 0);
            let last = (epoch + 1, image + 1) == (settings.epochs, images);
            let added = look(&mut caches, image, &given, columns, (!first).then_some(settings.hard))?;
            drop(given);
            progress(Progress::Image { epoch, image, added });
            let trained: Vec<Round> = caches
                .par_iter_mut()
                .filter(|cache| !cache.is_empty() && (first || last || cache.added() > settings.retrain))
                .map(|cache| cache.train(epoch, image, settings))
                .collect();
            trained.iter().for_each(|round| progress(Progress::Trained(round)));
        }
    }
    caches.into_iter().map(Cache::end).collect()
}

/// Puts an image's negatives into the caches: those that score above `hard`, or all; how many.
fn look(
    caches: &mut [Cache<'_>],
    image: usize,
    given: &Candidates,
    columns: usize,
    hard: Option<f64>,
) -> Result<usize, Error> {
    let rows = Rows::new(&format!("image {image}"), &given.features, columns)?;
    if rows.is_empty() && given.negatives.is_empty() {
        return Ok(0);
    }
    if given.negatives.len() != caches.len() {
        let what = format!("lists of negatives of image {image}");
        return Err(Error::Count { what, expected: caches.len(), found: given.negatives.len(), per: "class" });
    }
    for (class, listed) in given.negatives.iter().enumerate() {
        if let Some(row) = listed.iter().copied().find(|row| *row >= rows.len()) {
            return Err(Error::Outside { image, class, row, rows: rows.len() });
        }
    }
    // Which classes want each row: a row is scored for all of them while it is in the processor's cache.
    let mut of_row: Vec<Vec<usize>> = vec![Vec::new(); rows.len()];
    for (class, listed) in given.negatives.iter().enumerate() {
        listed.iter().for_each(|row| of_row[*row].push(class));
    }
    if let Some(hard) = hard {
        of_row.par_iter_mut().enumerate().for_each(|(row, classes)| {
            classes.retain(|class| caches[*class].score(rows.row(row)) > hard);
        });
    }
    let mut added = 0;
    for (row, classes) in of_row.iter().enumerate() {
        let mut held: Option<Arc<[f32]>> = None;
        for class in classes {
            let features = held.get_or_insert_with(|| Arc::from(rows.row(row)));
            added += usize::from(caches[*class].add((image, row), features));
        }
    }
    Ok(added)
}
