//! `harness replicate`: plan, fetch, run, compare, report. One way for every model, whoever made it.

mod carry_out;
mod reasons;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Result, bail};
use results::row::Row;
use results::store::Run;
use store::Store;

use self::carry_out::Decided;
use self::reasons::{failure, why_not_run};
use crate::cli::{ModelSource, Places, Replicate};
use crate::execute::Shared;
use crate::hardware::Hardware;
use crate::own::Own;
use crate::plan::{self, Evaluation, Planned, Resources};
use crate::prepare;
use crate::project::Project;
use crate::publish::{self, Material, Pictures};
use crate::screen::{say, tell};
use crate::target::Target;
use crate::{canary, facts, interrupt, own, peaks, places, resume, screen, work};

pub(crate) fn run(asked: &Replicate, places: &Places) -> Result<u8> {
    let project = Project::open()?;
    let progress = places.progress();
    let store = places.store(&project, &progress)?;
    let hardware = Hardware::find(&project, places.homes(&project)?, asked, &progress)?;
    // The user's labels are read before anything is fetched or built: their errors must cost nothing.
    let own = own::read(&project, asked, &progress)?;
    let mut planned = plan_all(&project, asked, places, &store, &hardware, own.as_ref().map(Own::facts))?;
    carry_out::check(asked, &planned, &places.runs(&project))?;
    let mut pictures = Pictures { private: asked.thumbnails, ..Pictures::default() };
    let mut by_paper: BTreeMap<String, Vec<Run>> = BTreeMap::new();
    let mut profiles = hardware.profiles.clone();
    if planned.iter().flat_map(|paper| &paper.evaluations).any(Evaluation::runs) {
        // What cannot be computed here is told before anything is fetched.
        if planned.iter().flat_map(|paper| &paper.evaluations).any(Evaluation::needs_runner) {
            work::settings(asked, &hardware)?;
        }
        let prepared = prepare::prepare(&project, places, &store, &progress, asked, &mut planned, own)?;
        pictures.canary.clone_from(&prepared.pictures);
        let shared = Shared {
            project: &project,
            runner: prepared.runner.as_ref(),
            runs: places.runs(&project),
            places: vec![
                ("$RUNS", std::path::absolute(places.runs(&project))?),
                ("$STORE", places.store_home()?.path().to_path_buf()),
                ("$PROJECT", project.root.clone()),
            ],
            commit: project.commit(),
            profile: hardware.profile.id.clone(),
            batches: hardware.batches(),
            progress: progress.clone(),
        };
        let decided = carry_out::decide(&shared, &planned, asked, &hardware, &prepared)?;
        let predicts = decided.iter().any(Decided::predicts);
        if predicts {
            peaks::measure(&hardware, &shared, &work::settings(asked, &hardware)?, 0.0, &mut profiles)?;
        }
        // What is timed comes before what is trained: peaks are measured around it.
        let (timed, others): (Vec<_>, Vec<_>) = decided.into_iter().partition(Decided::predicts);
        let mut carry_out = |all: Vec<Decided<'_>>| -> Result<()> {
            for one in all {
                let runs = one.carry_out(&shared, &prepared, &mut pictures)?;
                by_paper.entry(one.paper().to_owned()).or_default().extend(runs);
            }
            Ok(())
        };
        carry_out(timed)?;
        carry_out(others)?;
        let reached = by_paper.values().flatten().filter_map(rate_reached).fold(0.0, f64::max);
        if predicts && !interrupt::asked() {
            peaks::measure(&hardware, &shared, &work::settings(asked, &hardware)?, reached, &mut profiles)?;
        }
    }
    // Networks of two papers are compared on the same images, whenever the other one was run.
    let others = publish::stored(&places.runs(&project));
    let mut code = 0;
    let mut can_go_on = false;
    let gathered = Gathered {
        project: &project,
        places,
        asked,
        stored: &others,
        profiles: &profiles,
        pictures: &pictures,
        progress: &progress,
    };
    for paper in &planned {
        let runs = by_paper.remove(&paper.paper.spec.id).unwrap_or_default();
        code = code.max(finish(&gathered, paper, &runs)?);
        can_go_on |= runs.iter().any(resume::can_go_on);
    }
    if can_go_on {
        let resume = if asked.resume { "" } else { " --resume" };
        tell!("to go on where it stopped: {}{resume}", command_line());
    }
    Ok(if interrupt::asked() { 2 } else { code })
}

/// The plans of everything that the command line means; `own` is of the user's images.
pub(crate) fn plan_all<'a>(
    project: &'a Project,
    asked: &Replicate,
    places: &Places,
    store: &Store,
    hardware: &Hardware,
    own: Option<plan::Own>,
) -> Result<Vec<Planned<'a>>> {
    let resources = Resources {
        lock: &project.lock,
        at_hand: &|entry| places::at_hand(store, entry, places.offline),
        rate: hardware.expected_rate(asked),
        own,
    };
    let mut planned = Vec::new();
    let mut targets = project.asked_for(asked)?;
    for target in &mut targets {
        target.selected.retain(|one| asked.model.is_empty() || asked.model.contains(&one.source));
    }
    if !asked.model.is_empty() && targets.iter().all(|target| target.selected.is_empty()) {
        let sources: Vec<_> = asked.model.iter().map(ModelSource::to_string).collect();
        bail!("`{}` has no model that is {}: leave --model out", asked.target, sources.join(" or "));
    }
    let any =
        |is: fn(ModelSource) -> bool| targets.iter().flat_map(|target| &target.selected).any(|one| is(one.source));
    if asked.steps.is_some() && !any(|source| source == ModelSource::Trained) {
        bail!("--steps is for what is trained, and nothing of `{}` is: leave it out", asked.target);
    }
    if let Some(folder) = &asked.parts {
        let takes = |target: &Target<'_>| {
            let chosen = |id: &str| target.selected.iter().any(|one| one.id == id);
            target.paper.spec.experiments.iter().any(|experiment| experiment.parts && chosen(&experiment.id))
        };
        if !targets.iter().any(takes) {
            bail!(
                "--parts is for experiments that hide parts of pictures, and `{}` has none: leave it out",
                asked.target
            );
        }
        if !folder.join("parts.csv").is_file() {
            bail!(
                "{}: there is no parts.csv in it; it marks a part a line: file,part,x,y,width,height in pixels",
                folder.display()
            );
        }
    }
    if asked.resume && !any(|source| source != ModelSource::Imported) {
        bail!("--resume is for what runs here, and stored predictions are only scored: leave it out");
    }
    for target in targets {
        target.paper.check(&project.lock)?;
        let plans = target.selected.iter().map(|one| plan::plan(&target.paper.spec, one, &resources, asked));
        planned.push(Planned { paper: target.paper, evaluations: plans.collect::<Result<_>>()? });
    }
    if let Some(budget) = asked.budget {
        plan::share_budget(planned.iter_mut().flat_map(|paper| &mut paper.evaluations), budget);
    }
    Ok(planned)
}

/// What the whole command has gathered, for each paper's end.
struct Gathered<'a> {
    project: &'a Project,
    places: &'a Places,
    asked: &'a Replicate,
    /// Every run in the results folder, those of this command among them.
    stored: &'a publish::Stored,
    profiles: &'a BTreeMap<String, spec::profile::HardwareProfile>,
    pictures: &'a Pictures,
    progress: &'a store::Progress,
}

/// Compares, writes tables and page, prints; gives the exit code. `runs` are those of this command.
fn finish(gathered: &Gathered<'_>, planned: &Planned<'_>, runs: &[Run]) -> Result<u8> {
    let Gathered { asked, progress, .. } = *gathered;
    let paper = planned.paper;
    let facts = facts::of(paper)?;
    let comparison = compared(gathered, planned, &facts, runs);
    // A page that cannot be written (a full disk) takes nothing from the screen.
    let page = page(gathered, planned, &facts, runs, &comparison);
    let results::Comparison { rows, problems } = comparison;
    runs.iter().filter_map(suspicion).for_each(|text| progress.warn(&text));
    let failed: Vec<_> = runs.iter().filter_map(failure).collect();
    if asked.json {
        screen::json(&results::json::object(&paper.spec.id, runs, &rows, &problems, &progress.take_warnings()))?;
    } else {
        // Besides what was asked for, what was measured on the way: a baseline, a claim about a network that one stands in for.
        let measured = |row: &Row| row.run.as_ref().is_some_and(|id| runs.iter().any(|run| run.id() == id));
        let wanted = |row: &&Row| planned.asked_for(row) || measured(row);
        let shown: Vec<Row> = rows.iter().filter(wanted).cloned().collect();
        say!("{} ({})", paper.spec.title, paper.spec.year);
        for run in runs.iter().filter(|run| !run.canary.is_empty()) {
            say!("{}", canary::in_words(run));
        }
        match runs.iter().map(|run| run.pictures.len()).sum::<usize>() {
            // What only draws has nothing to tabulate.
            drawn if drawn > 0 && shown.is_empty() => say!("{drawn} pictures were drawn; they are on the page."),
            _ => say!("{}", results::tables::print(&shown, results::tables::Style::of_stdout())?.trim_end()),
        }
        if shown.len() < rows.len() && page.is_ok() {
            say!("The paper's other {} rows are on the page.", rows.len() - shown.len());
        }
        if let Ok(page) = &page {
            say!("Page: {}", page.display());
        }
    }
    for problem in &problems {
        tell!("warning: {}", problem.message);
    }
    for message in &failed {
        tell!("error: {message}");
    }
    if let Err(error) = &page {
        let told = "the page could not be written; the records are whole, and `harness report` makes it from them";
        tell!("error: {told}: {}", screen::in_words(error));
    }
    let code = results::exit_code(&rows).max(u8::from(!problems.is_empty()));
    Ok(if failed.is_empty() && page.is_ok() { code } else { 2 })
}

/// The claims beside what these runs measured. What was asked for comes first; the order within stays the spec's.
fn compared(gathered: &Gathered<'_>, planned: &Planned<'_>, facts: &facts::Facts, runs: &[Run]) -> results::Comparison {
    let spec = &planned.paper.spec;
    let with_others = publish::with_others(spec, runs, &gathered.stored.runs);
    let not_run = |claim: &spec::claim::Claim| why_not_run(planned, runs, claim);
    let mut comparison = results::compare(spec, &facts.for_claims, &with_others, gathered.profiles, &not_run);
    comparison.rows.sort_by_key(|row| !planned.asked_for(row));
    comparison
}

/// Writes the paper's page, tables and plots: of what was run `now`, whose `comparison` is at hand, and of what earlier
/// commands left that this one did not run again; gives its path.
fn page(
    gathered: &Gathered<'_>,
    planned: &Planned<'_>,
    facts: &facts::Facts,
    now: &[Run],
    comparison: &results::Comparison,
) -> Result<PathBuf> {
    let Gathered { project, places, stored, pictures, .. } = *gathered;
    let paper = planned.paper;
    let of_paper = stored.runs.iter().filter(|run| run.header.paper == paper.spec.id);
    let is_new = |run: &Run| now.iter().any(|one| one.id() == run.id());
    let mut runs = publish::newest(of_paper.chain(now));
    let earlier = runs.iter().any(|run| !is_new(run));
    // What ended badly now is told on the page, too.
    runs.extend(now.iter().filter(|run| !run.is_finished()).cloned());
    // Where they are just those of this command, nothing is read again.
    let same = !earlier && runs.len() == now.len();
    let more = (!same).then(|| compared(gathered, planned, facts, &runs));
    let results::Comparison { rows, problems } = more.as_ref().unwrap_or(comparison);
    let problems = [stored.lost_of(&paper.spec), problems.clone()].concat();
    let command = if earlier { format!("cargo run -p harness -- report {}", paper.spec.id) } else { command_line() };
    let material = Material { paper, facts, runs: &runs, rows, problems: &problems, pictures, command: &command };
    publish::publish(project, &places.pages(project), &material)
}

/// What makes one doubt the labels of what released weights predicted, while the canary's known answers came.
fn suspicion(run: &Run) -> Option<String> {
    let predicted = run.header.training.is_none() && !run.canary.iter().any(|answer| answer.agrees == Some(false));
    run.outcomes.iter().filter(|_| predicted).find_map(|file| {
        let doubt = results::tasks::from_run(run, file).ok()?.suspicion()?;
        Some(format!("{} on {}: {doubt}", file.network, file.data))
    })
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
