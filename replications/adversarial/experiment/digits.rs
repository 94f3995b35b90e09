//! MNIST as the networks of these papers see it: all digits, or only threes and sevens.
//!
//! Must not train or test.

use engine::error::Result;
use engine::input::idx::Labelled;
use engine::train::Context;
use tch::Tensor;

use crate::mnist::Mnist;

/// Images and digits on the device.
#[derive(Debug)]
pub(super) struct Digits {
    /// `[N, 1, 28, 28]`, 0 to 1.
    pub(super) images: Tensor,
    /// `[N]`.
    pub(super) classes: Tensor,
}

impl Digits {
    /// As the files have them.
    pub(super) fn new(context: &Context<'_, '_>, split: &Labelled) -> Result<Digits> {
        Ok(Digits { images: split.floats(context.device())?, classes: split.classes(context.device())? })
    }

    /// Only the images of a 3 or a 7.
    pub(super) fn threes_and_sevens(&self) -> Result<Digits> {
        let either = self.classes.f_eq(3)?.f_logical_or(&self.classes.f_eq(7)?)?;
        let indices = either.f_nonzero()?.f_view([-1])?;
        Ok(Digits {
            images: self.images.f_index_select(0, &indices)?,
            classes: self.classes.f_index_select(0, &indices)?,
        })
    }

    /// The first images.
    pub(super) fn first(&self, count: i64) -> Result<Digits> {
        let count = count.min(self.classes.size()[0]);
        Ok(Digits { images: self.images.f_narrow(0, 0, count)?, classes: self.classes.f_narrow(0, 0, count)? })
    }

    /// How many.
    pub(super) fn len(&self) -> usize {
        self.classes.numel()
    }
}

/// A training and a test set, with their names in outcomes.
#[derive(Debug)]
pub(super) struct Sets {
    pub(super) train: Digits,
    pub(super) test: Digits,
    pub(super) train_name: &'static str,
    pub(super) test_name: &'static str,
}

/// All digits, and threes and sevens.
pub(super) fn both(context: &Context<'_, '_>, mnist: &Mnist) -> Result<[Sets; 2]> {
    let (train, test) = (Digits::new(context, &mnist.train)?, Digits::new(context, &mnist.test)?);
    let two = Sets {
        train: train.threes_and_sevens()?,
        test: test.threes_and_sevens()?,
        train_name: "mnist-3-7-train",
        test_name: "mnist-3-7-test",
    };
    Ok([Sets { train, test, train_name: "mnist-train", test_name: "mnist-test" }, two])
}
