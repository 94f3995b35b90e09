//! What keeps two numbers from being about the same thing: other data, protocol, model, arithmetic.
//!
//! Must not decide: it says what differs, and where the claim lies.

use spec::claim::Claim;

use super::{Judgement, rounds_to};
use crate::row::Verdict;
use crate::stats::Interval;
use crate::tasks::decimals;
use crate::words::{decimal, published, span};

/// The verdict on a value that is about something else.
pub(crate) fn judge(claim: &Claim, value: f64, interval: Option<Interval>, differences: &[String]) -> Judgement {
    let published = published(claim);
    let lies = match interval {
        Some(interval) => {
            let place = if interval.contains(claim.value) { "inside" } else { "outside" };
            let shown = span(interval.low, interval.high, decimals(claim.metric, claim.unit), claim.unit);
            format!("the published {published} lies {place} the interval {shown}")
        }
        None if rounds_to(value, claim) => format!("it rounds to the published {published}"),
        None => {
            let away = decimal((value - claim.value).abs(), decimals(claim.metric, claim.unit));
            format!("it is {away} from the published {published}")
        }
    };
    let reason = format!("{}; {lies}", differences.join("; "));
    Judgement::open(Verdict::ProtocolGap, reason)
}
