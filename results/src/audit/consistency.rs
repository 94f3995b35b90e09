//! Whether a run's plan, job and events tell one story.
//!
//! Must not look outside the run's folder.

use spec::job::{Precision, Stage};

use super::{Findings, Severity};
use crate::store::Run;

pub(super) fn check(run: &Run, findings: &mut Findings<'_>) {
    names(run, findings);
    stages(run, findings);
    outcomes(run, findings);
    environment(run, findings);
    if run.is_finished() {
        same_run(run, findings);
    }
}

/// The same run, paper and network everywhere.
fn names(run: &Run, findings: &mut Findings<'_>) {
    let (plan, job) = (&run.plan, &run.plan.job);
    let folder = run.dir.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let pairs = [
        ("the folder's name", folder, "the plan's run", plan.run.clone()),
        ("the job's run", job.run.clone(), "the plan's", plan.run.clone()),
        ("the job's paper", job.paper.clone(), "the plan's", plan.paper.clone()),
        (
            "the job's network",
            job.network.clone().unwrap_or_default(),
            "the plan's",
            plan.network.clone().unwrap_or_default(),
        ),
    ];
    for (what, one, whose, other) in pairs {
        findings.add_unless(one == other, Severity::Error, || format!("{what} is `{one}`, {whose} is `{other}`"));
    }
}

/// Everything that was asked for was done, and nothing else.
fn stages(run: &Run, findings: &mut Findings<'_>) {
    let asked = |data: &str, protocol: &str| {
        run.plan.job.stages.iter().any(|stage| match stage {
            Stage::Predict { data: wanted, protocol: cut, .. } => wanted == data && cut.id == protocol,
            _ => false,
        })
    };
    for file in &run.predictions {
        findings.add_unless(asked(&file.data, &file.protocol), Severity::Error, || {
            format!("{}: predictions on {} by {}, which the job did not ask for", file.file, file.data, file.protocol)
        });
        let expected = run.plan.data.as_ref().filter(|data| data.id == file.data).map(|data| data.images);
        match expected {
            None => findings.add(
                Severity::Error,
                format!(
                    "{}: the plan does not identify the data {}, so the score is about unknown bytes",
                    file.file, file.data
                ),
            ),
            Some(images) => findings.add_unless(images == file.count, Severity::Warning, || {
                format!("{}: {} predictions, the data have {images} images", file.file, file.count)
            }),
        }
    }
    if !run.is_finished() {
        return;
    }
    for stage in &run.plan.job.stages {
        let (done, what) = match stage {
            Stage::Canary { pictures, .. } => (run.canary.len() == pictures.len(), "the canary"),
            Stage::Predict { data, protocol, .. } => {
                (run.predictions.iter().any(|file| file.data == *data && file.protocol == protocol.id), "predictions")
            }
            Stage::Throughput { .. } => (run.measurement("throughput.network").is_some(), "throughput"),
            Stage::InputPipeline { .. } => (run.measurement("throughput.input").is_some(), "the input pipeline"),
            Stage::Experiment(_) => (!run.outcomes.is_empty(), "outcomes of the experiment"),
            Stage::Peaks { .. } => {
                (run.measurements.iter().any(|m| m.name.starts_with("peak.")), "the machine's peaks")
            }
        };
        findings
            .add_unless(done, Severity::Error, || format!("the run says finished, but {what} asked for did not come"));
    }
    for answer in run.canary.iter().filter(|answer| answer.agrees == Some(false)) {
        findings.add(Severity::Error, format!("the canary's known answer on {} did not come", answer.picture));
    }
}

/// Outcomes are of an experiment that was asked for, under conditions and on data that its job knows.
fn outcomes(run: &Run, findings: &mut Findings<'_>) {
    let Some(stage) = run.experiment() else {
        for file in &run.outcomes {
            findings.add(Severity::Error, format!("{}: outcomes, but the job asked for no experiment", file.file));
        }
        return;
    };
    let conditions: Vec<&str> = stage.conditions.iter().map(|condition| condition.id.as_str()).collect();
    let protocol = stage.protocol.as_ref().map(|protocol| protocol.id.as_str());
    for file in &run.outcomes {
        let known = conditions.contains(&file.protocol.as_str()) || protocol == Some(&file.protocol);
        findings.add_unless(known, Severity::Warning, || {
            format!("{}: `{}` is neither a condition nor the protocol of the job", file.file, file.protocol)
        });
        let made = stage.made.iter().find(|made| made.id == file.data).and_then(|made| made.sha256.as_ref());
        let fetched = stage.data.iter().find(|data| data.id == file.data).map(|data| &data.root);
        for (wanted, what) in [(made, "made by rule"), (fetched, "fetched")] {
            if let Some(wanted) = wanted.filter(|wanted| **wanted != file.root) {
                let (name, data, root) = (&file.file, &file.data, &file.root);
                let message = format!(
                    "{name}: the hash of `{data}` ({what}) is {root}, the job has {wanted}; these were other data"
                );
                findings.add(Severity::Error, message);
            }
        }
    }
}

/// The conditions that the runner saw are those it was told.
fn environment(run: &Run, findings: &mut Findings<'_>) {
    let Some(seen) = &run.environment else {
        let severity = if run.is_finished() { Severity::Error } else { Severity::Warning };
        findings.add(severity, "no environment was recorded, so nobody can say under which conditions it ran");
        return;
    };
    let asked = run.plan.job.settings.precision;
    findings.add_unless(seen.precision == asked, Severity::Error, || {
        format!("the runner computed in {}, the job asked for {asked}", seen.precision)
    });
    let tf32 = seen.tf32_matmul || seen.tf32_cudnn;
    findings.add_unless(!(tf32 && seen.gpu.is_some() && asked == Precision::Fp32), Severity::Error, || {
        "fp32 was asked for, but TF32 was allowed".to_owned()
    });
}

/// Accuracy and speed belong to the same run, so that neither can be had at the other's cost.
fn same_run(run: &Run, findings: &mut Findings<'_>) {
    let (scored, timed) = (!run.predictions.is_empty(), run.measurement("throughput.network").is_some());
    if scored && !timed {
        findings.add(Severity::Note, "accuracy without speed: a speed shown beside it is another run's");
    }
    if timed && !scored {
        findings.add(Severity::Note, "speed without accuracy: an accuracy shown beside it is another run's");
    }
}
