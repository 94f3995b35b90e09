//! CIFAR-10 as the networks see it: the mean of each pixel of the training images is subtracted.
//!
//! Must not draw anything at random.

use engine::error::{Error, Result};
use engine::input::list;
use engine::train::augment::mean_picture;
use engine::train::{Context, Pictures, Shown};
use replications::resnet::recipe::Recipe;
use tch::{Device, Tensor};

use crate::cifar::{Cifar, Labelled, SIZE};

/// Both sets, and what they are called.
#[derive(Debug)]
pub(super) struct Data {
    pub(super) train: Labelled,
    pub(super) test: Labelled,
    /// The mean picture of what is trained on, `[3, 32, 32]`, in units of 0 to 1.
    mean: Vec<f32>,
    /// The test images' names, as networks with released weights are tested on them, so that answers can be compared.
    pub(super) test_files: Option<Vec<String>>,
    pub(super) train_root: String,
    pub(super) test_root: String,
}

impl Data {
    /// Reads CIFAR-10, without the training images that the recipe holds out.
    ///
    /// # Errors
    /// Files that are missing or damaged, fewer images than a batch, or test images that are not those of the list.
    pub(super) fn new(context: &Context<'_, '_>, recipe: &Recipe) -> Result<Data> {
        let (all, tested) = (context.data("cifar10")?, context.data("cifar10-test")?);
        let Cifar { mut train, test } = Cifar::read(&all.folder)?;
        let trained_on = train.len().saturating_sub(recipe.held_out);
        if trained_on < recipe.batch {
            return Err(Error::Input(format!(
                "of {} training images {} are held out: fewer are left than the {} of a batch",
                train.len(),
                recipe.held_out,
                recipe.batch
            )));
        }
        train.truncate(trained_on);
        let test_files = tested.list.as_deref().map(|path| {
            let items = list::read(path)?;
            if !items.iter().map(|item| item.class).eq(test.labels.iter().map(|label| u32::from(*label))) {
                return Err(Error::Input(format!("{}: these are not the classes of test_batch.bin", path.display())));
            }
            Ok(items.into_iter().map(|item| item.file).collect())
        });
        Ok(Data {
            mean: mean_picture(&train.pixels, SIZE),
            train,
            test,
            test_files: test_files.transpose()?,
            train_root: all.root.clone(),
            test_root: tested.root.clone(),
        })
    }

    /// Images as they are shown, channels last, and their classes: `[N, 3, 32, 32]`, `[N]`.
    pub(super) fn batch(
        &self,
        set: &Labelled,
        shown: &[(usize, Shown)],
        padding: usize,
        device: Device,
    ) -> Result<(Tensor, Tensor)> {
        let numbers = Pictures { bytes: &set.pixels, size: SIZE, mean: &self.mean }.batch(shown, padding);
        let [channels, height, width] = SIZE.map(|side| i64::try_from(side).unwrap_or(0));
        let x = Tensor::f_from_slice(&numbers)?.f_view([-1, height, width, channels])?.f_permute([0, 3, 1, 2])?;
        let classes: Vec<i64> = shown.iter().map(|(index, _)| i64::from(set.labels[*index])).collect();
        Ok((x.f_to_device(device)?, Tensor::f_from_slice(&classes)?.f_to_device(device)?))
    }
}
