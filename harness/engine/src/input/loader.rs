//! Threads that decode and cut pictures ahead of the network, in order and never too far ahead.
//!
//! Must give the same crops in the same order whatever the number of threads.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use images::Crop;
use spec::protocol::Protocol;

use crate::error::{Error, Result};

/// One picture, cut.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// Its views, in the protocol's order.
    pub crops: Vec<Crop>,
    /// Its own width and height in pixels.
    pub size: [u32; 2],
    /// What a reader of the record should know about how it was read.
    pub note: Option<String>,
}

/// Reads and cuts one picture.
///
/// # Errors
/// The picture cannot be read or cut; the message names it.
pub fn load(path: &Path, protocol: &Protocol) -> Result<Loaded> {
    let named = |error: images::Error| {
        let (text, path) = (error.to_string(), path.display().to_string());
        Error::Input(if text.contains(&path) { text } else { format!("{path}: {text}") })
    };
    let (mut picture, orientation) = if let Some((file, index)) = images::packed::place(path) {
        (images::packed::load(&file, index).map_err(named)?, 1)
    } else {
        let bytes = fs_err::read(path).map_err(|error| Error::Input(error.to_string()))?;
        (images::decode(&bytes, &path.display().to_string()).map_err(named)?, images::orientation(&bytes))
    };
    let mut turned = None;
    if orientation != 1 && protocol.orient {
        picture = picture.turned(orientation);
        turned = Some("turned the way up that its EXIF data name");
    } else if orientation != 1 {
        turned = Some("its EXIF data name another way up, which is not obeyed");
    }
    let crops = images::views(&picture, protocol).map_err(named)?;
    let size = [picture.width, picture.height];
    let notes: Vec<String> = picture.note.into_iter().chain(turned.map(str::to_owned)).collect();
    Ok(Loaded { crops, size, note: (!notes.is_empty()).then(|| notes.join("; ")) })
}

/// Pictures on their way.
#[derive(Debug)]
struct Queue {
    /// The next picture that a thread takes.
    next: usize,
    /// Pictures handed out.
    delivered: usize,
    /// Pictures after those handed out; None: still being read.
    ready: VecDeque<Option<Result<Loaded>>>,
    stopped: bool,
}

/// The reading side: pictures in order.
#[derive(Debug)]
pub struct Loader<'a> {
    queue: &'a Mutex<Queue>,
    changed: &'a Condvar,
    count: usize,
}

impl Iterator for Loader<'_> {
    type Item = Result<Loaded>;

    fn next(&mut self) -> Option<Result<Loaded>> {
        let mut queue = lock(self.queue);
        if queue.delivered == self.count {
            return None;
        }
        loop {
            if let Some(Some(_)) = queue.ready.front() {
                queue.delivered += 1;
                let loaded = queue.ready.pop_front().flatten();
                self.changed.notify_all();
                return loaded;
            }
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Reads `paths` with some threads, at most `ahead` pictures ahead of what `consume` has taken. When `consume` returns,
/// early or not, the threads stop.
///
/// # Errors
/// What `consume` returns.
pub fn with_loader<T>(
    paths: &[&Path],
    protocol: &Protocol,
    threads: usize,
    ahead: usize,
    consume: impl FnOnce(Loader<'_>) -> Result<T>,
) -> Result<T> {
    let queue = Mutex::new(Queue { next: 0, delivered: 0, ready: VecDeque::new(), stopped: false });
    let changed = Condvar::new();
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, paths.len().max(1)) {
            scope.spawn(|| work(&queue, &changed, paths, protocol, ahead.max(1)));
        }
        // The threads must stop on a panic of the consumer too, or the scope would wait for ever.
        let outcome =
            catch_unwind(AssertUnwindSafe(|| consume(Loader { queue: &queue, changed: &changed, count: paths.len() })));
        lock(&queue).stopped = true;
        changed.notify_all();
        outcome.unwrap_or_else(|payload| std::panic::resume_unwind(payload))
    })
}

fn work(queue: &Mutex<Queue>, changed: &Condvar, paths: &[&Path], protocol: &Protocol, ahead: usize) {
    loop {
        let index = {
            let mut queue = lock(queue);
            while !queue.stopped && queue.next < paths.len() && queue.next >= queue.delivered + ahead {
                queue = changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
            }
            if queue.stopped || queue.next == paths.len() {
                return;
            }
            queue.next += 1;
            queue.ready.push_back(None);
            queue.next - 1
        };
        let path = paths[index];
        let loaded = catch_unwind(AssertUnwindSafe(|| load(path, protocol))).unwrap_or_else(|_| {
            Err(Error::Input(format!("{}: the decoder gave up on it; take it off the list", path.display())))
        });
        let mut queue = lock(queue);
        let ahead = index - queue.delivered;
        queue.ready[ahead] = Some(loaded);
        changed.notify_all();
    }
}

/// A thread that panicked has written nothing, so what it held is still right.
fn lock(queue: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}
