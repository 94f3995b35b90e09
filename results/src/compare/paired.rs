//! Two networks that were tested on the same examples, compared example by example: claims that one errs more or less
//! than another, and pairs that a spec wants compared without a claim.
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
use crate::row::Row;
use crate::stats::{CONFIDENCE, Paired};
use crate::store::Run;
use crate::words::{p_value, thousands};

/// A file of test answers and its run.
type File<'a> = (&'a Run, &'a Outcomes);

/// Which two networks, and on what as far as that is given.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    network: &'a str,
    versus: &'a str,
    data: Option<&'a str>,
    protocol: Option<&'a str>,
}

/// How much more often one network errs than the other.
struct Difference<'a> {
    /// In points, with its interval.
    evidence: Evidence<'a>,
    /// The test errors that it is the difference of.
    errors: [Evidence<'a>; 2],
    /// `exact McNemar test: 3 against 40 discordant answers, p < 0.001`.
    test: String,
    /// The other network's run, where it is another one.
    other_run: Option<&'a str>,
}

/// The difference of the two networks' errors, and how it compares with the claim; None when they were not both tested on
/// the same data.
pub(super) fn measure<'a>(
    context: &Context<'a>,
    claim: &'a Claim,
    versus: &'a str,
) -> Result<Option<(Evidence<'a>, Judgement)>, Error> {
    let wanted =
        Wanted { network: &claim.network, versus, data: claim.data.as_deref(), protocol: claim.protocol.as_deref() };
    let Some(Difference { evidence, errors: [ours, theirs], test, other_run }) = difference(context, wanted)? else {
        return Ok(None);
    };
    let mut differences = accuracy::differences(context, claim, &ours);
    for more in accuracy::differences(context, claim, &theirs) {
        if !differences.contains(&more) {
            differences.push(format!("{versus}: {more}"));
        }
    }
    let mut judgement = accuracy::judge(claim, &evidence, &differences);
    if let Some(run) = other_run {
        judgement.reason = format!("{}; {versus} is from run {run}", judgement.reason);
    }
    judgement.reason = format!("{}; {test}", judgement.reason);
    Ok(Some((evidence, judgement)))
}

/// A row for each network that the spec wants compared with another while no claim is about the two, as far as both were
/// tested on the same data.
pub(super) fn without_claims(context: &Context<'_>) -> Result<Vec<Row>, Error> {
    let mut rows = Vec::new();
    for network in &context.paper.networks {
        let Some(versus) = network.versus.as_deref() else { continue };
        let is_about = |claim: &&Claim| {
            claim.metric == Metric::ErrorDifference
                && claim.network == network.id
                && claim.versus.as_deref() == Some(versus)
        };
        if context.paper.claims.iter().any(|claim| is_about(&claim)) {
            continue;
        }
        let wanted = Wanted { network: &network.id, versus, data: None, protocol: None };
        let Some(Difference { evidence, errors: [ours, theirs], test, other_run }) = difference(context, wanted)?
        else {
            continue;
        };
        let mut reason = format!("against {versus}, {test}");
        let trained = |evidence: &Evidence<'_>| evidence.scored.as_ref().and_then(|scored| scored.trained).cloned();
        if let Some(other) = trained(&theirs).filter(|other| trained(&ours).as_ref() != Some(other)) {
            reason = format!("{reason}; {versus} was trained for {}", other.words);
        }
        if let Some(run) = other_run {
            reason = format!("{reason}; {versus} is from run {run}");
        }
        let row = evidence.row();
        let parts = [Some("measured"), Some(network.id.as_str()), Some("error-difference")];
        let parts = parts.into_iter().chain([row.data.as_deref(), row.protocol.as_deref()]).flatten();
        let id = format!("{}/versus-{versus}", parts.collect::<Vec<_>>().join("/"));
        rows.push(Row { id, reason: Some(reason), ..row });
    }
    Ok(rows)
}

/// Of several pairs the one on all of the data, from the whole recipe, from one run, with more training, computed in single
/// precision, and the newest, in this order.
fn difference<'a>(context: &Context<'a>, wanted: Wanted<'a>) -> Result<Option<Difference<'a>>, Error> {
    let (ours, theirs) = (tests(context, wanted, wanted.network), tests(context, wanted, wanted.versus));
    let pairs = ours.iter().flat_map(|one| theirs.iter().map(move |other| (*one, *other)));
    let best =
        pairs.filter(|(one, other)| comparable(*one, *other)).max_by(|a, b| rank(wanted, *a).cmp(&rank(wanted, *b)));
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
    let evidence = Evidence {
        metric: Metric::ErrorDifference,
        value: 100.0 * paired.difference(),
        unit: Unit::Points,
        low: Some(100.0 * interval.low),
        high: Some(100.0 * interval.high),
        scored: ours.scored.clone().map(|scored| Scored { correct: None, ..scored }),
        ..ours.clone()
    };
    let test = format!(
        "exact McNemar test: {} against {} discordant answers, {}",
        thousands(paired.one_wrong),
        thousands(paired.other_wrong),
        p_value(paired.mcnemar())
    );
    let other_run = Some(other.0.id()).filter(|id| *id != one.0.id());
    Ok(Some(Difference { evidence, errors: [ours, theirs], test, other_run }))
}

/// Every test of that network under the wanted condition and on the wanted data, as far as they are named.
fn tests<'a>(context: &Context<'a>, wanted: Wanted<'_>, network: &str) -> Vec<File<'a>> {
    let fits = |file: &&Outcomes| {
        let set = file.part_of.as_ref().map_or(&file.data, |part| &part.whole);
        file.network == network
            && file.metric == Metric::TestError
            && file.count > 0
            && wanted.data.is_none_or(|data| data == file.data || data == set)
            && match wanted.protocol {
                Some(protocol) => protocol == file.protocol,
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

/// How well a pair fits what is wanted; the larger the better, first things first.
type Rank<'a> = (bool, bool, bool, u64, bool, &'a str, &'a str, &'a str);

fn rank<'a>(wanted: Wanted<'_>, (one, other): (File<'a>, File<'a>)) -> Rank<'a> {
    let trained = |file: &'a Outcomes| file.trained.as_ref();
    let complete = |file| trained(file).is_none_or(|trained| trained.complete);
    let steps = |file| trained(file).map_or(0, |trained| trained.steps);
    let [first, second] = [one.0, other.0].map(|run| run.plan.time.as_str());
    (
        wanted.data.is_none_or(|data| data == one.1.data) && one.1.part_of.is_none(),
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
