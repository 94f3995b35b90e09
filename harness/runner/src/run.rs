//! A job from its text to its last event.
//!
//! Must not let a panic out: tch's shorter methods panic where libtorch refuses.

use std::panic::{AssertUnwindSafe, catch_unwind};

use engine::emit::Emitter;
use engine::error::{Error, Result};
use engine::outcomes::Tested;
use engine::stages::predict::Predict;
use engine::stages::{Form, Loaded, canary, input_pipeline, load, peaks, predict, throughput};
use engine::train::Context;
use engine::{environment, setup};
use spec::event::Event;
use spec::job::{Device, FORMAT, Job, Precision, Stage};
use spec::metric::Unit;
use torch_shim::InferenceMode;

/// Reads a job; `name` says where it is from.
///
/// # Errors
/// What is no job, or one that cannot be carried out as it stands.
pub(crate) fn parse(text: &str, name: &str) -> Result<Job> {
    let job: Job = serde_json::from_str(text)
        .map_err(|error| Error::Input(format!("{name} is no job of this runner: {error}; it takes format {FORMAT}")))?;
    check(&job).map_err(|problem| Error::Input(format!("{name}: {problem}")))?;
    Ok(job)
}

fn check(job: &Job) -> std::result::Result<(), String> {
    let settings = &job.settings;
    if job.format != FORMAT {
        return Err(format!(
            "the job's format is {}, this runner takes {FORMAT}; build both from one commit",
            job.format
        ));
    }
    for (what, number) in
        [("batch", settings.batch), ("threads", settings.threads), ("loader_threads", settings.loader_threads)]
    {
        if !(1..=1 << 20).contains(&number) {
            return Err(format!("`{what}` is {number}; it must be between 1 and 1048576"));
        }
    }
    if settings.device == Device::Cpu && settings.precision == Precision::Tf32 {
        return Err("`tf32` exists on CUDA only; use fp32 or bf16 on a CPU".to_owned());
    }
    if job.stages.is_empty() {
        return Err("the job has no stages; give it at least one".to_owned());
    }
    if !job.out.is_dir() {
        return Err(format!("the folder `out`, {}, does not exist; make it", job.out.display()));
    }
    Ok(())
}

/// Carries a job out; every event but `failed` is written here.
///
/// # Errors
/// What stopped the job. Panics come as errors too.
pub(crate) fn run(job: &Job, emitter: &Emitter<'_>) -> Result<()> {
    catch_unwind(AssertUnwindSafe(|| carry_out(job, emitter))).unwrap_or_else(|payload| {
        let words = payload
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| payload.downcast_ref::<&str>().copied())
            .unwrap_or("an internal error without words");
        Err(Error::from_words(words))
    })
}

fn carry_out(job: &Job, emitter: &Emitter<'_>) -> Result<()> {
    // Before the first tensor: see torch_shim::load_cuda.
    setup::apply(&job.settings)?;
    let time = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64());
    emitter.event(&Event::Started {
        time,
        environment: Box::new(environment::collect(&job.settings, crate::version())?),
    })?;
    // An experiment trains; everything else only predicts and measures.
    let trains = job.stages.iter().any(|stage| matches!(stage, Stage::Experiment(_)));
    let _guard = if trains { None } else { Some(InferenceMode::enter()?) };
    let (mut loaded, mut again): (Option<Loaded>, bool) = (None, false);
    let mut timed = false;
    for stage in &job.stages {
        if let Some(form) = Form::of(stage).filter(|form| loaded.as_ref().is_none_or(|loaded| loaded.form != *form)) {
            // One form goes before the other comes: a large network is not in memory twice.
            drop(loaded.take());
            loaded = Some(load::run(job, form, again, emitter)?);
            again = true;
        }
        one(stage, job, loaded.as_ref(), &mut timed, emitter)?;
    }
    emitter.event(&Event::Finished { at: emitter.at() })?;
    predict::forget(job);
    Ok(())
}

/// Carries one stage out. `timed`: whether predicting timed enough batches to tell the network's speed.
fn one(stage: &Stage, job: &Job, loaded: Option<&Loaded>, timed: &mut bool, emitter: &Emitter<'_>) -> Result<()> {
    match (stage, loaded) {
        (Stage::Canary { pictures, protocol, tolerance }, Some(loaded)) => {
            canary::run(loaded, pictures, protocol, *tolerance, job.settings.batch, emitter)
        }
        (Stage::Predict { data, list, protocol, root, part_of, already_resized, checkpoint_seconds }, Some(loaded)) => {
            let tested = Tested {
                network: job.network.as_deref().unwrap_or_default(),
                model: Predict::model(job),
                data,
                root,
                protocol: &protocol.id,
                part_of: part_of.clone(),
                already_resized: already_resized.clone(),
            };
            let stage = Predict { tested, list, protocol, checkpoint_seconds: *checkpoint_seconds };
            *timed |= predict::run(loaded, &stage, job, emitter)?;
            Ok(())
        }
        (Stage::Throughput { unless_timed: true, .. }, Some(_)) if *timed => Ok(()),
        (Stage::Throughput { batches, warm_up_seconds, warm_up_batches, .. }, Some(loaded)) => {
            throughput::run(loaded, *batches, *warm_up_seconds, *warm_up_batches, job, emitter)
        }
        (Stage::InputPipeline { list, protocol, limit }, _) => {
            input_pipeline::run(list, protocol, *limit, job, emitter)
        }
        (Stage::Experiment(stage), _) => {
            training::run(&job.paper, &Context::new(job, stage, emitter))?;
            emitter.value("time.total", emitter.at(), Some(Unit::Seconds))
        }
        (Stage::Peaks { seconds }, _) => peaks::run(*seconds, job, emitter),
        (Stage::Canary { .. } | Stage::Predict { .. } | Stage::Throughput { .. }, None) => {
            Err(Error::Other("a stage needs a network that was not loaded".to_owned()))
        }
    }
}
