//! Claims that one network errs more or less than another: both tested on the same examples, and compared example by
//! example.
//!
//! Must not compare two errors that are not about the same bytes.

use spec::claim::Claim;
use spec::event::Outcomes;
use spec::job::Precision;
use spec::metric::{Metric, Unit};

use super::evidence::{Evidence, Scored, is_attack, of_outcomes};
use super::{Context, Judgement, accuracy};
use crate::Error;
use crate::outcomes::{self, Answer, Table};
use crate::stats::{CONFIDENCE, Paired};
use crate::store::Run;
use crate::words::{p_value, thousands};

/// A file of test answers and its run.
type File<'a> = (&'a Run, &'a Outcomes);

/// The difference of the two networks' errors in points, and how it compares with the claim; None when they were not
/// both tested on the same data. Of several pairs the one on all of the data, from the whole recipe, from one run, with
/// more training, computed in single precision, and the newest, in this order.
pub(super) fn measure<'a>(
    context: &Context<'a>,
    claim: &'a Claim,
    versus: &str,
) -> Result<Option<(Evidence<'a>, Judgement)>, Error> {
    let (ours, theirs) = (tests(context, claim, &claim.network), tests(context, claim, versus));
    let pairs = ours.iter().flat_map(|one| theirs.iter().map(move |other| (*one, *other)));
    let best =
        pairs.filter(|(one, other)| comparable(*one, *other)).max_by(|a, b| rank(claim, *a).cmp(&rank(claim, *b)));
    let Some((one, other)) = best else { return Ok(None) };
    let (our_answers, their_answers) = (answers(one)?, answers(other)?);
    let paired = pair(one, &our_answers, other, &their_answers)?;
    let interval = paired.interval(CONFIDENCE);
    let [Some(ours), Some(theirs)] = [(one, our_answers), (other, their_answers)].map(|(file, answers)| {
        let score = outcomes::score(&Table::Answers(answers), Metric::TestError);
        of_outcomes(context, file.0, file.1, &score).into_iter().next()
    }) else {
        return Ok(None);
    };
    let mut differences = accuracy::differences(context, claim, &ours);
    for more in accuracy::differences(context, claim, &theirs) {
        if !differences.contains(&more) {
            differences.push(format!("{versus}: {more}"));
        }
    }
    let evidence = Evidence {
        metric: Metric::ErrorDifference,
        value: 100.0 * paired.difference(),
        unit: Unit::Points,
        low: Some(100.0 * interval.low),
        high: Some(100.0 * interval.high),
        scored: ours.scored.map(|scored| Scored { correct: None, ..scored }),
        ..ours
    };
    let mut judgement = accuracy::judge(claim, &evidence, &differences);
    if one.0.id() != other.0.id() {
        judgement.reason = format!("{}; {versus} is from run {}", judgement.reason, other.0.id());
    }
    judgement.reason = format!(
        "{}; exact McNemar test: {} against {} discordant answers, {}",
        judgement.reason,
        thousands(paired.one_wrong),
        thousands(paired.other_wrong),
        p_value(paired.mcnemar())
    );
    Ok(Some((evidence, judgement)))
}

/// Every test of that network under the claim's condition and on its data, as far as it names them.
fn tests<'a>(context: &Context<'a>, claim: &Claim, network: &str) -> Vec<File<'a>> {
    let fits = |file: &&Outcomes| {
        let set = file.part_of.as_ref().map_or(&file.data, |part| &part.whole);
        file.network == network
            && file.metric == Metric::TestError
            && file.count > 0
            && claim.data.as_ref().is_none_or(|data| *data == file.data || data == set)
            && match &claim.protocol {
                Some(protocol) => *protocol == file.protocol,
                None => !is_attack(context, &file.protocol),
            }
    };
    context
        .finished()
        .into_iter()
        .flat_map(|run| run.outcomes.iter().filter(fits).map(move |file| (run, file)))
        .collect()
}

/// Whether both are about the same examples and were computed in the same arithmetic.
fn comparable((one_run, one): File<'_>, (other_run, other): File<'_>) -> bool {
    (&one.data, &one.root, &one.protocol, one.count) == (&other.data, &other.root, &other.protocol, other.count)
        && one_run.plan.job.settings.precision == other_run.plan.job.settings.precision
}

/// How well a pair fits a claim; the larger the better, first things first.
type Rank<'a> = (bool, bool, bool, u64, bool, &'a str, &'a str, &'a str);

fn rank<'a>(claim: &Claim, (one, other): (File<'a>, File<'a>)) -> Rank<'a> {
    let trained = |file: &'a Outcomes| file.trained.as_ref();
    let complete = |file| trained(file).is_none_or(|trained| trained.complete);
    let steps = |file| trained(file).map_or(0, |trained| trained.steps);
    let [first, second] = [one.0, other.0].map(|run| run.plan.time.as_str());
    (
        claim.data.as_ref().is_none_or(|data| *data == one.1.data) && one.1.part_of.is_none(),
        complete(one.1) && complete(other.1),
        one.0.id() == other.0.id(),
        steps(one.1).min(steps(other.1)),
        one.0.plan.job.settings.precision == Precision::Fp32,
        first.max(second),
        first.min(second),
        one.0.id(),
    )
}

fn answers((run, file): File<'_>) -> Result<Vec<Answer>, Error> {
    match outcomes::read(&run.dir, file)? {
        Table::Answers(answers) => Ok(answers),
        // A test error's file holds answers, or reading it failed.
        Table::Values(_) => Ok(Vec::new()),
    }
}

/// Counts the pairs, after checking that the true classes are the same line by line.
fn pair(one: File<'_>, ours: &[Answer], other: File<'_>, theirs: &[Answer]) -> Result<Paired, Error> {
    if let Some(index) = ours.iter().zip(theirs).position(|(a, b)| a.class != b.class) {
        return Err(Error::OtherExamples {
            path: one.0.dir.join(&one.1.file),
            other: other.0.dir.join(&other.1.file),
            // The header is line 1.
            line: index + 2,
        });
    }
    let wrong = |answer: &Answer| answer.is_mistake(Metric::TestError);
    Ok(Paired::count(ours.iter().zip(theirs).map(|(a, b)| (wrong(a), wrong(b)))))
}
