//! `harness rescore`: every score again from stored outcomes.

use anyhow::Result;
use results::rescore::{FileScores, Rescored};
use results::tasks::Score;
use serde_json::json;

use crate::cli::{Places, Rescore};
use crate::folders;
use crate::project::Checkout;
use crate::screen::{self, tell};

pub(crate) fn run(asked: &Rescore, places: &Places) -> Result<u8> {
    let folder = match &asked.folder {
        Some(folder) => folder.clone(),
        None => places.runs(&Checkout::open()?),
    };
    let rescores = results::rescore::rescore(&folder)?;
    folders::some(&folder, rescores.records)?;
    for unreadable in &rescores.unreadable {
        tell!("warning: {unreadable}");
    }
    let wrong = !rescores.unreadable.is_empty() || rescores.files.iter().any(Rescored::differs);
    if asked.json {
        screen::json(&rescores.files.iter().map(object).collect::<Vec<_>>())?;
    } else {
        screen::table(
            &["run", "network", "task", "data", "protocol", "scores", "result"],
            rescores.files.iter().map(|one| {
                let file = &one.file;
                let names = [&one.run, &file.network, &file.task, &file.data, &file.protocol].map(String::clone);
                let scores = one.now.as_ref().map_or_else(ToString::to_string, in_words);
                names.into_iter().chain([scores, result(one).to_owned()]).collect()
            }),
        );
    }
    tell!(
        "{}: scored {} of {} again",
        folder.display(),
        base::words::count(rescores.files.len(), "file", "files"),
        base::words::count(rescores.records, "record", "records")
    );
    Ok(u8::from(wrong))
}

fn object(one: &Rescored) -> serde_json::Value {
    let file = &one.file;
    json!({
        "run": one.run, "network": file.network, "task": file.task, "data": file.data, "protocol": file.protocol,
        "model": file.model, "n": file.count, "scores": one.now.as_ref().ok().map(|now| &now.scores),
        "result": result(one), "error": one.now.as_ref().err().map(ToString::to_string),
    })
}

fn result(one: &Rescored) -> &'static str {
    match (&one.now, &one.stored) {
        (Err(_), _) => "unreadable",
        (Ok(_), None) => "no earlier score",
        (Ok(_), Some(_)) if one.differs() => "differs from the earlier score",
        (Ok(_), Some(_)) => "as before",
    }
}

/// What a file of outcomes comes to.
pub(crate) fn in_words(scores: &FileScores) -> String {
    let words = |score: &Score| match score.correct {
        Some(correct) => format!("{} {:.2} {} ({correct} of {} right)", score.metric, score.value, score.unit, score.n),
        None => format!("{} {:.4} {} over {}", score.metric, score.value, score.unit, score.n),
    };
    scores.scores.iter().map(words).collect::<Vec<_>>().join("\n")
}
