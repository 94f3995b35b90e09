//! Predictions for a list of labelled images, written to `predictions.jsonl`.
//!
//! Must not compute a score.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use fs_err::File;
use images::Crop;
use sha2::{Digest as _, Sha256};
use spec::event::Event;
use spec::job::{Job, TIMED_BATCHES, WARM_UP_BATCHES, WARM_UP_SECONDS};
use spec::metric::Unit;
use spec::protocol::Protocol;
use spec::record::Prediction;

use super::canary::hex;
use super::{Loaded, rows, throughput, timed};
use crate::answer::Answer;
use crate::emit::Emitter;
use crate::error::{Error, Result};
use crate::input::batch::Normalisation;
use crate::input::list::{self, Item};
use crate::input::loader::with_loader;

/// What one stage is about.
#[derive(Debug)]
pub(crate) struct Predict<'a> {
    pub(crate) data: &'a str,
    pub(crate) list: &'a Path,
    pub(crate) protocol: &'a Protocol,
    /// The file's name in the run's folder.
    pub(crate) file: &'a str,
}

/// Seconds spent, and the speed of each full batch.
#[derive(Debug, Default)]
struct Spent {
    forward: f64,
    waiting: f64,
    full_batches: usize,
    /// Images/s of the full batches after the warm-up.
    samples: Vec<f64>,
}

impl Spent {
    /// Adds one forward pass over `crops` crops.
    fn add(&mut self, seconds: f64, crops: usize, batch: usize) {
        if crops == batch && self.forward >= WARM_UP_SECONDS && self.full_batches >= WARM_UP_BATCHES {
            self.samples.push(crops as f64 / seconds);
        }
        self.full_batches += usize::from(crops == batch);
        self.forward += seconds;
    }
}

/// Predicts; says whether enough batches were timed on the way to tell the network's speed.
pub(crate) fn run(loaded: &Loaded, stage: &Predict<'_>, job: &Job, emitter: &Emitter<'_>) -> Result<bool> {
    emitter.stage("predict")?;
    let normalisation = loaded.ready_for(stage.protocol)?;
    let items = list::read(stage.list)?;
    let device = loaded.network.how().device;
    throughput::reset_peaks(device, emitter)?;
    let start = Instant::now();
    let mut output = Output::create(&job.out, stage.file)?;
    let spent = predict(loaded, normalisation, stage.protocol, &items, job, emitter, &mut output)?;
    let (count, sha256) = output.finish()?;
    let total = start.elapsed().as_secs_f64();
    emitter.value("time.forward", spent.forward, Some(Unit::Seconds))?;
    emitter.value("time.wait-for-input", spent.waiting, Some(Unit::Seconds))?;
    emitter.value("time.total", total, Some(Unit::Seconds))?;
    emitter.value("throughput.end-to-end", items.len() as f64 / total, Some(Unit::ImagesPerSecond))?;
    let timed = spent.samples.len() >= TIMED_BATCHES;
    if timed {
        throughput::report(spent.samples, device, emitter)?;
        emitter.note("the network was timed while predicting, with the input pipeline's threads beside it")?;
    }
    emitter.event(&Event::Predictions {
        data: stage.data.to_owned(),
        protocol: stage.protocol.id.clone(),
        file: stage.file.to_owned(),
        count,
        sha256,
    })?;
    Ok(timed)
}

fn predict(
    loaded: &Loaded,
    normalisation: &Normalisation,
    protocol: &Protocol,
    items: &[Item],
    job: &Job,
    emitter: &Emitter<'_>,
    output: &mut Output,
) -> Result<Spent> {
    let (batch, threads) = (job.settings.batch, job.settings.loader_threads);
    let device = loaded.network.how().device;
    let paths: Vec<&Path> = items.iter().map(|item| item.path.as_path()).collect();
    let mut notes = BTreeMap::<String, (usize, &str)>::new();
    let mut spent = Spent::default();
    // Two batches ahead, so that one is always ready when the network is.
    with_loader(&paths, protocol, threads, 2 * batch + threads, |mut loader| {
        let mut pending = Pending::default();
        for item in items {
            let wait = Instant::now();
            let Some(picture) = loader.next() else { break };
            spent.waiting += wait.elapsed().as_secs_f64();
            let picture = picture?;
            if let Some(note) = picture.note {
                notes.entry(note).or_insert((0, &item.file)).0 += 1;
            }
            pending.push(item, picture.crops, protocol);
            while pending.crops.len() >= batch {
                spent.add(pending.forward(batch, loaded, normalisation, device)?, batch, batch);
                output.write_all(&mut pending)?;
                emitter.progress(output.lines, items.len(), "images")?;
            }
        }
        while !pending.crops.is_empty() {
            let crops = pending.crops.len().min(batch);
            spent.add(pending.forward(batch, loaded, normalisation, device)?, crops, batch);
            output.write_all(&mut pending)?;
            emitter.progress(output.lines, items.len(), "images")?;
        }
        Ok(())
    })?;
    for (note, (count, first)) in notes {
        emitter.note(format!("{count} image(s), the first of them {first}: {note}"))?;
    }
    Ok(spent)
}

/// Crops that wait for the network, and the images that wait for their answers.
#[derive(Debug, Default)]
struct Pending<'a> {
    crops: Vec<Crop>,
    /// Images in order, with how many of their views are still to come.
    images: std::collections::VecDeque<(&'a Item, Answer, usize)>,
}

impl<'a> Pending<'a> {
    fn push(&mut self, item: &'a Item, crops: Vec<Crop>, protocol: &Protocol) {
        self.images.push_back((item, Answer::new(protocol.average), crops.len()));
        self.crops.extend(crops);
    }

    /// Sends at most a batch of crops through the network; seconds of the forward pass.
    fn forward(
        &mut self,
        batch: usize,
        loaded: &Loaded,
        normalisation: &Normalisation,
        device: tch::Device,
    ) -> Result<f64> {
        let now = self.crops.len().min(batch);
        let x = loaded.network.prepare(&normalisation.batch_on(&self.crops[..now], device)?)?;
        self.crops.drain(..now);
        let (logits, seconds) = timed(device, || loaded.network.forward(&x))?;
        let mut waiting = self.images.iter_mut().filter(|(_, _, left)| *left > 0).peekable();
        for row in rows(&logits)? {
            if let Some((_, answer, left)) = waiting.peek_mut() {
                answer.add(&row);
                *left -= 1;
                if *left == 0 {
                    waiting.next();
                }
            }
        }
        Ok(seconds)
    }
}

/// The file of predictions: written beside its name, synced, renamed.
#[derive(Debug)]
struct Output {
    writer: BufWriter<File>,
    hash: Sha256,
    temporary: PathBuf,
    path: PathBuf,
    lines: usize,
}

/// A full disk or a folder that is gone.
fn disk(error: std::io::Error) -> Error {
    Error::Disk(format!("the predictions cannot be written: {error}; make room and run again"))
}

impl Output {
    fn create(folder: &Path, file: &str) -> Result<Output> {
        let temporary = folder.join(format!("{file}.part"));
        let writer = BufWriter::new(File::create(&temporary).map_err(disk)?);
        Ok(Output { writer, hash: Sha256::new(), temporary, path: folder.join(file), lines: 0 })
    }

    /// Writes the images at the front whose views are all there.
    fn write_all(&mut self, pending: &mut Pending<'_>) -> Result<()> {
        while let Some((item, answer, _)) = pending.images.pop_front_if(|(_, _, left)| *left == 0) {
            let (top, scores) = answer.top().into_iter().unzip();
            let prediction = Prediction { file: item.file.clone(), class: item.class, top, scores };
            let mut line = serde_json::to_vec(&prediction)
                .map_err(|error| Error::Other(format!("{}: its prediction cannot be written: {error}", item.file)))?;
            line.push(b'\n');
            self.hash.update(&line);
            self.writer.write_all(&line).map_err(disk)?;
            self.lines += 1;
        }
        Ok(())
    }

    /// The number of lines and the file's hash.
    fn finish(self) -> Result<(u64, String)> {
        let Output { writer, hash, temporary, path, lines } = self;
        let file = writer.into_inner().map_err(|error| disk(error.into_error()))?;
        file.sync_all().map_err(disk)?;
        fs_err::rename(&temporary, &path).map_err(disk)?;
        // The rename itself is on disk only when the folder is.
        if let Some(folder) = path.parent() {
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(disk)?;
        }
        Ok((lines as u64, hex(&hash.finalize())))
    }
}
