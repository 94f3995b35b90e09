//! Ctrl-C while a runner works: noted, so that the record can be closed and the way back told.
//!
//! Must not change what Ctrl-C does at any other time: it ends the process.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use anyhow::{Context as _, Result};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

struct Signals {
    /// No runner works: a signal ends this process as usual.
    idle: Arc<AtomicBool>,
    /// A signal came while one did.
    asked: Arc<AtomicBool>,
}

static SIGNALS: OnceLock<Signals> = OnceLock::new();

/// While this lives a first SIGINT or SIGTERM is only noted; a second one ends the process.
pub(crate) struct Watching(());

/// Begins to note signals.
pub(crate) fn watch() -> Result<Watching> {
    let signals = match SIGNALS.get() {
        Some(signals) => signals,
        None => {
            let signals = Signals { idle: Arc::default(), asked: Arc::default() };
            for signal in [SIGINT, SIGTERM] {
                // In this order: what is asked for a second time was asked for before.
                let noted = flag::register_conditional_default(signal, Arc::clone(&signals.idle))
                    .and_then(|_| flag::register_conditional_default(signal, Arc::clone(&signals.asked)))
                    .and_then(|_| flag::register(signal, Arc::clone(&signals.asked)));
                noted.context("the system refuses to note Ctrl-C")?;
            }
            SIGNALS.get_or_init(|| signals)
        }
    };
    signals.idle.store(false, Ordering::SeqCst);
    Ok(Watching(()))
}

/// Whether a signal came while a runner worked.
pub(crate) fn asked() -> bool {
    SIGNALS.get().is_some_and(|signals| signals.asked.load(Ordering::SeqCst))
}

impl Drop for Watching {
    fn drop(&mut self) {
        if let Some(signals) = SIGNALS.get() {
            signals.idle.store(true, Ordering::SeqCst);
        }
    }
}
