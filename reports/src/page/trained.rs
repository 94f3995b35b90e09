//! What was trained here: by run what, how far, for how long; and the data that it was tested on.
//!
//! Must not score anything: the comparison stands above.

use maud::{Markup, html};
use spec::event::Outcomes;
use spec::record::Training;

use crate::format::{self, thousands};
use crate::html::anchor;
use crate::input::{PageInput, RunView};
use crate::plots::measurement;

/// None where no run was for training or attacking.
pub(crate) fn section(input: &PageInput<'_>) -> Option<Markup> {
    let runs: Vec<(&RunView<'_>, &Training)> =
        input.runs.iter().filter_map(|run| Some((run, run.training()?))).collect();
    if runs.is_empty() {
        return None;
    }
    Some(html! {
        div.scroll {
            table {
                caption.sr { "Experiments by run" }
                thead {
                    tr { @for heading in ["Experiment", "Networks", "Training", "Seed", "Threads", "Time", "Resumed", "Ended", "Run"] { th scope="col" { (heading) } } }
                }
                tbody { @for (run, training) in &runs { (line(input, run, training)) } }
            }
        }
        p.note {
            "On a CPU the same seed gives the same bytes only with the same commit, libtorch, machine and number of threads ("
            code { "--threads" }
            "): sums are split among threads. On a GPU that is not promised."
        }
        (data(&runs))
    })
}

fn line(input: &PageInput<'_>, run: &RunView<'_>, training: &Training) -> Markup {
    let known = input.paper.experiments.iter().find(|known| known.id == training.experiment);
    html! {
        tr {
            th scope="row" {
                (known.map_or(training.experiment.as_str(), |known| &known.title)) " " small { code { (training.experiment) } }
            }
            td { (training.networks.join(", ")) }
            td { @for told in words(run, training) { div { (told) } } small { (training.what) } }
            td.number { (run.header.settings.seed) }
            td.number { (run.header.settings.threads) }
            td { (time(run)) }
            td { (match run.resumed { 0 => "never".to_owned(), 1 => "once".to_owned(), n => format!("{n} times") }) }
            td { (run.status) }
            td { a href=(format!("#{}", anchor("run", &run.header.run))) { code { (run.header.run) } } }
        }
    }
}

/// What the runner says of each network's training, each thing once; what was planned where it says nothing.
fn words(run: &RunView<'_>, training: &Training) -> Vec<String> {
    let mut said: Vec<(&str, String, Vec<&str>)> = Vec::new();
    for Outcomes { network, model, .. } in run.outcomes {
        let Some(trained) = model.trained() else { continue };
        let whole = if trained.complete && run.trains(network) { ", the paper's whole recipe" } else { "" };
        let words = format!("{}{whole}", trained.words);
        match said.iter_mut().find(|(_, known, _)| *known == words) {
            Some((.., networks)) if networks.contains(&network.as_str()) => {}
            Some((.., networks)) => networks.push(network),
            None => said.push((network, words, vec![network])),
        }
    }
    if said.is_empty() {
        return vec![match training.steps {
            0 => "nothing is trained".to_owned(),
            steps => format!("planned: {} of {} steps", thousands(steps), thousands(training.of_steps)),
        }];
    }
    let one = said.len() == 1;
    let told = said.into_iter();
    told.map(|(_, words, networks)| if one { words } else { format!("{}: {words}", networks.join(", ")) }).collect()
}

fn time(run: &RunView<'_>) -> String {
    // Of a run that was resumed each process gives its own time.
    let all = run.measurements.iter().filter(|m| m.name == "time.total" && m.value.is_finite());
    let total: f64 = all.map(|m| m.value).sum();
    match measurement(run, "time.total") {
        Some(_) if run.resumed > 0 => format!("{}, of the processes that ended", duration(total)),
        Some(last) => duration(last.value),
        None => format::ABSENT.to_owned(),
    }
}

/// Seconds as people say them: `48 s`, `12.5 min`, `3.2 h`.
fn duration(seconds: f64) -> String {
    let of = |v: f64, unit: &str| format!("{} {unit}", format::significant(v, 3));
    match seconds {
        s if s >= 7200.0 => of(s / 3600.0, "h"),
        s if s >= 120.0 => of(s / 60.0, "min"),
        s => of(s, "s"),
    }
}

/// What the networks were tested on, each set once for all runs.
fn data(runs: &[(&RunView<'_>, &Training)]) -> Markup {
    let mut seen: Vec<(&Outcomes, u64)> = Vec::new();
    for outcomes in runs.iter().flat_map(|(run, _)| run.outcomes) {
        match seen.iter_mut().find(|(known, _)| known.data == outcomes.data && known.root == outcomes.root) {
            Some((_, files)) => *files += 1,
            None => seen.push((outcomes, 1)),
        }
    }
    html! {
        @if !seen.is_empty() {
            h3 { "What it was tested on" }
            div.scroll {
                table {
                    caption.sr { "Data of the outcomes on this page, with their hashes" }
                    thead { tr { @for heading in ["Data", "Examples", "Part of", "Files of outcomes", "SHA-256"] { th scope="col" { (heading) } } } }
                    tbody {
                        @for (outcomes, files) in &seen {
                            tr {
                                th scope="row" { (outcomes.data) }
                                td.number { (thousands(outcomes.count)) }
                                td { @match &outcomes.part_of { Some(part) => { (thousands(part.of)) " of " (part.whole) ": " (part.how) } None => { (format::ABSENT) } } }
                                td.number { (files) }
                                td { code { (outcomes.root) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn times_are_said_in_their_own_unit() {
        assert_eq!([48.0, 750.0, 11_520.0].map(duration), ["48.0 s", "12.5 min", "3.20 h"]);
    }
}
