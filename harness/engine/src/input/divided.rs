//! The images of an experiment's sets with boxes, divided into those that are trained on and those that are tested.
//!
//! Must not open a picture.

use spec::job::ExperimentData;
use spec::lock::PartOf;

use super::objects::{self, Annotated};
use crate::error::{Error, Result};

/// What is trained on, and what is tested.
#[derive(Debug, Clone)]
pub struct Divided {
    /// Images of all sets and lists but the tested one, in order.
    pub train: Vec<Annotated>,
    /// Images of the tested list.
    pub test: Vec<Annotated>,
    /// The tested list's set: its id in the lock, its root hash, and the whole that it is a part of.
    pub tested: (String, String, Option<PartOf>),
}

impl Divided {
    /// Divides the images of all of the job's sets that have boxes; sets without a list of them are passed over.
    ///
    /// # Errors
    /// Lists that cannot be read, none to train on or to test, or lists to test in two sets.
    pub fn read(sets: &[ExperimentData]) -> Result<Divided> {
        let (mut train, mut test, mut tested) = (Vec::new(), Vec::new(), None);
        for data in sets {
            let Some(list) = &data.list else { continue };
            let name = data.tested.as_ref().map(|tested| tested.list.as_str());
            let (own, others): (Vec<Annotated>, _) =
                objects::read(list)?.into_iter().partition(|image| Some(image.list.as_str()) == name);
            train.extend(others);
            if own.is_empty() {
                continue;
            }
            if tested.is_some() {
                return Err(Error::Input("two sets have a list that is tested; give one of them".to_owned()));
            }
            test = own;
            tested = Some((data.id.clone(), data.root.clone(), part(data)));
        }
        let tested =
            tested.ok_or_else(|| Error::Input("no image is in a list of the sets given that is tested".to_owned()))?;
        if train.is_empty() {
            return Err(Error::Input("no image of the sets given is in a list that is trained on".to_owned()));
        }
        Ok(Divided { train, test, tested })
    }
}

/// The tested list as a part of what claims are about.
fn part(data: &ExperimentData) -> Option<PartOf> {
    let tested = data.tested.as_ref()?;
    let how = data.part_of.as_ref().map_or_else(|| "the whole list".to_owned(), |part| part.how.clone());
    Some(PartOf { whole: tested.set.clone(), of: tested.of, how })
}
