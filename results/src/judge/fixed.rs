//! The same weights on the same data by the same protocol: there is one right answer, and only decoders, resamplers and
//! arithmetic may move it.
//!
//! An interval over examples would say something else (what other images would give), and would pass a wrong resize.

use spec::claim::Claim;
use spec::imported::Tolerance;

use super::{Judgement, half_digit, rounds_to};
use crate::row::Verdict;
use crate::words::{decimal, published};

/// Judges a value by half a printed digit and the declared tolerance.
pub(crate) fn judge(claim: &Claim, value: f64, tolerance: Option<&Tolerance>) -> Judgement {
    if rounds_to(value, claim) {
        return Judgement::sure(Verdict::Replicated, format!("rounds to the published {}", published(claim)));
    }
    let away = (value - claim.value).abs();
    // A paper's own ± is as much a part of its claim as the number.
    let spread = claim.plus_minus.unwrap_or(0.0).abs();
    let mut allowed = "half a printed digit".to_owned();
    if spread > 0.0 {
        allowed = format!("{allowed}, the paper's own ± {spread}");
    }
    let allowed = match tolerance {
        Some(tolerance) => {
            format!("{allowed} and the declared tolerance of {} ({})", tolerance.points, tolerance.source)
        }
        None => format!("{allowed}, and no tolerance is declared"),
    };
    let away_from = format!("{} from the published {}", decimal(away, 3), published(claim));
    let most = half_digit(claim) + spread + tolerance.map_or(0.0, |tolerance| tolerance.points);
    if away <= most {
        return Judgement::sure(Verdict::Replicated, format!("{away_from}: within {allowed}"));
    }
    let reason = format!("same weights, data and protocol, but {away_from}: more than {allowed}");
    Judgement::sure(Verdict::NotReplicated, reason)
}
