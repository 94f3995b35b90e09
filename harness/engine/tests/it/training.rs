//! The training loop with something that only counts: checkpoints, and trainings that go wrong.

use engine::emit::Emitter;
use engine::error::Result;
use engine::train::{Context, Schedule, Trainer};
use serde_json::json;
use spec::event::Trained;
use spec::job::{Job, Stage};
use tch::{Device, Kind, Tensor};

/// One number that grows by one a step, until it is none.
struct Counting {
    number: Tensor,
    /// After so many steps the number is no number.
    breaks_at: u64,
    /// After so many steps what is measured is no number.
    lies_at: u64,
}

impl Counting {
    fn new(breaks_at: u64, lies_at: u64) -> Counting {
        Counting { number: Tensor::zeros([1], (Kind::Float, Device::Cpu)), breaks_at, lies_at }
    }
}

impl Trainer for Counting {
    fn step(&mut self, step: u64, _: u64) -> Result<()> {
        self.number += if step + 1 == self.breaks_at { f64::NAN } else { 1.0 };
        Ok(())
    }

    fn measure(&mut self, step: u64) -> Result<Vec<(String, f64)>> {
        Ok(vec![("loss [nats]".to_owned(), if step >= self.lies_at { f64::INFINITY } else { 1.0 })])
    }

    fn tensors(&self) -> Vec<(String, Tensor)> {
        vec![("number".to_owned(), self.number.shallow_clone())]
    }
}

fn job(out: &std::path::Path, checkpoint_seconds: f64) -> Job {
    let job = json!({
        "format": spec::job::FORMAT, "run": "test", "paper": "none", "network": null, "weights": null, "out": out,
        "settings": {
            "seed": 7, "device": "cpu", "precision": "fp32", "memory_format": "contiguous", "threads": 1,
            "loader_threads": 1, "batch": 1, "fold_batch_norm": false, "fuse": false
        },
        "stages": [{"experiment": {
            "id": "counting", "of_steps": 1000, "budget": null, "weights": [], "protocol": null, "generated": [],
            "conditions": [], "data": [], "checkpoint_seconds": checkpoint_seconds,
            "size": {"steps": 1000, "what": "a test", "networks": ["counter"]}
        }}]
    });
    serde_json::from_value(job).unwrap()
}

fn train(job: &Job, trainer: &mut Counting) -> Result<Trained> {
    let Stage::Experiment(stage) = &job.stages[0] else { panic!("an experiment") };
    let emitter = Emitter::new(std::io::sink());
    let context = Context::new(job, stage, &emitter);
    let schedule = Schedule {
        name: "counter",
        title: "A counter",
        steps: 1000,
        of: 1000,
        measure_every: 300,
        share: 1.0,
        fixed: true,
    };
    context.train(&schedule, trainer)
}

#[test]
fn a_training_that_ends_is_the_whole_recipe_and_goes_on_where_it_was() {
    let room = tempfile::tempdir().unwrap();
    let job = job(room.path(), 60.0);
    let mut trainer = Counting::new(u64::MAX, u64::MAX);
    let trained = train(&job, &mut trainer).unwrap();
    assert_eq!(
        (trained.steps, trained.complete, trained.words.as_str()),
        (1000, true, "the whole recipe, 1,000 steps")
    );
    let mut again = Counting::new(u64::MAX, u64::MAX);
    assert_eq!(train(&job, &mut again).unwrap(), trained);
    assert_eq!(again.number.double_value(&[0]), 1000.0);
}

#[test]
fn parameters_that_are_no_numbers_stop_it_and_spoil_no_checkpoint() {
    let room = tempfile::tempdir().unwrap();
    let job = job(room.path(), 0.0);
    let error = train(&job, &mut Counting::new(450, u64::MAX)).unwrap_err().to_string();
    assert!(error.contains("`counter` diverged: `number` is not finite after step 450"), "{error}");
    assert!(error.contains("the last good checkpoint is that of step 449"), "{error}");
    // Without a checkpoint at each step it is seen within a few hundred.
    let room = tempfile::tempdir().unwrap();
    let late = train(&self::job(room.path(), 1e9), &mut Counting::new(450, u64::MAX)).unwrap_err().to_string();
    assert!(late.contains("after step 600") && late.contains("no checkpoint was written before"), "{late}");
    let mut resumed = Counting::new(u64::MAX, u64::MAX);
    assert_eq!(train(&job, &mut resumed).unwrap().steps, 1000);
    assert_eq!(resumed.number.double_value(&[0]), 1000.0);
}

#[test]
fn a_curve_has_no_holes() {
    let room = tempfile::tempdir().unwrap();
    let error = train(&job(room.path(), 60.0), &mut Counting::new(u64::MAX, 600)).unwrap_err().to_string();
    assert!(error.contains("loss [nats] is not finite after step 600"), "{error}");
    assert!(!room.path().join("curve-counter.csv").exists());
}
