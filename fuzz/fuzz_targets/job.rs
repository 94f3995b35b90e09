//! A runner's job.

#![no_main]

use libfuzzer_sys::fuzz_target;
use spec::job::Job;

fuzz_target!(|data: &[u8]| {
    if let Ok(job) = serde_json::from_slice::<Job>(data) {
        let text = serde_json::to_string(&job).expect("a job can be written");
        assert_eq!(serde_json::from_str::<Job>(&text).expect("what was written can be read"), job);
    }
});
