//! Verdicts on what was trained here.

use results::json;
use results::row::Verdict;
use results::store::Runs;
use results::tables::{Style, print};
use results::{Error, Run, compare};
use spec::event::Event;
use spec::metric::Metric;

use super::{answers, begun, compared, complete, everything, in_lines, outcomes, paper, row, short, tested, write};

#[test]
fn every_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let rows = compared(&[everything(&Runs::at(folder.path()), "r1")]);
    insta::assert_snapshot!(in_lines(&rows));
}

#[test]
fn printed() {
    let folder = tempfile::tempdir().unwrap();
    let rows = compared(&[everything(&Runs::at(folder.path()), "r1")]);
    let wanted = [
        "clean",
        "attacked-confidence",
        "rubbish",
        "agreement",
        "likelihood",
        "distortion",
        "half-trained",
        "versus-plain",
    ];
    let some: Vec<_> = rows
        .into_iter()
        .filter(|row| wanted.contains(&row.id.as_str()) || row.id == "measured/net/mean-confidence/digits-test/clean")
        .collect();
    insta::assert_snapshot!(print(&some, Style { width: 120, colour: false }).unwrap());
}

#[test]
fn the_whole_recipe_counts_before_more_steps_and_those_before_the_newest() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let mut all = vec![tested(&runs, "r1", &[("net", 0..70, short(500))])];
    all.push(tested(&runs, "r2", &[("net", 0..80, short(100))]));
    let rows = compared(&all);
    let clean = row(&rows, "clean");
    assert_eq!((clean.run.as_deref(), clean.correct), (Some("r1"), Some(930)));
    assert_eq!((clean.verdict, clean.variant.as_deref()), (Some(Verdict::ProtocolGap), Some("500 of 1,000 steps")));
    assert!(
        clean
            .reason
            .as_deref()
            .unwrap()
            .starts_with("trained for 500 of 1,000 steps; the published 5.0 % lies outside")
    );
    assert_eq!(row(&rows, "measured/net/test-error/digits-test/clean/100-steps").correct, Some(920));

    all.push(tested(&runs, "r3", &[("net", 0..50, complete())]));
    all.push(tested(&runs, "r4", &[("net", 0..90, short(999))]));
    let clean = compared(&all).into_iter().find(|row| row.id == "clean").unwrap();
    assert_eq!((clean.run.as_deref(), clean.verdict), (Some("r3"), Some(Verdict::Replicated)));
    all.push(tested(&runs, "r5", &[("net", 0..60, complete())]));
    let rows = compared(&all);
    assert_eq!(row(&rows, "clean").run.as_deref(), Some("r5"));
    let ids: std::collections::HashSet<_> = rows.iter().map(|row| &row.id).collect();
    assert_eq!(ids.len(), rows.len());
}

#[test]
fn loaded_weights_and_parts_never_stand_for_the_recipe() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let judged = |run: &str, change: &dyn Fn(&mut spec::event::Outcomes)| {
        let mut record = begun(&runs, run).unwrap();
        let text = answers(1000, 0..50);
        let mut file = outcomes("net", Metric::TestError, "clean", &text, Some(complete()));
        change(&mut file);
        write(&mut record, file, &text);
        record.append(&Event::Finished { at: 1.0 }).unwrap();
        drop(record);
        let clean = compared(&[runs.open(run).unwrap()]).into_iter().find(|row| row.id == "clean").unwrap();
        (clean.verdict.unwrap(), clean.reason.unwrap())
    };
    assert_eq!(judged("r1", &|_| {}), (Verdict::Replicated, "rounds to the published 5.0 %".into()));
    let reasons = [
        judged("r2", &|file| file.trained = None),
        judged("r3", &|file| file.root = "00".into()),
        judged("r4", &|file| {
            let part = r#"{"whole": "digits-test", "of": 10000, "how": "the first"}"#;
            file.part_of = Some(serde_json::from_str(part).unwrap());
            file.data = "digits-test-1000".into();
        }),
    ]
    .map(|(verdict, reason)| format!("{verdict}: {reason}"));
    insta::assert_snapshot!(reasons.join("\n"));
}

#[test]
fn a_difference_is_of_one_run_where_there_is_one_and_says_what_was_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let difference = |all: &[Run]| {
        let rows = compared(all);
        let row = row(&rows, "versus-plain").clone();
        (row.value.map(|value| (value * 10.0).round() / 10.0), row.verdict.unwrap(), row.reason.unwrap())
    };
    let mut all = vec![tested(&runs, "r1", &[("net", 0..50, complete())])];
    assert_eq!(difference(&all).2, "no finished run tested both net and plain on digits-test");
    all.push(tested(&runs, "r2", &[("plain", 20..100, complete())]));
    let apart = difference(&all);
    all.push(tested(&runs, "r3", &[("net", 0..60, complete()), ("plain", 30..120, complete())]));
    all.push(tested(&runs, "r4", &[("plain", 0..500, complete())]));
    let together = difference(&all);
    all.truncate(1);
    all.push(tested(&runs, "r5", &[("plain", 0..900, short(10))]));
    let half = difference(&all);
    let lines = [apart, together, half].map(|(value, verdict, reason)| format!("{value:?} {verdict}: {reason}"));
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_pair_that_no_claim_is_about_is_compared_where_the_spec_wants_it() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let mut paper = paper();
    for (network, versus) in [("net", "plain"), ("gan", "plain"), ("never", "net")] {
        let found = paper.networks.iter_mut().find(|known| known.id == network).unwrap();
        found.versus = Some(versus.to_owned());
    }
    let none = std::collections::BTreeMap::new();
    let lines = |all: &[Run]| {
        let rows = compare(&paper, &none, all, &Default::default(), &|_| None).unwrap();
        let pairs = rows.iter().filter(|row| row.id.contains("/error-difference/"));
        pairs
            .map(|row| {
                let [value, low, high] = [row.value, row.low, row.high].map(|value| format!("{:.2}", value.unwrap()));
                let reason = row.reason.as_deref().unwrap_or("-");
                format!("{} | {value} [{low}, {high}] | {:?} | {reason}", row.id, row.verdict)
            })
            .collect::<Vec<_>>()
    };
    let mut all = vec![tested(&runs, "r1", &[("net", 20..70, short(100)), ("plain", 0..90, short(100))])];
    assert!(lines(&all).is_empty(), "net against plain has a claim, and the others were not tested");
    all.push(tested(&runs, "r2", &[("never", 0..30, short(500))]));
    let apart = lines(&all);
    all.push(tested(&runs, "r3", &[("net", 20..70, short(100)), ("never", 30..40, short(100))]));
    insta::assert_snapshot!([apart, lines(&all)].concat().join("\n"));
}

#[test]
fn trainings_with_several_seeds_have_a_row_each_and_one_for_their_mean() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let mut all: Vec<Run> = ["r1", "r2", "r3", "r4"]
        .into_iter()
        .zip([0..60, 0..70, 0..50, 0..90])
        .map(|(run, wrong)| tested(&runs, run, &[("net", wrong, short(500))]))
        .collect();
    for (run, seed) in all.iter_mut().zip([0, 1, 2, 2]) {
        run.plan.job.settings.seed = seed;
    }
    let rows = compared(&all);
    let ids: std::collections::HashSet<_> = rows.iter().map(|row| &row.id).collect();
    assert_eq!(ids.len(), rows.len());
    let measured: Vec<_> = rows.into_iter().filter(|row| row.id.starts_with("measured/net/test-error")).collect();
    let interval = |row: &results::row::Row| format!("{:.3} to {:.3}", row.low.unwrap(), row.high.unwrap());
    let intervals: Vec<_> = measured.iter().map(interval).collect();
    insta::assert_snapshot!(format!("{}{}", in_lines(&measured), intervals.join("\n")));
}

#[test]
fn files_about_other_examples_are_not_paired() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let mut record = begun(&runs, "r1").unwrap();
    for (network, text) in
        [("net", answers(1000, 0..50)), ("plain", answers(1000, 0..50).replacen("\n0,1", "\n4,1", 1))]
    {
        write(&mut record, outcomes(network, Metric::TestError, "clean", &text, Some(complete())), &text);
    }
    record.append(&Event::Finished { at: 1.0 }).unwrap();
    drop(record);
    let run = runs.open("r1").unwrap();
    let none = std::collections::BTreeMap::new();
    let error = compare(&paper(), &none, &[run], &Default::default(), &|_| None).unwrap_err();
    assert!(matches!(error, Error::OtherExamples { line: 2, .. }), "{error}");
    assert!(error.to_string().contains("plain-clean-test error.csv"), "{error}");
}

#[test]
fn a_failed_experiment_is_the_reason_for_each_of_its_networks() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    drop(begun(&runs, "r1").unwrap());
    let rows = compared(&[runs.open("r1").unwrap()]);
    assert_eq!(row(&rows, "never").reason.as_deref(), Some("run r1 did not finish"));
    assert_eq!(
        row(&rows, "likelihood").reason.as_deref(),
        Some("no finished run measured the log-likelihood of gan"),
        "the job had left it out"
    );
}

#[test]
fn json_lists_what_an_experiment_left() {
    let folder = tempfile::tempdir().unwrap();
    let object = json::run(&everything(&Runs::at(folder.path()), "r1"));
    assert_eq!(object["experiment"]["id"], "digits-all");
    assert_eq!(object["outcomes"].as_array().unwrap().len(), 7);
    assert_eq!((&object["curves"][0]["file"], &object["pictures"][0]["file"]), (&"net.csv".into(), &"net.png".into()));
    assert_eq!(object["resumed"].as_array().unwrap().len(), 0);
}
