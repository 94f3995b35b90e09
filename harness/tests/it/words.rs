//! What people read: help and errors.

use std::fmt::Write as _;

use crate::common::Place;

/// What each call says when it fails, one after another.
fn errors(calls: &[&[&str]]) -> String {
    let mut text = String::new();
    for arguments in calls {
        let said = Place::new().harness(arguments);
        assert_eq!(said.code, 2, "{said:?}");
        assert_eq!(said.stderr.lines().filter(|line| line.starts_with("error:")).count(), 1, "{said:?}");
        assert!(!said.stderr.contains("panicked"), "{said:?}");
        writeln!(text, "$ harness {}\n{}", arguments.join(" "), said.stderr).unwrap();
    }
    text
}

#[test]
fn help_has_examples_and_exit_codes() {
    let place = Place::new();
    insta::assert_snapshot!("help", place.harness(&["--help"]).stdout);
    insta::assert_snapshot!("help_of_replicate", place.harness(&["replicate", "--help"]).stdout);
}

#[test]
fn names_that_do_not_exist_come_with_the_nearest() {
    insta::assert_snapshot!(
        "nearest",
        errors(&[
            &["replicate", "resnet5"],
            &["replicate", "vgg20"],
            &["replicate", "xyzzy"],
            &["replicate", "googlenet", "--on", "imagenet-val-65"],
            &["replicate", "googlenet", "--on", "mnist"],
            &["replicate", "resnet50", "--weights", "resnet50-kera"],
            &["replicate", "resnet50", "--protocol", "ten-crop"],
            &["replicate", "resnet50", "--profile", "nvidia-h100"],
            &["data", "fetch", "minst"],
        ])
    );
}

#[test]
fn what_cannot_be_done_says_what_to_do() {
    insta::assert_snapshot!(
        "cannot",
        errors(&[
            &["replicate", "resnet50", "--tier", "train"],
            &["replicate", "resnet50", "--precision", "tf32"],
            &["replicate", "resnet50", "--profile", "k40"],
            &["replicate", "googlenet", "--on", "imagenet-val-650"],
            &["replicate", "resnet50", "--protocol", "fully-convolutional,ten-crops"],
            &["replicate", "resnet50", "--mirror", "no/such/folder"],
        ])
    );
}

#[test]
fn a_plan_tells_what_would_not_run_and_why() {
    let said = Place::new().harness(&["plan", "resnet50", "--json"]);
    assert_eq!(said.code, 0, "{said:?}");
    let plan: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    let network = &plan["papers"][0]["evaluations"][0];
    assert_eq!((&network["subject"], &network["model"]), (&"resnet50".into(), &"released".into()));
    assert!(network["no_scores"].as_str().is_some_and(|why| why.contains("--offline")), "{network}");
}

#[test]
fn what_no_paper_names_is_folded_until_it_is_asked_for() {
    let place = Place::new();
    let has = |text: &str, id: &str| text.lines().any(|line| line.split_whitespace().next() == Some(id));
    let json = place.harness(&["data", "list", "--json"]).stdout;
    let entries: serde_json::Value = serde_json::from_str(&json).unwrap();
    let ids: Vec<&str> = entries.as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap()).collect();
    for command in [&["data", "list"][..], &["doctor"]] {
        let hint = format!("no paper here names yet: `harness {} --all`", command.join(" "));
        let folded = place.harness(command).stdout;
        assert!(folded.contains(&hint) && has(&folded, "canary"), "{folded}");
        // What is longer would be broken over two lines.
        let other = ids.iter().find(|id| id.len() < 20 && !has(&folded, id)).unwrap();
        let all = place.harness(&[command, &["--all"]].concat()).stdout;
        assert!(!all.contains(&hint) && has(&all, "canary") && has(&all, other), "{other}: {all}");
    }
}

#[test]
fn variables_that_are_set_to_nothing_are_not_set() {
    let place = Place::new();
    let mut command = place.command(&["list"]);
    let said = crate::common::said(command.env("REPLICATIONS_MIRROR", "").env("REPLICATIONS_HOME", ""));
    assert_eq!(said.code, 0, "{said:?}");
}

#[test]
fn two_calls_list_the_same_papers() {
    let place = Place::new();
    let listed = place.harness(&["list", "--json"]);
    let listed: serde_json::Value = serde_json::from_str(&listed.stdout).unwrap();
    for paper in listed.as_array().unwrap() {
        let shown = place.harness(&["show", paper["paper"].as_str().unwrap(), "--json"]);
        let shown: serde_json::Value = serde_json::from_str(&shown.stdout).unwrap();
        assert_eq!(shown["claims"].as_array().unwrap().len() as u64, paper["claims"].as_u64().unwrap());
    }
}
