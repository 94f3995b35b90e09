//! The one object that `--json` prints.
//!
//! Must not leave a field out: what is absent is null, and no number is NaN or infinite.

use serde_json::{Value, json};

use crate::Problem;
use crate::row::Row;
use crate::store::{Run, Status};

/// `{"paper": id, "runs": [...], "rows": [...], "problems": [...], "warnings": [...]}`.
#[must_use]
pub fn object(paper: &str, runs: &[Run], rows: &[Row], problems: &[Problem], warnings: &[String]) -> Value {
    json!({
        "paper": paper,
        "runs": runs.iter().map(run).collect::<Vec<_>>(),
        "rows": rows,
        "problems": problems,
        "warnings": warnings,
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
    let header = &run.header;
    json!({
        "id": header.run,
        "time": header.time,
        "subject": header.subject,
        "status": status,
        "failure": kind,
        "message": message,
        "commit": header.commit,
        "command": header.command,
        "spec_sha256": header.spec_sha256,
        "lock_sha256": header.lock_sha256,
        "profile": header.profile,
        "retry_of": header.retry_of,
        "data": header.data,
        "weights": header.weights,
        "settings": header.settings,
        "training": header.training,
        "environment": run.environment,
        "measurements": measurements,
        "canary": run.canary,
        "outcomes": run.outcomes,
        "curves": run.curves,
        "pictures": run.pictures,
        "resumed": run.resumed,
        "notes": run.notes,
    })
}
