//! Runners that die, hang, talk nonsense or run out of memory: each is a recorded run, and nothing is lost.

use crate::common::{Place, last_event};

const FINISHED: &str = r#"echo '{"event":"finished","at":1.0}'"#;

fn replicate(place: &Place, more: &[&str]) -> crate::common::Said {
    let mut arguments = vec!["replicate", "vgg19", "--quiet"];
    arguments.extend(more);
    place.harness(&arguments)
}

#[test]
fn a_killed_runner_is_a_failed_run_with_its_last_words() {
    let place = Place::with_runner("echo 'about to fall over' >&2\nkill -11 $$\n");
    let said = replicate(&place, &[]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.stderr.contains("SIGSEGV") && said.stderr.contains("about to fall over"), "{}", said.stderr);
    let event = last_event(place.runs("vgg19").last().unwrap());
    assert_eq!((event["event"].as_str(), event["kind"].as_str()), (Some("failed"), Some("killed")));
    // The claims that need no run are still compared.
    assert!(said.stdout.contains("agree"), "{}", said.stdout);
}

#[test]
fn a_silent_runner_is_stopped() {
    let place = Place::with_runner("exec sleep 60\n");
    let said = replicate(&place, &["--patience", "1s"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert_eq!(last_event(place.runs("vgg19").last().unwrap())["kind"].as_str(), Some("hung"));
}

#[test]
fn after_out_of_memory_a_smaller_batch_is_tried_and_both_are_recorded() {
    let place = Place::with_runner(&format!(
        "if [ \"$BATCH\" -gt 2 ]; then echo '{{\"event\":\"failed\",\"kind\":\"out-of-memory\",\"message\":\"no room\",\"at\":1.0}}'; exit 1; fi\n{FINISHED}\n"
    ));
    let said = replicate(&place, &["--batch", "8"]);
    assert_eq!(said.code, 0, "{said:?}");
    let plans: Vec<serde_json::Value> = place
        .runs("vgg19")
        .iter()
        .map(|run| serde_json::from_str(&std::fs::read_to_string(run.join("plan.json")).unwrap()).unwrap())
        .collect();
    let batches: Vec<_> = plans.iter().map(|plan| plan["job"]["settings"]["batch"].as_u64().unwrap()).collect();
    assert_eq!(batches, [8, 4, 2]);
    assert_eq!(plans[1]["retry_of"], plans[0]["run"]);
}

#[test]
fn nonsense_is_noted_and_does_not_stop_the_run() {
    let place = Place::with_runner(&format!("echo 'hello there'\n{FINISHED}\n"));
    let said = replicate(&place, &[]);
    assert_eq!(said.code, 0, "{said:?}");
    let events = std::fs::read_to_string(place.runs("vgg19").last().unwrap().join("events.jsonl")).unwrap();
    assert!(events.contains("hello there"), "{events}");
}

#[test]
fn a_runner_that_says_nothing_and_ends_well_has_failed_all_the_same() {
    let place = Place::with_runner("exit 0\n");
    let said = replicate(&place, &[]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.stderr.contains("did not say why"), "{}", said.stderr);
}

#[test]
fn a_second_run_keeps_the_first_ones_record() {
    let place = Place::with_runner("kill -9 $$\n");
    replicate(&place, &[]);
    let first = place.runs("vgg19");
    let before = std::fs::read(first[0].join("events.jsonl")).unwrap();
    replicate(&place, &[]);
    assert_eq!(place.runs("vgg19").len(), 2);
    assert_eq!(std::fs::read(first[0].join("events.jsonl")).unwrap(), before);
}

#[test]
fn records_name_no_folder_of_this_machine() {
    let place = Place::with_runner(FINISHED);
    replicate(&place, &[]);
    let plan = std::fs::read_to_string(place.runs("vgg19").last().unwrap().join("plan.json")).unwrap();
    let plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
    let job = plan["job"].to_string();
    assert!(job.contains("$RUNS") && !job.contains(place.folder.path().to_str().unwrap()), "{job}");
}
