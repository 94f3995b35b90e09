//! Runs of released weights that were stopped, and what goes on with them.

use serde_json::Value;

use crate::common::{Place, Said, last_event};

/// Says that it was gone on with, where its first process was killed.
const DIES_ONCE: &str = r#"
OUT=$(printf %s "$JOB" | sed 's/.*"out":"\([^"]*\)".*/\1/')
if mkdir "$OUT/checkpoints" 2>/dev/null; then echo '{"event":"stage","name":"predict","at":0.1}'; kill -9 $$; fi
echo '{"event":"resumed","what":"predicting photographs (a step is an image)","step":320,"at":0.1}'
echo '{"event":"finished","at":1.0}'
"#;

fn replicate(place: &Place, more: &[&str]) -> Said {
    let mut arguments = vec!["replicate", "vgg19", "--model", "released", "--quiet"];
    arguments.extend(more);
    place.harness(&arguments)
}

fn kinds(run: &std::path::Path) -> Vec<String> {
    let events = std::fs::read_to_string(run.join("events.jsonl")).unwrap();
    let kind = |line| serde_json::from_str::<Value>(line).unwrap()["event"].as_str().unwrap().to_owned();
    events.lines().map(kind).collect()
}

#[test]
fn a_killed_run_goes_on_in_the_same_record() {
    let place = Place::with_runner(DIES_ONCE);
    let killed = replicate(&place, &[]);
    assert_eq!(killed.code, 2, "{killed:?}");
    let told = killed.stderr.lines().last().unwrap();
    assert!(told.starts_with("to go on where it stopped: ") && told.ends_with(" --resume"), "{told}");
    let said = replicate(&place, &["--resume"]);
    assert_eq!(said.code, 0, "{said:?}");
    let runs = place.runs("vgg19");
    assert_eq!(runs.len(), 1, "{runs:?}");
    assert_eq!(kinds(&runs[0]), ["stage", "failed", "attempt", "note", "resumed", "finished", "sealed"]);
    // Done is done.
    let again = replicate(&place, &["--resume"]);
    assert_eq!(again.code, 2, "{again:?}");
    assert!(again.stderr.contains("there is nothing to resume: no stopped run of vgg19"), "{}", again.stderr);
}

#[test]
fn a_run_begun_otherwise_is_not_gone_on_with() {
    let place = Place::with_runner(DIES_ONCE);
    replicate(&place, &["--batch", "8"]);
    for (options, told) in [
        (&["--batch", "8", "--seed", "2"][..], "settings.seed was 1, is now 2"),
        (&["--batch", "4"], "settings.batch was 8, is now 4"),
        (&["--batch", "8", "--speed", "always"], "throughput.unless_timed was true, is now false"),
    ] {
        let mut arguments = vec!["--resume"];
        arguments.extend(options);
        let said = replicate(&place, &arguments);
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.stderr.contains(told) && said.stderr.contains("begun otherwise"), "{told}: {}", said.stderr);
    }
    // Without the option it is begun anew, and the way back is told.
    let mut arguments = vec!["replicate", "vgg19", "--model", "released", "--batch", "8"];
    let said = place.harness(&arguments);
    assert!(said.stderr.contains("was stopped: the same command with --resume goes on with it"), "{}", said.stderr);
    assert_eq!(place.runs("vgg19").len(), 2);
    arguments.extend(["--resume", "--quiet"]);
    assert_eq!(place.harness(&arguments).code, 0);
    assert_eq!(place.runs("vgg19").len(), 2);
}

#[test]
fn a_batch_that_memory_chose_stays() {
    let out_of_memory = r#"if [ "$BATCH" -gt 4 ]; then echo '{"event":"failed","kind":"out-of-memory","message":"no room","at":1.0}'; exit 1; fi"#;
    let place = Place::with_runner(&format!("{out_of_memory}\n{DIES_ONCE}"));
    let killed = replicate(&place, &["--batch", "8"]);
    assert_eq!(killed.code, 2, "{killed:?}");
    assert!(killed.stderr.contains("to go on where it stopped"), "{}", killed.stderr);
    let said = replicate(&place, &["--batch", "8", "--resume"]);
    assert_eq!(said.code, 0, "{said:?}");
    let runs = place.runs("vgg19");
    assert_eq!(runs.len(), 2, "{runs:?}");
    assert_eq!(
        (last_event(&runs[0])["kind"].as_str(), kinds(&runs[1]).last().unwrap().as_str()),
        (Some("out-of-memory"), "sealed")
    );
}

#[test]
fn what_only_reads_cannot_be_gone_on_with() {
    let place = Place::with_runner("exit 1\n");
    for (arguments, told) in [
        (["replicate", "vgg19", "--resume", "--model", "imported"], "stored predictions are only scored"),
        (["replicate", "vgg19", "--resume", "--tier", "instant"], "nothing of `vgg19` runs here"),
        (["replicate", "vgg19", "--resume", "--seed", "1"], "there is nothing to resume: no stopped run of vgg19"),
    ] {
        let said = place.harness(&arguments);
        assert!(said.code == 2 && said.stderr.contains(told), "{said:?}");
    }
    assert!(!place.path("was-started").exists());
}

#[test]
fn what_does_not_fit_when_it_is_gone_on_with_is_begun_with_a_smaller_batch() {
    let script = r#"
if [ "$BATCH" -lt 8 ]; then echo '{"event":"finished","at":1.0}'; exit 0; fi
OUT=$(printf %s "$JOB" | sed 's/.*"out":"\([^"]*\)".*/\1/')
if mkdir "$OUT/checkpoints" 2>/dev/null; then echo '{"event":"stage","name":"predict","at":0.1}'; kill -9 $$; fi
echo '{"event":"failed","kind":"out-of-memory","message":"no room","at":1.0}'; exit 1
"#;
    let place = Place::with_runner(script);
    assert_eq!(replicate(&place, &["--batch", "8"]).code, 2);
    let said = replicate(&place, &["--batch", "8", "--resume"]);
    assert_eq!(said.code, 0, "{said:?}");
    let runs = place.runs("vgg19");
    assert_eq!(runs.len(), 2, "{runs:?}");
    assert_eq!(kinds(&runs[0]), ["stage", "failed", "attempt", "note", "failed"]);
    let retried: Value = serde_json::from_str(&std::fs::read_to_string(runs[1].join("plan.json")).unwrap()).unwrap();
    assert_eq!(retried["retry_of"].as_str(), runs[0].file_name().unwrap().to_str());
    assert!(retried["settings"]["batch"].as_u64().unwrap() < 8);
}
