//! `harness list`: what exists.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

use crate::project::Project;
use crate::screen::{self, say};

#[derive(Serialize)]
struct Listed<'a> {
    paper: &'a str,
    title: &'a str,
    year: u16,
    networks: Vec<&'a str>,
    experiments: Vec<&'a str>,
    claims: usize,
    marks: BTreeMap<String, usize>,
}

pub(crate) fn run(json: bool) -> Result<u8> {
    let project = Project::open()?;
    let listed: Vec<_> = project
        .papers
        .iter()
        .map(|paper| {
            let mut marks = BTreeMap::new();
            for claim in &paper.spec.claims {
                *marks.entry(claim.mark.to_string()).or_insert(0) += 1;
            }
            Listed {
                paper: &paper.spec.id,
                title: &paper.spec.title,
                year: paper.spec.year,
                networks: paper.spec.networks.iter().map(|network| network.id.as_str()).collect(),
                experiments: paper.spec.experiments.iter().map(|experiment| experiment.id.as_str()).collect(),
                claims: paper.spec.claims.len(),
                marks,
            }
        })
        .collect();
    if json {
        screen::json(&listed)?;
        return Ok(0);
    }
    screen::table(
        &["paper", "title", "year", "networks", "experiments", "claims"],
        listed.iter().map(|paper| {
            let marks: Vec<_> = paper.marks.iter().map(|(mark, count)| format!("{count} {mark}")).collect();
            vec![
                paper.paper.to_owned(),
                paper.title.to_owned(),
                paper.year.to_string(),
                paper.networks.join(" "),
                paper.experiments.join(" "),
                format!("{} ({})", paper.claims, marks.join(", ")),
            ]
        }),
    );
    say!("\n`harness show <paper>` tells the claims; `harness replicate <network or experiment>` measures.");
    Ok(0)
}
