//! What one class keeps while its negatives are mined. Must not know other classes.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Mined, Round, Settings};
use crate::svm::{self, Model};
use crate::{Error, Rows};

/// A negative in the cache.
#[derive(Debug)]
struct Negative {
    /// Image and row.
    key: (usize, usize),
    features: Arc<[f32]>,
    /// Its dual variable after the last training.
    alpha: f64,
}

/// One class: its positives, its negatives, its machine.
#[derive(Debug)]
pub(super) struct Cache<'a> {
    class: usize,
    positives: Rows<'a>,
    /// The positives' dual variables after the last training.
    alphas: Vec<f64>,
    negatives: Vec<Negative>,
    keys: HashSet<(usize, usize)>,
    added: usize,
    model: Model,
    rounds: Vec<Round>,
}

impl<'a> Cache<'a> {
    /// Without negatives; its machine gives everything 0, which is above any threshold that makes sense.
    pub(super) fn new(class: usize, positives: Rows<'a>) -> Cache<'a> {
        Cache {
            class,
            positives,
            alphas: vec![0.0; positives.len()],
            negatives: Vec::new(),
            keys: HashSet::new(),
            added: 0,
            model: Model { weights: vec![0.0; positives.columns()], bias: 0.0 },
            rounds: Vec::new(),
        }
    }

    /// Whether there is no negative.
    pub(super) fn is_empty(&self) -> bool {
        self.negatives.is_empty()
    }

    /// How many negatives came since the last training.
    pub(super) fn added(&self) -> usize {
        self.added
    }

    /// By the machine of the last training.
    pub(super) fn score(&self, row: &[f32]) -> f64 {
        self.model.score(row)
    }

    /// Adds a negative unless it is there; whether it was new.
    pub(super) fn add(&mut self, key: (usize, usize), features: &Arc<[f32]>) -> bool {
        let new = self.keys.insert(key);
        if new {
            self.negatives.push(Negative { key, features: Arc::clone(features), alpha: 0.0 });
            self.added += 1;
        }
        new
    }

    /// Trains with what is there, then drops what is easy.
    pub(super) fn train(&mut self, epoch: usize, image: usize, settings: &Settings) -> Round {
        let before = self.negatives.len();
        let rows: Vec<&[f32]> =
            self.positives.iter().chain(self.negatives.iter().map(|negative| &*negative.features)).collect();
        let alphas = if settings.warm {
            self.alphas.iter().copied().chain(self.negatives.iter().map(|negative| negative.alpha)).collect()
        } else {
            vec![0.0; rows.len()]
        };
        let solution = svm::solve(&rows, self.positives.len(), alphas, &settings.svm);
        let (positive, negative) = solution.alphas.split_at(self.positives.len());
        self.alphas.copy_from_slice(positive);
        for (kept, alpha) in self.negatives.iter_mut().zip(negative) {
            kept.alpha = *alpha;
        }
        self.model = solution.model;
        let (model, keys) = (&self.model, &mut self.keys);
        self.negatives.retain(|negative| {
            let keep = model.score(&negative.features) >= settings.evict;
            if !keep {
                keys.remove(&negative.key);
            }
            keep
        });
        let round = Round {
            class: self.class,
            epoch,
            image,
            positives: self.positives.len(),
            negatives: before,
            added: std::mem::take(&mut self.added),
            dropped: before - self.negatives.len(),
            primal: solution.primal,
            dual: solution.dual,
            passes: solution.epochs,
            converged: solution.converged,
        };
        self.rounds.push(round.clone());
        round
    }

    /// What is left.
    pub(super) fn end(self) -> Result<Mined, Error> {
        if self.rounds.is_empty() {
            return Err(Error::Nothing { what: format!("class {}", self.class), missing: "negatives in any image" });
        }
        let negatives = self.negatives.iter().map(|negative| negative.key).collect();
        Ok(Mined { model: self.model, rounds: self.rounds, negatives })
    }
}
