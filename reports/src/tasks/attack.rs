//! Answers to inputs that were made to mislead: agreement of networks, answers to no object, sizes of changes, and what
//! keeping pixels in range makes of them.
//!
//! Must not know which attack it was.

mod clipped;

use results::tasks::attack::{AGREEMENT, MEAN_DISTORTION, RUBBISH_ERROR};

use super::{Fragment, Scale, Section};

pub(crate) const FRAGMENT: Fragment = Fragment {
    scales: &[
        Scale {
            name: "agreement-answers",
            title: "Agreement against published",
            axis: "percent of images with the same answer",
            metrics: &[AGREEMENT],
        },
        Scale {
            name: "agreement-rubbish",
            title: "Rubbish inputs against published",
            axis: "percent of inputs without an object that get an answer",
            metrics: &[RUBBISH_ERROR],
        },
        Scale {
            name: "agreement-distortion",
            title: "Mean distortion against published",
            axis: "root of the mean squared change of a pixel (pixels 0 to 1)",
            metrics: &[MEAN_DISTORTION],
        },
    ],
    counted: &[(AGREEMENT, "with the same answer"), (RUBBISH_ERROR, "without a confident answer")],
    plain: &[MEAN_DISTORTION],
    sections: &[Section { id: "clipped", heading: "Pixels kept in range, or not", body: clipped::section }],
};
