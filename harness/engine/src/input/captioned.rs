//! The list of images with people's sentences: a CSV file `path,file,list,sentence`, a line a sentence, those of an image together;
//! and the division into those that are learned from, those that choose, and those that are tested.
//!
//! Must not open the images or cut sentences into words.

use std::path::{Path, PathBuf};

use spec::job::ExperimentData;
use spec::lock::PartOf;

use crate::error::{Error, Result};

const HEADER: [&str; 4] = ["path", "file", "list", "sentence"];
/// The list that choices are made on, where there is one.
const CHOOSES: &str = "val";

/// One image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captioned {
    /// The file to open.
    pub path: PathBuf,
    /// Its name in the data set.
    pub file: String,
    /// The list of the set that it is in: `train`.
    pub list: String,
    /// What people said of it, as they wrote it; at least one sentence.
    pub sentences: Vec<String>,
}

/// What is learned from, what choices are made on, and what is tested.
#[derive(Debug, Clone)]
pub struct Described {
    /// Images of all lists but the other two, in order.
    pub train: Vec<Captioned>,
    /// Images of the list `val`; none where the set has no such list.
    pub val: Vec<Captioned>,
    /// Images of the tested list.
    pub test: Vec<Captioned>,
    /// The set: its id in the lock, its root hash, and the whole that its tested list is a part of.
    pub tested: (String, String, Option<PartOf>),
}

impl Described {
    /// Divides the images of the one set of the job that has sentences.
    ///
    /// # Errors
    /// A list that cannot be read, no set with a tested list, or none of its images to learn from or to test.
    pub fn read(sets: &[ExperimentData]) -> Result<Described> {
        let mut with_tested = sets.iter().filter_map(|data| Some((data, data.list.as_ref()?, data.tested.as_ref()?)));
        let (Some((data, list, tested)), None) = (with_tested.next(), with_tested.next()) else {
            return Err(Error::Input(
                "one set of images with sentences is wanted, with a list that is tested".to_owned(),
            ));
        };
        let (test, others): (Vec<Captioned>, Vec<Captioned>) =
            read(list)?.into_iter().partition(|image| image.list == tested.list);
        let (val, train): (Vec<Captioned>, Vec<Captioned>) =
            others.into_iter().partition(|image| image.list == CHOOSES);
        for (what, images) in [("to learn from", &train), ("to test", &test)] {
            if images.is_empty() {
                return Err(Error::Input(format!("no image of {} is in a list {what}", data.id)));
            }
        }
        let how = data.part_of.as_ref().map_or_else(|| "the whole list".to_owned(), |part| part.how.clone());
        let part = PartOf { whole: tested.set.clone(), of: tested.of, how };
        Ok(Described { train, val, test, tested: (data.id.clone(), data.root.clone(), Some(part)) })
    }
}

/// Reads a list.
///
/// # Errors
/// A line that cannot be used, by number; an empty list.
pub fn read(path: &Path) -> Result<Vec<Captioned>> {
    super::read_lines(path, parse)
}

fn parse(text: &str) -> std::result::Result<Vec<Captioned>, (u64, String)> {
    let mut lines = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes()).into_records();
    let header = lines.next().and_then(std::result::Result::ok);
    if header.is_none_or(|header| header != HEADER[..]) {
        return Err((1, format!("the first line must be `{}`", HEADER.join(","))));
    }
    let mut images: Vec<Captioned> = Vec::new();
    for record in lines {
        let record = record.map_err(|error| (error.position().map_or(1, csv::Position::line), error.to_string()))?;
        let [path, file, list, sentence] = std::array::from_fn(|place| record.get(place).unwrap_or_default());
        match images.last_mut().filter(|last| last.path == Path::new(path)) {
            Some(last) => last.sentences.push(sentence.to_owned()),
            None => images.push(Captioned {
                path: path.into(),
                file: file.to_owned(),
                list: list.to_owned(),
                sentences: vec![sentence.to_owned()],
            }),
        }
    }
    if images.is_empty() { Err((1, "the list names no image".to_owned())) } else { Ok(images) }
}

#[cfg(test)]
mod tests {
    use spec::lock::TestedList;

    use super::*;

    #[test]
    fn images_are_divided_by_their_lists() {
        let room = tempfile::tempdir().unwrap();
        let list = room.path().join("list.csv");
        let text = "path,file,list,sentence\n/a,a,train,\"one, two\"\n/a,a,train,\n/b,b,val,x\n/c,c,test,y\n";
        fs_err::write(&list, text).unwrap();
        let data = ExperimentData {
            id: "set".to_owned(),
            folder: room.path().to_owned(),
            list: Some(list),
            root: "root".to_owned(),
            part_of: None,
            already_resized: None,
            tested: Some(TestedList { list: "test".to_owned(), set: "set-test".to_owned(), of: 9 }),
        };
        let other = ExperimentData { tested: None, ..data.clone() };
        let Described { train, val, test, tested } = Described::read(&[other.clone(), data.clone()]).unwrap();
        assert_eq!(train[0].sentences, ["one, two", ""]);
        assert_eq!((train.len(), val.len(), test.len(), tested.0.as_str()), (1, 1, 1, "set"));
        assert_eq!(tested.2.map(|part| (part.whole, part.of)), Some(("set-test".to_owned(), 9)));
        assert!(Described::read(&[other]).unwrap_err().to_string().contains("one set of images with sentences"));
        let nothing = ExperimentData {
            tested: Some(TestedList { list: "train".to_owned(), set: "s".to_owned(), of: 9 }),
            ..data
        };
        assert!(Described::read(&[nothing]).is_ok(), "what is not tested is learned from");
        assert_eq!(parse("a,b\n").unwrap_err().0, 1);
        assert!(parse("path,file,list,sentence\n/a,a\n").unwrap_err().1.contains("2 fields"));
    }
}
