//! `harness rescore`: every score again from stored predictions.

use anyhow::Result;
use serde_json::json;

use crate::cli::{Places, Rescore};
use crate::project::Project;
use crate::screen;

pub(crate) fn run(asked: &Rescore, places: &Places) -> Result<u8> {
    let folder = match &asked.folder {
        Some(folder) => folder.clone(),
        None => places.runs(&Project::open()?),
    };
    let rescores = results::rescore::rescore(&folder)?;
    let mut code = 0;
    let mut rows = Vec::new();
    let mut objects = Vec::new();
    for file in &rescores.files {
        let (now, error) = match &file.now {
            Ok(score) => (Some(*score), None),
            Err(error) => (None, Some(error.to_string())),
        };
        let same = match (&now, &file.stored) {
            (None, _) => "unreadable",
            (Some(_), None) => "no earlier score",
            (Some(_), Some(_)) if file.differs() => "differs from the earlier score",
            (Some(_), Some(_)) => "as before",
        };
        if error.is_some() || file.differs() {
            code = 1;
        }
        let counts = now.map_or_else(Default::default, |s| [s.n, s.top1, s.top5].map(|count| count.to_string()));
        rows.push(
            [file.run.clone(), file.network.clone().unwrap_or_default(), file.data.clone(), file.protocol.clone()]
                .into_iter()
                .chain(counts)
                .chain([error.clone().unwrap_or_else(|| same.to_owned())])
                .collect(),
        );
        objects.push(json!({
            "run": file.run, "network": file.network, "data": file.data, "protocol": file.protocol,
            "n": now.map(|s| s.n), "top1_correct": now.map(|s| s.top1), "top5_correct": now.map(|s| s.top5),
            "result": same, "error": error,
        }));
    }
    for unreadable in &rescores.unreadable {
        code = 1;
        eprintln!("warning: {unreadable}");
    }
    if asked.json {
        screen::json(&objects)?;
    } else {
        screen::table(&["run", "network", "data", "protocol", "images", "top-1 right", "top-5 right", "result"], rows);
    }
    Ok(code)
}
