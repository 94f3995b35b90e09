//! Pictures with one object on them, as they are divided by their sets' lists.
//!
//! Must not open a picture.

use std::path::PathBuf;

use base::boxes::Bounds;
use engine::error::{Error, Result};
use engine::input::Divided;
use engine::input::objects::Annotated;
use engine::train::Context;
use spec::lock::PartOf;

/// A picture with one object.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Picture {
    pub(super) path: PathBuf,
    pub(super) file: String,
    /// Width and height.
    pub(super) size: [u32; 2],
    pub(super) class: u32,
    pub(super) bounds: Bounds,
}

/// What is trained on, and what is tested.
#[derive(Debug)]
pub(super) struct Data {
    pub(super) train: Vec<Picture>,
    pub(super) test: Vec<Picture>,
    /// The tested set's id, root hash and the whole that it is a part of.
    pub(super) tested: (String, String, Option<PartOf>),
}

impl Data {
    /// The pictures of all of the job's sets that have one object, which is not difficult.
    ///
    /// # Errors
    /// As [`Divided::read`], and no such picture to train on or to test.
    pub(super) fn read(context: &Context<'_, '_>) -> Result<Data> {
        let Divided { train, test, tested } = Divided::read(&context.stage().data)?;
        let of = |images: Vec<Annotated>| images.iter().filter_map(picture).collect::<Vec<Picture>>();
        let (train, test) = (of(train), of(test));
        if train.is_empty() || test.is_empty() {
            let to = if train.is_empty() { "train on" } else { "test" };
            return Err(Error::Input(format!("no picture to {to} has just one object")));
        }
        Ok(Data { train, test, tested })
    }
}

fn picture(image: &Annotated) -> Option<Picture> {
    let [object] = image.objects[..] else { return None };
    (!object.difficult && object.bounds.area() > 0.0).then(|| Picture {
        path: image.path.clone(),
        file: image.file.clone(),
        size: image.size,
        class: object.class,
        bounds: object.bounds,
    })
}

#[cfg(test)]
mod tests {
    use engine::input::objects::Object;

    use super::*;

    #[test]
    fn pictures_of_one_object_that_counts_are_taken() {
        let object = Object { class: 3, bounds: Bounds::new([1.0, 2.0, 3.0, 4.0]), difficult: false };
        let image = |objects: &[Object]| Annotated {
            path: "/a.jpg".into(),
            file: "a.jpg".to_owned(),
            list: "train".to_owned(),
            size: [9, 8],
            objects: objects.to_vec(),
        };
        assert_eq!(picture(&image(&[object])).map(|picture| picture.class), Some(3));
        assert_eq!(picture(&image(&[])), None);
        assert_eq!(picture(&image(&[object, object])), None);
        assert_eq!(picture(&image(&[Object { difficult: true, ..object }])), None);
        assert_eq!(picture(&image(&[Object { bounds: Bounds::new([1.0; 4]), ..object }])), None);
    }
}
