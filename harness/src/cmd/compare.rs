//! `harness compare A B`: two runs side by side, and the images they answer differently.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use results::store::Run;
use serde_json::{Value, json};
use spec::event::Outcomes;
use spec::record::Prediction;

use super::rescore::in_words;
use crate::cli::{Compare, Places};
use crate::differ::{self, Leaf};
use crate::project::Project;
use crate::screen::{self, say};

/// As many images are listed that two runs answer differently.
const SHOWN: usize = 20;

pub(crate) fn run(asked: &Compare, places: &Places) -> Result<u8> {
    let runs = places.runs(&Project::open()?);
    let a = open(&asked.a, &runs)?;
    let b = open(&asked.b, &runs)?;
    let conditions = differing_conditions(&a, &b)?;
    let predictions = match (first_predictions(&a)?, first_predictions(&b)?) {
        (Some(a), Some(b)) => Some(Difference::between(&a, &b)),
        _ => None,
    };
    let outcomes = outcomes(&a, &b);
    if asked.json {
        screen::json(&json!({
            "a": results::json::run(&a), "b": results::json::run(&b),
            "conditions": conditions.iter().map(|(what, a, b)| json!({"what": what, "a": a, "b": b})).collect::<Vec<_>>(),
            "predictions": predictions.as_ref().map(Difference::json),
            "outcomes": outcomes.iter().map(Pair::json).collect::<Vec<_>>(),
        }))?;
        return Ok(0);
    }
    say!("Conditions that differ");
    screen::table(
        &["what", &a.plan.run, &b.plan.run],
        conditions.iter().map(|(what, a, b)| vec![what.clone(), differ::short(a), differ::short(b)]),
    );
    say!("\nMeasurements");
    screen::table(&["what", &a.plan.run, &b.plan.run, "b / a"], measurements(&a, &b));
    say!("");
    if !outcomes.is_empty() {
        say!("Outcomes");
        screen::table(
            &["network", "metric", "data", "protocol", &a.plan.run, &b.plan.run, "files"],
            outcomes.iter().map(Pair::row),
        );
        if predictions.is_none() {
            return Ok(0);
        }
    }
    match predictions {
        Some(difference) => difference.print(),
        None => say!("One of the two has no predictions, so that there is nothing to compare image by image."),
    }
    Ok(0)
}

fn open(word: &str, runs: &Path) -> Result<Run> {
    let as_path = PathBuf::from(word);
    let folder = if as_path.is_dir() { as_path } else { runs.join(word) };
    Run::open(&folder)
        .with_context(|| format!("`{word}` is neither a run's folder nor the id of a run in {}", runs.display()))
}

/// Every leaf of plan and environment on which the two runs do not agree.
fn differing_conditions(a: &Run, b: &Run) -> Result<Vec<Leaf>> {
    let whole = |run: &Run| -> Result<Value> {
        Ok(json!({"plan": serde_json::to_value(&run.plan)?, "environment": serde_json::to_value(&run.environment)?}))
    };
    Ok(differ::leaves(&whole(a)?, &whole(b)?))
}

fn measurements(a: &Run, b: &Run) -> Vec<Vec<String>> {
    let of = |run: &Run, name: &str| run.measurement(name).map(|m| m.value);
    let mut names: Vec<_> = a.measurements.iter().chain(&b.measurements).map(|m| m.name.clone()).collect();
    names.sort();
    names.dedup();
    let shown = |value: Option<f64>| value.map_or_else(|| "—".to_owned(), |v| format!("{v:.4}"));
    names
        .iter()
        .map(|name| {
            let (a, b) = (of(a, name), of(b, name));
            let ratio = a.zip(b).filter(|(a, _)| *a != 0.0).map(|(a, b)| b / a);
            vec![name.clone(), shown(a), shown(b), shown(ratio)]
        })
        .collect()
}

fn first_predictions(run: &Run) -> Result<Option<Vec<Prediction>>> {
    match run.predictions.first() {
        Some(file) => Ok(Some(results::predictions::read(&run.dir, file)?)),
        None => Ok(None),
    }
}

/// What one test came to in either run.
struct Pair {
    what: [String; 4],
    a: Option<String>,
    b: Option<String>,
    same: Option<bool>,
}

/// Every test that either run has outcomes of.
fn outcomes(a: &Run, b: &Run) -> Vec<Pair> {
    let key =
        |file: &Outcomes| [file.network.clone(), file.metric.to_string(), file.data.clone(), file.protocol.clone()];
    let by_key = |run: &Run| -> BTreeMap<[String; 4], Outcomes> {
        run.outcomes.iter().map(|file| (key(file), file.clone())).collect()
    };
    let (of_a, of_b) = (by_key(a), by_key(b));
    let mut keys: Vec<_> = of_a.keys().chain(of_b.keys().filter(|key| !of_a.contains_key(*key))).cloned().collect();
    keys.sort();
    let pair = |what: [String; 4]| {
        let (in_a, in_b) = (of_a.get(&what), of_b.get(&what));
        Pair {
            a: in_a.map(|file| result(a, file)),
            b: in_b.map(|file| result(b, file)),
            same: in_a.zip(in_b).map(|(a, b)| a.sha256 == b.sha256),
            what,
        }
    };
    keys.into_iter().map(pair).collect()
}

/// What a file of outcomes comes to, in the words of tables.
fn result(run: &Run, file: &Outcomes) -> String {
    match results::outcomes::read(&run.dir, file) {
        Ok(table) => in_words(&results::outcomes::score(&table, file.metric)),
        Err(error) => error.to_string(),
    }
}

impl Pair {
    fn row(&self) -> Vec<String> {
        let shown = |result: &Option<String>| result.clone().unwrap_or_else(|| "—".to_owned());
        let files = match self.same {
            Some(true) => "equal to the byte",
            Some(false) => "differ",
            None => "in one run only",
        };
        self.what.iter().cloned().chain([shown(&self.a), shown(&self.b), files.to_owned()]).collect()
    }

    fn json(&self) -> Value {
        let [network, metric, data, protocol] = &self.what;
        json!({
            "network": network, "metric": metric, "data": data, "protocol": protocol,
            "a": self.a, "b": self.b, "same_bytes": self.same,
        })
    }
}

/// How two runs answer the images that both saw.
struct Difference {
    shared: usize,
    only_a_right: usize,
    only_b_right: usize,
    differing: Vec<(String, u32, u32, u32)>,
    largest_score_difference: f32,
}

impl Difference {
    fn between(a: &[Prediction], b: &[Prediction]) -> Self {
        let by_file: std::collections::HashMap<_, _> = b.iter().map(|p| (p.file.as_str(), p)).collect();
        let mut difference =
            Self { shared: 0, only_a_right: 0, only_b_right: 0, differing: Vec::new(), largest_score_difference: 0.0 };
        for a in a {
            let Some(b) = by_file.get(a.file.as_str()) else { continue };
            difference.shared += 1;
            let (Some(first_a), Some(first_b)) = (a.top.first(), b.top.first()) else { continue };
            let scores = a.scores.iter().zip(&b.scores).map(|(a, b)| (a - b).abs());
            difference.largest_score_difference = scores.fold(difference.largest_score_difference, f32::max);
            if first_a != first_b {
                difference.differing.push((a.file.clone(), a.class, *first_a, *first_b));
                difference.only_a_right += usize::from(*first_a == a.class);
                difference.only_b_right += usize::from(*first_b == a.class);
            }
        }
        difference
    }

    fn json(&self) -> Value {
        json!({
            "shared": self.shared, "differing": self.differing.len(), "only_a_right": self.only_a_right,
            "only_b_right": self.only_b_right, "largest_score_difference": self.largest_score_difference,
            "images": self.differing.iter().map(|(file, class, a, b)| json!({"file": file, "class": class, "a": a, "b": b})).collect::<Vec<_>>(),
        })
    }

    fn print(&self) {
        say!(
            "{} images in both; {} with another best class (A alone right: {}, B alone right: {}); the largest difference of a top-5 score is {:.2e}",
            self.shared,
            self.differing.len(),
            self.only_a_right,
            self.only_b_right,
            self.largest_score_difference
        );
        let name = |class: u32| {
            let class = class as usize;
            replications::classes::classes().get(class).map_or_else(|| class.to_string(), |c| c.name.to_owned())
        };
        if !self.differing.is_empty() {
            screen::table(
                &["image", "true class", "A says", "B says"],
                self.differing
                    .iter()
                    .take(SHOWN)
                    .map(|(file, class, a, b)| vec![file.clone(), name(*class), name(*a), name(*b)]),
            );
        }
    }
}
