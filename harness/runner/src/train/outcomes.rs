//! What came out for each example, as files that scores are computed from.
//!
//! Must not compute a score.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use sha2::{Digest as _, Sha256};
use spec::event::Trained;
use spec::lock::PartOf;
use spec::metric::Metric;
use tch::{Kind, Tensor};

use crate::error::{Error, Result};
use crate::stages::canary::hex;

/// What was tested, on what, under which condition.
#[derive(Debug, Clone)]
pub struct Tested<'a> {
    /// The network's id in the spec, or a baseline's name.
    pub network: &'a str,
    /// The data: `mnist-test`.
    pub data: &'a str,
    /// SHA-256 that pins the data.
    pub root: &'a str,
    /// The condition's or protocol's id.
    pub protocol: &'a str,
    /// What the outcomes are about.
    pub metric: Metric,
    /// The whole set, when this is a part of it.
    pub part_of: Option<PartOf>,
    /// How the network was trained here.
    pub trained: Option<&'a Trained>,
}

/// One example's answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answer {
    /// The true class (for agreement: the other network's answer).
    pub class: u32,
    /// The class that was given; None where a rubbish input got none.
    pub given: Option<u32>,
    /// Its probability, 0 to 1.
    pub confidence: f32,
}

impl Answer {
    /// Answers from probabilities `[N, classes]` and true classes `[N]`: the most probable class, the first of equals.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn all(probabilities: &Tensor, classes: &Tensor) -> Result<Vec<Answer>> {
        let (confidence, given) = probabilities.f_max_dim(1, false)?;
        let confidence = Vec::<f32>::try_from(confidence.f_to_kind(Kind::Float)?.f_to_device(tch::Device::Cpu)?)?;
        let given = Vec::<i64>::try_from(given.f_to_device(tch::Device::Cpu)?)?;
        let classes = Vec::<i64>::try_from(classes.f_to_kind(Kind::Int64)?.f_to_device(tch::Device::Cpu)?)?;
        let number = |class: i64| u32::try_from(class).unwrap_or(u32::MAX);
        let both = classes.into_iter().zip(given).zip(confidence);
        Ok(both
            .map(|((class, given), confidence)| Answer { class: number(class), given: Some(number(given)), confidence })
            .collect())
    }
}

pub(super) fn answers_csv(answers: &[Answer]) -> String {
    let mut text = "class,given,confidence\n".to_owned();
    for Answer { class, given, confidence } in answers {
        let given = given.map_or_else(String::new, |given| given.to_string());
        let _ = writeln!(text, "{class},{given},{confidence}");
    }
    text
}

pub(super) fn values_csv(values: &[f64]) -> String {
    let mut text = "value\n".to_owned();
    for value in values {
        let _ = writeln!(text, "{value}");
    }
    text
}

/// Letters, digits, points and dashes; anything else becomes a dash.
pub(super) fn file_safe(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect()
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Writes a file under a temporary name, syncs it, and renames it.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let disk = |error: std::io::Error| Error::Disk(format!("{error}; free some space and resume the run"));
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder).map_err(disk)?;
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let temporary = path.with_file_name(format!(".{name}.part"));
    let mut file = fs_err::File::create(&temporary).map_err(disk)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(disk)?;
    fs_err::rename(&temporary, path).map_err(disk)
}
