//! Stopped runs whose record was damaged, or that are not stopped at all.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::common::Place;

/// Falls over once, then says that it was gone on with.
const DIES_ONCE: &str = r#"
OUT=$(printf %s "$JOB" | sed 's/.*"out":"\([^"]*\)".*/\1/')
if mkdir "$OUT/checkpoints" 2>/dev/null; then echo '{"event":"stage","name":"predict","at":0.1}'; kill -9 $$; fi
echo '{"event":"resumed","what":"predicting","step":320,"at":0.1}'
echo '{"event":"finished","at":1.0}'
"#;

/// Measures the machine's peaks at once, and takes its time over the network.
const WAITS: &str = r#"
case "$JOB" in
    *'"network":"vgg19"'*) touch "$(dirname "$0")/here"; exec sleep 30 ;;
    *) echo '{"event":"finished","at":1.0}' ;;
esac
"#;

const REPLICATE: [&str; 4] = ["replicate", "vgg19", "--model", "released"];

fn resume(place: &Place) -> crate::common::Said {
    place.harness(&[&REPLICATE[..], &["--resume", "--quiet"]].concat())
}

fn damage(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    std::fs::write(path, text.replacen('{', "[", 1)).unwrap();
    text
}

#[test]
fn a_stopped_run_that_cannot_be_read_is_named_with_what_to_do() {
    let place = Place::with_runner(DIES_ONCE);
    assert_eq!(place.harness(&REPLICATE).code, 2);
    let run = place.runs("vgg19")[0].clone();
    for name in ["plan.json", "events.jsonl"] {
        let path = run.join(name);
        let text = damage(&path);
        let said = resume(&place);
        assert_eq!(said.code, 2, "{said:?}");
        for told in [run.file_name().unwrap().to_str().unwrap(), name, "put that file back as it was"] {
            assert!(said.stderr.contains(told), "{told}: {}", said.stderr);
        }
        assert_eq!(said.stderr.matches("error: ").count(), 1, "{}", said.stderr);
        std::fs::write(&path, text).unwrap();
    }
    // Nothing was lost by trying.
    assert_eq!(resume(&place).code, 0);
}

#[test]
fn a_run_that_is_going_on_is_named_with_its_process() {
    let place = Place::with_runner(WAITS);
    let mut first = place.command(&REPLICATE).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    while !place.path("here").exists() && begun.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(20));
    }
    let said = resume(&place);
    let process = first.id();
    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.stderr.contains(&format!("is still going on (process {process})")), "{}", said.stderr);
}

/// Dies at first; then cannot go on, as with a checkpoint that was damaged; then can.
const FAILS_TO_GO_ON: &str = r#"
OUT=$(printf %s "$JOB" | sed 's/.*"out":"\([^"]*\)".*/\1/')
if mkdir "$OUT/checkpoints" 2>/dev/null; then echo '{"event":"stage","name":"predict","at":0.1}'; kill -9 $$; fi
if mkdir "$OUT/tried" 2>/dev/null; then
    echo '{"event":"failed","kind":"input","message":"the checkpoint is damaged; put it back","at":0.1}'; exit 2
fi
if mkdir "$OUT/tried-again" 2>/dev/null; then exit 127; fi
echo '{"event":"resumed","what":"predicting","step":320,"at":0.1}'
echo '{"event":"finished","at":1.0}'
"#;

#[test]
fn an_attempt_that_failed_takes_nothing_away() {
    let place = Place::with_runner(FAILS_TO_GO_ON);
    assert_eq!(place.harness(&REPLICATE).code, 2);
    let said = resume(&place);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.stderr.contains("could not be gone on with (input): the checkpoint is damaged"), "{}", said.stderr);
    assert_eq!(said.stderr.matches("error: ").count(), 1, "{}", said.stderr);
    // A runner that cannot even be loaded.
    let said = resume(&place);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.stderr.contains("exit code 127"), "{}", said.stderr);
    let said = resume(&place);
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(place.runs("vgg19").len(), 1);
    let audited = place.harness(&["audit"]);
    assert!(audited.stdout.contains("an attempt to go on failed (input)"), "{audited:?}");
}

#[test]
fn what_has_a_checkpoint_can_be_gone_on_with_however_it_ended() {
    let script = r#"
OUT=$(printf %s "$JOB" | sed 's/.*"out":"\([^"]*\)".*/\1/')
if mkdir "$OUT/checkpoints" 2>/dev/null; then
    touch "$OUT/checkpoints/predict.safetensors"
    echo '{"event":"failed","kind":"other","message":"the cable was pulled","at":0.1}'; exit 1
fi
echo '{"event":"resumed","what":"predicting","step":320,"at":0.1}'
echo '{"event":"finished","at":1.0}'
"#;
    let place = Place::with_runner(script);
    let said = place.harness(&REPLICATE);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.stderr.contains("to go on where it stopped: "), "{}", said.stderr);
    assert_eq!(resume(&place).code, 0);
}

#[test]
fn a_checkpoint_that_is_gone_is_told() {
    let place = Place::with_runner(DIES_ONCE);
    assert_eq!(place.harness(&REPLICATE).code, 2);
    let said = place.harness(&[&REPLICATE[..], &["--resume"]].concat());
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.stderr.contains("no checkpoint is there"), "{}", said.stderr);
}
