//! What two runs' models said to the same examples.
//!
//! Must not pair what is not about the same bytes.

use results::rescore::FileScores;
use results::store::Run;
use results::tasks::{self, Pairing};
use serde_json::{Value, json};
use spec::event::Outcomes;

use crate::cmd::rescore::in_words;

/// One test, in either run or in both.
pub(super) struct Pair {
    /// The networks, the task, the data and the protocol.
    what: [String; 4],
    a: Option<Result<FileScores, String>>,
    b: Option<Result<FileScores, String>>,
    /// Whether the files are equal to the byte, where both are there.
    same: Option<bool>,
    /// How the two models differ, or why they cannot be paired.
    together: Option<Result<Pairing, String>>,
}

/// Every test that either run has outcomes of: pairs on the same data by the same protocol first.
pub(super) fn pairs(a: &Run, b: &Run) -> Vec<Pair> {
    let mut all = Vec::new();
    let mut taken = vec![false; b.outcomes.len()];
    for ours in &a.outcomes {
        let how = |file: &Outcomes| (file.task.clone(), file.protocol.clone(), file.metrics.first().copied());
        let alike = |theirs: &Outcomes| how(theirs) == how(ours);
        // The same bytes are the same data whatever they are called; the same name is not.
        let same_data =
            |theirs: &Outcomes| theirs.data == ours.data || !ours.root.is_empty() && theirs.root == ours.root;
        let fits = |theirs: &Outcomes| alike(theirs) && same_data(theirs);
        let same_network = b.outcomes.iter().position(|theirs| fits(theirs) && theirs.network == ours.network);
        // Two runs of one network each are compared whatever the networks are.
        let alone = a.outcomes.iter().filter(|file| fits(file)).count() == 1
            && b.outcomes.iter().filter(|theirs| fits(theirs)).count() == 1;
        let other = same_network.or_else(|| if alone { b.outcomes.iter().position(fits) } else { None });
        // One test each, of other data: that they cannot be paired is the answer.
        let only = || matches!((&a.outcomes[..], &b.outcomes[..]), ([_], [theirs]) if alike(theirs)).then_some(0);
        let other = other.or_else(only);
        if let Some(index) = other {
            taken[index] = true;
        }
        all.push(pair(a, Some(ours), b, other.map(|index| &b.outcomes[index])));
    }
    for (theirs, _) in b.outcomes.iter().zip(&taken).filter(|(_, taken)| !**taken) {
        all.push(pair(a, None, b, Some(theirs)));
    }
    all
}

fn pair(a: &Run, ours: Option<&Outcomes>, b: &Run, theirs: Option<&Outcomes>) -> Pair {
    let scores = |run: &Run, file: &Outcomes| FileScores::of(run, file).map_err(|error| error.to_string());
    let networks = match (ours, theirs) {
        (Some(ours), Some(theirs)) if ours.network != theirs.network => {
            format!("{} / {}", ours.network, theirs.network)
        }
        (ours, theirs) => ours.or(theirs).map(|file| file.network.clone()).unwrap_or_default(),
    };
    let one = ours.or(theirs);
    let text = |get: fn(&Outcomes) -> &String| one.map(get).cloned().unwrap_or_default();
    let (a_scores, b_scores) = (ours.map(|file| scores(a, file)), theirs.map(|file| scores(b, file)));
    // What cannot be read is told once.
    let readable = [&a_scores, &b_scores].iter().all(|scores| matches!(scores, Some(Ok(_))));
    let both = ours.zip(theirs).filter(|_| readable);
    Pair {
        what: [networks, text(|file| &file.task), text(|file| &file.data), text(|file| &file.protocol)],
        a: a_scores,
        b: b_scores,
        same: ours.zip(theirs).map(|(a, b)| a.sha256 == b.sha256),
        together: both.and_then(|(ours, theirs)| together(a, ours, b, theirs).transpose()),
    }
}

/// How two models differ on the same examples; None where the metric has no paired test.
fn together(a: &Run, ours: &Outcomes, b: &Run, theirs: &Outcomes) -> Result<Option<Pairing>, String> {
    if ours.root != theirs.root || ours.root.is_empty() {
        let [one, other] = [ours, theirs].map(|file| match file.root.get(..12).unwrap_or(&file.root) {
            "" => format!("`{}`, whose bytes nobody knows", file.data),
            root => format!("`{}` with root hash {root}", file.data),
        });
        return Err(format!("not the same data: {one} in the one, {other} in the other; no winner can be told"));
    }
    let Some(metric) = ours.metrics.first().filter(|metric| theirs.metrics.contains(metric)) else { return Ok(None) };
    let table = |run: &Run, file: &Outcomes| tasks::from_run(run, file).map_err(|error| error.to_string());
    table(a, ours)?.paired(table(b, theirs)?.as_ref(), *metric)
}

impl Pair {
    /// Why a side cannot be read, or the two cannot be paired.
    pub(super) fn damages(&self) -> impl Iterator<Item = &str> {
        let sides = [&self.a, &self.b].into_iter().filter_map(|scores| scores.as_ref()?.as_ref().err());
        sides.chain(self.together.as_ref().and_then(|pairing| pairing.as_ref().err())).map(String::as_str)
    }

    /// A row of the table on the screen.
    pub(super) fn row(&self) -> Vec<String> {
        let shown = |scores: &Option<Result<FileScores, String>>| match scores {
            Some(Ok(scores)) => in_words(scores),
            Some(Err(_)) => "cannot be read".to_owned(),
            None => "—".to_owned(),
        };
        let files = match self.same {
            Some(true) => "equal to the byte".to_owned(),
            Some(false) => String::new(),
            None => "in one run only".to_owned(),
        };
        let together = match &self.together {
            Some(Ok(pairing)) => format!(
                "difference {:.2} {} ({:.2} to {:.2}); {}",
                pairing.difference, pairing.unit, pairing.low, pairing.high, pairing.test
            ),
            Some(Err(message)) => message.clone(),
            None => String::new(),
        };
        let together = [files, together].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n");
        self.what.iter().cloned().chain([shown(&self.a), shown(&self.b), together]).collect()
    }

    /// The same for scripts.
    pub(super) fn json(&self) -> Value {
        let [network, task, data, protocol] = &self.what;
        let scores = |scores: &Option<Result<FileScores, String>>| match scores {
            Some(Ok(scores)) => json!(scores.scores),
            Some(Err(message)) => json!({"error": message}),
            None => Value::Null,
        };
        let together = match &self.together {
            Some(Ok(pairing)) => json!({
                "difference": pairing.difference, "unit": pairing.unit, "n": pairing.n, "low": pairing.low,
                "high": pairing.high, "p": pairing.p, "test": pairing.test,
            }),
            Some(Err(message)) => json!({"error": message}),
            None => Value::Null,
        };
        json!({
            "network": network, "task": task, "data": data, "protocol": protocol, "a": scores(&self.a),
            "b": scores(&self.b), "same_bytes": self.same, "together": together,
        })
    }
}
