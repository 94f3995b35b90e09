//! Writes the pages of all papers from the repository's own record, to see what real pages look like:
//! `cargo run -p reports --example record -- FOLDER`, from the project's root.
//!
//! Must not be published: claims that were not run have no reason here, which the command line knows.

use std::collections::BTreeMap;
use std::path::PathBuf;

use replications::registry::{self, PaperEntry};
use reports::index::{IndexInput, IndexPaper, Known};
use reports::input::{Footer, LayerFact, NetworkFacts, PageInput, RunView};
use results::{StaticFacts, Status};
use spec::paper::Paper;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let folder = std::env::args_os().nth(1).map_or_else(|| std::env::temp_dir().join("reports-record"), PathBuf::from);
    let listing = results::Runs::at("results/reference").list()?;
    let footer = Footer { project: "replications, an example".into(), date: "from the repository's own record".into() };
    let mut papers = Vec::new();
    for entry in registry::papers() {
        let mut paper = spec::load::paper(entry.spec, &entry.spec_path())?;
        paper.recipe = entry.recipe(&paper);
        let facts = facts(&paper)?;
        let comparison = results::compare(&paper, &facts, &listing.runs, &BTreeMap::new(), &|_| None);
        for problem in &comparison.problems {
            eprintln!("{}: {}", problem.run, problem.message);
        }
        let runs: Vec<&results::Run> = listing.runs.iter().filter(|run| run.header.paper == paper.id).collect();
        let statuses: Vec<&str> =
            runs.iter().map(|run| if run.status == Status::Finished { "finished" } else { "failed" }).collect();
        let views: Vec<RunView<'_>> =
            runs.iter().zip(&statuses).map(|(run, status)| RunView::of(run, status)).collect();
        let networks = networks(entry, &paper)?;
        let page = reports::page::write(
            &folder,
            &PageInput {
                paper: &paper,
                rows: &comparison.rows,
                runs: &views,
                problems: &[],
                networks: &networks,
                classes: &[],
                class_names: &BTreeMap::new(),
                pictures: &BTreeMap::new(),
                worst: &[],
                show_private: false,
                command: "cargo run -p reports --example record",
                notice: None,
                footer: &footer,
            },
        )?;
        println!("{} ({} bytes)", page.display(), fs_err::metadata(&page)?.len());
        papers.push((paper, comparison.rows));
    }
    let entries: Vec<IndexPaper<'_>> = papers
        .iter()
        .map(|(paper, rows)| IndexPaper {
            id: &paper.id,
            title: &paper.title,
            year: paper.year,
            networks: paper.networks.iter().map(|network| network.title.as_str()).collect(),
            rows: Known::Record(rows),
            page: true,
        })
        .collect();
    println!(
        "{}",
        reports::index::write(&folder, &IndexInput { papers: &entries, absent: &[], footer: &footer })?.display()
    );
    Ok(())
}

fn facts(paper: &Paper) -> Result<BTreeMap<String, StaticFacts>, Failure> {
    let mut all = BTreeMap::new();
    let subjects =
        paper.networks.iter().map(|network| &network.id).chain(paper.claims.iter().map(|claim| &claim.network));
    for subject in subjects {
        let Some(found) = replications::facts::facts(subject)? else { continue };
        let narrow =
            |shape: Vec<usize>| shape.into_iter().map(|side| u32::try_from(side).unwrap_or(u32::MAX)).collect();
        let shapes = found.shapes.into_iter().map(|(layer, output)| (layer, narrow(output))).collect();
        let (parameters, multiply_adds, layers) = (found.parameters, found.multiply_adds, found.layers);
        all.insert(
            subject.clone(),
            StaticFacts {
                parameters,
                multiply_adds,
                multiply_adds_a_region: found.multiply_adds_a_region,
                layers,
                shapes,
            },
        );
    }
    Ok(all)
}

fn networks(entry: &PaperEntry, paper: &Paper) -> Result<Vec<NetworkFacts>, Failure> {
    let mut all = Vec::new();
    for network in &paper.networks {
        let Some(graph) = (entry.build)(&network.id) else { continue };
        let layers = graph.nodes.iter().zip(graph.shapes()?).map(|(node, output)| LayerFact {
            name: node.name.clone(),
            kind: String::new(),
            output: output.into_iter().map(|side| u32::try_from(side).unwrap_or(u32::MAX)).collect(),
            parameters: None,
            multiply_adds: None,
        });
        all.push(NetworkFacts {
            network: network.id.clone(),
            parameters: graph.parameter_count(),
            multiply_adds: graph.multiply_adds()?,
            layers: layers.collect(),
        });
    }
    Ok(all)
}
