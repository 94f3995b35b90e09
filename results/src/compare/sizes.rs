//! Claims that follow from the network's definition alone: parameters, multiply-adds, layers and their ratios.
//!
//! Must not need a run.

use spec::claim::Claim;
use spec::metric::Metric;

use super::{Context, claim_row, rounds_to};
use crate::row::{Row, Verdict};
use crate::words::{decimal, published};

/// The claim's row; None when the value cannot be derived from the networks that are built here.
pub(super) fn row(context: &Context<'_>, claim: &Claim) -> Option<Row> {
    let facts = context.facts.get(&claim.network)?;
    let (value, how) = match claim.metric {
        Metric::Parameters => (facts.parameters as f64, "counted in the network as built".to_owned()),
        Metric::MultiplyAdds => (facts.multiply_adds as f64, "counted in the network as built".to_owned()),
        Metric::Layers => (facts.layers as f64, "counted in the network as built".to_owned()),
        Metric::ParameterRatio => {
            let versus = claim.versus.as_deref()?;
            let (theirs, whence) = parameters_of(context, versus)?;
            let [theirs_shown, ours] = [theirs, facts.parameters as f64].map(|count| decimal(count, 0));
            let how = format!("{theirs_shown} parameters of {versus} ({whence}) over {ours} of {}", claim.network);
            (theirs / facts.parameters as f64, how)
        }
        _ => return None,
    };
    let (verdict, comparison) = match &claim.gap {
        Some(gap) => (Verdict::ProtocolGap, gap.clone()),
        None => judge(claim, value),
    };
    Some(Row {
        value: Some(value).filter(|value| value.is_finite()),
        verdict: Some(verdict),
        reason: Some(format!("{how}; {comparison}")),
        ..claim_row(claim)
    })
}

fn judge(claim: &Claim, value: f64) -> (Verdict, String) {
    let published = published(claim);
    if rounds_to(value, claim) {
        (Verdict::Replicated, format!("rounds to the published {published}"))
    } else if let Some(spread) = claim.plus_minus.filter(|spread| (value - claim.value).abs() <= spread.abs()) {
        (Verdict::WithinNoise, format!("lies within the published {published} ± {spread}"))
    } else {
        (Verdict::NotReplicated, format!("does not round to the published {published}"))
    }
}

/// A network's parameters: of the network as built, else as this paper states them.
fn parameters_of(context: &Context<'_>, network: &str) -> Option<(f64, &'static str)> {
    if let Some(facts) = context.facts.get(network) {
        return Some((facts.parameters as f64, "as built"));
    }
    let stated = |claim: &&Claim| claim.network == network && claim.metric == Metric::Parameters;
    context.paper.claims.iter().find(stated).map(|claim| (claim.value, "as published"))
}
