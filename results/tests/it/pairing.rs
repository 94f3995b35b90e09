//! Two networks on the same examples.

use results::Comparison;
use results::row::{Row, Verdict};
use results::store::{Run, Runs};
use serde_json::{Value, json};
use spec::event::Event;
use spec::metric::Metric;
use spec::paper::Paper;

use crate::experiment::{answers, begun, complete, header_with, outcomes, paper, row, short, tested, tested_with};
use crate::made_up::{Plan, Texts, announce, answered, claim, compared, finished, paper_with, released};

/// The made-up paper with these pairs wanted.
fn wanting(mut paper: Paper, pairs: &[(&str, &str)]) -> Paper {
    for (network, versus) in pairs {
        let found = paper.networks.iter_mut().find(|known| known.id == *network).unwrap();
        found.versus = Some((*versus).to_owned());
    }
    paper
}

fn pairs(comparison: &Comparison) -> Vec<String> {
    let pairs = comparison.rows.iter().filter(|row| row.id.contains("/error-difference/"));
    let line = |row: &Row| {
        let [value, low, high] = [row.value, row.low, row.high].map(|value| format!("{:.2}", value.unwrap()));
        let reason = row.reason.as_deref().unwrap_or("-");
        format!("{} | {value} [{low}, {high}] | {:?} | {reason}", row.id, row.verdict)
    };
    pairs.map(line).collect()
}

#[test]
fn a_difference_is_of_one_run_where_there_is_one_and_says_what_was_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let difference = |all: &[Run]| {
        let rows = crate::experiment::compared(all).rows;
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
    insta::assert_snapshot!(lines.join("\n"), @"
    Some(-3.0) consistent: 1 training of each: the published -3.0 points lies inside the interval -4.71 to -1.37 points; plain is from run r2; exact McNemar test: 20 against 50 discordant answers, p = 4e-4
    Some(-3.0) consistent: 1 training of each: the published -3.0 points lies inside the interval -4.91 to -1.14 points; of the trainings here (2 of net, 3 of plain) only this pair is compared; exact McNemar test: 30 against 60 discordant answers, p = 0.002
    Some(-85.0) protocol gap: plain: trained for 10 of 1,000 steps; the published -3.0 points lies outside the interval -87.01 to -82.55 points; plain is from run r5; exact McNemar test: 0 against 850 discordant answers, p = 3e-256
    ");
}

#[test]
fn a_pair_that_no_claim_is_about_is_compared_where_the_spec_wants_it() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let paper = wanting(paper(), &[("net", "plain"), ("gan", "plain"), ("never", "net")]);
    let lines = |all: &[Run]| pairs(&compared(&paper, all));
    let mut all = vec![tested(&runs, "r1", &[("net", 20..70, short(100)), ("plain", 0..90, short(100))])];
    assert!(lines(&all).is_empty(), "net against plain has a claim, and the others were not tested");
    all.push(tested(&runs, "r2", &[("never", 0..30, short(500))]));
    let apart = lines(&all);
    all.push(tested(&runs, "r3", &[("net", 20..70, short(100)), ("never", 30..40, short(100))]));
    insta::assert_snapshot!([apart, lines(&all)].concat().join("\n"), @"
    measured/never/error-difference/digits-test/clean/versus-net | -2.00 [-3.60, -0.47] | None | against net, exact McNemar test: 20 against 40 discordant answers, p = 0.013; net was trained for 100 of 1,000 steps; net is from run r1
    measured/never/error-difference/digits-test/clean/versus-net | -4.00 [-5.40, -2.87] | None | against net, exact McNemar test: 0 against 40 discordant answers, p = 2e-12; of the trainings here (2 of net) only this pair is compared
    ");
}

/// Of two files that say they are about the same examples.
fn claimed_the_same(ours: &Texts, theirs: &Texts) -> (Option<Verdict>, String) {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let mut record = begun(&runs, "r1").unwrap();
    for (network, texts) in [("net", ours), ("plain", theirs)] {
        announce(&mut record, outcomes(network, Metric::TEST_ERROR, "clean", complete()), texts).unwrap();
    }
    record.append(&Event::Finished { at: 1.0 }).unwrap();
    record.seal().unwrap();
    drop(record);
    let comparison = crate::experiment::compared(&[runs.open("r1").unwrap()]);
    let verdict = row(&comparison.rows, "versus-plain").verdict;
    assert_eq!(row(&comparison.rows, "clean").verdict, Some(Verdict::Consistent), "its own row stays");
    let messages: Vec<String> = comparison.problems.into_iter().map(|problem| problem.message).collect();
    (verdict, messages.join("\n").replace(&folder.path().display().to_string(), "<runs>"))
}

#[test]
fn other_classes_or_names_are_a_problem_that_says_what_differs() {
    let ours = answers(1000, 0..50);
    assert_eq!(claimed_the_same(&ours, &answers(1000, 40..120)), (Some(Verdict::Consistent), String::new()));
    let classes =
        Texts { examples: ours.examples.as_ref().map(|text| text.replacen("\n1\n", "\n4\n", 1)), ..ours.clone() };
    let (verdict, message) = claimed_the_same(&ours, &classes);
    assert_eq!(verdict, Some(Verdict::NotRun));
    insta::assert_snapshot!(message, @"r1/net-clean-test error.csv.gz and r1/plain-clean-test error.csv.gz are said to be about the same examples, but the class of example 2 is another one; one of them was made wrongly, so move its run's folder away");
    let named = |first: &str| {
        let names = (0..1000).map(|i| if i == 0 { format!("{first},0") } else { format!("{i},{}", i % 10) });
        let text = "file,class\n".to_owned() + &names.collect::<Vec<_>>().join("\n") + "\n";
        Texts { examples: Some(text), ..ours.clone() }
    };
    let (verdict, message) = claimed_the_same(&named("a.png"), &named("b.png"));
    assert_eq!(verdict, Some(Verdict::NotRun));
    assert!(message.contains("but example 1 is `a.png` in the one, `b.png` in the other"), "{message}");
    // Where only the one has names, classes have to do.
    let (verdict, message) = claimed_the_same(&named("a.png"), &answers(1000, 40..120));
    assert_eq!((verdict, message.as_str()), (Some(Verdict::Consistent), ""));
}

#[test]
fn other_data_are_not_paired_at_all() {
    let part = |root: &str| {
        json!({"id": "part", "images": 650, "root": root, "part_of": {"whole": "whole", "of": 3000, "how": "some"}, "already_resized": null,
            "redistributable": true})
    };
    let paper = wanting(paper_with(json!([])), &[("net", "small")]);
    let lines = |ours: Value, theirs: Value, precision: &'static str| {
        let folder = tempfile::tempdir().unwrap();
        let runs = Runs::at(folder.path());
        let small =
            Plan { network: "small", model: released("small-paper"), data: Some(theirs), precision, ..Plan::new("r2") };
        let all = [
            finished(&runs, &Plan { data: Some(ours), ..Plan::new("r1") }, &answered(650, 160, 390)),
            finished(&runs, &small, &answered(650, 200, 400)),
        ];
        let comparison = compared(&paper, &all);
        assert!(comparison.problems.is_empty());
        pairs(&comparison)
    };
    insta::assert_snapshot!(lines(part("cd"), part("cd"), "fp32").join("\n"), @"measured/net/error-difference/part/center/versus-small | 6.15 [4.29, 8.06] | None | against small, exact McNemar test: 40 against 0 discordant answers, p = 2e-12; net-theirs against small-paper; small is from run r2");
    assert!(lines(part("cd"), part("ce"), "fp32").is_empty(), "other bytes");
    assert!(lines(part("cd"), part("cd"), "bf16").is_empty(), "other arithmetic");
    assert!(lines(part(""), part(""), "fp32").is_empty(), "nobody knows which bytes");
}

#[test]
fn a_pair_may_be_of_two_papers() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let more = json!({"versus": "another/net", "data": "whole", "protocol": "center", "weights": ["net-theirs"]});
    let paper = wanting(
        paper_with(json!([claim("c", "error difference", -2.1, "points", 0.1, more)])),
        &[("small", "another/net")],
    );
    let theirs = Plan { paper: "another", model: released("another-paper"), ..Plan::new("r2") };
    let mut all = vec![
        finished(&runs, &Plan::new("r1"), &answered(3000, 762, 1770)),
        finished(&runs, &theirs, &answered(3000, 700, 1700)),
    ];
    let rows = compared(&paper, &all).rows;
    let row = row(&rows, "c");
    // 74.6 % less 76.667 %.
    assert_eq!(row.value.map(|value| (value * 1e3).round()), Some(-2067.0));
    insta::assert_snapshot!(format!("{}: {}", row.verdict.unwrap(), row.reason.as_deref().unwrap()), @"protocol gap: another/net: weights: another-paper, the claim is about net-theirs; the published -2.1 points lies inside the interval -2.59 to -1.55 points; net-theirs against another-paper; another/net is from run r2; exact McNemar test: 0 against 62 discordant answers, p = 4e-19");
    let small = Plan { network: "small", model: released("small-paper"), ..Plan::new("r3") };
    all.push(finished(&runs, &small, &answered(3000, 690, 1700)));
    insta::assert_snapshot!(pairs(&compared(&paper, &all)).join("\n"), @"measured/small/error-difference/whole/center/versus-another/net | 0.33 [0.11, 0.56] | None | against another/net, exact McNemar test: 10 against 0 discordant answers, p = 0.002; small-paper against another-paper; another/net is from run r2");
}

/// Each of two errors of fixed weights may be off by the tolerance; there is no other error between them and the claim.
#[test]
fn a_difference_of_fixed_weights_is_judged_by_the_tolerance_and_not_by_chance() {
    let judged = |value: f64, tolerance: Option<f64>| {
        let folder = tempfile::tempdir().unwrap();
        let runs = Runs::at(folder.path());
        let more =
            json!({"versus": "small", "data": "whole", "protocol": "center", "weights": ["net-theirs", "small-paper"]});
        let mut paper = paper_with(json!([claim("c", "error difference", value, "points", 0.1, more)]));
        paper.tolerance = tolerance.map(|points| spec::imported::Tolerance { points, source: "two decoders".into() });
        let small = Plan { network: "small", model: released("small-paper"), ..Plan::new("r2") };
        let all = [
            finished(&runs, &Plan::new("r1"), &answered(3000, 762, 1770)),
            finished(&runs, &small, &answered(3000, 700, 1700)),
        ];
        let row = compared(&paper, &all).rows.into_iter().next().unwrap();
        (row.verdict.unwrap(), row.reason.unwrap())
    };
    assert_eq!(judged(-2.1, None).0, Verdict::Replicated);
    let (verdict, reason) = judged(-2.3, None);
    assert_eq!(verdict, Verdict::NotReplicated);
    insta::assert_snapshot!(reason, @"same weights, data and protocol, but 0.233 from the published -2.3 points: more than half a printed digit, and no tolerance is declared; net-theirs against small-paper; small is from run r2; exact McNemar test: 0 against 62 discordant answers, p = 4e-19");
    assert_eq!(judged(-2.3, Some(0.1)).0, Verdict::Replicated);
    assert_eq!(judged(-2.3, Some(0.05)).0, Verdict::NotReplicated);
}

#[test]
fn three_seeds_of_both_are_three_differences() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let run = |id: &str, seed: u64, net: u32, plain: u32| {
        let header = header_with(id, &json!({"seed": seed}));
        tested_with(&runs, &header, &[("net", 0..net, complete()), ("plain", 0..plain, complete())])
    };
    // Apart by 3.1, 2.9 and 3.3 points: where one more would fall holds the published 3.0.
    let mut all = vec![run("r1", 0, 50, 81), run("r2", 1, 55, 84), run("r3", 2, 40, 73)];
    let versus = |all: &[Run]| row(&crate::experiment::compared(all).rows, "versus-plain").clone();
    let row = versus(&all);
    let [value, low, high] = [row.value, row.low, row.high].map(|value| value.unwrap());
    assert_eq!((row.verdict, row.trainings), (Some(Verdict::Replicated), Some(3)));
    // Student by hand: -3.1 ± 4.302653 · 0.2 · √(1 + 1/3).
    assert!(
        (value + 3.1).abs() < 1e-9 && (low + 3.1 + 0.993_655).abs() < 1e-5 && (high + 3.1 - 0.993_655).abs() < 1e-5
    );
    let reason = row.reason.unwrap();
    assert!(reason.starts_with("3 trainings: the published -3.0 points lies inside"), "{reason}");
    assert!(reason.contains("; of one pair: exact McNemar test"), "{reason}");
    // Two of them say less.
    all.pop();
    assert_eq!(versus(&all).verdict, Some(Verdict::Consistent));
    // Far away: decided the other way.
    let far = [run("f1", 0, 50, 250), run("f2", 1, 50, 252), run("f3", 2, 50, 251)];
    let row = versus(&far);
    assert_eq!(row.verdict, Some(Verdict::NotReplicated));
    assert!(row.p.unwrap() < 0.01);
}
