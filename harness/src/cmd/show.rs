//! `harness show`: one paper's claims and protocols, as its spec gives them.

use anyhow::Result;
use spec::experiment::RunSize;
use spec::paper::Paper;

use crate::cli::Show;
use crate::project::Project;
use crate::screen::{self, say};

pub(crate) fn run(asked: &Show) -> Result<u8> {
    let project = Project::open()?;
    let paper = &project.paper(&asked.target)?.spec;
    if asked.json {
        screen::json(paper)?;
        return Ok(0);
    }
    let only = paper.networks.iter().any(|network| network.id == asked.target) && asked.target != paper.id;
    say!(
        "{} ({}, {})\n{}\n{}\n\n{}\n",
        paper.title,
        paper.venue,
        paper.year,
        paper.authors.join(", "),
        paper.link,
        paper.summary
    );
    screen::table(
        &["network", "metric", "published", "data", "protocol", "variant", "source", "mark"],
        paper.claims.iter().filter(|claim| !only || claim.network == asked.target).map(|claim| {
            let spread = claim.plus_minus.map(|spread| format!(" ± {spread}")).unwrap_or_default();
            vec![
                claim.network.clone(),
                claim.metric.to_string(),
                format!("{}{spread} {}", claim.value, claim.unit),
                claim.data.clone().unwrap_or_default(),
                claim.protocol.clone().unwrap_or_default(),
                claim.variant.clone().unwrap_or_default(),
                claim.source.short(),
                claim.mark.to_string(),
            ]
        }),
    );
    if !paper.experiments.is_empty() {
        experiments(paper);
    }
    if !paper.protocols.is_empty() {
        say!("\nProtocols");
        screen::table(
            &["id", "what", "source"],
            paper
                .protocols
                .iter()
                .map(|protocol| vec![protocol.id.clone(), protocol.title.clone(), protocol.source.clone()]),
        );
    }
    if !paper.weights.is_empty() {
        say!("\nWeights");
        screen::table(
            &["id", "network", "origin", "colour", "mean"],
            paper.weights.iter().map(|weights| {
                let input = &weights.input;
                vec![
                    weights.id.clone(),
                    weights.network.clone(),
                    weights.origin.clone(),
                    format!("{} 0..{}", input.colour, input.range),
                    format!("{:?}", input.mean),
                ]
            }),
        );
    }
    say!("\nTraining recipe, as printed");
    screen::table(
        &["what", "value", "mark"],
        paper.recipe.iter().map(|item| vec![item.what.clone(), item.value.clone(), item.mark.to_string()]),
    );
    if !paper.deviations.is_empty() {
        say!("\nWhat differs here");
        screen::table(
            &["what", "why", "effect"],
            paper.deviations.iter().map(|d| vec![d.what.clone(), d.why.clone(), d.effect.clone()]),
        );
    }
    say!("\nSources");
    for source in &paper.sources {
        say!("  {}: {}", source.key, source.title);
    }
    Ok(0)
}

/// What is trained from nothing here, how long, and what it is tested under.
fn experiments(paper: &Paper) {
    say!("\nExperiments");
    screen::table(
        &["id", "what", "networks", "data", "tier smoke", "tier train"],
        paper.experiments.iter().map(|experiment| {
            let reads = experiment.data.iter().chain(&experiment.weights);
            vec![
                experiment.id.clone(),
                experiment.title.clone(),
                experiment.networks.join(" "),
                reads.cloned().collect::<Vec<_>>().join(" "),
                experiment.smoke.as_ref().map_or_else(|| "left out".to_owned(), size),
                size(&experiment.train),
            ]
        }),
    );
    if !paper.conditions.is_empty() {
        say!("\nTested under");
        screen::table(
            &["id", "what", "source", "left open, and settled here"],
            paper.conditions.iter().map(|condition| {
                let note = condition.note.clone().unwrap_or_default();
                vec![condition.id.clone(), condition.title.clone(), condition.source.clone(), note]
            }),
        );
    }
    if !paper.generated.is_empty() {
        say!("\nData made by rule");
        screen::table(
            &["id", "from", "rule", "images"],
            paper.generated.iter().map(|generated| {
                let count =
                    if generated.sha256.is_some() { generated.count.to_string() } else { "made anew".to_owned() };
                vec![generated.id.clone(), generated.from.clone(), generated.rule.clone(), count]
            }),
        );
    }
}

/// A tier's size in a sentence.
pub(crate) fn size(size: &RunSize) -> String {
    let of = if size.networks.is_empty() { String::new() } else { format!(" of {}", size.networks.join(", ")) };
    let whole = if size.complete { "the paper's recipe" } else { "not the whole recipe" };
    match size.steps {
        0 => format!("trains nothing{of}: {}", size.what),
        steps => format!("{steps} steps{of} ({whole}): {}", size.what),
    }
}
