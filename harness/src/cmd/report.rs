//! `harness report`: the pages again, from stored runs.

use anyhow::{Result, bail};

use crate::cli::{Places, Report};
use crate::project::Project;
use crate::publish::{self, Material, Pictures};
use crate::screen::{say, tell};
use crate::{canary, facts, hardware};

pub(crate) fn run(asked: &Report, places: &Places) -> Result<u8> {
    let project = Project::open()?;
    let mut papers = Vec::new();
    for word in &asked.papers {
        papers.push(project.paper(word)?);
    }
    let every = papers.is_empty();
    if every {
        papers.extend(&project.papers);
    }
    let mut stored = publish::stored(&places.runs(&project));
    if asked.reference {
        let reference = publish::stored(&project.root.join("results/reference"));
        stored.runs.extend(reference.runs);
        stored.lost.extend(reference.lost);
    }
    let runs = &stored.runs;
    let mut damaged = stored.lost.len();
    let site = places.pages(&project);
    let home = places.store_home()?;
    let profiles = hardware::profiles(&project, &places.homes(&project)?, &places.progress())?;
    let pictures =
        Pictures { canary: canary::pictures(&project.lock, &home.entry(canary::ENTRY)), ..Pictures::default() };
    let mut written = 0;
    for paper in papers {
        let of_paper = publish::newest(runs.iter().filter(|run| run.header.paper == paper.spec.id));
        let mut lost = stored.lost_of(&paper.spec);
        if of_paper.is_empty() && lost.is_empty() && every {
            continue;
        }
        let facts = facts::of(paper)?;
        let not_run = |claim: &spec::claim::Claim| {
            let built = paper.spec.networks.iter().any(|network| network.id == claim.network);
            let tested = of_paper.iter().any(|run| run.is_about(&claim.network) && !run.outcomes.is_empty());
            let none = if lost.is_empty() { "no stored run of it" } else { "no stored run of it that can be read" };
            (built && !tested).then(|| format!("{none}; `harness replicate {}` makes one", claim.network))
        };
        let with_others = publish::with_others(&paper.spec, &of_paper, runs);
        let results::Comparison { rows, problems } =
            results::compare(&paper.spec, &facts.for_claims, &with_others, &profiles, &not_run);
        for problem in &problems {
            tell!("warning: {}", problem.message);
        }
        damaged += problems.len();
        lost.extend(problems);
        let command = format!("cargo run -p harness -- report {}", paper.spec.id);
        let material = Material {
            paper,
            facts: &facts,
            runs: &of_paper,
            rows: &rows,
            problems: &lost,
            pictures: &pictures,
            command: &command,
        };
        let page = publish::publish(&project, &site, &material)?;
        say!("{}", page.display());
        written += 1;
    }
    if written == 0 {
        bail!(
            "there are no stored runs under {}: `harness replicate` makes some, `harness list` shows of what",
            places.runs(&project).display()
        );
    }
    // A damaged record cost its own rows and no page; it is told all the same.
    Ok(u8::from(damaged > 0))
}
