//! The one training loop: steps, curve, checkpoints, budget, progress.
//!
//! Must not know what a step does.

use std::time::{Duration, Instant};

use spec::event::{Event, Trained};
use spec::words::thousands;
use tch::Tensor;

use super::checkpoint::{self, State};
use super::lab::Lab;
use crate::error::Result;

/// A checkpoint is written every so many seconds, unless the dose has a setting `checkpoint seconds`.
const CHECKPOINT_SECONDS: f64 = 60.0;
/// The pace is measured over this share of the budget or this long, whichever is longer, and over at least so many steps,
/// after the first few: a processor's first seconds are often faster than its hour.
const PACE_SHARE: f64 = 0.02;
const PACE: Duration = Duration::from_secs(5);
const PACE_STEPS: u64 = 10;
const FIRST_STEPS: u64 = 3;

/// Something that is trained.
pub trait Trainee {
    /// Does step `step`, counted from 0, of `total`, for schedules that are stretched over the whole training. What it
    /// does must follow from these, the seed and [`Trainee::tensors`] alone.
    ///
    /// # Errors
    /// libtorch's refusal.
    fn step(&mut self, step: u64, total: u64) -> Result<()>;

    /// What the curve shows after `step` steps. A name ends with its unit in brackets: `loss [nats]`.
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
pub struct Course<'a> {
    /// Unique in the experiment, and good for a file's name: `st-cnn-affine-rts`.
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

impl Lab<'_, '_> {
    /// Trains to the end of the course, going on at its checkpoint if there is one.
    ///
    /// # Errors
    /// What a step says, a checkpoint of something else, a full disk.
    pub fn train(&self, course: &Course<'_>, trainee: &mut dyn Trainee) -> Result<Trained> {
        self.emitter().stage(&format!("train {}", course.name))?;
        let words = format!("{} of {} for {} steps, seed {}", course.name, self.stage().id, course.steps, self.seed());
        let path = self.checkpoint(course.name);
        let fresh = State { course: words.clone(), ..State::default() };
        let found = checkpoint::load(&path, &words, &trainee.tensors())?;
        let going_on = found.as_ref().is_some_and(|state| state.steps != Some(state.step));
        let mut state = found.unwrap_or(fresh);
        if going_on {
            let (what, at) = (course.name.to_owned(), self.emitter().at());
            self.emitter().event(&Event::Resumed { what, step: state.step, at })?;
        }
        let budget = self.stage().budget.map(|seconds| seconds * course.share);
        if budget.is_none() {
            state.steps = Some(course.steps);
        }
        let checkpoint_seconds = self.setting("checkpoint seconds", CHECKPOINT_SECONDS);
        let started = Instant::now();
        let mut saved = Instant::now();
        let mut pace: Option<(Instant, u64)> = None;
        let (mut stepping, mut done) = (Duration::ZERO, 0u64);
        while state.steps.is_none_or(|steps| state.step < steps) {
            if let (None, Some(budget)) = (state.steps, budget) {
                state.steps = decide(course, &state, budget, started, &mut pace);
                if let Some(steps) = state.steps.filter(|steps| *steps < course.steps) {
                    self.emitter()
                        .note(format!("{}: {steps} of {} steps fit the budget", course.name, course.steps))?;
                }
                if state.steps.is_some() {
                    checkpoint::save(&path, &state, &trainee.tensors())?;
                    continue;
                }
            }
            let before = Instant::now();
            trainee.step(state.step, state.steps.unwrap_or(course.steps))?;
            stepping += before.elapsed();
            done += 1;
            state.step += 1;
            let last = state.steps == Some(state.step);
            if state.step.is_multiple_of(course.measure_every.max(1)) || last {
                let values = trainee.measure(state.step)?;
                state.curve.add(state.step, &values);
            }
            let total = state.steps.unwrap_or(course.steps);
            self.emitter().progress(
                usize::try_from(state.step).unwrap_or(usize::MAX),
                usize::try_from(total).unwrap_or(usize::MAX),
                "steps",
            )?;
            if saved.elapsed().as_secs_f64() >= checkpoint_seconds || last {
                checkpoint::save(&path, &state, &trainee.tensors())?;
                saved = Instant::now();
            }
        }
        if done > 0 {
            let rate = done as f64 / stepping.as_secs_f64().max(1e-9);
            self.emitter().value(&format!("training-steps-per-second.{}", course.name), rate, None)?;
        }
        self.curve(course, &state.curve)?;
        let steps = state.step;
        let complete = (self.stage().dose.complete || course.fixed) && steps >= course.of;
        let words = if complete {
            format!("the whole recipe, {} steps", thousands(steps))
        } else {
            format!("{} of {} steps", thousands(steps), thousands(course.of))
        };
        Ok(Trained { steps, of: course.of, complete, words })
    }
}

/// How many steps fit the budget, once the pace is known; the steps that tell it are steps of the training itself.
fn decide(
    course: &Course<'_>,
    state: &State,
    budget: f64,
    started: Instant,
    pace: &mut Option<(Instant, u64)>,
) -> Option<u64> {
    if state.step >= course.steps {
        return Some(course.steps);
    }
    match pace {
        None if state.step >= FIRST_STEPS => {
            *pace = Some((Instant::now(), state.step));
            None
        }
        Some((since, from))
            if since.elapsed() >= PACE.max(Duration::from_secs_f64(PACE_SHARE * budget.max(0.0)))
                && state.step >= *from + PACE_STEPS =>
        {
            let each = since.elapsed().as_secs_f64() / (state.step - *from) as f64;
            let left = budget - started.elapsed().as_secs_f64();
            let more = (left.max(0.0) / each) as u64;
            Some((state.step + more).clamp(1, course.steps))
        }
        _ => None,
    }
}
