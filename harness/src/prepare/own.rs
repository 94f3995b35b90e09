//! A user's own images as data like any other.
//!
//! Must not read them again.

use std::path::{Path, PathBuf};

use anyhow::Result;
use spec::lock::TestedList;
use spec::record::DataIdentity;
use store::UserImages;
use store::annotated::Annotated;

use super::{Data, list};
use crate::own::{Boxed, Own};

pub(super) fn data(own: Own, lists: &Path) -> Result<Data> {
    match own {
        Own::Labelled(own) => labelled(own, lists),
        Own::Boxed(own) => boxed(own, lists),
    }
}

fn labelled(own: UserImages, lists: &Path) -> Result<Data> {
    let identity = DataIdentity { passed_over: own.passed_over, ..identity(&own.name, own.items.len(), own.root) };
    let list = Some(list::write(&own.items, &identity.root, lists)?);
    Ok(Data { list, identity, folder: PathBuf::new(), images: own.items, tested: None })
}

fn boxed(own: Boxed, lists: &Path) -> Result<Data> {
    let Boxed { images, root } = own;
    let others = images.other_classes.iter().map(|(name, count)| (format!("objects called `{name}`"), *count));
    let identity = DataIdentity {
        passed_over: images.passed_over.clone().into_iter().chain(others).collect(),
        ..identity(&images.name, images.items.len(), root)
    };
    let list = Some(list::write_annotated(&images.items, &identity.root, lists)?);
    // The tested list is a whole of its own: of no set that a claim is about.
    let tested = TestedList { list: images.tested.clone(), set: identity.id.clone(), of: images.count_tested() as u64 };
    Ok(Data { list, identity, folder: PathBuf::new(), images: Vec::new(), tested: Some(tested) })
}

fn identity(name: &str, images: usize, root: String) -> DataIdentity {
    DataIdentity {
        id: format!("images:{name}"),
        images: images as u64,
        root,
        part_of: None,
        already_resized: None,
        // The user's own pictures, on a page that is the user's to publish or not.
        redistributable: true,
        passed_over: std::collections::BTreeMap::new(),
        unverified: None,
    }
}

/// Takes the tested list out of a set that is only trained on, since the user's own pictures are tested; gives what the rest is
/// called by, as a root is.
pub(super) fn without_tested(
    tested: &TestedList,
    images: &mut Vec<(String, Annotated)>,
    identity: &mut DataIdentity,
) -> String {
    let all = images.len();
    images.retain(|(list, _)| *list != tested.list);
    identity.images = images.len() as u64;
    let reason = format!("images of the list `{}`, which is not tested", tested.list);
    identity.passed_over.insert(reason, (all - images.len()) as u64);
    base::hash::sha256(format!("{} without {}", identity.root, tested.list).as_bytes())
}
