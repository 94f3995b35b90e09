//! The measured side of a row, and the ids of values without a claim.
//!
//! Must not judge.

use std::collections::HashMap;

use spec::job::Precision;

use super::{Evidence, weights};
use crate::compare::{Context, empty_row};
use crate::row::Row;

impl Evidence<'_> {
    /// The measured side of a row, without an id.
    pub(in crate::compare) fn row(&self) -> Row {
        let scored = self.scored.as_ref();
        Row {
            network: self.network.to_owned(),
            value: Some(self.value).filter(|value| value.is_finite()),
            n: scored.map(|scored| scored.n),
            correct: scored.and_then(|scored| scored.correct),
            low: self.low.filter(|low| low.is_finite()),
            high: self.high.filter(|high| high.is_finite()),
            data: scored.map(|scored| scored.data.to_owned()),
            protocol: scored.map(|scored| scored.protocol.to_owned()),
            variant: self.variant(),
            run: Some(self.run.plan.run.clone()),
            precision: Some(self.run.plan.job.settings.precision.to_string()),
            ..empty_row(self.metric, self.unit)
        }
    }

    /// How far it was trained; which memory, machine and batch a speed is of.
    fn variant(&self) -> Option<String> {
        if let Some(scored) = &self.scored {
            return scored.trained.map(|trained| trained.words.clone());
        }
        let conditions = format!("{}, batch {}", self.run.plan.profile, self.run.plan.job.settings.batch);
        Some(self.part.map_or(conditions.clone(), |part| format!("{part}, {conditions}")))
    }

    /// The same whenever the same thing is measured again: what goes without saying (the network's first weights,
    /// fp32) is left out.
    fn id(&self, context: &Context<'_>) -> String {
        let metric = self.metric.to_string().replace(' ', "-");
        let mut id = format!("measured/{}/{metric}", self.network);
        let mut add = |part: &str| {
            id.push('/');
            id.push_str(part);
        };
        let settings = &self.run.plan.job.settings;
        if let Some(scored) = &self.scored {
            match scored.root.filter(|_| scored.data.starts_with("images:")) {
                // Two folders of one name, or one folder at two times, are not the same data.
                Some(root) => add(&format!("{}@{}", scored.data, short(root))),
                None => add(scored.data),
            }
            add(scored.protocol);
            let first = context.paper.weights.iter().find(|weights| weights.network == self.network);
            if let Some(ours) = scored.weights.filter(|ours| first.is_none_or(|first| first.id != *ours)) {
                add(ours);
            }
        } else {
            if let Some(part) = self.part {
                add(part);
            }
            add(&self.run.plan.profile);
            add(&format!("batch-{}", settings.batch));
        }
        if settings.precision != Precision::Fp32 {
            add(&settings.precision.to_string());
        }
        id
    }

    /// What may tell two values of one id apart, the most telling first.
    fn details(&self) -> Vec<String> {
        let Some(scored) = &self.scored else { return Vec::new() };
        let steps = match scored.trained {
            Some(trained) => format!("{}-steps", trained.steps),
            None => scored.weights.unwrap_or_else(|| weights(self.run)).to_owned(),
        };
        let recipe = scored.trained.filter(|trained| trained.complete).map(|_| "whole-recipe".to_owned());
        let seed = scored.trained.map(|_| format!("seed-{}", self.run.plan.job.settings.seed));
        let root = scored.root.map(|root| short(root).to_owned());
        [Some(steps), seed, root, recipe].into_iter().flatten().collect()
    }
}

/// The id of every value, unique among them. A detail is added only to those that would be the same without it.
pub(in crate::compare) fn ids(context: &Context<'_>, evidence: &[Evidence<'_>]) -> Vec<String> {
    let mut ids: Vec<String> = evidence.iter().map(|evidence| evidence.id(context)).collect();
    for detail in 0..4 {
        let mut times: HashMap<String, usize> = HashMap::new();
        for id in &ids {
            *times.entry(id.clone()).or_default() += 1;
        }
        for (id, evidence) in ids.iter_mut().zip(evidence) {
            if times.get(id).is_some_and(|times| *times > 1)
                && let Some(more) = evidence.details().get(detail)
            {
                id.push('/');
                id.push_str(more);
            }
        }
    }
    ids
}

/// The first eight digits of a hash.
fn short(root: &str) -> &str {
    root.get(..8).unwrap_or(root)
}
