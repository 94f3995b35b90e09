//! Somebody's detections beside somebody's annotations: a byte that says whose form the detections have, the annotations as JSON,
//! a zero byte, the detections.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use results::References;
use results::tasks::Table;
use results::tasks::detect::{COCO, Detected, MAP, MAP_AREA};

fuzz_target!(|data: &[u8]| {
    let Some((form, rest)) = data.split_first() else { return };
    let (annotations, detections) = fuzz::halves(rest);
    let references = References::file("annotations.json".into(), annotations.to_vec());
    let name = if *form == b'v' { "comp4_det_test_dog.txt" } else { "detections.json" };
    let Ok(imported) = results::import::read(Path::new(name), detections, &references) else { return };
    let Some(table) = imported.table.as_any().downcast_ref::<Detected>() else { return };
    let all = || [MAP, MAP_AREA].into_iter().chain(COCO).map(|metric| table.value(metric)).collect::<Vec<_>>();
    assert!(all().into_iter().flatten().all(|percent| (0.0..=100.0 + 1e-9).contains(&percent)), "{:?}", all());
    let written = table.write().expect("detections are written");
    let examples = written.examples.unwrap_or_default();
    let again = fuzz::outcomes("detect", MAP, examples.as_bytes(), written.outcomes.as_bytes());
    assert_eq!(again.expect("what is written can be read").len(), table.len());
});
