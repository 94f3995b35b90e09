//! A run's record: `plan.json`, a zero byte, `events.jsonl`. Both formats.

#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use results::Run;

static DIR: LazyLock<PathBuf> = LazyLock::new(|| fuzz::room("record"));

fuzz_target!(|data: &[u8]| {
    let (plan, events) = fuzz::halves(data);
    std::fs::write(DIR.join("plan.json"), plan).expect("the plan is written");
    std::fs::write(DIR.join("events.jsonl"), events).expect("the events are written");
    match Run::open(&DIR) {
        Ok(run) => {
            let _ = run.job();
            let _ = run.is_about("vgg19");
            run.measurements.iter().for_each(|one| assert!(run.measurement(&one.name).is_some()));
        }
        Err(error) => assert!(error.to_string().contains("plan.json") || error.to_string().contains("events.jsonl")),
    }
});
