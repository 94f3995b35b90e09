//! Which of many stored runs a page is made of.

use std::collections::BTreeMap;

use results::store::{Run, Status};

/// The newest finished run of each network, data set, protocol, precision, device and machine; of each experiment also of
/// each size, budget and seed.
pub(crate) fn newest<'a>(runs: impl Iterator<Item = &'a Run>) -> Vec<Run> {
    let mut newest: BTreeMap<String, &Run> = BTreeMap::new();
    for run in runs.filter(|run| run.status == Status::Finished) {
        let settings = &run.header.settings;
        let tested: Vec<_> = run.outcomes.iter().map(|file| (&file.data, &file.protocol)).collect();
        let training = run.header.training.as_ref().map(|training| (training, settings.seed));
        let imported: Vec<_> = run
            .outcomes
            .iter()
            .filter_map(|file| match &file.model {
                spec::event::Model::Imported { id, .. } => Some(id),
                _ => None,
            })
            .collect();
        let key = format!(
            "{:?} {tested:?} {} {} {:?} {} {training:?} {imported:?}",
            run.header.subject, settings.precision, settings.device, run.header.weights, run.header.profile
        );
        match newest.get(&key) {
            Some(known) if known.header.time >= run.header.time => {}
            _ => {
                newest.insert(key, run);
            }
        }
    }
    newest.into_values().cloned().collect()
}
