//! A linear SVM a class on features of regions, with mined negatives (`rcnn_train.m`, rbgirshick/rcnn), whatever made the
//! features.
//!
//! Must not hold the features of more than one picture, but for what the machines themselves hold.

use base::boxes::Bounds;
use engine::error::{Error, Result};
use engine::input::objects::Object;
use engine::train::Context;
use linear::Rows;
use linear::mining::{self, Candidates, Progress};
use linear::svm::{self, Model};
use replications::detectors::Machines;

/// Trainings of a machine end after so many passes in any case.
const MOST_PASSES: usize = 1000;

/// Pictures with the features of their regions, read a picture at a time.
pub trait Features {
    /// How many pictures.
    fn pictures(&self) -> usize;

    /// A picture's regions: first the boxes of its objects that are learned from, then others.
    fn regions(&self, picture: usize) -> &[Bounds];

    /// Those objects.
    fn truths(&self, picture: usize) -> &[Object];

    /// Numbers of a region, D.
    fn columns(&self) -> usize;

    /// The features of a picture's regions, `[N, D]`.
    ///
    /// # Errors
    /// They can be neither read nor computed.
    fn rows(&self, picture: usize) -> Result<Vec<f32>>;
}

/// Regions in words, for what is kept of them.
#[must_use]
pub fn edges(regions: &[Bounds]) -> String {
    let of = |own: &Bounds| own.edges().map(|edge| edge.to_string()).join(" ");
    regions.iter().map(of).collect::<Vec<_>>().join(";")
}

/// The same, enlarged.
///
/// # Errors
/// As [`Features::rows`].
pub fn scaled(features: &dyn Features, picture: usize, scale: f64) -> Result<Vec<f32>> {
    let mut rows = features.rows(picture)?;
    enlarge(&mut rows, scale);
    Ok(rows)
}

/// Makes features so many times longer.
pub fn enlarge(rows: &mut [f32], scale: f64) {
    rows.iter_mut().for_each(|value| *value = (f64::from(*value) * scale) as f32);
}

/// The classes of which there is an object to learn from, in order.
#[must_use]
pub fn classes(features: &dyn Features) -> Vec<u32> {
    let all = (0..features.pictures()).flat_map(|picture| features.truths(picture));
    let mut classes: Vec<u32> = all.map(|object| object.class).collect();
    classes.sort_unstable();
    classes.dedup();
    classes
}

/// How many times features are to be enlarged so that their mean length over some regions of some pictures is that
/// (`rcnn_feature_stats.m`).
///
/// # Errors
/// No region has features.
pub fn scale(
    context: &Context<'_, '_>,
    features: &dyn Features,
    length: f64,
    [pictures, regions]: [usize; 2],
) -> Result<f64> {
    let mut stream = context.stream("lengths of features", 0);
    let order = stream.permutation(features.pictures());
    let (mut sum, mut count) = (0.0, 0_u64);
    for picture in order.into_iter().take(pictures).filter_map(|picture| usize::try_from(picture).ok()) {
        let rows = features.rows(picture)?;
        for row in stream.permutation(features.regions(picture).len()).into_iter().take(regions) {
            let own = &rows[usize::try_from(row).unwrap_or(0) * features.columns()..][..features.columns()];
            sum += libm::sqrt(own.iter().map(|value| f64::from(*value) * f64::from(*value)).sum::<f64>());
            count += 1;
        }
    }
    if count == 0 || sum <= 0.0 {
        return Err(Error::Input("no region of the pictures has features; are there proposals at all?".to_owned()));
    }
    Ok(length * count as f64 / sum)
}

/// Trains the machines of those classes on features that are enlarged by `scale`.
///
/// # Errors
/// Features that cannot be had or used.
pub fn train(
    context: &Context<'_, '_>,
    settings: &Machines,
    features: &dyn Features,
    classes: &[u32],
    scale: f64,
) -> Result<Vec<Model>> {
    context.begin("train the linear SVMs")?;
    let count = features.pictures();
    let mut positives: Vec<Vec<f32>> = vec![Vec::new(); classes.len()];
    for picture in 0..count {
        let rows = scaled(features, picture, scale)?;
        for (object, row) in features.truths(picture).iter().zip(rows.chunks_exact(features.columns())) {
            if let Ok(place) = classes.binary_search(&object.class) {
                positives[place].extend_from_slice(row);
            }
        }
        context.emitter().progress(picture + 1, count, "pictures with true boxes")?;
    }
    let rows = positives.iter().map(|values| Rows::new("features of true boxes", values, features.columns()));
    let rows = rows.collect::<std::result::Result<Vec<_>, _>>().map_err(input)?;
    let candidates = |picture: usize| {
        let negatives = |class: &u32| of_no_object(features, picture, *class, settings.negatives_below);
        Ok(Candidates {
            features: scaled(features, picture, scale)?,
            negatives: classes.iter().map(negatives).collect(),
        })
    };
    let (mut trainings, mut told) = (0_u64, Ok(()));
    let mined = mining::mine(&rows, count, candidates, &mined(settings, context.seed()), |progress| match progress {
        Progress::Image { epoch, image, .. } if told.is_ok() => {
            told = context.emitter().progress(epoch * count + image + 1, settings.epochs * count, "pictures mined");
        }
        Progress::Trained(_) => trainings += 1,
        Progress::Image { .. } => {}
        _ => {}
    });
    told?;
    let mined = mined.map_err(input)?;
    let held: usize = mined.iter().map(|one| one.negatives.len()).sum();
    context.emitter().note(format!(
        "{} machines, trained {trainings} times in all; {held} hard negatives at the end",
        mined.len()
    ))?;
    Ok(mined.into_iter().map(|one| one.model).collect())
}

fn mined(own: &Machines, seed: u64) -> mining::Settings {
    mining::Settings {
        svm: svm::Settings {
            c: own.c,
            positive_weight: own.positive_weight,
            bias: own.bias,
            tolerance: own.tolerance,
            max_epochs: MOST_PASSES,
            seed,
        },
        hard: own.hard,
        retrain: own.retrain,
        evict: own.evict,
        epochs: own.epochs,
        warm: true,
    }
}

/// The regions that share less than that with every object of the class.
fn of_no_object(features: &dyn Features, picture: usize, class: u32, below: f64) -> Vec<usize> {
    let own: Vec<&Object> = features.truths(picture).iter().filter(|object| object.class == class).collect();
    let regions = features.regions(picture).iter().enumerate();
    let far = regions.filter(|(_, region)| own.iter().all(|object| object.bounds.iou(region) < below));
    far.map(|(place, _)| place).collect()
}

/// How a region scores by a machine.
#[must_use]
pub fn score(model: &Model, row: &[f32]) -> f64 {
    let sum: f64 = model.weights.iter().zip(row).map(|(weight, value)| weight * f64::from(*value)).sum();
    sum + model.bias
}

/// What linear models refuse is wrong with what they were given.
#[must_use]
pub fn input(error: linear::Error) -> Error {
    Error::Input(error.to_string())
}
