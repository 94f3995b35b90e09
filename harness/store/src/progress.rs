//! Progress for people, on standard error: bars on a terminal, plain lines in a log, or nothing.
//!
//! Must not write to standard output, which belongs to results.

use std::io::{IsTerminal, Write as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Where progress goes. Cheap to clone; clones share the screen.
#[derive(Debug, Clone)]
pub struct Progress {
    multi: MultiProgress,
    mode: Mode,
    /// What was told by [`Progress::warn`], in order.
    warnings: Arc<Mutex<Vec<String>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Bars,
    Lines,
    Hidden,
}

impl Default for Progress {
    fn default() -> Self {
        Self::stderr()
    }
}

impl Progress {
    /// Bars where standard error is a terminal, else one line at the start and one at the end of each download.
    #[must_use]
    pub fn stderr() -> Self {
        if std::io::stderr().is_terminal() {
            Self::of(MultiProgress::new(), Mode::Bars)
        } else {
            Self::of(MultiProgress::with_draw_target(ProgressDrawTarget::hidden()), Mode::Lines)
        }
    }

    /// Nothing is shown.
    #[must_use]
    pub fn hidden() -> Self {
        Self::of(MultiProgress::with_draw_target(ProgressDrawTarget::hidden()), Mode::Hidden)
    }

    fn of(multi: MultiProgress, mode: Mode) -> Self {
        Self { multi, mode, warnings: Arc::default() }
    }

    /// The bars' screen, so that other bars and log lines do not tear them.
    #[must_use]
    pub fn multi(&self) -> &MultiProgress {
        &self.multi
    }

    /// One line above the bars.
    pub fn line(&self, text: &str) {
        if self.mode != Mode::Hidden {
            self.print(text);
        }
    }

    /// One line that somebody must know, whatever is shown of progress; it is remembered for scripts.
    pub fn warn(&self, text: &str) {
        self.print(&format!("warning: {text}"));
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner).push(text.to_owned());
    }

    /// All that was warned of since this was last asked.
    #[must_use]
    pub fn take_warnings(&self) -> Vec<String> {
        std::mem::take(&mut *self.warnings.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn print(&self, text: &str) {
        // Where this fails there is nobody to tell.
        let _ = match self.mode {
            Mode::Bars => self.multi.println(text),
            _ => writeln!(std::io::stderr().lock(), "{text}"),
        };
    }

    /// A bar over `total` bytes, or a spinner that counts bytes where the total is not known.
    /// The size is told when the bar starts.
    #[must_use]
    pub fn bytes(&self, what: &str, total: Option<u64>) -> Bar {
        if self.mode == Mode::Lines {
            match total {
                Some(total) => self.line(&format!("{what} ({})", human(total))),
                None => self.line(what),
            }
        }
        let bar = match total {
            Some(total) => ProgressBar::new(total)
                .with_style(style("{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}")),
            None => ProgressBar::new_spinner().with_style(style("{msg} {spinner} {bytes} {elapsed}")),
        };
        let bar = self.multi.add(bar.with_message(what.to_owned()));
        if self.mode == Mode::Bars {
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        Bar { bar, progress: self.clone(), what: what.to_owned(), started: Instant::now() }
    }
}

/// One thing under way. Dropping it clears it from the screen.
#[derive(Debug)]
pub struct Bar {
    bar: ProgressBar,
    progress: Progress,
    what: String,
    started: Instant,
}

impl Bar {
    /// How far it is, in bytes.
    pub fn set(&self, bytes: u64) {
        self.bar.set_position(bytes);
    }

    /// So many bytes more.
    pub fn advance(&self, bytes: u64) {
        self.bar.inc(bytes);
    }

    /// Done: in a log, a line says how long it took.
    pub fn done(self) {
        if self.progress.mode == Mode::Lines {
            let seconds = self.started.elapsed().as_secs_f64();
            if seconds >= 1.0 {
                self.progress.line(&format!("{}: done in {seconds:.1} s", self.what));
            }
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
        self.progress.multi.remove(&self.bar);
    }
}

fn style(template: &str) -> ProgressStyle {
    // The templates are constants of this file; the default is a legible fallback.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Bytes for people, in powers of 1000 as disks and downloads are sold: `102.5 MB`.
#[must_use]
pub fn human(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1000.0;
    let mut unit = 0;
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::human;

    #[test]
    fn sizes_read_well() {
        let texts = [0, 999, 1000, 102_530_333, 999_949_999, 999_950_000, 147_897_477_120].map(human);
        assert_eq!(texts, ["0 B", "999 B", "1.0 kB", "102.5 MB", "999.9 MB", "1.0 GB", "147.9 GB"]);
    }
}
