//! One folder a paper: its spec, its networks, its recipe, its story. See `replications/<paper>/README.md`.
//!
//! Papers as data. What only one paper's training does is in the package `training`, whose files stand in the same folders.
//! Must not link libtorch: a network is data here, and the engine executes it.

mod common;

pub use common::{
    build, classes, count, detectors, facts, graph, names, recipe, registry, schedule, sequence, shapes, wanted,
};

/// The papers, in the order of the blog post that this suite follows: a line each, and everything else in the paper's own
/// folder. Expands `$with! { … }`, so that this package and `training` share the list; `trains` marks a paper that has
/// code of its own there.
#[macro_export]
macro_rules! papers {
    ($with:ident) => {
        $with! {
            alexnet,
            zfnet trains,
            vgg trains,
            googlenet,
            resnet trains,
            rcnn trains,
            fast_rcnn trains,
            faster_rcnn trains,
            gan trains,
            adversarial trains,
            image_descriptions trains,
            stn trains,
        }
    };
}

macro_rules! data {
    ($($paper:ident $($trains:ident)?,)*) => {
        $(pub mod $paper;)*

        static PAPERS: &[registry::PaperEntry] = &[$($paper::PAPER),*];
    };
}

papers!(data);
