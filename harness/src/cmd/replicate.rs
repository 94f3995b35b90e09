//! `harness replicate`: plan, fetch, run, compare, report.

mod experiments;
mod reasons;

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use results::row::Row;
use results::store::Run;
use store::Store;

use self::reasons::{failure, why_not_run};

use crate::cli::{Places, Replicate};
use crate::execute::{self, Shared};
use crate::hardware::Hardware;
use crate::plan::{self, ExperimentPlan, Means, NetworkPlan};
use crate::prepare::{self, Prepared};
use crate::project::{PaperFolder, Project};
use crate::publish::{self, Material, Pictures};
use crate::screen::say;
use crate::{canary, facts, interrupt, own, places, resume, screen, settings};

/// One paper with the plans of the networks and experiments that were asked for.
pub(crate) struct Planned<'a> {
    pub(crate) paper: &'a PaperFolder,
    pub(crate) networks: Vec<NetworkPlan>,
    pub(crate) experiments: Vec<ExperimentPlan>,
}

impl Planned<'_> {
    /// Whether a network runs on pictures.
    fn predicts(&self) -> bool {
        self.networks.iter().any(|network| network.runs)
    }

    /// Whether an experiment runs.
    fn experiments_run(&self) -> bool {
        self.experiments.iter().any(ExperimentPlan::runs)
    }

    /// Whether this row is about what was asked for.
    fn asked_for(&self, row: &Row) -> bool {
        let of_experiment = |plan: &ExperimentPlan| match &plan.part.only {
            Some(network) => network == &row.network,
            None => plan.experiment.networks.contains(&row.network),
        };
        self.networks.iter().any(|network| network.network.id == row.network)
            || self.experiments.iter().any(of_experiment)
    }
}

pub(crate) fn run(asked: &Replicate, places: &Places) -> Result<u8> {
    let project = Project::open()?;
    let progress = places.progress();
    let store = places.store(&progress)?;
    let hardware = Hardware::find(&project, &places.store_home()?, asked)?;
    // The user's labels are read before anything is fetched or built: their errors must cost nothing.
    let own = asked.images.as_deref().map(own::read).transpose()?;
    let mut planned = plan_all(&project, asked, places, &store, &hardware)?;
    experiments::check(asked, &planned, &places.runs(&project))?;
    let predicts = planned.iter().any(Planned::predicts);
    let mut pictures = Pictures { private: asked.thumbnails, ..Pictures::default() };
    let mut by_paper: BTreeMap<String, Vec<Run>> = BTreeMap::new();
    let mut profiles = hardware.profiles.clone();
    if predicts || planned.iter().any(Planned::experiments_run) {
        // What cannot be computed here is told before anything is fetched.
        let as_asked = settings::settings(asked, &hardware)?;
        let prepared = prepare::prepare(&project, places, &store, &progress, asked, &mut planned, own)?;
        pictures.canary.clone_from(&prepared.pictures);
        let commit = project.commit();
        let shared = Shared {
            project: &project,
            runner: &prepared.runner,
            runs: places.runs(&project),
            places: vec![
                ("$RUNS", std::path::absolute(places.runs(&project))?),
                ("$STORE", places.store_home()?.path().to_path_buf()),
                ("$PROJECT", project.root.clone()),
            ],
            commit,
            profile: hardware.profile.id.clone(),
            batches: hardware.batches(),
            progress: progress.clone(),
        };
        let experiments = experiments::decide(&shared, &planned, asked, &hardware, &prepared)?;
        if predicts {
            hardware.measure_peaks(&shared, &as_asked, 0.0, &mut profiles)?;
        }
        for paper in &planned {
            for network in paper.networks.iter().filter(|network| network.runs) {
                if interrupt::asked() {
                    break;
                }
                let runs = run_network(&shared, paper.paper, network, asked, &hardware, &prepared, &mut pictures)?;
                by_paper.entry(paper.paper.spec.id.clone()).or_default().extend(runs);
            }
        }
        let reached = by_paper.values().flatten().filter_map(rate_reached).fold(0.0, f64::max);
        if predicts && !interrupt::asked() {
            hardware.measure_peaks(&shared, &as_asked, reached, &mut profiles)?;
        }
        for experiment in experiments {
            let runs = by_paper.entry(experiment.paper().to_owned()).or_default();
            runs.extend(experiment.carry_out(&shared)?);
        }
    }
    let mut code = 0;
    let mut can_go_on = false;
    for paper in &planned {
        let runs = by_paper.remove(&paper.paper.spec.id).unwrap_or_default();
        code = code.max(finish(&project, places, asked, paper, &runs, &profiles, &pictures)?);
        can_go_on |= runs.iter().any(resume::can_go_on);
    }
    if can_go_on {
        let resume = if asked.resume { "" } else { " --resume" };
        eprintln!("to go on where it stopped: {}{resume}", command_line());
    }
    Ok(if interrupt::asked() { 2 } else { code })
}

/// The plans of every paper, network and experiment that the command line means.
pub(crate) fn plan_all<'a>(
    project: &'a Project,
    asked: &Replicate,
    places: &Places,
    store: &Store,
    hardware: &Hardware,
) -> Result<Vec<Planned<'a>>> {
    let means = Means {
        lock: &project.lock,
        at_hand: &|entry| places::at_hand(store, entry, places.offline),
        rate: hardware.expected_rate(asked),
    };
    let mut planned = Vec::new();
    let targets = project.target(&asked.target)?;
    let of_experiments = [("--steps", asked.steps.is_some()), ("--resume", asked.resume)];
    if let Some((option, _)) = of_experiments.iter().find(|(_, given)| *given)
        && targets.iter().all(|target| target.meant.experiments.is_empty())
    {
        bail!("{option} is for experiments, and `{}` has none: leave it out", asked.target);
    }
    for target in targets {
        let (paper, meant) = (target.paper, target.meant);
        let networks = paper.spec.networks.iter().filter(|network| meant.networks.contains(&network.id));
        let networks = networks.map(|network| plan::plan(&paper.spec, network, &means, asked));
        let experiments = meant.experiments.iter().map(|part| plan::plan_experiment(&paper.spec, part, &means, asked));
        planned.push(Planned {
            paper,
            networks: networks.collect::<Result<_>>()?,
            experiments: experiments.collect::<Result<_>>()?,
        });
    }
    if let Some(budget) = asked.budget {
        plan::share_budget(planned.iter_mut().flat_map(|paper| &mut paper.experiments), budget);
    }
    Ok(planned)
}

fn run_network(
    shared: &Shared<'_>,
    paper: &PaperFolder,
    network: &NetworkPlan,
    asked: &Replicate,
    hardware: &Hardware,
    prepared: &Prepared,
    pictures: &mut Pictures,
) -> Result<Vec<Run>> {
    let work = settings::work(paper, network, asked, hardware, prepared)?;
    let runs = execute::execute(shared, Some(paper), &work)?;
    if let Some(data) = network.data.as_ref().ok().and_then(|choice| prepared.data(choice)) {
        let paths: BTreeMap<_, _> = data.images.iter().map(|image| (image.file.clone(), image.path.clone())).collect();
        for run in &runs {
            pictures.images.insert(run.plan.run.clone(), paths.clone());
        }
    }
    Ok(runs)
}

/// Compares, writes tables and page, prints; gives the exit code.
fn finish(
    project: &Project,
    places: &Places,
    asked: &Replicate,
    planned: &Planned<'_>,
    runs: &[Run],
    profiles: &BTreeMap<String, spec::profile::HardwareProfile>,
    pictures: &Pictures,
) -> Result<u8> {
    let paper = planned.paper;
    let facts = facts::of(paper)?;
    let mut rows = publish::rows(paper, &facts, runs, profiles, &|claim| why_not_run(planned, runs, claim))?;
    // What was asked for comes first; the order within stays the spec's.
    rows.sort_by_key(|row| !planned.asked_for(row));
    let site = places.pages(project);
    let command = command_line();
    let material = Material { paper, facts: &facts, runs, rows: &rows, pictures, command: &command };
    let page = publish::publish(project, &site, &material)?;
    let failed: Vec<_> = runs.iter().filter_map(failure).collect();
    if asked.json {
        screen::json(&results::json::object(&paper.spec.id, runs, &rows))?;
    } else {
        let shown: Vec<Row> = rows.iter().filter(|row| planned.asked_for(row)).cloned().collect();
        say!("{} ({})", paper.spec.title, paper.spec.year);
        for run in runs.iter().filter(|run| !run.canary.is_empty()) {
            say!("{}", canary::in_words(run));
        }
        say!("{}", results::tables::print(&shown, results::tables::Style::of_stdout())?.trim_end());
        if shown.len() < rows.len() {
            say!("The paper's other {} rows are on the page.", rows.len() - shown.len());
        }
        say!("Page: {}", page.display());
    }
    for message in &failed {
        eprintln!("error: {message}");
    }
    Ok(if failed.is_empty() { results::exit_code(&rows) } else { 2 })
}

/// FLOP/s that a run's network reached: two a multiply-add.
fn rate_reached(run: &Run) -> Option<f64> {
    Some(2.0 * run.measurement("macs")?.value * run.measurement("throughput.network")?.value)
}

/// The command that makes this page again, as a person would type it.
fn command_line() -> String {
    let words = std::env::args().skip(1).map(|word| {
        let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "-_./=:,".contains(c));
        if plain { word } else { format!("'{}'", word.replace('\'', "'\\''")) }
    });
    format!("cargo run -p harness -- {}", words.collect::<Vec<_>>().join(" "))
}
