//! Whatever is wrong ends in one `failed` event of the right kind, in a sentence, with the documented exit code.

use serde_json::{Value, json};
use spec::event::FailureKind;

use crate::common::{Room, run, run_text};

/// The message of a job that must fail as the person's own mistake.
fn input_failure(job: &Value) -> String {
    let ended = run(job);
    let (kind, message) = ended.failure();
    assert_eq!((kind, ended.code), (FailureKind::Input, Some(2)), "{message}");
    assert!(!message.contains('\n'), "{message}");
    message.to_owned()
}

#[test]
fn what_is_no_job_is_told_with_its_place() {
    for (text, part) in
        [("", "standard input is no job"), ("{\"format\": 1,", "line 1 column"), ("[]", "standard input is no job")]
    {
        let ended = run_text(text);
        let (kind, message) = ended.failure();
        assert_eq!((kind, ended.code), (FailureKind::Input, Some(2)));
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn an_unknown_stage_names_the_known_ones() {
    let room = Room::new();
    let message = input_failure(&room.job(&[json!({"dance": {}})]));
    assert!(message.contains("unknown variant `dance`") && message.contains("`throughput`"), "{message}");
}

#[test]
fn settings_that_cannot_be_are_refused_before_anything_starts() {
    let room = Room::new();
    let with = |pointer: &str, value: Value| {
        let mut job = room.job(&[room.predict("center")]);
        *job.pointer_mut(pointer).unwrap() = value;
        input_failure(&job)
    };
    assert!(with("/settings/batch", json!(0)).contains("`batch` is 0"));
    assert!(with("/settings/precision", json!("tf32")).contains("CUDA only"));
    assert!(with("/format", json!(9)).contains("format is 9"));
    assert!(with("/stages", json!([])).contains("no stages"));
    assert!(with("/out", json!("/nonexistent/out")).contains("/nonexistent/out"));
    assert!(with("/network", json!("resnet51")).contains("no network `resnet51`"));
    assert!(with("/network", Value::Null).contains("names none"));
    assert!(with("/weights", Value::Null).contains("names no weights"));
    assert!(with("/stages/0/predict/protocol/views/size", json!(24)).contains("cuts 24×24"));
    assert!(with("/settings/device", json!("cuda")).contains("REPLICATIONS_CUDA_LIBS"));
}

#[test]
fn files_that_are_missing_or_damaged_are_named() {
    let room = Room::new();
    let job = room.job(&[room.predict("center")]);
    let weights = room.path("weights.safetensors");
    let whole = fs_err::read(&weights).unwrap();
    fs_err::write(&weights, &whole[..whole.len() / 2]).unwrap();
    let message = input_failure(&job);
    assert!(message.contains("weights.safetensors") && message.contains("not a whole safetensors file"), "{message}");
    // Byte 12 is in the header's JSON.
    let mut changed = whole.clone();
    changed[12] ^= 0xff;
    fs_err::write(&weights, changed).unwrap();
    assert!(input_failure(&job).contains("weights.safetensors"));
    fs_err::remove_file(&weights).unwrap();
    assert!(input_failure(&job).contains("weights.safetensors"));
    fs_err::write(&weights, &whole).unwrap();

    let picture = fs_err::read(room.path("7.jpg")).unwrap();
    fs_err::write(room.path("7.jpg"), &picture[..picture.len() / 2]).unwrap();
    let message = input_failure(&job);
    assert!(message.contains("7.jpg") && message.contains("cut short"), "{message}");
    fs_err::remove_file(room.path("7.jpg")).unwrap();
    assert!(input_failure(&job).contains("7.jpg"));
    // Nothing but what was drawn when the network was loaded.
    let left = fs_err::read_dir(room.path("out")).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(left.collect::<Vec<_>>(), ["picture-resnet20-filters.png"]);

    fs_err::write(room.path("list.csv"), "path,file,class\na.jpg,a\n").unwrap();
    assert!(input_failure(&job).contains("list.csv:2: expected three fields"));
    fs_err::remove_file(room.path("list.csv")).unwrap();
    assert!(input_failure(&job).contains("list.csv"));
    fs_err::remove_file(room.path("names.csv")).unwrap();
    assert!(input_failure(&job).contains("names.csv"));
}

#[test]
fn weights_for_another_network_list_what_does_not_fit() {
    let room = Room::new();
    let mut job = room.job(&[room.predict("center")]);
    job["network"] = json!("resnet32");
    let message = input_failure(&job);
    // Blocks 4 and 5 of three stages, two convolutions and two batch norms each: 6 · (2 · 1 + 2 · 4) tensors.
    assert!(message.contains("network `resnet32`") && message.contains("60 missing: our "), "{message}");
}

#[test]
fn a_batch_that_does_not_fit_into_memory_is_told_as_such() {
    let room = Room::new();
    let mut job = room.job(&[json!({"throughput": {"batches": 30, "warm_up_seconds": 0.0, "warm_up_batches": 1}})]);
    // 2^16 pictures of 32×32 take 0.8 GB, and the network's first value 4.3 GB: more than the limit below.
    job["settings"]["batch"] = json!(1 << 16);
    let path = room.path("job.json");
    fs_err::write(&path, job.to_string()).unwrap();
    let script =
        format!("ulimit -v 5000000; OMP_NUM_THREADS=2 exec {} {}", env!("CARGO_BIN_EXE_runner"), path.display());
    let output = std::process::Command::new("bash").args(["-c", &script]).output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let last = stdout.lines().last().unwrap_or_default();
    assert!(last.contains("\"kind\":\"out-of-memory\"") && last.contains("smaller batch"), "{last}");
    assert_eq!(output.status.code(), Some(1));
}
