//! The measured side of a row, and the ids of values without a claim.
//!
//! Must not judge.

use std::collections::HashMap;

use spec::event::Model;
use spec::job::Precision;

use super::Evidence;
use crate::context::Context;
use crate::row::Row;
use crate::row::empty_row;

impl Evidence<'_> {
    /// The measured side of a row, without an id.
    pub(crate) fn row(&self) -> Row {
        let scored = self.scored.as_ref();
        Row {
            network: self.network.to_owned(),
            task: scored.map(|scored| scored.file.task.clone()),
            model: scored.map(|scored| model(&scored.file.model)),
            value: Some(self.value).filter(|value| value.is_finite()),
            n: scored.map(|scored| scored.n),
            correct: scored.and_then(|scored| scored.correct),
            low: self.low.filter(|low| low.is_finite()),
            high: self.high.filter(|high| high.is_finite()),
            data: scored.map(|scored| scored.file.data.clone()),
            protocol: scored.map(|scored| scored.file.protocol.clone()),
            variant: self.variant(),
            run: Some(self.run.header.run.clone()),
            precision: self.arithmetic().map(|precision| precision.to_string()),
            ..empty_row(self.metric, self.unit)
        }
    }

    /// How far it was trained; which memory, machine and batch a speed is of.
    fn variant(&self) -> Option<String> {
        if let Some(scored) = &self.scored {
            return scored.trained().map(|trained| trained.words.clone());
        }
        let conditions = format!("{}, batch {}", self.run.header.profile, self.run.header.settings.batch);
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
        let settings = &self.run.header.settings;
        if let Some(scored) = &self.scored {
            match scored.root().filter(|_| scored.file.data.starts_with("images:")) {
                // Two folders of one name, or one folder at two times, are not the same data.
                Some(root) => add(&format!("{}@{}", scored.file.data, short(root))),
                None => add(&scored.file.data),
            }
            add(&scored.file.protocol);
            let first = context.paper.weights.iter().find(|weights| weights.network == self.network);
            match &scored.file.model {
                Model::Imported { id, .. } => add(id),
                Model::Ensemble { weights } => add(&weights.join("+")),
                Model::Released { weights } if first.is_none_or(|first| first.id != *weights) => add(weights),
                _ => {}
            }
        } else {
            if let Some(part) = self.part {
                add(part);
            }
            add(&self.run.header.profile);
            add(&format!("batch-{}", settings.batch));
        }
        if let Some(precision) = self.arithmetic().filter(|precision| *precision != Precision::Fp32) {
            add(&precision.to_string());
        }
        id
    }

    /// What may tell two values of one id apart, the most telling first.
    fn details(&self) -> Vec<String> {
        let Some(scored) = &self.scored else { return Vec::new() };
        let settings = &self.run.header.settings;
        let recipe =
            self.run.header.training.as_ref().map(|training| format!("recipe-{}", short(&training.recipe_sha256)));
        let steps = match scored.trained() {
            Some(trained) => format!("{}-steps", trained.steps),
            None => scored.file.model.weights().unwrap_or("no-weights").to_owned(),
        };
        let whole = scored.trained().filter(|trained| trained.complete).map(|_| "whole-recipe".to_owned());
        let seed = scored.trained().map(|_| format!("seed-{}", settings.seed));
        let root = scored.root().map(|root| short(root).to_owned());
        let computed = [
            format!("batch-{}", settings.batch),
            settings.device.to_string(),
            format!("{}-threads", settings.threads),
            format!("{}-loader-threads", settings.loader_threads),
            settings.memory_format.to_string(),
        ];
        [Some(steps), seed, root, whole, recipe].into_iter().flatten().chain(computed).collect()
    }
}

/// A model in a few words, for tables.
fn model(model: &Model) -> String {
    match model {
        Model::Released { weights } => format!("released ({weights})"),
        Model::Ensemble { weights } => format!("released, averaged ({})", weights.join(", ")),
        Model::Trained(_) => "trained here".to_owned(),
        Model::Imported { by, from, .. } => format!("imported (by {by}, {})", from.file),
        Model::Baseline => "baseline".to_owned(),
    }
}

/// The id of every value, unique among those that were not made again. A detail is added only to those that would be the same without it.
pub(crate) fn ids(context: &Context<'_>, evidence: &[Evidence<'_>]) -> Vec<String> {
    let mut ids: Vec<String> = evidence.iter().map(|evidence| evidence.id(context)).collect();
    for detail in 0..10 {
        let mut times: HashMap<String, usize> = HashMap::new();
        for (id, _) in ids.iter().zip(evidence).filter(|(_, evidence)| !evidence.superseded) {
            *times.entry(id.clone()).or_default() += 1;
        }
        for (id, evidence) in ids.iter_mut().zip(evidence).filter(|(_, evidence)| !evidence.superseded) {
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
