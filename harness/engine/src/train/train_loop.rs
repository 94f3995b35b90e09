//! The one training loop: steps, curve, checkpoints, budget, progress.
//!
//! Must not know what a step does.

use std::path::Path;
use std::time::Instant;

use base::words::thousands;
use spec::event::{Event, Trained, TrainedPart};
use tch::Tensor;

use super::checkpoint::{self, State};
use super::clock::{Clock, Pace};
use super::context::Context;
use crate::error::{Error, Result};

/// A checkpoint is written every so many seconds, unless the job says otherwise.
const CHECKPOINT_SECONDS: f64 = 60.0;
/// Parameters are looked at every so many steps: training that diverged must not go on for hours.
const LOOK_EVERY: u64 = 200;

/// Something that is trained.
pub trait Trainer {
    /// Does step `step`, counted from 0, of `total`, for schedules that are stretched over the whole training. What it
    /// does must follow from these, the seed and [`Trainer::tensors`] alone.
    ///
    /// # Errors
    /// libtorch's refusal.
    fn step(&mut self, step: u64, total: u64) -> Result<()>;

    /// What the curve shows after `step` steps. A name ends with its unit in brackets: `loss [nats]`. Whatever takes
    /// longer than a second must call [`crate::emit::Emitter::alive`] now and then, or the run is taken for hung.
    ///
    /// # Errors
    /// libtorch's refusal.
    fn measure(&mut self, step: u64) -> Result<Vec<(String, f64)>>;

    /// Everything that a step changes: parameters and velocities, by names of their own. They are read for a
    /// checkpoint, and written to when training goes on.
    fn tensors(&self) -> Vec<(String, Tensor)>;
}

/// What is trained for how long.
#[derive(Debug, Clone)]
pub struct Schedule<'a> {
    /// Unique in the experiment: `cnn-rotated`.
    pub name: &'a str,
    /// For people.
    pub title: &'a str,
    /// Steps to do.
    pub steps: u64,
    /// Steps of the paper's whole recipe.
    pub of: u64,
    /// The curve has a row every so many steps, and at the end.
    pub measure_every: u64,
    /// The share of the experiment's budget that this may use, 0 to 1.
    pub share: f64,
    /// Whether nothing but the number of steps differs between tiers, so that enough steps are the whole recipe in any.
    pub fixed: bool,
}

impl Context<'_, '_> {
    /// Trains to the end of the schedule, going on at its checkpoint if there is one.
    ///
    /// # Errors
    /// What a step says, numbers that are no longer finite, a checkpoint of something else, a full disk.
    pub fn train(&self, schedule: &Schedule<'_>, trainer: &mut dyn Trainer) -> Result<Trained> {
        self.emitter().stage(&format!("train {}", schedule.name))?;
        let words =
            format!("{} of {} for {} steps, seed {}", schedule.name, self.stage().id, schedule.steps, self.seed());
        let path = self.checkpoint(schedule.name);
        let fresh = State { schedule: words.clone(), ..State::default() };
        let found = checkpoint::load(&path, &words, &trainer.tensors())?;
        let note = found.as_ref().and_then(|found| found.note.clone());
        let found = found.map(|found| found.what);
        if let Some(note) = note {
            self.emitter().note(note)?;
        }
        let going_on = found.as_ref().is_some_and(|state| state.steps != Some(state.step));
        let mut kept = found.as_ref().map(|state| state.step);
        let mut state = found.unwrap_or(fresh);
        if going_on {
            let (what, at) = (schedule.name.to_owned(), self.emitter().at());
            self.emitter().event(&Event::Resumed { what, step: state.step, at })?;
        }
        let mut pace = self.stage().budget.map(|seconds| Pace::new(seconds * schedule.share, self.device()));
        if pace.is_none() {
            state.steps = Some(schedule.steps);
        }
        let checkpoint_seconds = self.stage().checkpoint_seconds.unwrap_or(CHECKPOINT_SECONDS);
        let mut clock = Clock::new(self.device());
        let mut saved = Instant::now();
        while state.steps.is_none_or(|steps| state.step < steps) {
            if let (None, Some(pace)) = (state.steps, &mut pace) {
                state.steps = pace.steps(state.step, schedule.steps)?;
                if let Some(steps) = state.steps.filter(|steps| *steps < schedule.steps) {
                    self.emitter()
                        .note(format!("{}: {steps} of {} steps fit the budget", schedule.name, schedule.steps))?;
                }
                if state.steps.is_some() {
                    clock.stop()?;
                    finite(trainer, schedule, state.step, (&path, kept))?;
                    checkpoint::save(&path, &state, &trainer.tensors())?;
                    kept = Some(state.step);
                    continue;
                }
            }
            clock.start()?;
            trainer.step(state.step, state.steps.unwrap_or(schedule.steps))?;
            clock.step();
            state.step += 1;
            let last = state.steps == Some(state.step);
            let total = state.steps.unwrap_or(schedule.steps);
            self.emitter().progress(
                usize::try_from(state.step).unwrap_or(usize::MAX),
                usize::try_from(total).unwrap_or(usize::MAX),
                "steps",
            )?;
            let measures = state.step.is_multiple_of(schedule.measure_every.max(1)) || last;
            let saves = saved.elapsed().as_secs_f64() >= checkpoint_seconds || last;
            if measures || saves || state.step.is_multiple_of(LOOK_EVERY) {
                clock.stop()?;
                finite(trainer, schedule, state.step, (&path, kept))?;
            }
            if measures {
                let values = trainer.measure(state.step)?;
                let added = state.curve.add(state.step, &values);
                added.map_err(|column| diverged(schedule, state.step, &column, (&path, kept)))?;
            }
            if saves {
                checkpoint::save(&path, &state, &trainer.tensors())?;
                (saved, kept) = (Instant::now(), Some(state.step));
            }
        }
        clock.stop()?;
        if let Some(rate) = clock.rate() {
            self.emitter().value(&format!("training-steps-per-second.{}", schedule.name), rate, None)?;
        }
        self.curve((schedule.name, schedule.title), &state.curve, schedule.steps)?;
        let steps = state.step;
        let complete = (self.stage().size.complete || schedule.fixed) && steps >= schedule.of;
        let words = if complete {
            format!("the whole recipe, {} steps", thousands(steps))
        } else if steps >= schedule.of {
            // As long as the recipe says, by other means than the paper's or by a length that it does not give.
            format!("{} steps, not the paper's whole recipe", thousands(steps))
        } else {
            format!("{} of {} steps", thousands(steps), thousands(schedule.of))
        };
        let part = TrainedPart { training: schedule.name.to_owned(), steps, of: schedule.of };
        Ok(Trained { steps, of: schedule.of, complete, words, parts: vec![part] })
    }
}

/// Stops a training whose parameters are no longer finite. `checkpoint`: where it lies and the step it is of.
fn finite(trainer: &dyn Trainer, schedule: &Schedule<'_>, step: u64, checkpoint: (&Path, Option<u64>)) -> Result<()> {
    for (name, tensor) in trainer.tensors() {
        // A sum in f64 is finite exactly when every number is: f32's largest, so many times, does not overflow it.
        let sum = tch::no_grad(|| tensor.f_sum(tch::Kind::Double))?.f_double_value(&[])?;
        if !sum.is_finite() {
            return Err(diverged(schedule, step, &format!("`{name}`"), checkpoint));
        }
    }
    Ok(())
}

fn diverged(schedule: &Schedule<'_>, step: u64, what: &str, (path, kept): (&Path, Option<u64>)) -> Error {
    let good = match kept {
        Some(kept) => format!("the last good checkpoint is that of step {} ({})", thousands(kept), path.display()),
        None => "no checkpoint was written before".to_owned(),
    };
    Error::Diverged(format!(
        "the training of `{}` diverged: {what} is not finite after step {}; {good}; resuming takes the same steps again, so lower the learning rate in the recipe and train anew",
        schedule.name,
        thousands(step)
    ))
}
