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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use spec::lock::TestedList;

    use super::*;

    fn set(folder: &Path, id: &str, lists: &[&str], tested: Option<&str>) -> ExperimentData {
        let path = folder.join(format!("{id}.csv"));
        let mut text = "path,file,list,width,height,class,left,top,right,bottom,difficult\n".to_owned();
        for (number, list) in lists.iter().enumerate() {
            text += &format!("/{id}-{number}.jpg,{id}-{number}.jpg,{list},9,8,3,1,2,4,5,0\n");
        }
        fs_err::write(&path, text).unwrap();
        ExperimentData {
            id: id.to_owned(),
            folder: folder.to_owned(),
            list: Some(path),
            root: format!("root of {id}"),
            part_of: None,
            already_resized: None,
            tested: tested.map(|list| TestedList { list: list.to_owned(), set: "whole-test".to_owned(), of: 7 }),
        }
    }

    #[test]
    fn what_is_tested_is_not_trained_on() {
        let room = tempfile::tempdir().unwrap();
        let first = set(room.path(), "first", &["train", "test", "val", "test"], Some("test"));
        // A list of that name is trained on where nothing says that it is tested.
        let second = set(room.path(), "second", &["test", "train"], None);
        let without = ExperimentData { list: None, ..second.clone() };
        let Divided { train, test, tested } = Divided::read(&[first.clone(), without, second]).unwrap();
        let files = |images: &[Annotated]| images.iter().map(|image| image.file.clone()).collect::<Vec<_>>();
        assert_eq!(files(&train), ["first-0.jpg", "first-2.jpg", "second-0.jpg", "second-1.jpg"]);
        assert_eq!(files(&test), ["first-1.jpg", "first-3.jpg"]);
        let (id, root, part) = tested;
        assert_eq!((id.as_str(), root.as_str()), ("first", "root of first"));
        assert_eq!(part.map(|part| (part.whole, part.of)), Some(("whole-test".to_owned(), 7)));
        let twice = [first.clone(), set(room.path(), "other", &["test"], Some("test"))];
        assert!(Divided::read(&twice).unwrap_err().to_string().contains("two sets have a list that is tested"));
        let nothing_tested = [set(room.path(), "none", &["train"], Some("test"))];
        assert!(Divided::read(&nothing_tested).unwrap_err().to_string().contains("that is tested"));
        let nothing_learned = [set(room.path(), "only", &["test"], Some("test"))];
        assert!(Divided::read(&nothing_learned).unwrap_err().to_string().contains("trained on"));
    }
}
