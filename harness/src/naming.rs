//! Paths of this machine as records have them: `$RUNS`, `$STORE` and `$PROJECT` for its folders, since a record is to be
//! read, published and gone on with elsewhere.
//!
//! Must know every path of a job: one that is passed over would be published as it is.

use std::path::{Path, PathBuf};

use spec::job::{Job, Stage};

/// Folders by the names that records have for them, the ones within others first.
pub(crate) type Places = [(&'static str, PathBuf)];

/// The job with names for this machine's folders.
pub(crate) fn named(job: &Job, places: &Places) -> Job {
    changed(job, |path| {
        places.iter().find_map(|(name, folder)| Some(joined(Path::new(name), path.strip_prefix(folder).ok()?)))
    })
}

/// The job with this machine's folders for their names.
pub(crate) fn expanded(job: &Job, places: &Places) -> Job {
    changed(job, |path| places.iter().find_map(|(name, folder)| Some(joined(folder, path.strip_prefix(name).ok()?))))
}

/// Joining nothing would add a slash.
fn joined(folder: &Path, inside: &Path) -> PathBuf {
    if inside.as_os_str().is_empty() { folder.to_path_buf() } else { folder.join(inside) }
}

fn changed(job: &Job, other: impl Fn(&Path) -> Option<PathBuf>) -> Job {
    let mut job = job.clone();
    for path in paths(&mut job) {
        if let Some(changed) = other(path) {
            *path = changed;
        }
    }
    job
}

/// Every path in a job.
fn paths(job: &mut Job) -> Vec<&mut PathBuf> {
    let mut paths = vec![&mut job.out];
    if let Some(weights) = &mut job.weights {
        paths.extend([&mut weights.path, &mut weights.names]);
    }
    for member in &mut job.members {
        paths.extend([&mut member.weights.path, &mut member.weights.names]);
    }
    for stage in &mut job.stages {
        match stage {
            Stage::Canary { pictures, .. } => paths.extend(pictures.iter_mut().map(|picture| &mut picture.path)),
            Stage::Predict { list, .. } | Stage::InputPipeline { list, .. } => paths.push(list),
            Stage::Experiment(stage) => {
                for data in &mut stage.data {
                    paths.push(&mut data.folder);
                    paths.extend(&mut data.list);
                }
                for weights in &mut stage.weights {
                    paths.extend([&mut weights.path, &mut weights.names]);
                }
                paths.extend(&mut stage.cache);
            }
            Stage::Throughput { .. } | Stage::Peaks { .. } => {}
        }
    }
    paths
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::samples;

    fn places() -> Vec<(&'static str, PathBuf)> {
        let folder = |path: &str| PathBuf::from(path);
        vec![("$RUNS", folder("/clone/results/runs")), ("$STORE", folder("/cache")), ("$PROJECT", folder("/clone"))]
    }

    fn path() -> impl Strategy<Value = PathBuf> {
        let within = prop::sample::select(vec!["/clone/results/runs", "/cache", "/clone", "/elsewhere", "/clones"]);
        (within, prop::collection::vec("[a-z$]{1,6}", 0..3))
            .prop_map(|(folder, rest)| joined(Path::new(folder), &rest.iter().collect::<PathBuf>()))
    }

    proptest! {
        #[test]
        fn what_was_named_comes_back(all in prop::collection::vec(path(), 32)) {
            let mut job = samples::job();
            let count = paths(&mut job).len();
            prop_assert!(count >= 10 && count <= all.len());
            for (place, path) in paths(&mut job).into_iter().zip(&all) {
                place.clone_from(path);
            }
            let record = named(&job, &places());
            prop_assert_eq!(&expanded(&record, &places()), &job);
            // No path is forgotten: none of a known folder is left as it is.
            let text = serde_json::to_string(&record).unwrap();
            prop_assert!(!text.contains("\"/cache/") && !text.contains("\"/clone/") && !text.contains("\"/clone\""), "{}", text);
        }
    }

    #[test]
    fn a_record_is_gone_on_with_where_the_folders_are_now() {
        let mut job = samples::job();
        job.out = "/clone/results/runs/x".into();
        let elsewhere = vec![("$RUNS", PathBuf::from("/data/runs"))];
        assert_eq!(expanded(&named(&job, &places()), &elsewhere).out, PathBuf::from("/data/runs/x"));
    }
}
