//! The speed of decoding, resizing and cropping alone.
//!
//! Must not build a tensor.

use std::path::Path;
use std::time::Instant;

use spec::job::Job;
use spec::metric::Unit;
use spec::protocol::Protocol;

use crate::emit::Emitter;
use crate::error::Result;
use crate::input::{list, loader::with_loader};

/// Times it over at most `limit` images of a list.
///
/// # Errors
/// A list or picture that cannot be read.
pub fn run(list: &Path, protocol: &Protocol, limit: usize, job: &Job, emitter: &Emitter<'_>) -> Result<()> {
    emitter.stage("input-pipeline")?;
    let items = list::read(list)?;
    let paths: Vec<&Path> = items.iter().take(limit).map(|item| item.path.as_path()).collect();
    let threads = job.settings.loader_threads;
    let start = Instant::now();
    with_loader(&paths, protocol, threads, 4 * threads, |loader| {
        for (index, picture) in loader.enumerate() {
            picture?;
            emitter.progress(index + 1, paths.len(), "images")?;
        }
        Ok(())
    })?;
    let rate = paths.len() as f64 / start.elapsed().as_secs_f64();
    emitter.value("throughput.input", rate, Some(Unit::ImagesPerSecond))
}
