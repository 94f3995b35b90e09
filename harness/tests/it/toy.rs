//! A paper and a task are local additions. A copy of this checkout gets a toy of each by the commands and the lines that
//! `CONTRIBUTING.md` shows, and by nothing else; then it is built and used.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::common::{Place, Said, said};

/// Files by their paths in the checkout.
type Files = BTreeMap<String, Vec<u8>>;

/// A runner that has counted eight grids with both networks.
const COUNTED: &str = r#"
OUT=$(printf %s "$JOB" | sed 's/.*"out":"\([^"]*\)".*/\1/')
counted() {
  (echo true,given; printf '%s\n' $2) | gzip -n > "$OUT/$1.csv.gz"
  HASH=$(sha256sum "$OUT/$1.csv.gz" | cut -d' ' -f1)
  echo '{"event":"outcomes","task":"count","network":"'$1'","model":{"trained":{"steps":1,"of":1,"complete":true,"words":"fitted"}},"data":"toy-grids","protocol":"plain","metrics":["mean absolute error"],"file":"'$1'.csv.gz","count":8,"sha256":"'$HASH'","root":"0"}'
}
counted toy-counter '3,3.5 8,8 5,6 7,6.5 9,9.5 10,9.5 6,6.5 8,8.5'
counted toy-half '3,4 8,10 5,4 7,9 9,7.5 10,8.5 6,8 8,7'
echo '{"event":"finished","at":1.0}'
"#;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The tracked files as they stand; None where git does not know them.
fn tracked() -> Option<Files> {
    let listed = Command::new("git").arg("-C").arg(root()).args(["ls-files", "-z"]).output().ok()?;
    let names = String::from_utf8(listed.stdout).ok().filter(|_| listed.status.success())?;
    let read = |name: &str| Some((name.to_owned(), std::fs::read(root().join(name)).ok()?));
    Some(names.split_terminator('\0').filter_map(read).collect())
}

/// What stands in fences of that kind, without the indentation of the fence.
fn fences<'a>(guide: &'a str, kind: &str) -> Vec<Vec<&'a str>> {
    let mut found: Vec<Vec<&str>> = Vec::new();
    let mut indent = None;
    for line in guide.lines() {
        match (indent, line.trim_start().strip_prefix("```")) {
            (None, Some(of)) if of == kind => {
                indent = Some(line.len() - line.trim_start().len());
                found.push(Vec::new());
            }
            (Some(_), Some(_)) => indent = None,
            (Some(indent), None) => found.last_mut().unwrap().push(line.get(indent..).unwrap_or_default()),
            _ => {}
        }
    }
    found
}

/// Copies folders as the guide's `cp -r FROM TO` say.
fn copy_folders(guide: &str, files: &mut Files) {
    for line in fences(guide, "console").concat() {
        let Some(words) = line.strip_prefix("$ cp -r ") else { continue };
        let (from, to) = words.split_once(' ').unwrap();
        let of_folder = files.iter().filter_map(|(name, bytes)| {
            let rest = name.strip_prefix(from)?.strip_prefix('/')?;
            Some((format!("{to}/{rest}"), bytes.clone()))
        });
        let copies: Files = of_folder.collect();
        assert!(!copies.is_empty(), "{from} is no tracked folder");
        files.extend(copies);
    }
}

/// Adds the lines of the guide's differences, each after the lines that stand before it there.
fn add_lines(guide: &str, files: &mut Files) {
    for lines in fences(guide, "diff") {
        let (name, lines) = lines.split_first().unwrap();
        let name = name.strip_prefix("+++ ").unwrap();
        let text = String::from_utf8(files[name].clone()).unwrap();
        let before: String =
            lines.iter().filter_map(|line| line.strip_prefix(' ')).map(|it| format!("{it}\n")).collect();
        let after: String = lines.iter().map(|line| format!("{}\n", &line[1..])).collect();
        assert_eq!(text.matches(&before).count(), 1, "{name} has not once what CONTRIBUTING.md shows:\n{before}");
        files.insert(name.to_owned(), text.replace(&before, &after).into_bytes());
    }
}

/// Lines that a file gained, and how many it lost.
fn changed(before: &[u8], after: &[u8]) -> (Vec<String>, usize) {
    let lines = |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect::<Vec<_>>();
    let (before, after) = (lines(before), lines(after));
    let gained = after.iter().filter(|line| !before.contains(line)).cloned().collect::<Vec<_>>();
    let lost = before.len() + gained.len() - after.len() + before.iter().filter(|line| !after.contains(line)).count();
    (gained, lost)
}

/// Makes the folder hold these files and no others. What is the same is not touched, so that cargo builds it once.
fn put(files: &Files, folder: &Path) {
    let mut there = BTreeSet::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let Ok(listing) = std::fs::read_dir(folder) else { continue };
        for path in listing.map(|entry| entry.unwrap().path()) {
            if path.is_dir() { folders.push(path) } else { assert!(there.insert(path)) }
        }
    }
    for (name, bytes) in files {
        let path = folder.join(name);
        let same = there.remove(&path) && std::fs::read(&path).unwrap() == *bytes;
        if !same {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, bytes).unwrap();
        }
    }
    there.iter().for_each(|path| std::fs::remove_file(path).unwrap());
}

/// Has cargo do that in the copy.
///
/// Third-party crates are those that this test's own cargo built: they are the same to the last flag, and an outer `cargo
/// test` holds no lock while tests run. This project's crates must not be: cargo names what it builds of a package by its
/// place in the workspace, not on the disk, so that the copy's would take the place of ours and be taken for them.
/// Therefore they have another profile here, by a setting of which third-party crates have their own (`package."*"` in
/// `Cargo.toml`) and that nobody else chooses. The program, the one file without a hash in its name, goes to a folder of
/// its own.
fn cargo(copy: &Path, target: &Path, arguments: &[&str]) {
    use std::os::unix::fs::MetadataExt as _;
    let outer = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).args(["--offline", "--locked"]).current_dir(copy);
    command.args(["--config", "profile.dev.debug='line-directives-only'"]);
    command.env("CARGO_TARGET_DIR", target).env("CARGO_BUILD_BUILD_DIR", outer).env("INSTA_UPDATE", "no");
    let of_this_package = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in std::env::vars().filter(|(name, _)| of_this_package(name)) {
        command.env_remove(name);
    }
    let mut ours = programs(&outer.join("debug/deps"));
    // What an earlier run of this test built of the copy is the copy's own, and may be built anew.
    let earlier = std::fs::metadata(target.join("debug/harness")).ok().map(|facts| facts.ino());
    ours.retain(|(_, file)| Some(*file) != earlier);
    let done = said(&mut command);
    assert_eq!(done.code, 0, "cargo {}\n{}\n{}", arguments.join(" "), done.stdout, done.stderr);
    let now = programs(&outer.join("debug/deps"));
    assert!(ours.is_subset(&now), "the copy was built in the place of this checkout");
}

/// The programs that cargo built, each by its name, which has a hash, and its file.
fn programs(deps: &Path) -> BTreeSet<(std::ffi::OsString, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    let listing = std::fs::read_dir(deps).unwrap().map(|entry| entry.unwrap());
    let programs = listing.filter(|entry| entry.path().extension().is_none());
    let of_harness = programs.filter(|entry| entry.file_name().to_string_lossy().starts_with("harness-"));
    of_harness.map(|entry| (entry.file_name(), entry.metadata().unwrap().ino())).collect()
}

#[test]
fn a_paper_and_a_task_are_a_folder_and_a_line_each() {
    let Some(before) = tracked() else {
        // Not eprintln!, which the test harness keeps to itself where a test passes.
        let _ = writeln!(std::io::stderr(), "skipped: a copy needs git, and a checkout that it knows");
        return;
    };
    let guide = String::from_utf8(before["CONTRIBUTING.md"].clone()).unwrap();
    let mut after = before.clone();
    copy_folders(&guide, &mut after);
    add_lines(&guide, &mut after);

    let of = |(name, bytes): (&String, &Vec<u8>)| {
        (before[name] != *bytes).then(|| (name.clone(), changed(&before[name], bytes)))
    };
    let (old, new): (Vec<_>, Vec<_>) = after.iter().partition(|(name, _)| before.contains_key(*name));
    let edits: Vec<_> = old.into_iter().filter_map(of).collect();
    let line = |file: &str, line: &str| (file.to_owned(), (vec![line.to_owned()], 0));
    let lines =
        [line("replications/lib.rs", "            toy trains,"), line("results/src/tasks.rs", "    count::Count,")];
    assert_eq!(edits, lines);
    let within = |name: &str| name.starts_with("replications/toy/") || name.starts_with("results/src/tasks/count/");
    assert!(new.len() > 5 && new.iter().all(|(name, _)| within(name)), "{:?}", new.iter().map(|it| it.0));

    // One fixed place, so that what was built of it is found again; one process at a time.
    let room = Path::new(env!("CARGO_TARGET_TMPDIR")).join("toy");
    std::fs::create_dir_all(&room).unwrap();
    let lock = File::create(room.join("lock")).unwrap();
    lock.lock().unwrap();
    let copy = room.join("checkout");
    put(&after, &copy);
    let mut place = Place::with_runner(COUNTED);
    let target = room.join("target");
    cargo(&copy, &target, &["build", "-p", "harness"]);
    place.program = target.join("debug/harness");
    used(&place, &copy);
    // What CONTRIBUTING.md says checks a paper.
    cargo(&copy, &target, &["test", "-p", "replications"]);
}

/// Uses the copy's harness as anybody would.
fn used(place: &Place, copy: &Path) {
    let harness = |arguments: &[&str]| -> Said { said(place.command(arguments).arg("--quiet").current_dir(copy)) };
    let json = |said: &Said| -> Value { serde_json::from_str(&said.stdout).unwrap() };
    let row = |object: &Value, claim: &str| {
        object["rows"].as_array().unwrap().iter().find(|row| row["claim"] == claim).unwrap().clone()
    };

    let shown = harness(&["show", "toy"]);
    assert_eq!(shown.code, 0, "{shown:?}");
    assert!(shown.stdout.contains("Counting Lit Pixels") && shown.stdout.contains("mean absolute error"), "{shown:?}");
    assert!(shown.stdout.contains("1000 grids, a pixel is lit with a probability of 0.5"), "{}", shown.stdout);

    let instant = harness(&["replicate", "toy", "--tier", "instant", "--json"]);
    assert_eq!(instant.code, 0, "{instant:?}");
    let object = json(&instant);
    for (claim, parameters) in [("counter-parameters", 17), ("half-parameters", 9)] {
        let row = row(&object, claim);
        assert_eq!((row["value"].as_f64(), &row["verdict"]), (Some(f64::from(parameters)), &"agrees".into()), "{row}");
    }
    assert_eq!(row(&object, "t1-counter")["verdict"], "not run");

    let ran = harness(&["replicate", "toy", "--tier", "train", "--json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let object = json(&ran);
    for (claim, value) in [("t1-counter", 0.5), ("t1-half", 1.5)] {
        let row = row(&object, claim);
        assert_eq!((&row["value"], &row["n"], &row["unit"]), (&value.into(), &8.into(), &"count".into()), "{row}");
        let [low, high] = ["low", "high"].map(|end| row[end].as_f64().unwrap());
        assert!(low < value && value < high, "{row}");
        assert_eq!(row["verdict"], "consistent", "{row}");
    }
    let mut rows = object["rows"].as_array().unwrap().iter();
    let pair = rows.find(|row| row["id"] == "measured/toy-counter/difference/toy-grids/plain/versus-toy-half");
    let pair = pair.expect("the task's paired test");
    assert_eq!((&pair["value"], &pair["unit"]), (&Value::from(-1.0), &"count".into()), "{pair}");
    let reason = "against toy-half by mean absolute error, Student's test of the differences, p = ";
    assert!(pair["reason"].as_str().unwrap().starts_with(reason), "{pair}");
    let page = std::fs::read_to_string(place.path("site/toy/index.html")).unwrap();
    assert!(page.contains("mean absolute error") && page.contains("0.500"), "the page does not show the value");

    let rescored = harness(&["rescore", "--json"]);
    assert_eq!(rescored.code, 0, "{rescored:?}");
    let files = json(&rescored);
    let files = files.as_array().unwrap();
    assert_eq!(files.len(), 2);
    assert!(files.iter().all(|file| file["task"] == "count" && file["result"] == "as before"), "{files:?}");
}
