//! What keeps two numbers from being about the same thing decides nothing, however far they are apart.

use results::exit_code;
use results::row::Verdict;
use serde_json::{Value, json};

use super::beside;
use crate::made_up::{Plan, on_whole, paper_with, released};

#[test]
fn each_kind_by_itself() {
    let part = json!({"id": "part", "images": 1000, "root": "cd", "part_of": {"whole": "whole", "of": 50_000, "how": "every 50th"},
        "already_resized": "squeezed to 227x227", "redistributable": true});
    let resized = json!({"id": "whole", "images": 1000, "root": "ab", "part_of": null, "already_resized": "squeezed to 227x227",
        "redistributable": true});
    let nothing = |_: &mut Plan<'_>| {};
    type Change<'a> = &'a dyn Fn(&mut Plan<'_>);
    let cases: [(&str, Value, Change<'_>); 9] = [
        ("subset", json!({}), &|plan| plan.data = Some(part.clone())),
        ("resized", json!({}), &|plan| plan.data = Some(resized.clone())),
        ("data", json!({"data": "test"}), &nothing),
        ("no data", json!({"data": null}), &nothing),
        ("protocol", json!({"protocol": "dense"}), &nothing),
        ("weights", json!({}), &|plan| plan.model = released("net-paper")),
        ("models", json!({"models": 5}), &nothing),
        ("arithmetic", json!({}), &|plan| plan.precision = "bf16"),
        ("known gap", json!({"gap": "the paper counts blacklisted images"}), &nothing),
    ];
    let mut lines = Vec::new();
    for (name, claim, plan) in cases {
        let paper = paper_with(json!([on_whole("c", "top-1 error", 60.0, claim)]));
        let row = beside(&paper, 1000, 254, plan);
        assert_eq!((row.verdict, row.p, row.p_holm), (Some(Verdict::ProtocolGap), None, None), "{name}");
        lines.push(format!("{name}: {}", row.reason.as_deref().unwrap()));
        assert_eq!(exit_code(&[row]), 0, "{name}");
    }
    insta::assert_snapshot!(lines.join("\n"), @"
    subset: subset: 1,000 of 50,000 examples, already squeezed to 227x227, not comparable with the whole; the published 60.0 % lies outside the interval 71.78 to 77.27 %
    resized: images already squeezed to 227x227; the published 60.0 % lies outside the interval 71.78 to 77.27 %
    data: data: whole, the claim is about test; the published 60.0 % lies outside the interval 71.78 to 77.27 %
    no data: data: whole, the claim is about data it does not name; the published 60.0 % lies outside the interval 71.78 to 77.27 %
    protocol: protocol: center, the claim has dense; the published 60.0 % lies outside the interval 71.78 to 77.27 %
    weights: weights: net-paper, the claim is about net-theirs; the published 60.0 % lies outside the interval 71.78 to 77.27 %
    models: one network, the claim is about 5 networks averaged; the published 60.0 % lies outside the interval 71.78 to 77.27 %
    arithmetic: computed in bf16; the published 60.0 % lies outside the interval 71.78 to 77.27 %
    known gap: the paper counts blacklisted images; the published 60.0 % lies outside the interval 71.78 to 77.27 %
    ");
}

/// A list of a set may have a name of its own: tested to its last example it is the set that claims are about, and one less is a part.
#[test]
fn a_list_that_is_all_there_is_no_part() {
    let listed = |of: u64| {
        json!({"id": "all-lists", "images": 5000, "root": "cd", "part_of": {"whole": "whole", "of": of, "how": "the test list"},
            "already_resized": null, "redistributable": true})
    };
    let paper = paper_with(json!([on_whole("c", "top-1 error", 74.6, json!({}))]));
    let row = |of: u64| beside(&paper, 1000, 254, |plan: &mut Plan<'_>| plan.data = Some(listed(of)));
    assert_eq!(row(1000).verdict, Some(Verdict::Replicated));
    let part = row(1001);
    assert_eq!(part.verdict, Some(Verdict::ProtocolGap));
    assert!(part.reason.as_deref().unwrap().starts_with("subset: 1,000 of 1,001 examples"), "{:?}", part.reason);
}

#[test]
fn without_an_interval_there_is_none_to_lie_in() {
    use crate::experiment::{complete, outcomes, values};
    let folder = tempfile::tempdir().unwrap();
    let runs = results::store::Runs::at(folder.path());
    let judged = |run: &str, value: f64| {
        let mut record = crate::experiment::begun(&runs, run).unwrap();
        let file = outcomes("gan", results::tasks::likelihood::LOG_LIKELIHOOD, "parzen", complete());
        crate::made_up::announce(&mut record, file, &values(4, value, 1.0)).unwrap();
        record.append(&spec::event::Event::Finished { at: 1.0 }).unwrap();
        record.seal().unwrap();
        drop(record);
        let more = json!({"network": "gan", "step": 1.0, "gap": "another set"});
        let paper = crate::experiment::paper_with(json!([crate::experiment::claim(
            "c",
            "log-likelihood",
            "parzen",
            225.0,
            more
        )]));
        crate::made_up::compared(&paper, &[runs.open(run).unwrap()]).rows.remove(0).reason.unwrap()
    };
    insta::assert_snapshot!([judged("r1", 225.2), judged("r2", 4.0)].join("\n"), @"
    subset: 4 of 1,000 examples, not comparable with the whole; another set; it rounds to the published 225 nats
    subset: 4 of 1,000 examples, not comparable with the whole; another set; it is 221.00 from the published 225 nats
    ");
}
