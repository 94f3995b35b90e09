//! Predictions for a list of labelled images: the five best classes of each, as outcomes of the task `classify`.
//!
//! A process that was stopped leaves its answers in the run's folder; the next one of the run goes on after them, at the
//! boundary of a batch, so that every number is as if nothing had happened. Must not compute a score.

mod kept;
mod pending;
mod timing;

use std::path::Path;
use std::time::Instant;

use spec::event::{Event, Model};
use spec::job::{Job, Stage, TIMED_BATCHES};
use spec::metric::Unit;
use spec::protocol::Protocol;

use self::kept::{Kept, SoFar};
use self::pending::Pending;
use self::timing::Timing;
use super::{Form, Loaded, Ready, throughput};
use crate::emit::Emitter;
use crate::error::Result;
use crate::input::list::{self, Item};
use crate::input::loader::with_loader;
use crate::outcomes::{Tested, classified};

/// The answers so far are kept every so many seconds, unless the job says otherwise. Those to 50,000 images are 2 MB.
const CHECKPOINT_SECONDS: f64 = 10.0;

/// What one stage is about.
#[derive(Debug)]
pub struct Predict<'a> {
    /// What is tested; its protocol is the next field's id.
    pub tested: Tested<'a>,
    /// A CSV file `path,file,class`.
    pub list: &'a Path,
    /// How the images are cut.
    pub protocol: &'a Protocol,
    /// Seconds between checkpoints; None: as suits.
    pub checkpoint_seconds: Option<f64>,
}

impl Predict<'_> {
    /// The network as outcomes name it: by the weights that it was loaded with.
    #[must_use]
    pub fn model(job: &Job) -> Model {
        if !job.members.is_empty() {
            let weights = job.members.iter().map(|member| member.weights.id.clone()).collect();
            return Model::Ensemble { weights };
        }
        let weights = job.weights.as_ref().map(|weights| weights.id.clone());
        weights.map_or(Model::Baseline, |weights| Model::Released { weights })
    }
}

/// Predicts; says whether enough batches were timed on the way to tell the network's speed. Where an earlier process of
/// the run had all answers already, they are told again as they were: a reader keeps one.
///
/// # Errors
/// A list or picture that cannot be read, answers kept of something else, memory that does not suffice, a full disk.
pub fn run(loaded: &Loaded, stage: &Predict<'_>, job: &Job, emitter: &Emitter<'_>) -> Result<bool> {
    emitter.stage("predict")?;
    let members = loaded.ready_for(stage.protocol)?;
    let items = list::read(stage.list)?;
    let device = loaded.network()?.how().device;
    throughput::reset_peaks(device, emitter)?;
    let (files, classes): (Vec<String>, Vec<u32>) = items.iter().map(|item| (item.file.clone(), item.class)).unzip();
    let kept = Kept::new(job, stage, &spec::outcomes::examples(Some(&files), &classes));
    let found = kept.load(items.len())?;
    if let Some(note) = found.as_ref().and_then(|found| found.note.clone()) {
        emitter.note(note)?;
    }
    let found = found.map(|found| found.what);
    if let Some(found) = &found {
        let what = format!("predicting {} (a step is an image)", stage.tested.data);
        emitter.event(&Event::Resumed { what, step: found.answers.len() as u64, at: emitter.at() })?;
    }
    let mut so_far = found.unwrap_or_default();
    let told_before = !so_far.samples.is_empty();
    if so_far.answers.len() < items.len() {
        let samples = predict((loaded, &members), stage, &items, job, emitter, (&kept, &mut so_far))?;
        so_far.samples = if samples.len() >= TIMED_BATCHES { samples } else { Vec::new() };
    }
    for (note, (count, first)) in &so_far.notes {
        emitter.note(format!("{count} image(s), the first of them {first}: {note}"))?;
    }
    let known = (Some(files.as_slice()), classes.as_slice());
    classified((&job.out, emitter), &stage.tested, &stage.protocol.metrics, known, &so_far.answers)?;
    emitter.value("time.forward", so_far.forward, Some(Unit::Seconds))?;
    emitter.value("time.wait-for-input", so_far.waiting, Some(Unit::Seconds))?;
    emitter.value("time.total", so_far.total, Some(Unit::Seconds))?;
    emitter.value("throughput.end-to-end", items.len() as f64 / so_far.total, Some(Unit::ImagesPerSecond))?;
    let timed = !so_far.samples.is_empty();
    if timed && told_before {
        // The peaks of memory stand beside the first telling: they were that process's.
        emitter.samples("throughput.network", so_far.samples, Some(Unit::ImagesPerSecond))?;
    } else {
        if timed {
            throughput::report(so_far.samples.clone(), device, emitter)?;
            emitter.note("the network was timed while predicting, with the input pipeline's threads beside it")?;
        }
        // Kept until the whole run is done, so that no later stage's end costs the answers.
        kept.save(&so_far)?;
    }
    Ok(timed)
}

/// Removes what the stages of a job that is done have kept.
pub fn forget(job: &Job) {
    for stage in &job.stages {
        if let Stage::Predict { data, protocol, .. } = stage {
            kept::remove(&job.out, data, &protocol.id);
        }
    }
}

/// Answers to the images that have none yet; gives the speed of the batches after the warm-up.
fn predict(
    (loaded, members): (&Loaded, &[Ready<'_>]),
    stage: &Predict<'_>,
    items: &[Item],
    job: &Job,
    emitter: &Emitter<'_>,
    (kept, so_far): (&Kept, &mut SoFar),
) -> Result<Vec<f64>> {
    let (batch, threads) = (job.settings.batch, job.settings.loader_threads);
    let every = stage.checkpoint_seconds.unwrap_or(CHECKPOINT_SECONDS);
    let (start, before) = (Instant::now(), so_far.total);
    let mut saved = start;
    let left = &items[so_far.answers.len()..];
    let paths: Vec<&Path> = left.iter().map(|item| item.path.as_path()).collect();
    let mut timing = Timing::default();
    // Two batches ahead, so that one is always ready when the network is.
    let ahead = (2.0 * batch as f64 / stage.protocol.crops_of_work()).ceil() as usize + threads;
    with_loader(&paths, stage.protocol, threads, ahead, |mut loader| {
        let mut pending = Pending::new(stage.protocol.average, batch, loaded.input);
        let mut forward = |pending: &mut Pending, so_far: &mut SoFar| {
            let (seconds, crops) = pending.forward(members)?;
            // Whole images are not what a network's speed is told of, nor is an ensemble.
            if loaded.form == Form::Own && members.len() == 1 {
                timing.add(seconds, crops, batch);
            }
            so_far.forward += seconds;
            pending.finish(&mut so_far.answers);
            so_far.total = before + start.elapsed().as_secs_f64();
            emitter.progress(so_far.answers.len(), items.len(), "images")
        };
        for item in left {
            let wait = Instant::now();
            let Some(picture) = loader.next() else { break };
            so_far.waiting += wait.elapsed().as_secs_f64();
            let picture = picture?;
            if let Some(note) = picture.note {
                so_far.notes.entry(note).or_insert((0, item.file.clone())).0 += 1;
            }
            pending.push(picture.crops);
            while pending.is_ready() {
                forward(&mut pending, so_far)?;
            }
            // Where an image still waits for views the next batch is no image's beginning.
            if pending.is_empty() && saved.elapsed().as_secs_f64() >= every {
                kept.save(so_far)?;
                saved = Instant::now();
            }
        }
        while !pending.is_empty() {
            forward(&mut pending, so_far)?;
        }
        Ok(())
    })?;
    Ok(timing.samples)
}
