//! Log-likelihoods: an axis in nats.
//!
//! Must not know how a density is estimated.

use super::{Fragment, Scale};

pub(crate) const FRAGMENT: Fragment = Fragment {
    scales: &[Scale {
        name: "agreement-likelihood",
        title: "Log-likelihood against published",
        axis: "mean log-likelihood of a test example, in nats",
        metrics: &[results::tasks::likelihood::LOG_LIKELIHOOD],
    }],
    counted: &[],
    plain: &[],
    sections: &[],
};
