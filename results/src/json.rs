//! The one object that `--json` prints.
//!
//! Must not leave a field out: what is absent is null, and no number is NaN or infinite.

use serde_json::{Value, json};

use crate::row::Row;
use crate::store::{Run, Status};

/// `{"paper": id, "runs": [...], "rows": [...]}`.
#[must_use]
pub fn object(paper: &str, runs: &[Run], rows: &[Row]) -> Value {
    json!({
        "paper": paper,
        "runs": runs.iter().map(run).collect::<Vec<_>>(),
        "rows": rows,
    })
}

/// One run: what it was to do, under which conditions, how it ended and what it measured (without the samples).
#[must_use]
pub fn run(run: &Run) -> Value {
    let (status, kind, message) = match &run.status {
        Status::Finished => ("finished", None, None),
        Status::Failed { kind, message } => ("failed", Some(kind), Some(message)),
        Status::Incomplete => ("incomplete", None, None),
    };
    let measurements: Vec<Value> = run
        .measurements
        .iter()
        .map(|m| json!({"name": m.name, "value": m.value, "unit": m.unit, "low": m.low, "high": m.high, "samples": m.samples.len()}))
        .collect();
    let plan = &run.plan;
    json!({
        "id": plan.run,
        "time": plan.time,
        "network": plan.network,
        "status": status,
        "failure": kind,
        "message": message,
        "commit": plan.commit,
        "command": plan.command,
        "spec_sha256": plan.spec_sha256,
        "lock_sha256": plan.lock_sha256,
        "profile": plan.profile,
        "retry_of": plan.retry_of,
        "data": plan.data,
        "weights": plan.job.weights.as_ref().map(|weights| json!({"id": weights.id, "hash": weights.hash})),
        "settings": plan.job.settings,
        "environment": run.environment,
        "measurements": measurements,
        "canary": run.canary,
        "predictions": run.predictions,
        "experiment": run.experiment().map(|stage| json!({"id": stage.id, "dose": stage.dose, "of_steps": stage.of_steps, "budget": stage.budget})),
        "outcomes": run.outcomes,
        "curves": run.curves,
        "pictures": run.pictures,
        "resumed": run.resumed,
        "notes": run.notes,
    })
}
