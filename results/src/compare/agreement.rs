//! What was run here against what somebody else's predictions say of the same images with the same weights: on how many of
//! them the two give the same answer. A score on a part of a set cannot be compared with one on the whole; this can.
//!
//! Must not judge.

use spec::event::{Model, Outcomes};
use spec::protocol::WITHOUT_RESIZE;

use crate::context::Context;
use crate::evidence::of_score;
use crate::problem::{Damage, Problem};
use crate::row::Row;
use crate::store::Run;
use crate::tasks;

/// A row for each test of released weights here and each import of the same weights that has the same examples.
pub(super) fn rows<'a>(context: &Context<'a>, damages: &mut Vec<Damage<'a>>) -> Vec<Row> {
    let finished = context.finished();
    let files = || finished.iter().flat_map(|run| run.outcomes.iter().map(move |file| (*run, file)));
    let mut rows: Vec<Row> = Vec::new();
    for (run, file) in files() {
        let Model::Released { weights } = &file.model else { continue };
        for (other_run, other) in files() {
            let Model::Imported { id, by, weights: Some(theirs), .. } = &other.model else { continue };
            if theirs != weights || !is_on_a_part_of(file, other) {
                continue;
            }
            let (ours, theirs) = match (read(run, file), read(other_run, other)) {
                (Ok(ours), Ok(theirs)) => (ours, theirs),
                (ours, theirs) => {
                    damages.extend(ours.err().into_iter().chain(theirs.err()));
                    continue;
                }
            };
            let Some(score) = ours.agreement(theirs.as_ref()) else { continue };
            let evidence = of_score(context, run, file, &score);
            let metric = score.metric.to_string().replace(' ', "-");
            let resized = file.already_resized.as_ref().map(|how| format!("; here the images were already {how}"));
            let resized = resized.unwrap_or_default();
            let row = Row {
                id: format!("measured/{}/{metric}/{}/{}/{id}", file.network, file.data, file.protocol),
                reason: Some(format!(
                    "image by image, run here with {weights} against {id} (imported, by {by}){resized}"
                )),
                ..evidence.row()
            };
            // Of several runs of the same the newest stands; they come oldest first.
            rows.retain(|earlier| earlier.id != row.id);
            rows.push(row);
        }
    }
    rows
}

/// Whether the one is about examples of the other, under the same protocol.
fn is_on_a_part_of(one: &Outcomes, whole: &Outcomes) -> bool {
    let same_set = one.data == whole.data || one.part_of.as_ref().is_some_and(|part| part.whole == whole.data);
    // Images that were resized before are cut by the rest of the protocol: other pixels, and the more reason to look.
    let protocol = match &one.already_resized {
        Some(_) => one.protocol.strip_suffix(WITHOUT_RESIZE).unwrap_or(&one.protocol),
        None => &one.protocol,
    };
    same_set && (&one.task, &one.network, protocol) == (&whole.task, &whole.network, whole.protocol.as_str())
}

fn read<'a>(run: &'a Run, file: &'a Outcomes) -> Result<Box<dyn tasks::Table>, Damage<'a>> {
    tasks::from_run(run, file)
        .map_err(|error| Damage { problem: Problem::of(run, error.to_string()), files: vec![file] })
}
