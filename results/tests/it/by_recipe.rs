//! Weights that others trained by the paper's recipe: one training, which decides nothing.

use results::row::{Row, Verdict};
use results::store::Runs;
use serde_json::json;

use crate::made_up::{Plan, answered, claim, compared, finished, paper_with, released};

/// A claim of so many percent beside 300 of 1000 wrong, with weights of that kind.
fn judged(value: f64, recipe: Option<&str>, claimed: &[&str]) -> Row {
    let folder = tempfile::tempdir().unwrap();
    let more = json!({"data": "whole", "protocol": "center", "weights": claimed});
    let mut paper = paper_with(json!([claim("c", "top-1 error", value, "percent", 0.1, more)]));
    paper.weights[0].by_recipe = recipe.map(str::to_owned);
    let model = released("net-theirs");
    let plan = Plan { model, images: 1000, ..Plan::new("r1") };
    let run = finished(&Runs::at(folder.path()), &plan, &answered(1000, 700, 900));
    compared(&paper, &[run]).rows.into_iter().next().unwrap()
}

#[test]
fn it_is_consistent_or_not_so_far() {
    let row = judged(31.0, Some("longer than the paper"), &[]);
    assert_eq!((row.verdict, row.trainings), (Some(Verdict::Consistent), Some(1)));
    insta::assert_snapshot!(row.reason.unwrap());
    let row = judged(40.0, Some("longer than the paper"), &[]);
    assert_eq!(row.verdict, Some(Verdict::InconsistentSoFar));
    assert!(results::exit_code(&[row]) == 0, "it decides no exit code");
}

#[test]
fn without_the_recipe_it_is_another_networks_and_a_claim_about_the_weights_is_about_them() {
    let row = judged(31.0, None, &[]);
    assert_eq!((row.verdict, row.trainings), (Some(Verdict::ProtocolGap), None));
    assert!(row.reason.unwrap().contains("not the paper's own"));
    let row = judged(30.0, Some("longer than the paper"), &["net-theirs"]);
    assert_eq!((row.verdict, row.trainings), (Some(Verdict::Replicated), None));
}
