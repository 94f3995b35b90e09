//! Whether a run's header, job and events tell one story.
//!
//! Must not look outside the run's folder.

use spec::event::Model;
use spec::job::{Job, Precision, Stage};

use super::{Findings, Severity};
use crate::store::{Run, folder_name};

pub(super) fn check(run: &Run, findings: &mut Findings<'_>) {
    let job = run.job();
    names(run, job.as_ref(), findings);
    outcomes(run, findings);
    match &job {
        Some(job) => stages(run, job, findings),
        None if run.header.job.is_null() => {}
        None => findings.add(Severity::Note, "the job is in another version's words; what it asked for is not checked"),
    }
    for answer in run.canary.iter().filter(|answer| answer.agrees == Some(false)) {
        findings.add(Severity::Error, format!("the canary's known answer on {} did not come", answer.picture));
    }
    environment(run, findings);
    if run.is_finished() {
        same_run(run, findings);
    }
}

/// The same run, paper and network everywhere.
fn names(run: &Run, job: Option<&Job>, findings: &mut Findings<'_>) {
    let header = &run.header;
    let folder = folder_name(&run.dir);
    let mut pairs = vec![("the folder's name", folder, "the header's run", header.run.clone())];
    if let Some(job) = job {
        let subject = |subject: &Option<String>| subject.clone().unwrap_or_default();
        pairs.push(("the job's run", job.run.clone(), "the header's", header.run.clone()));
        pairs.push(("the job's paper", job.paper.clone(), "the header's", header.paper.clone()));
        pairs.push(("the job's network", subject(&job.network), "the header's", subject(&header.subject)));
    }
    for (what, one, whose, other) in pairs {
        findings.add_unless(one == other, Severity::Error, || format!("{what} is `{one}`, {whose} is `{other}`"));
    }
}

/// Everything that was asked for was done.
fn stages(run: &Run, job: &Job, findings: &mut Findings<'_>) {
    if !run.is_finished() {
        return;
    }
    for stage in &job.stages {
        let (done, what) = match stage {
            Stage::Canary { pictures, .. } => (run.canary.len() == pictures.len(), "the canary"),
            Stage::Predict { data, protocol, .. } => {
                let is_asked = |file: &&spec::event::Outcomes| file.data == *data && file.protocol == protocol.id;
                (run.outcomes.iter().any(|file| is_asked(&file)), "predictions")
            }
            Stage::Throughput { .. } => (run.measurement("throughput.network").is_some(), "throughput"),
            Stage::InputPipeline { .. } => (run.measurement("throughput.input").is_some(), "the input pipeline"),
            // Its outcomes are looked for whatever the job's words are.
            Stage::Experiment(_) => continue,
            Stage::Peaks { .. } => {
                (run.measurements.iter().any(|m| m.name.starts_with("peak.")), "the machine's peaks")
            }
        };
        findings
            .add_unless(done, Severity::Error, || format!("the run says finished, but {what} asked for did not come"));
    }
}

/// Outcomes are of networks and on data that the header knows.
fn outcomes(run: &Run, findings: &mut Findings<'_>) {
    let nothing = run.is_finished() && run.header.training.is_some() && run.outcomes.is_empty();
    findings.add_unless(!nothing, Severity::Error, || {
        "the run says finished, but outcomes of the experiment asked for did not come".to_owned()
    });
    for file in &run.outcomes {
        let known = run.data(&file.data);
        if let Some(data) = known.filter(|data| data.root != file.root) {
            findings.add(
                Severity::Error,
                format!(
                    "{}: the hash of `{}` is {}, the header has {}; these were other data",
                    file.file, file.data, file.root, data.root
                ),
            );
        }
        findings.add_unless(!file.root.is_empty(), Severity::Error, || {
            format!("{}: nothing identifies the data {}, so the score is about unknown bytes", file.file, file.data)
        });
        if let Some(data) = known.filter(|data| data.images > 0 && run.header.training.is_none()) {
            findings.add_unless(data.images == file.count, Severity::Warning, || {
                format!("{}: {} outcomes, the data have {} examples", file.file, file.count, data.images)
            });
        }
        let trained = matches!(file.model, Model::Trained(_));
        findings.add_unless(!(trained && run.header.training.is_none()), Severity::Error, || {
            format!("{}: outcomes of a trained network, but nothing was to be trained", file.file)
        });
    }
}

/// The conditions that the runner saw are those it was told.
fn environment(run: &Run, findings: &mut Findings<'_>) {
    let Some(seen) = &run.environment else {
        if run.outcomes.iter().all(|file| matches!(file.model, Model::Imported { .. })) && !run.outcomes.is_empty() {
            // Nothing was computed here.
            return;
        }
        let severity = if run.is_finished() { Severity::Error } else { Severity::Warning };
        findings.add(severity, "no environment was recorded, so nobody can say under which conditions it ran");
        return;
    };
    let asked = run.header.settings.precision;
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
    let imported = run.outcomes.iter().any(|file| matches!(file.model, Model::Imported { .. }));
    if run.header.training.is_some() || imported {
        return;
    }
    let (scored, timed) = (!run.outcomes.is_empty(), run.measurement("throughput.network").is_some());
    if scored && !timed {
        findings.add(Severity::Note, "accuracy without speed: a speed shown beside it is another run's");
    }
    if timed && !scored {
        findings.add(Severity::Note, "speed without accuracy: an accuracy shown beside it is another run's");
    }
}
