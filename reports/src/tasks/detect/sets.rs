//! What was detected on which images: the newest run of each detector, set by set.
//!
//! Must not judge.

use std::collections::BTreeMap;

use results::tasks::detect::Detected;
use results::tasks::detect::voc::Ranked;

use crate::input::PageInput;

/// Detectors on one set of images under one protocol.
pub(super) struct Set {
    pub(super) data: String,
    pub(super) protocol: String,
    pub(super) images: usize,
    /// Classes of which there is an object or a detection.
    pub(super) classes: Vec<Class>,
    pub(super) detectors: Vec<Detector>,
}

/// A class.
pub(super) struct Class {
    pub(super) number: u32,
    pub(super) name: String,
    /// Objects that count.
    pub(super) objects: u64,
}

/// A detector's answers.
pub(super) struct Detector {
    pub(super) network: String,
    detected: Detected,
}

impl Detector {
    /// The detections of a class as VOC ranks them.
    pub(super) fn ranked(&self, class: u32) -> Option<&Ranked> {
        self.detected.ranked().iter().find(|(own, _)| *own == class).map(|(_, ranked)| ranked)
    }
}

/// Every set, in the order in which runs name them. Outcomes that cannot be read were told with the rows that they cost.
pub(super) fn of(input: &PageInput<'_>) -> Vec<Set> {
    let mut newest: BTreeMap<(&str, &str, &str), (&str, usize, usize)> = BTreeMap::new();
    for (number, run) in input.runs.iter().enumerate().filter(|(_, run)| run.status == "finished") {
        for (place, file) in run.outcomes.iter().enumerate().filter(|(_, file)| file.task == "detect") {
            let key = (file.data.as_str(), file.protocol.as_str(), file.network.as_str());
            let time = run.header.time.as_str();
            let own = newest.entry(key).or_insert((time, number, place));
            if time >= own.0 {
                *own = (time, number, place);
            }
        }
    }
    let mut sets: Vec<Set> = Vec::new();
    for ((data, protocol, network), (_, number, place)) in newest {
        let run = &input.runs[number];
        let Ok(table) = results::tasks::from_file(run.dir, &run.outcomes[place]) else { continue };
        let Some(detected) = table.as_any().downcast_ref::<Detected>() else { continue };
        let detected = Detected::new(detected.images.clone(), detected.class_names.clone());
        let detector = Detector { network: network.to_owned(), detected };
        match sets.iter_mut().find(|set| (set.data.as_str(), set.protocol.as_str()) == (data, protocol)) {
            Some(set) => set.detectors.push(detector),
            None => sets.push(Set {
                data: data.to_owned(),
                protocol: protocol.to_owned(),
                images: detector.detected.images.len(),
                classes: Vec::new(),
                detectors: vec![detector],
            }),
        }
    }
    for set in &mut sets {
        set.classes = classes(set, input.class_names.get(&set.data));
    }
    sets
}

fn classes(set: &Set, names: Option<&Vec<String>>) -> Vec<Class> {
    let mut objects: BTreeMap<u32, u64> = BTreeMap::new();
    for detector in &set.detectors {
        for (class, ranked) in detector.detected.ranked() {
            objects.insert(*class, ranked.objects());
        }
    }
    let name = |class: u32| {
        let known = names.and_then(|names| names.get(class as usize)).filter(|name| !name.is_empty());
        known.cloned().unwrap_or_else(|| format!("class {class}"))
    };
    objects.into_iter().map(|(number, objects)| Class { number, name: name(number), objects }).collect()
}
