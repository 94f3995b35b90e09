//! What a person sees while a runner works: a bar a stage, and what matters as a line.
//!
//! Must not write to standard output.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use spec::event::Event;
use store::Progress;

/// The bar of one run.
pub(crate) struct Watch {
    progress: Progress,
    bar: ProgressBar,
    what: String,
}

impl Watch {
    pub(crate) fn new(progress: &Progress, what: &str) -> Self {
        let bar = progress.multi().add(ProgressBar::new_spinner());
        bar.set_message(what.to_owned());
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { progress: progress.clone(), bar, what: what.to_owned() }
    }

    /// Shows one event.
    pub(crate) fn see(&mut self, event: &Event) {
        match event {
            Event::Stage { name, .. } => {
                self.bar.set_style(style("{msg} {spinner} {elapsed}"));
                self.bar.set_message(format!("{}: {}", self.what, stage(name)));
                self.bar.reset();
                // The next progress is of this stage: its length may be the last one's.
                self.bar.unset_length();
                self.progress.line(&format!("{}: {}", self.what, stage(name)));
            }
            Event::Progress { done, total, unit } => {
                if self.bar.length() != Some(*total) {
                    self.bar.set_length(*total);
                    self.bar
                        .set_style(style(&format!("{{msg}} {{wide_bar}} {{pos}}/{{len}} {unit} {{per_sec}} {{eta}}")));
                }
                self.bar.set_position(*done);
            }
            Event::Resumed { what, step, .. } => {
                self.progress.line(&format!("{}: {what} goes on from step {step}", self.what));
            }
            Event::Outcomes(file) => self.progress.line(&format!(
                "{}: {} on {} under {}: {} examples",
                self.what, file.network, file.data, file.protocol, file.count
            )),
            Event::Curve(curve) => self.progress.line(&format!("{}: curve {}", self.what, curve.file)),
            Event::Picture(picture) => self.progress.line(&format!("{}: picture {}", self.what, picture.file)),
            Event::Note { text } => self.progress.line(&format!("{}: {text}", self.what)),
            Event::Failed { kind, message, .. } => {
                self.progress.line(&format!("{}: failed ({kind}): {message}", self.what));
            }
            _ => {}
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
        self.progress.multi().remove(&self.bar);
    }
}

fn stage(name: &str) -> String {
    match name {
        "load" => "loading weights".to_owned(),
        "canary" => "looking at the canary's pictures".to_owned(),
        "predict" => "predicting".to_owned(),
        "throughput" => "timing the network".to_owned(),
        "input-pipeline" => "timing the input pipeline".to_owned(),
        "peaks" => "measuring this machine's peaks".to_owned(),
        // An experiment names its stages after what it is at: `train st-cnn-rts`, `test st-cnn-rts`.
        other => match other.split_once(' ') {
            Some(("train", what)) => format!("training {what}"),
            Some(("test", what)) => format!("testing {what}"),
            _ => other.to_owned(),
        },
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}
