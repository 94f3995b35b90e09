//! The answers so far, kept in the run's folder so that a later process of the run goes on with them.
//!
//! Must not trust a file: what is of another prediction is refused, and what differs is named.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base::hash::sha256;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use spec::job::Job;
use spec::outcomes::Answer;

use super::Predict;
use crate::error::{Error, Result};
use crate::keep::{self, Fault, Found};

/// What is known after some images.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SoFar {
    /// Answers to the first images, in order. They are tensors in the file.
    #[serde(skip)]
    pub(super) answers: Vec<Answer>,
    /// Seconds in the network for these images, whichever process spent them; seconds that it waited; seconds in all.
    pub(super) forward: f64,
    pub(super) waiting: f64,
    pub(super) total: f64,
    /// What was odd about how images were read: how many, and the first one's name.
    pub(super) notes: BTreeMap<String, (usize, String)>,
    /// Images/s of the batches that told the network's speed; empty until all is done and told.
    pub(super) samples: Vec<f64>,
}

/// The file's words.
#[derive(Debug, Serialize, Deserialize)]
struct Words {
    /// What the answers belong to, by name.
    of: BTreeMap<String, Value>,
    so_far: SoFar,
}

/// Where the answers of one prediction are kept.
#[derive(Debug)]
pub(super) struct Kept {
    path: PathBuf,
    of: BTreeMap<String, Value>,
}

impl Kept {
    /// The place for a stage's answers to these examples.
    pub(super) fn new(job: &Job, stage: &Predict<'_>, examples: &str) -> Kept {
        let settings = json!(job.settings);
        let settings = settings.as_object().into_iter().flatten();
        let mut of: BTreeMap<_, _> = settings.map(|(name, value)| (name.clone(), value.clone())).collect();
        // They move no number.
        of.retain(|name, _| !["seed", "loader_threads"].contains(&name.as_str()));
        let weights = job.weights.iter().chain(job.members.iter().map(|member| &member.weights));
        let weights: Vec<Value> = weights.map(|weights| json!([weights.id, weights.hash, weights.input])).collect();
        of.extend([
            ("network".to_owned(), json!(stage.tested.network)),
            ("weights".to_owned(), json!(weights)),
            ("data".to_owned(), json!(stage.tested.data)),
            ("the data's root hash".to_owned(), json!(stage.tested.root)),
            ("protocol".to_owned(), json!(stage.protocol)),
            ("the list's hash".to_owned(), json!(sha256(examples.as_bytes()))),
        ]);
        Kept { path: path(&job.out, stage.tested.data, &stage.protocol.id), of }
    }

    /// Keeps what is known, in place of what was kept before.
    pub(super) fn save(&self, so_far: &SoFar) -> Result<()> {
        let broken = |error: &dyn std::fmt::Display| Error::Other(format!("a checkpoint cannot be written: {error}"));
        let width = so_far.answers.first().map_or(0, |answer| answer.classes.len());
        let bytes =
            |one: fn(&Answer) -> Vec<[u8; 4]>| so_far.answers.iter().flat_map(one).flatten().collect::<Vec<u8>>();
        let classes = bytes(|answer| answer.classes.iter().map(|class| class.to_le_bytes()).collect());
        let scores = bytes(|answer| answer.scores.iter().map(|score| score.to_le_bytes()).collect());
        let shape = vec![so_far.answers.len(), width];
        let view = |kind, data| TensorView::new(kind, shape.clone(), data).map_err(|error| broken(&error));
        let tensors = vec![
            ("classes".to_owned(), view(Dtype::U32, &classes)?),
            ("scores".to_owned(), view(Dtype::F32, &scores)?),
        ];
        let words = Words { of: self.of.clone(), so_far: so_far.clone() };
        let words = serde_json::to_string(&words).map_err(|error| broken(&error))?;
        keep::save(&self.path, words, tensors)
    }

    /// What an earlier process of the run left, if it left something; at most `count` answers.
    pub(super) fn load(&self, count: usize) -> Result<Option<Found<SoFar>>> {
        let damaged = |error: &dyn std::fmt::Display| Fault::Damaged(format!("is damaged: {error}"));
        keep::load(&self.path, "this prediction", |words, file| {
            let Words { of, mut so_far } = serde_json::from_str(words).map_err(|error| damaged(&error))?;
            if of != self.of {
                return Err(Fault::Other(format!("is of another prediction ({})", differences(&of, &self.of))));
            }
            so_far.answers = answers(file, count).map_err(|problem| damaged(&problem))?;
            Ok(so_far)
        })
    }
}

/// The file of a prediction.
fn path(out: &Path, data: &str, protocol: &str) -> PathBuf {
    let name = base::files::file_name(&format!("predict/{data}/{protocol}"));
    out.join("checkpoints").join(format!("{name}.safetensors"))
}

/// Removes what was kept of a prediction, when the whole run is done.
pub(super) fn remove(out: &Path, data: &str, protocol: &str) {
    let path = path(out, data, protocol);
    keep::remove(&path);
    // A folder that holds something else stays.
    let _ = fs_err::remove_dir(base::files::folder_of(&path));
}

fn answers(file: &SafeTensors<'_>, count: usize) -> std::result::Result<Vec<Answer>, String> {
    let tensor = |name: &str, kind| {
        let view = file.tensor(name).map_err(|error| error.to_string())?;
        match *view.shape() {
            [images, width] if view.dtype() == kind && images <= count => Ok((width, view.data().to_vec())),
            ref shape => Err(format!("`{name}` is of shape {shape:?}")),
        }
    };
    let ((width, classes), (other, scores)) = (tensor("classes", Dtype::U32)?, tensor("scores", Dtype::F32)?);
    if width != other || classes.len() != scores.len() || width == 0 {
        return Err("its answers do not fit each other".to_owned());
    }
    let both = classes.as_chunks().0.chunks(width).zip(scores.as_chunks().0.chunks(width));
    let answer = |(classes, scores): (&[[u8; 4]], &[[u8; 4]])| Answer {
        classes: classes.iter().map(|word| u32::from_le_bytes(*word)).collect(),
        scores: scores.iter().map(|word| f32::from_le_bytes(*word)).collect(),
    };
    Ok(both.map(answer).collect())
}

/// What is not as it was, in words.
fn differences(then: &BTreeMap<String, Value>, now: &BTreeMap<String, Value>) -> String {
    let names: std::collections::BTreeSet<&String> = then.keys().chain(now.keys()).collect();
    let word = |all: &BTreeMap<String, Value>, name: &String| all.get(name).map_or("—".to_owned(), Value::to_string);
    let differing = names.into_iter().filter(|name| then.get(*name) != now.get(*name));
    let words = |name| format!("{name} was {}, is now {}", word(then, name), word(now, name));
    differing.map(words).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_comes_back_to_the_bit() {
        let room = tempfile::tempdir().unwrap();
        let of = BTreeMap::from([("batch".to_owned(), json!(8)), ("network".to_owned(), json!("a"))]);
        let kept = Kept { path: path(room.path(), "photographs", "centre crop"), of };
        assert!(kept.load(3).unwrap().is_none());
        let answer = |scores: [f32; 2]| Answer { classes: vec![7, u32::MAX], scores: scores.to_vec() };
        let so_far = SoFar {
            answers: vec![answer([0.1 + 0.2, f32::MIN_POSITIVE]), answer([1.0, 0.0])],
            total: 0.1 + 0.2,
            notes: BTreeMap::from([("is grey".to_owned(), (2, "a.jpg".to_owned()))]),
            ..SoFar::default()
        };
        kept.save(&so_far).unwrap();
        assert_eq!(kept.load(3).unwrap().unwrap().what, so_far);
        let refused = |kept: &Kept, count| kept.load(count).unwrap_err().to_string();
        assert!(refused(&kept, 1).contains("is damaged: `classes` is of shape [2, 2]"), "{}", refused(&kept, 1));
        let other = Kept { of: BTreeMap::from([("batch".to_owned(), json!(4))]), ..kept };
        assert!(refused(&other, 3).contains("(batch was 8, is now 4, network was \"a\", is now —)"));
        remove(room.path(), "photographs", "centre crop");
        assert!(other.load(3).unwrap().is_none());
    }
}
