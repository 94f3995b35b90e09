//! Which sentence belongs to which image: recalls both ways on one scale.

use results::tasks::retrieve::{ANNOTATION, SEARCH};

use super::{Fragment, Scale};

pub(crate) const FRAGMENT: Fragment = Fragment {
    scales: &[Scale {
        name: "agreement-ranking",
        title: "Recall of images and sentences against published",
        axis: "recall, in percent",
        metrics: &[ANNOTATION[0], ANNOTATION[1], ANNOTATION[2], SEARCH[0], SEARCH[1], SEARCH[2]],
    }],
    counted: &[],
    plain: &[],
    sections: &[],
};
