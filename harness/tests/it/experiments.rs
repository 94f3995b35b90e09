//! Experiments: planned, run, stopped, gone on with.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::checkout::Checkout;
use crate::common::last_event;

/// Falls over once in each run, then goes on to the end.
const DIES_ONCE: &str = r#"
if first; then echo '{"event":"stage","name":"train x","at":0.1}'; kill -9 $$; fi
echo '{"event":"resumed","what":"x","step":7,"at":0.1}'
test_all
"#;

fn row(object: &Value, claim: &str) -> Value {
    object["rows"].as_array().unwrap().iter().find(|row| row["claim"] == claim).unwrap().clone()
}

#[test]
fn an_experiment_is_one_run_that_trains_what_the_tier_says() {
    let checkout = Checkout::new("first; test_all\n");
    let said = checkout.harness(&["replicate", "digits", "--json"]);
    assert_eq!(said.code, 0, "{said:?}");
    let runs = checkout.runs("digits");
    assert_eq!(runs.len(), 1, "{runs:?}");
    let plan: Value = serde_json::from_str(&std::fs::read_to_string(runs[0].join("plan.json")).unwrap()).unwrap();
    let job = &plan["job"];
    assert_eq!(job["stages"].as_array().unwrap().len(), 1);
    let stage = &job["stages"][0]["experiment"];
    assert_eq!(stage["size"]["networks"], serde_json::json!(["gan-generator"]));
    assert_eq!((stage["size"]["steps"].as_u64(), stage["of_steps"].as_u64()), (Some(100), Some(5000)));
    assert_eq!((&job["settings"]["precision"], &job["settings"]["batch"]), (&"fp32".into(), &50.into()));
    assert_eq!(stage["data"][0]["folder"], "$STORE/data/mnist");
    assert_eq!(
        (&plan["subject"], &plan["data"][0]["id"], &plan["data"][0]["images"]),
        (&"digits".into(), &"mnist".into(), &3.into())
    );
    assert!(!plan["job"].to_string().contains(checkout.place.folder.path().to_str().unwrap()), "{job}");
    let object: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(row(&object, "t1")["value"], 2.0);
    let other = row(&object, "t2");
    assert_eq!(other["verdict"], "not run");
    assert_eq!(other["reason"], "not trained at tier smoke unless asked for by its name; --tier train trains it");
}

#[test]
fn a_later_command_leaves_on_the_page_what_an_earlier_one_measured() {
    let checkout = Checkout::new("first; test_all\n");
    assert_eq!(checkout.harness(&["replicate", "digits"]).code, 0);
    let said = checkout.harness(&["replicate", "digits", "--tier", "instant", "--json"]);
    let object: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(row(&object, "t1")["value"], Value::Null, "this command measured nothing");
    let table = std::fs::read_to_string(checkout.place.path("site/gan/tables/rows.jsonl")).unwrap();
    let rows: Vec<Value> = table.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.iter().find(|row| row["claim"] == "t1").unwrap()["value"], 2.0);
    let page = std::fs::read_to_string(checkout.place.path("site/gan/index.html")).unwrap();
    assert!(page.contains("cargo run -p harness -- report gan"), "what makes a page of several runs again");
}

#[test]
fn a_network_is_its_part_of_each_experiment() {
    let checkout = Checkout::new("first; test_all\n");
    let said = checkout.harness(&["replicate", "gan-discriminator", "--steps", "3", "--budget", "60s"]);
    assert_eq!(said.code, 0, "{said:?}");
    for experiment in ["digits", "second"] {
        let plan = std::fs::read_to_string(checkout.runs(experiment)[0].join("plan.json")).unwrap();
        let plan: Value = serde_json::from_str(&plan).unwrap();
        let stage = &plan["job"]["stages"][0]["experiment"];
        assert_eq!(stage["size"]["networks"], serde_json::json!(["gan-discriminator"]));
        assert_eq!((&stage["size"]["steps"], &stage["budget"]), (&3.into(), &30.0.into()));
    }
}

#[test]
fn what_was_killed_goes_on_in_the_same_record() {
    let checkout = Checkout::new(DIES_ONCE);
    let killed = checkout.harness(&["replicate", "digits"]);
    assert_eq!(killed.code, 2, "{killed:?}");
    let told = killed.stderr.lines().last().unwrap();
    assert!(told.starts_with("to go on where it stopped: ") && told.ends_with(" --resume"), "{told}");
    let said = checkout.harness(&["replicate", "digits", "--resume", "--json"]);
    assert_eq!(said.code, 0, "{said:?}");
    let runs = checkout.runs("digits");
    assert_eq!(runs.len(), 1, "{runs:?}");
    let events = std::fs::read_to_string(runs[0].join("events.jsonl")).unwrap();
    let kinds: Vec<String> = events
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["event"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(kinds, ["stage", "failed", "attempt", "note", "resumed", "outcomes", "finished", "sealed"]);
    let object: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(row(&object, "t1")["value"], 2.0);
    // Done is done.
    let again = checkout.harness(&["replicate", "digits", "--resume"]);
    assert_eq!(again.code, 2, "{again:?}");
    assert!(again.stderr.contains("there is nothing to resume"), "{}", again.stderr);
    let rescored = checkout.harness(&["rescore"]);
    assert_eq!(rescored.code, 0, "{rescored:?}");
    // The script tells no environment, and that is all that is wrong.
    let audited = checkout.harness(&["audit", "--json"]);
    let findings: Vec<Value> = serde_json::from_str(&audited.stdout).unwrap();
    let errors: Vec<_> = findings.iter().filter(|finding| finding["severity"] == "error").collect();
    assert!(errors.len() == 1 && errors[0].to_string().contains("no environment"), "{findings:?}");
}

#[test]
fn a_run_begun_otherwise_is_not_gone_on_with() {
    let checkout = Checkout::new(DIES_ONCE);
    checkout.harness(&["replicate", "digits"]);
    for (options, told) in [
        (["--seed", "2"], "settings.seed was 1, is now 2"),
        (["--steps", "7"], "experiment.size.steps was 100, is now 7"),
        (["--tier", "train"], "experiment.size.steps was 100, is now 5000"),
        (["--budget", "9s"], "experiment.budget was —, is now 9.0"),
    ] {
        let mut arguments = vec!["replicate", "digits", "--resume"];
        arguments.extend(options);
        let said = checkout.harness(&arguments);
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.stderr.contains(told) && said.stderr.contains("begun otherwise"), "{told}: {}", said.stderr);
        assert_eq!(said.stderr.matches("error:").count(), 1, "{}", said.stderr);
    }
    assert_eq!(checkout.runs("digits").len(), 1);
}

#[test]
fn what_was_done_before_the_stop_stands_and_what_was_not_begun_is_begun() {
    // The first experiment ends well, the second falls over once.
    let checkout = Checkout::new(
        "[ $ID = digits ] || { first && kill -9 $$; }\necho '{\"event\":\"resumed\",\"what\":\"x\",\"step\":7,\"at\":0.1}'\ntest_all\n",
    );
    let killed = checkout.harness(&["replicate", "gan"]);
    assert_eq!(killed.code, 2, "{killed:?}");
    let said = checkout.harness(&["replicate", "gan", "--resume"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!((checkout.runs("digits").len(), checkout.runs("second").len()), (1, 1));
    let page = std::fs::read_to_string(checkout.place.path("site/gan/index.html")).unwrap();
    for experiment in ["digits", "second"] {
        let run = checkout.runs(experiment)[0].file_name().unwrap().to_str().unwrap().to_owned();
        assert!(page.contains(&run), "{run} is not on the page");
    }
}

#[test]
fn ctrl_c_closes_the_record_and_tells_the_way_back() {
    let checkout =
        Checkout::new("first; echo '{\"event\":\"stage\",\"name\":\"train x\",\"at\":0.1}'; exec sleep 60\n");
    let mut command = checkout.command(&["replicate", "gan"]);
    let child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let started = Instant::now();
    let begun = || {
        let runs = checkout.runs("digits");
        runs.first().is_some_and(|run| std::fs::read_to_string(run.join("events.jsonl")).is_ok_and(|it| !it.is_empty()))
    };
    while !begun() {
        assert!(started.elapsed() < Duration::from_secs(60), "the runner did not begin");
        std::thread::sleep(Duration::from_millis(20));
    }
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{words}");
    assert_eq!(last_event(&checkout.runs("digits")[0])["kind"], "interrupted", "{words}");
    assert!(words.lines().last().unwrap().ends_with(" --resume"), "{words}");
    assert!(checkout.runs("second").is_empty(), "nothing is begun after a Ctrl-C");
}

#[test]
fn out_of_memory_is_no_reason_for_another_batch() {
    let checkout = Checkout::new(
        "echo '{\"event\":\"failed\",\"kind\":\"out-of-memory\",\"message\":\"no room\",\"at\":1.0}'; exit 1\n",
    );
    let said = checkout.harness(&["replicate", "digits"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.stderr.contains("no room"), "{}", said.stderr);
    assert_eq!(checkout.runs("digits").len(), 1);
}

#[test]
fn two_runs_of_one_seed_are_compared_to_the_byte() {
    let checkout = Checkout::new("first; test_all\n");
    for _ in 0..2 {
        checkout.harness(&["replicate", "digits"]);
    }
    let runs: Vec<_> = checkout.runs("digits").iter().map(|run| run.to_str().unwrap().to_owned()).collect();
    let said = checkout.harness(&["compare", &runs[0], &runs[1], "--json"]);
    assert_eq!(said.code, 0, "{said:?}");
    let object: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(object["outcomes"][0]["same_bytes"], true, "{object}");
    let told = checkout.harness(&["compare", &runs[0], &runs[1]]);
    assert!(told.stdout.contains("equal to the byte"), "{}", told.stdout);
    let report = checkout.harness(&["report", "gan"]);
    assert_eq!(report.code, 0, "{report:?}");
    // What cannot be read is told once, and is no success.
    let events = std::fs::read_to_string(format!("{}/events.jsonl", runs[1])).unwrap();
    let mut events = events.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let outcomes = events.find(|event| event["event"] == "outcomes").unwrap();
    std::fs::write(format!("{}/{}", runs[1], outcomes["file"].as_str().unwrap()), "").unwrap();
    let told = checkout.harness(&["compare", &runs[0], &runs[1]]);
    assert_eq!((told.code, told.stderr.matches("SHA-256 is").count()), (1, 1), "{told:?}");
    assert!(told.stdout.contains("cannot be read") && !told.stdout.contains("SHA-256 is"), "{}", told.stdout);
}

#[test]
fn what_exists_and_what_would_run_is_told() {
    let checkout = Checkout::new("exit 1\n");
    let shown = checkout.harness(&["show", "gan"]);
    insta::assert_snapshot!("show", shown.stdout);
    let after_the_machine = |arguments: &[&str]| {
        let said = checkout.harness(arguments);
        assert_eq!(said.code, 0, "{said:?}");
        said.stdout.split_once("\n\n").unwrap().1.to_owned()
    };
    insta::assert_snapshot!("plan", after_the_machine(&["plan", "gan", "--device", "cpu", "--budget", "10m"]));
    insta::assert_snapshot!(
        "plan_inference",
        after_the_machine(&["plan", "gan", "--device", "cpu", "--tier", "inference"])
    );
    let listed = checkout.harness(&["list", "--json"]);
    let listed: Value = serde_json::from_str(&listed.stdout).unwrap();
    let paper = listed.as_array().unwrap().iter().find(|paper| paper["paper"] == "gan").unwrap();
    assert_eq!(paper["experiments"], serde_json::json!(["digits", "second"]));
    let planned = checkout.harness(&["plan", "digits", "--tier", "train", "--json"]);
    let planned: Value = serde_json::from_str(&planned.stdout).unwrap();
    let training = &planned["papers"][0]["evaluations"][0]["training"];
    assert_eq!((&training["tier"], &training["size"]["complete"]), (&"train".into(), &true.into()));
    assert!(!checkout.place.path("was-started").exists());
}

#[test]
fn errors_say_what_to_do() {
    let checkout = Checkout::new("exit 1\n");
    let mut text = String::new();
    for arguments in [
        &["replicate", "digit"][..],
        &["replicate", "digits", "--resume"],
        &["replicate", "digits", "--precision", "bf16"],
        &["replicate", "digits", "--batch", "8"],
        &["replicate", "digits", "--on", "mnist"],
        &["replicate", "resnet50", "--steps", "8"],
        &["replicate", "digits", "--resume", "--tier", "instant"],
    ] {
        let said = checkout.harness(arguments);
        assert_eq!(said.code, 2, "{said:?}");
        let words = said.stderr.replace(checkout.place.folder.path().to_str().unwrap(), "…");
        text.push_str(&format!("$ harness {}\n{words}\n", arguments.join(" ")));
    }
    insta::assert_snapshot!("errors", text);
    assert!(!checkout.place.path("was-started").exists());
}
