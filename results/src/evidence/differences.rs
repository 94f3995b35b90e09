//! What keeps a measured score and a claim from being about the same thing, in words.
//!
//! Must not judge.

use spec::claim::Claim;
use spec::event::Model;
use spec::job::Precision;

use super::{Evidence, Scored};
use crate::context::Context;
use crate::words::thousands;

/// Every difference; none where the two can be compared as they are.
pub(crate) fn differences(context: &Context<'_>, claim: &Claim, evidence: &Evidence<'_>) -> Vec<String> {
    let mut all = Vec::new();
    let Some(scored) = &evidence.scored else { return all };
    if evidence.is_stand_in_for(claim) {
        all.push(format!("network: {} stands in for {}", evidence.network, claim.network));
    }
    if let Some((_, of)) = scored.part_of {
        let already = scored.file.already_resized.as_ref().map_or(String::new(), |how| format!(", already {how}"));
        let (count, of) = (thousands(scored.file.count), thousands(of));
        all.push(format!("subset: {count} of {of} examples{already}, not comparable with the whole"));
    }
    data_differences(context, claim, evidence, scored, &mut all);
    let protocol = &scored.file.protocol;
    match &claim.protocol {
        Some(wanted) if wanted != protocol => all.push(format!("protocol: {protocol}, the claim has {wanted}")),
        None if context.alters(protocol) => all.push(format!("protocol: {protocol}, the claim names none")),
        _ => {}
    }
    let networks = match &scored.file.model {
        Model::Ensemble { weights } => weights.len(),
        _ => 1,
    };
    all.extend(networks_differ(claim, networks));
    if !evidence.is_model_of(context, claim) {
        all.push(model_differs(claim, scored));
    }
    if let Some(precision) = evidence.arithmetic().filter(|precision| *precision != Precision::Fp32) {
        all.push(format!("computed in {precision}"));
    }
    all.extend(claim.gap.clone());
    all
}

/// That the claim is about another number of networks whose answers are averaged, if it is.
pub(crate) fn networks_differ(claim: &Claim, networks: usize) -> Option<String> {
    let words = |count: usize| if count == 1 { "one network".to_owned() } else { format!("{count} networks averaged") };
    let claimed = claim.models as usize;
    (claimed != networks).then(|| format!("{}, the claim is about {}", words(networks), words(claimed)))
}

fn data_differences(
    context: &Context<'_>,
    claim: &Claim,
    evidence: &Evidence<'_>,
    scored: &Scored<'_>,
    all: &mut Vec<String>,
) {
    let data = scored.file.data.as_str();
    let set = scored.part_of.map_or(scored.set(), |(whole, _)| whole);
    match &claim.data {
        Some(wanted) if wanted == set && scored.root().is_none() => {
            all.push(format!("data: {data} is not identified in the record"));
        }
        Some(wanted) if wanted == set || wanted == data => {}
        wanted => {
            let wanted = wanted.as_deref().unwrap_or("data it does not name");
            all.push(format!("data: {}, the claim is about {wanted}", named(data, set)));
        }
    }
    if !evidence.is_as_pinned(context) {
        all.push(format!("data: {data} was made by another rule than the spec has now"));
    }
    if scored.part_of.is_none()
        && let Some(how) = &scored.file.already_resized
    {
        all.push(format!("images already {how}"));
    }
}

fn model_differs(claim: &Claim, scored: &Scored<'_>) -> String {
    let theirs = if claim.weights.is_empty() {
        "not the paper's own".to_owned()
    } else {
        format!("the claim is about {}", claim.weights.join(" or "))
    };
    match &scored.file.model {
        Model::Trained(trained) if claim.weights.is_empty() => format!("trained for {}", trained.words),
        Model::Trained(_) => format!("weights: trained here, {theirs}"),
        Model::Released { weights } => format!("weights: {weights}, {theirs}"),
        Model::Ensemble { weights } => format!("weights: {}, {theirs}", weights.join(" and ")),
        Model::Imported { id, .. } => format!("weights: {id}, {theirs}"),
        Model::Baseline => format!("a baseline, {theirs}"),
    }
}

fn named(data: &str, set: &str) -> String {
    match data.strip_prefix("images:") {
        Some(folder) => format!("the user's own images in `{folder}`"),
        None => set.to_owned(),
    }
}
