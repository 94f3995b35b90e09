//! How fast a training is: steps a second, and how many steps fit a budget.
//!
//! A GPU is given steps faster than it does them: the clock is read only when the device has done what it was given. Must
//! not change what is trained.

use std::time::{Duration, Instant};

use tch::Device;

use crate::error::Result;
use crate::stages::synchronize;

/// Time spent in steps, without what is between them.
#[derive(Debug)]
pub(super) struct Clock {
    device: Device,
    /// Since when steps follow one another.
    running: Option<Instant>,
    spent: Duration,
    steps: u64,
}

impl Clock {
    pub(super) fn new(device: Device) -> Clock {
        Clock { device, running: None, spent: Duration::ZERO, steps: 0 }
    }

    /// A step is about to begin.
    pub(super) fn start(&mut self) -> Result<()> {
        if self.running.is_none() {
            synchronize(self.device)?;
            self.running = Some(Instant::now());
        }
        Ok(())
    }

    /// A step was given to the device.
    pub(super) fn step(&mut self) {
        self.steps += 1;
    }

    /// Something else than a step is about to begin.
    pub(super) fn stop(&mut self) -> Result<()> {
        if let Some(since) = self.running.take() {
            synchronize(self.device)?;
            self.spent += since.elapsed();
        }
        Ok(())
    }

    /// Steps a second; None before the first.
    pub(super) fn rate(&self) -> Option<f64> {
        (self.steps > 0).then(|| self.steps as f64 / self.spent.as_secs_f64().max(1e-9))
    }
}

/// The pace is measured over this share of the budget or this long, whichever is longer, and over at least so many steps,
/// after the first few: a processor's first seconds are often faster than its hour.
const PACE_SHARE: f64 = 0.02;
const PACE: Duration = Duration::from_secs(5);
const PACE_STEPS: u64 = 10;
const FIRST_STEPS: u64 = 3;

/// How many steps fit a budget. The steps that tell it are steps of the training itself.
#[derive(Debug)]
pub(super) struct Pace {
    budget: f64,
    device: Device,
    started: Instant,
    /// From when and from which step it is measured.
    measured: Option<(Instant, u64)>,
}

impl Pace {
    pub(super) fn new(budget: f64, device: Device) -> Pace {
        Pace { budget, device, started: Instant::now(), measured: None }
    }

    /// The steps to do in all, once that is known; at most `most`.
    pub(super) fn steps(&mut self, step: u64, most: u64) -> Result<Option<u64>> {
        if step >= most {
            return Ok(Some(most));
        }
        let Some((since, from)) = self.measured else {
            if step >= FIRST_STEPS {
                synchronize(self.device)?;
                self.measured = Some((Instant::now(), step));
            }
            return Ok(None);
        };
        if since.elapsed() < PACE.max(seconds(PACE_SHARE * self.budget)) || step < from + PACE_STEPS {
            return Ok(None);
        }
        synchronize(self.device)?;
        let each = since.elapsed().as_secs_f64() / (step - from) as f64;
        let left = self.budget - self.started.elapsed().as_secs_f64();
        let more = (left.max(0.0) / each) as u64;
        Ok(Some((step + more).clamp(1, most)))
    }
}

/// Seconds as a duration; what is negative is none.
fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_between_steps_does_not_count() {
        let mut clock = Clock::new(Device::Cpu);
        assert_eq!(clock.rate(), None);
        for _ in 0..4 {
            clock.start().unwrap();
            clock.step();
        }
        clock.stop().unwrap();
        std::thread::sleep(Duration::from_millis(50));
        clock.stop().unwrap();
        assert!(clock.rate().unwrap() > 4.0 / 0.05, "{clock:?}");
    }
}
