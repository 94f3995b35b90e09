//! Claims that follow from the network's definition alone: parameters, multiply-adds, layers and their ratios. They hold
//! exactly, or they do not.
//!
//! Must not need a run.

use spec::claim::Claim;
use spec::metric::Metric;

use super::{Judgement, rounds_to};
use crate::context::Context;
use crate::row::Verdict;
use crate::words::{decimal, published};

/// The value and how it compares; None when it cannot be derived from the networks that are built here.
pub(crate) fn measure(context: &Context<'_>, claim: &Claim) -> Option<(f64, Judgement)> {
    let facts = context.facts.get(&claim.network)?;
    let (value, how) = match claim.metric {
        Metric::PARAMETERS => (facts.parameters as f64, "counted in the network as built".to_owned()),
        Metric::MULTIPLY_ADDS => (facts.multiply_adds as f64, "counted in the network as built".to_owned()),
        Metric::LAYERS => (facts.layers as f64, "counted in the network as built".to_owned()),
        Metric::PARAMETER_RATIO => {
            let versus = claim.versus.as_deref()?;
            let (theirs, whence) = parameters_of(context, versus)?;
            let [theirs_shown, ours] = [theirs, facts.parameters as f64].map(|count| decimal(count, 0));
            let how = format!("{theirs_shown} parameters of {versus} ({whence}) over {ours} of {}", claim.network);
            (theirs / facts.parameters as f64, how)
        }
        _ => return None,
    };
    let judgement = match &claim.gap {
        Some(gap) => Judgement::open(Verdict::ProtocolGap, format!("{how}; {gap}")),
        None => {
            let (verdict, comparison) = judge(claim, value);
            Judgement::sure(verdict, format!("{how}; {comparison}"))
        }
    };
    Some((value, judgement))
}

fn judge(claim: &Claim, value: f64) -> (Verdict, String) {
    let published = published(claim);
    if rounds_to(value, claim) {
        (Verdict::Agrees, format!("rounds to the published {published}"))
    } else if let Some(spread) = claim.plus_minus.filter(|spread| (value - claim.value).abs() <= spread.abs()) {
        (Verdict::Agrees, format!("lies within the published {published} ± {spread}"))
    } else {
        (Verdict::Differs, format!("does not round to the published {published}"))
    }
}

/// A network's parameters: of the network as built, else as this paper states them.
fn parameters_of(context: &Context<'_>, network: &str) -> Option<(f64, &'static str)> {
    if let Some(facts) = context.facts.get(network) {
        return Some((facts.parameters as f64, "as built"));
    }
    let stated = |claim: &&Claim| claim.network == network && claim.metric == Metric::PARAMETERS;
    context.paper.claims.iter().find(stated).map(|claim| (claim.value, "as published"))
}
