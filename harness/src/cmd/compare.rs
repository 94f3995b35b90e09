//! `harness compare A B`: two runs side by side: conditions, measurements, and what their models said to the same examples.

mod outcomes;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use results::store::Run;
use serde_json::{Value, json};
use spec::event::{Model, Outcomes};

use self::outcomes::Pair;
use crate::cli::{Compare, Places};
use crate::differ::{self, Leaf};
use crate::project::Checkout;
use crate::screen::{self, say, tell};

pub(crate) fn run(asked: &Compare, places: &Places) -> Result<u8> {
    let runs = places.runs(&Checkout::open()?);
    let a = open(&asked.a, &runs)?;
    let b = open(&asked.b, &runs)?;
    let conditions = differing_conditions(&a, &b)?;
    let outcomes = outcomes::pairs(&a, &b);
    let mut damages: Vec<&str> = outcomes.iter().flat_map(Pair::damages).collect();
    damages.sort_unstable();
    damages.dedup();
    for damage in &damages {
        tell!("warning: {damage}");
    }
    let code = u8::from(!damages.is_empty());
    if asked.json {
        screen::json(&json!({
            "a": results::json::run(&a), "b": results::json::run(&b),
            "conditions": conditions.iter().map(|(what, a, b)| json!({"what": what, "a": a, "b": b})).collect::<Vec<_>>(),
            "outcomes": outcomes.iter().map(Pair::json).collect::<Vec<_>>(),
        }))?;
        return Ok(code);
    }
    say!("Conditions that differ");
    screen::table(
        &["what", a.id(), b.id()],
        conditions.iter().map(|(what, a, b)| vec![what.clone(), differ::short(a), differ::short(b)]),
    );
    say!("\nMeasurements");
    screen::table(&["what", a.id(), b.id(), "b / a"], measurements(&a, &b));
    if outcomes.is_empty() {
        say!("\nNeither has outcomes, so that there is nothing to compare example by example.");
        return Ok(0);
    }
    say!("\nOutcomes");
    screen::table(&["network", "task", "data", "protocol", a.id(), b.id(), "together"], outcomes.iter().map(Pair::row));
    Ok(code)
}

/// The run of that id, or in that folder.
pub(super) fn open(word: &str, runs: &Path) -> Result<Run> {
    let as_path = PathBuf::from(word);
    let folder = if as_path.is_dir() { as_path } else { runs.join(word) };
    // One that is there and cannot be read says itself why.
    match Run::open(&folder) {
        Err(results::Error::NotARun(_)) => {
            bail!("`{word}` is neither a run's folder nor the id of a run in {}", runs.display())
        }
        opened => Ok(opened?),
    }
}

/// Every leaf of header, environment and models on which the two runs do not agree.
fn differing_conditions(a: &Run, b: &Run) -> Result<Vec<Leaf>> {
    let whole = |run: &Run| -> Result<Value> {
        let [header, environment] = [serde_json::to_value(&run.header)?, serde_json::to_value(&run.environment)?];
        Ok(json!({"run": header, "environment": environment, "imported": imported(run)}))
    };
    Ok(differ::leaves(&whole(a)?, &whole(b)?))
}

/// Who predicted what a run imported, with which weights, and in which file; by the network where there are several.
fn imported(run: &Run) -> Value {
    let of = |file: &Outcomes| match &file.model {
        Model::Imported { id, by, from, weights } => Some((
            file.network.clone(),
            json!({"id": id, "by": by, "file": from.file, "sha256": from.sha256, "weights": weights}),
        )),
        _ => None,
    };
    let mut models: Vec<(String, Value)> = run.outcomes.iter().filter_map(of).collect();
    models.dedup_by(|one, other| one.1 == other.1);
    match models.as_slice() {
        [] => Value::Null,
        [(_, model)] => model.clone(),
        _ => models.into_iter().collect::<serde_json::Map<_, _>>().into(),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_predicted_and_with_which_file_is_a_condition() {
        let folder = tempfile::tempdir().unwrap();
        let record = |run: &str, by: &str| {
            let header = json!({
                "format": 2, "run": run, "time": "2026-11-23T10:00:00Z", "paper": "p", "subject": null, "commit": "c",
                "spec_sha256": "s", "lock_sha256": "l", "command": [], "profile": "",
                "settings": {"seed": 0, "device": "cpu", "precision": "fp32", "memory_format": "contiguous", "threads": 1,
                    "loader_threads": 1, "batch": 1, "fold_batch_norm": false, "fuse": false},
            });
            let model = json!({"imported": {"id": format!("net-{by}"), "by": by, "from": {"file": format!("{by}.npy"), "sha256": "0"},
                "weights": "w"}});
            let told = json!({
                "event": "outcomes", "task": "classify", "network": "net", "model": model, "data": "d", "protocol": "p",
                "metrics": ["top-1 error"], "file": "o.csv.gz", "count": 1, "sha256": "0", "root": "r", "part_of": null,
                "already_resized": null,
            });
            let dir = folder.path().join(run);
            std::fs::create_dir(&dir).unwrap();
            std::fs::write(dir.join("plan.json"), header.to_string()).unwrap();
            std::fs::write(dir.join("events.jsonl"), format!("{told}\n")).unwrap();
            Run::open(&dir).unwrap()
        };
        let leaves = differing_conditions(&record("r1", "timm"), &record("r2", "keras")).unwrap();
        let names: Vec<&str> = leaves.iter().map(|(what, ..)| what.as_str()).collect();
        for what in ["imported.by", "imported.file", "imported.id"] {
            assert!(names.contains(&what), "{names:?}");
        }
        assert!(!names.contains(&"imported.weights"), "{names:?}");
    }
}
