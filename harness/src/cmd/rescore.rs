//! `harness rescore`: every score again from stored predictions and outcomes.

use anyhow::Result;
use results::outcomes::OutcomesScore;
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
        let same = verdict(now.is_some(), file.stored.is_some(), file.differs());
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
    let mut outcomes = Vec::new();
    for file in &rescores.outcomes {
        let same = verdict(file.now.is_ok(), file.stored.is_some(), file.differs());
        code |= u8::from(file.differs());
        let result = match &file.now {
            Ok(score) => in_words(score),
            Err(error) => error.to_string(),
        };
        let names = [&file.run, &file.network, &file.metric.to_string(), &file.data, &file.protocol].map(String::clone);
        outcomes.push(names.into_iter().chain([result, same.to_owned()]).collect());
        objects.push(json!({
            "run": file.run, "network": file.network, "metric": file.metric, "data": file.data,
            "protocol": file.protocol, "n": file.now.as_ref().ok().map(OutcomesScore::n),
            "score": file.now.as_ref().ok(), "result": same,
            "error": file.now.as_ref().err().map(ToString::to_string),
        }));
    }
    for unreadable in &rescores.unreadable {
        code = 1;
        eprintln!("warning: {unreadable}");
    }
    if asked.json {
        screen::json(&objects)?;
        return Ok(code);
    }
    if !rows.is_empty() || outcomes.is_empty() {
        screen::table(&["run", "network", "data", "protocol", "images", "top-1 right", "top-5 right", "result"], rows);
    }
    if !outcomes.is_empty() {
        screen::table(&["run", "network", "metric", "data", "protocol", "score", "result"], outcomes);
    }
    Ok(code)
}

fn verdict(readable: bool, stored: bool, differs: bool) -> &'static str {
    match (readable, stored) {
        (false, _) => "unreadable",
        (true, false) => "no earlier score",
        (true, true) if differs => "differs from the earlier score",
        (true, true) => "as before",
    }
}

/// What a file of outcomes comes to.
pub(crate) fn in_words(score: &OutcomesScore) -> String {
    match score {
        OutcomesScore::Answers(answers) => format!("{} of {} wrong", answers.wrong, answers.n),
        OutcomesScore::Values(Some(mean)) => {
            let error = mean.standard_error.map(|error| format!(" ± {error:.4}")).unwrap_or_default();
            format!("{:.4}{error} over {}", mean.value, mean.n)
        }
        OutcomesScore::Values(None) => "no examples".to_owned(),
    }
}
