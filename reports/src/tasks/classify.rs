//! One class of several: errors, confidences, and the answers that are most wrong.
//!
//! Must not know a data set.

mod worst;

use results::tasks::classify::{CONFIDENCE_ON_MISTAKES, MEAN_CONFIDENCE};
use spec::metric::Metric;

use super::{Fragment, Scale, Section};

pub(crate) const FRAGMENT: Fragment = Fragment {
    scales: &[
        Scale {
            name: "agreement",
            title: "Errors against published",
            axis: "percent of the examples got wrong (the paper's own metric)",
            metrics: &[Metric::TOP_1_ERROR, Metric::TOP_5_ERROR, Metric::TEST_ERROR, Metric::TRAINING_ERROR],
        },
        Scale {
            name: "agreement-difference",
            title: "Error differences against published",
            axis: "difference of two errors, in percentage points",
            metrics: &[Metric::ERROR_DIFFERENCE],
        },
        Scale {
            name: "agreement-confidence",
            title: "Confidence against published",
            axis: "mean probability of the answer, in percent",
            metrics: &[MEAN_CONFIDENCE, CONFIDENCE_ON_MISTAKES],
        },
    ],
    counted: &[],
    plain: &[],
    sections: &[Section { id: "worst", heading: "What the network got most wrong", body: worst::section }],
};
