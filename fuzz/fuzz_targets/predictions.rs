//! Somebody's predictions beside somebody's labels, both as CSV (labels may be JSON): the labels, a zero byte, the predictions.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use results::References;
use results::tasks::{Given, TASKS};
use spec::metric::Metric;

const WNIDS: [&str; 3] = ["n01440764", "n01443537", "n01484850"];

fuzz_target!(|data: &[u8]| {
    let (labels, predictions) = fuzz::halves(data);
    let references = References {
        class_names: WNIDS.map(str::to_owned).to_vec(),
        ..References::file("labels.csv".into(), labels.to_vec())
    };
    for task in TASKS {
        let given = [Given { path: Path::new("p.csv"), bytes: predictions }];
        if let Ok(Some(table)) = task.import(&given, &references) {
            fuzz::makes_sense(table.as_ref(), task.id(), Metric::TOP_1_ERROR);
        }
    }
});
