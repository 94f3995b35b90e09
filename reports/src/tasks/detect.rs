//! Which objects are where: mean average precisions on one scale.
//!
//! Must not know a data set.

use results::tasks::detect::{COCO_AP, MAP, MAP_AREA};

use super::{Fragment, Scale};

pub(crate) const FRAGMENT: Fragment = Fragment {
    scales: &[Scale {
        name: "agreement-detection",
        title: "Mean average precision against published",
        axis: "mean over classes of the average precision, in percent",
        metrics: &[MAP, MAP_AREA, COCO_AP],
    }],
    counted: &[],
    plain: &[],
    sections: &[],
};
