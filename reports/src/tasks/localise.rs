//! Where the object of an image is: the share of images without a right guess, and how much boxes overlap.

use results::tasks::localise::{LOCALISATION_ERROR, MEAN_OVERLAP};

use super::{Fragment, Scale};

pub(crate) const FRAGMENT: Fragment = Fragment {
    scales: &[Scale {
        name: "agreement-localisation",
        title: "Localisation errors against published",
        axis: "percent of the images without a right box among five guesses",
        metrics: &[LOCALISATION_ERROR],
    }],
    counted: &[],
    plain: &[MEAN_OVERLAP],
    sections: &[],
};
