//! The nightly workflow with stand-ins: its steps are read from the file and run as GitHub would, with a `cargo` that ends
//! as a test wants it to.
//!
//! Must not call the real harness: a night takes hours.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::common::said;

/// A `cargo` that notes its words, ends a command (or a precision) as `$CODES` says, and leaves what the harness would.
const CARGO: &str = r#"#!/bin/bash
words="$*"; words=${words#run -p harness -- }
name=${words%% *}
if [ $name = replicate ]; then name=${words#*--precision }; name=${name%% *}; fi
code=$(sed -n "s/^$name //p" <<< "$CODES")
echo "$words" >> "$LOG"
case $name in
  bf16)
    run=results/runs/night-$NUMBER
    mkdir -p $run/checkpoints
    echo made up > $run/checkpoints/net.safetensors
    echo made up | tee $run/plan.json $run/scores.json $run/outcomes-a.csv.gz > /dev/null
    for picture in free:false shut:true doubtful:true; do
      echo '{"event":"picture","caption":"\"private\":false","file":"'${picture%:*}'.png","private":'${picture#*:}'}'
    done > $run/events.jsonl
    echo '{"event":"picture","file":"doubtful.png","private":false}' >> $run/events.jsonl
    touch $run/free.png $run/shut.png $run/doubtful.png $run/unknown.png
    echo '{}' ;;
  report)
    ls results/runs >> "$LOG"
    if [ "$code" != 2 ]; then echo "night $NUMBER" > reports/site/index.html; fi ;;
esac
if [ "$code" = killed ]; then kill -9 $$; fi
exit ${code:-0}
"#;

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// One step of the job that replicates.
#[derive(Debug, Default, PartialEq, Eq)]
struct Step {
    action: Option<String>,
    run: Option<String>,
    condition: Option<String>,
}

/// The steps, in a file that is written as this one is: a key a line.
fn steps() -> Vec<Step> {
    let file = std::fs::read_to_string(project().join(".github/workflows/nightly-gpu.yml")).unwrap();
    let (_, job) = file.split_once("\n    steps:\n").unwrap();
    let (job, _) = job.split_once("\n  publish:\n").unwrap();
    let mut steps = Vec::new();
    for line in job.lines() {
        if line.starts_with("      - ") {
            steps.push(Step::default());
        }
        let step = steps.last_mut();
        match line.trim_start_matches([' ', '-']).split_once(": ") {
            Some(("uses", action)) => step.unwrap().action = action.split('@').next().map(str::to_owned),
            Some(("run", run)) => step.unwrap().run = Some(run.to_owned()),
            Some(("if", condition)) => step.unwrap().condition = Some(condition.to_owned()),
            _ => {}
        }
    }
    steps
}

/// A machine that the workflow runs on, night after night.
struct Machine {
    folder: TempDir,
    nights: u32,
}

/// What a night left.
#[derive(Debug, PartialEq, Eq)]
struct Night {
    /// The verdict: the exit code of the last step.
    code: i32,
    /// Steps that failed, of those before it.
    failed: Vec<String>,
    /// What was uploaded, by action.
    uploaded: Vec<String>,
}

impl Machine {
    fn new() -> Self {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("bin")).unwrap();
        let cargo = folder.path().join("bin/cargo");
        std::fs::write(&cargo, CARGO).unwrap();
        std::fs::set_permissions(&cargo, std::fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder, nights: 0 }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// One night in which commands end like that (`bf16 1`, a line each), without steps whose command has this word.
    fn night(&mut self, codes: &str, without: Option<&str>) -> Night {
        // What the runner empties and checkout cleans; the second is `git clean -ffdx`, which follows no link.
        for folder in ["temp", "checkout"] {
            let _ = std::fs::remove_dir_all(self.path(folder));
        }
        for folder in ["temp", "checkout/.ci", "checkout/results", "checkout/reports"] {
            std::fs::create_dir_all(self.path(folder)).unwrap();
        }
        std::fs::copy(project().join(".ci/nightly"), self.path("checkout/.ci/nightly")).unwrap();
        self.nights += 1;
        let mut night = Night { code: 0, failed: Vec::new(), uploaded: Vec::new() };
        for step in steps() {
            let outputs = std::fs::read_to_string(self.path("temp/outputs")).unwrap_or_default();
            let runs = match step.condition.as_deref() {
                None => night.failed.is_empty(),
                Some("${{ !cancelled() }}") => true,
                Some("${{ !cancelled() && steps.pages.outputs.pages == 'yes' }}") => outputs.contains("pages=yes\n"),
                Some(other) => panic!("what does GitHub do by `{other}`?"),
            };
            if !runs || without.is_some_and(|word| step.run.as_ref().is_some_and(|run| run.ends_with(word))) {
                continue;
            }
            night.uploaded.extend(step.action.filter(|action| action.starts_with("actions/upload-")));
            let Some(run) = step.run else { continue };
            night.code = self.step(&run, codes);
            if night.code != 0 && !run.ends_with("verdict") {
                night.failed.push(run);
            }
        }
        night
    }

    /// Runs a step's line by the shell that GitHub takes.
    fn step(&self, run: &str, codes: &str) -> i32 {
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap());
        let mut command = Command::new("bash");
        command.args(["-e", "-c", run]).current_dir(self.path("checkout")).env("PATH", path);
        command.env("RUNNER_TEMP", self.path("temp")).env("GITHUB_OUTPUT", self.path("temp/outputs"));
        command.env("REPLICATIONS_HOME", self.path("home")).env("LOG", self.path("log"));
        command.env("CODES", codes).env("NUMBER", self.nights.to_string());
        said(&mut command).code
    }

    /// The files of a folder and the folders in it, sorted.
    fn files(&self, name: &str) -> Vec<String> {
        let mut command = Command::new("find");
        let listed = said(command.arg(self.path(name)).args(["-type", "f", "-printf", "%P\\n"]));
        let mut files: Vec<_> = listed.stdout.lines().map(str::to_owned).collect();
        files.sort();
        files
    }
}

/// What is asked of the harness in the first night, and the records that the pages are drawn from.
const RAN: &str = "\
doctor
replicate all --precision bf16 --device cuda --json
replicate all --precision tf32 --device cuda --json
replicate all --precision fp32 --device cuda --json
report
night-1
audit
";

const BOTH: [&str; 2] = ["actions/upload-pages-artifact", "actions/upload-artifact"];

#[test]
fn the_pages_are_published_whatever_the_verdicts_are_and_the_worst_is_the_night_s() {
    let cases = [
        ("", 0),
        ("bf16 1", 1),
        ("tf32 2\nfp32 1", 2),
        ("bf16 1\nfp32 0", 1),
        ("audit 1", 1),
        ("bf16 1\naudit 2", 2),
        ("report 1", 1),
        ("bf16 101", 2),
        ("tf32 killed", 2),
        ("doctor 2", 2),
        ("bf16 2\ntf32 2\nfp32 2\naudit 1\nreport 1", 2),
    ];
    for (codes, worst) in cases {
        let mut machine = Machine::new();
        let night = machine.night(codes, None);
        let expected = Night { code: worst, failed: Vec::new(), uploaded: BOTH.map(str::to_owned).to_vec() };
        assert_eq!(night, expected, "{codes}");
        assert!(machine.path("temp/night/site/index.html").is_file(), "{codes}");
        let ran = std::fs::read_to_string(machine.path("log")).unwrap();
        assert_eq!(ran, RAN, "{codes}");
    }
}

#[test]
fn a_step_that_was_stopped_counts_as_not_done() {
    for (step, uploaded) in [("replicate", &BOTH[..]), ("audit", &BOTH), ("pages", &BOTH[1..])] {
        let night = Machine::new().night("", Some(step));
        assert_eq!((night.code, night.uploaded), (2, uploaded.iter().map(|&it| it.to_owned()).collect()), "{step}");
    }
}

#[test]
fn without_pages_those_of_the_night_before_stay_published() {
    let night = Machine::new().night("report 2", None);
    assert_eq!((night.code, night.uploaded), (2, vec![BOTH[1].to_owned()]));
}

#[test]
fn a_night_knows_those_before_and_uploads_its_own_records_without_what_is_private() {
    let mut machine = Machine::new();
    machine.night("bf16 1", None);
    std::fs::remove_file(machine.path("log")).unwrap();
    machine.night("", None);
    let words = std::fs::read_to_string(machine.path("log")).unwrap();
    assert!(words.contains("report\nnight-1\nnight-2\n"), "{words}");
    let records = ["events.jsonl", "free.png", "outcomes-a.csv.gz", "plan.json", "scores.json"];
    let mut expected = ["bf16", "fp32", "tf32"].map(|precision| format!("replicate-{precision}.json")).to_vec();
    expected.extend(records.map(|file| format!("runs/night-2/{file}")));
    assert_eq!(machine.files("temp/night/records"), expected);
    assert_eq!(machine.files("temp/night/site"), ["index.html"]);
    assert!(machine.path("home/nightly/runs/night-1/shut.png").is_file(), "the machine keeps everything");
}

#[test]
fn actions_are_pinned_and_one_job_may_publish() {
    let folder = std::fs::read_dir(project().join(".github/workflows")).unwrap();
    for path in folder.map(|entry| entry.unwrap().path()) {
        let file = std::fs::read_to_string(&path).unwrap();
        for action in file.lines().filter_map(|line| line.split_once("uses: ").map(|(_, action)| action)) {
            let (hash, version) = action.split_once('@').unwrap().1.split_once(" # v").expect(action);
            let is_hash = hash.len() == 40 && hash.bytes().all(|b| b.is_ascii_hexdigit());
            assert!(is_hash && version.split('.').count() == 3, "{}: {action}", path.display());
        }
        assert!(file.contains("\npermissions:\n  contents: read\n"), "{}", path.display());
        let before = file.split("\n  publish:\n").next().unwrap();
        assert!(!before.contains(": write"), "{}", path.display());
    }
}
