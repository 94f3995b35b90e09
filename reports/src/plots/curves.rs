//! Training curves: a few networks get a panel a unit each, many get one small panel each for one quantity.
//!
//! Must not smooth: what is drawn was measured at that step, thinned so that extremes stay.

mod cells;
mod lines;
mod read;

use std::collections::BTreeSet;

use read::Column;

use super::{Drawing, Plot};
use crate::Result;
use crate::input::PageInput;

/// Up to so many networks of an experiment get panels of their own.
const FEW: usize = 3;

/// One network's curves of one experiment and size: one a run, so one a seed.
struct Trained {
    name: String,
    title: String,
    runs: Vec<Vec<Column>>,
}

/// Trainings of an experiment of one size that measure the same; others are figures of their own, and so is what is not over steps.
struct Group {
    experiment: String,
    /// What the curves are over.
    over: String,
    /// Training steps planned.
    size: u64,
    /// What is measured: names and units.
    kinds: BTreeSet<(String, String)>,
    trained: Vec<Trained>,
}

/// The figures of all curves, and for each curve that cannot be shown a sentence.
pub(crate) fn plots(input: &PageInput<'_>) -> Result<Vec<Plot>> {
    let mut plots = Vec::new();
    let mut broken = Vec::new();
    let mut names = BTreeSet::new();
    for group in groups(input, &mut broken) {
        let drawn = if group.trained.len() <= FEW || group.over != read::STEP {
            let each = group.trained.iter().map(|trained| lines::plots(trained, (&group.over, group.size)));
            each.collect::<Result<Vec<_>>>()?.concat()
        } else {
            let title = input.paper.experiments.iter().find(|known| known.id == group.experiment);
            let title = title.map_or(group.experiment.as_str(), |known| &known.title);
            cells::plots(&group, title)?
        };
        plots.extend(drawn);
    }
    for (title, why) in broken {
        let name = "curve-missing".to_owned();
        plots.push(Plot { name, title, caption: String::new(), drawing: Drawing::Nothing(why) });
    }
    // Names become files and anchors: plain letters, each once.
    for plot in &mut plots {
        let plain: String = plot.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        plot.name.clone_from(&plain);
        for number in 2.. {
            if names.insert(plot.name.clone()) {
                break;
            }
            plot.name = format!("{plain}-{number}");
        }
    }
    Ok(plots)
}

fn groups(input: &PageInput<'_>, broken: &mut Vec<(String, String)>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for run in input.runs {
        let experiment = run.subject();
        for curve in run.curves {
            let size = curve.steps.or(run.training().map(|training| training.steps)).unwrap_or(0);
            let (over, columns) = match read::read(run, curve) {
                Ok(read) => read,
                Err(why) => {
                    let why = format!("The training curve {} of run {} {why}.", curve.file, run.header.run);
                    broken.push((curve.title.clone(), why));
                    continue;
                }
            };
            let kinds: BTreeSet<_> = columns.iter().map(|own| (own.name.clone(), own.unit.clone())).collect();
            // A training that was stopped early may lack a quantity; one that measures others is no neighbour.
            let alike = |group: &Group| kinds.is_subset(&group.kinds) || kinds.is_superset(&group.kinds);
            let known = groups.iter().position(|group| {
                (group.experiment.as_str(), group.size, &group.over) == (experiment, size, &over) && alike(group)
            });
            let place = known.unwrap_or_else(|| {
                let (experiment, trained) = (experiment.to_owned(), Vec::new());
                groups.push(Group { experiment, over, size, kinds: BTreeSet::new(), trained });
                groups.len() - 1
            });
            groups[place].kinds.extend(kinds);
            let trained = &mut groups[place].trained;
            match trained.iter_mut().find(|trained| trained.name == curve.name) {
                Some(trained) => trained.runs.push(columns),
                None => {
                    trained.push(Trained { name: curve.name.clone(), title: curve.title.clone(), runs: vec![columns] })
                }
            }
        }
    }
    groups
}

/// The points of that column in each run that has it.
fn each_run<'a>(trained: &'a Trained, name: &str, unit: &str) -> Vec<&'a [(f64, f64)]> {
    let found = trained.runs.iter().filter_map(|run| run.iter().find(|c| c.name == name && c.unit == unit));
    found.map(|column| column.points.as_slice()).collect()
}

/// A sentence about values of these quantities that are no numbers; nothing where there are none.
fn not_finite<'a>(trained: impl IntoIterator<Item = &'a Trained>, is_drawn: impl Fn(&Column) -> bool) -> String {
    let columns = trained.into_iter().flat_map(|trained| trained.runs.iter().flatten());
    match columns.filter(|column| is_drawn(column)).map(|column| column.not_finite).sum() {
        0 => String::new(),
        1 => " 1 value is not a finite number and has no place.".to_owned(),
        n => format!(" {} values are not finite numbers and have no place.", crate::format::thousands(n as u64)),
    }
}

/// How many runs a line may stand for, in a sentence; nothing for one.
fn several(runs: usize) -> String {
    if runs > 1 { format!(" {runs} runs, a line each.") } else { String::new() }
}

/// A network's name, and one quantity's points in each of its runs.
type Cell<'a> = (&'a str, Vec<&'a [(f64, f64)]>);

/// A sentence about values that an axis leaves out; nothing where it leaves out none.
fn left_out(beyond: usize) -> String {
    match beyond {
        0 => String::new(),
        1 => " 1 value lies beyond the axis, far from all others.".to_owned(),
        n => format!(" {} values lie beyond the axis, far from all others.", crate::format::thousands(n as u64)),
    }
}
