//! A finished record is closed: what is changed in it afterwards is seen, and counts for nothing.

use std::path::Path;

use base::hash::sha256;
use results::audit::{Current, Severity, audit};
use results::row::Verdict;
use results::store::{EVENTS, HEADER, LOG, Run, Runs, SCORES};
use results::{rescore, sealing, store};
use spec::event::{Event, Measurement};

use crate::experiment::{compared, everything, row};
use crate::made_up::{self, Plan, answered, begun, close, finished};

/// Errors that the audit finds, without the names of folders.
fn errors(folder: &Path) -> Vec<String> {
    let findings = audit(folder, &Current::default()).unwrap().findings;
    let errors = findings.into_iter().filter(|found| found.severity == Severity::Error);
    errors.map(|found| found.message.replace(&folder.display().to_string(), "<runs>")).collect()
}

/// A closed record of an experiment, with its scores and a log.
fn closed(folder: &Path) -> Run {
    let run = everything(&Runs::at(folder), "r1");
    std::fs::write(run.dir.join(LOG), "one line\n").unwrap();
    close(&run)
}

/// Changes a text in a file, and nothing else.
fn edit(path: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{text}");
    std::fs::write(path, text.replace(from, to)).unwrap();
}

#[test]
fn the_root_hash_is_what_its_description_says() {
    let folder = tempfile::tempdir().unwrap();
    let run = closed(folder.path());
    let seal = run.seal.unwrap();
    let events = std::fs::read_to_string(run.dir.join(EVENTS)).unwrap();
    let (before, last) = events.trim_end().rsplit_once('\n').unwrap();
    assert!(last.starts_with("{\"event\":\"sealed\""), "{last}");
    let file = |name: &str| sha256(&std::fs::read(run.dir.join(name)).unwrap());
    let lines = [
        format!("{}  {HEADER}\n", file(HEADER)),
        format!("{}  {EVENTS}\n", sha256(format!("{before}\n").as_bytes())),
        format!("{}  {SCORES}\n", file(SCORES)),
        format!("{}  {LOG}\n", file(LOG)),
    ];
    assert_eq!(seal.root, sha256(lines.concat().as_bytes()));
    assert!(errors(folder.path()).is_empty());
}

/// What is done to the record in a folder.
type Tamper = dyn Fn(&Path);

#[test]
fn a_changed_record_is_not_read() {
    let drop_line = |dir: &Path, with: &str| {
        let text = std::fs::read_to_string(dir.join(EVENTS)).unwrap();
        let kept: Vec<&str> = text.lines().filter(|line| !line.contains(with)).collect();
        assert!(kept.len() < text.lines().count());
        std::fs::write(dir.join(EVENTS), kept.join("\n") + "\n").unwrap();
    };
    let again = |dir: &Path, with: &str| {
        let text = std::fs::read_to_string(dir.join(EVENTS)).unwrap();
        let line = text.lines().find(|line| line.contains(with)).unwrap();
        std::fs::write(dir.join(EVENTS), format!("{text}{line}\n")).unwrap();
    };
    let changes: [(&str, Box<Tamper>); 6] = [
        ("how far it was trained", Box::new(|dir| edit(&dir.join(EVENTS), "\"steps\":1000", "\"steps\":2000"))),
        ("an event less", Box::new(move |dir| drop_line(dir, "\"event\":\"outcomes\""))),
        ("an event twice", Box::new(move |dir| again(dir, "\"event\":\"outcomes\""))),
        ("the seed", Box::new(|dir| edit(&dir.join(HEADER), "\"seed\": 0", "\"seed\": 1"))),
        (
            "a hash in the seal",
            Box::new(|dir| {
                edit(&dir.join(EVENTS), "\"file\":\"plan.json\",\"sha256\":\"", "\"file\":\"plan.json\",\"sha256\":\"0")
            }),
        ),
        ("line endings", Box::new(|dir| edit(&dir.join(EVENTS), "\n", "\r\n"))),
    ];
    for (what, change) in changes {
        let folder = tempfile::tempdir().unwrap();
        let run = closed(folder.path());
        change(&run.dir);
        let listing = Runs::at(folder.path()).list().unwrap();
        assert!(listing.runs.is_empty(), "{what}");
        let [lost] = listing.unreadable.as_slice() else { panic!("{what}: {:?}", listing.unreadable) };
        assert_eq!(lost.paper.as_deref(), Some("trained"), "{what}");
        assert!(lost.to_string().contains("seal"), "{what}: {lost}");
        assert_eq!(errors(folder.path()).len(), 1, "{what}");
    }
}

#[test]
fn a_seal_taken_away_costs_the_record() {
    let folder = tempfile::tempdir().unwrap();
    let run = closed(folder.path());
    let text = std::fs::read_to_string(run.dir.join(EVENTS)).unwrap();
    let (before, _) = text.trim_end().rsplit_once('\n').unwrap();
    // Half of it, as a crash leaves it, is no seal either.
    // One that is called another event is none, and what was edited into the rest counts for nothing.
    for end in ["\n", "\n{\"event\":\"sea", "\n{\"event\":\"sealfd\"}\n"] {
        std::fs::write(run.dir.join(EVENTS), format!("{before}{end}")).unwrap();
        let told = Run::open(&run.dir).unwrap_err().to_string();
        assert!(told.contains("harness records seal"), "{told}");
        let listing = Runs::at(folder.path()).list().unwrap();
        assert_eq!((listing.runs.len(), listing.unreadable.len()), (0, 1));
        assert_eq!(errors(folder.path()).len(), 1);
        assert_eq!(rescore::rescore(folder.path()).unwrap().unreadable.len(), 1);
    }
    // Nothing else is wrong with it.
    let sealing = sealing::seal(folder.path()).unwrap();
    assert_eq!((sealing.closed.len(), sealing.problems.len()), (1, 0), "{:?}", sealing.problems);
    assert!(errors(folder.path()).is_empty());
    assert_eq!(sealing::seal(folder.path()).unwrap().before, 1);
    assert!(store::seal(&Run::open(&run.dir).unwrap()).unwrap_err().to_string().contains("seal already"));
}

#[test]
fn a_record_cut_before_its_end_is_not_one_that_is_going_on() {
    let folder = tempfile::tempdir().unwrap();
    let run = closed(folder.path());
    let text = std::fs::read_to_string(run.dir.join(EVENTS)).unwrap();
    let cut: Vec<&str> = text
        .lines()
        .filter(|line| !line.contains("\"event\":\"finished\"") && !line.contains("\"event\":\"sealed\""))
        .collect();
    std::fs::write(run.dir.join(EVENTS), cut.join("\n") + "\n").unwrap();
    let told = Run::open(&run.dir).unwrap_err().to_string();
    assert!(told.contains("its last lines are gone"), "{told}");
    assert_eq!(errors(folder.path()).len(), 1);
}

#[test]
fn while_it_is_being_written_the_seal_is_not_missed() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let mut record = begun(&runs, &Plan { images: 10, ..Plan::new("r1") }, &answered(10, 3, 7)).unwrap();
    record.append(&Event::Finished { at: 1.0 }).unwrap();
    assert!(runs.open("r1").unwrap().is_finished());
    let root = record.seal().unwrap();
    drop(record);
    assert_eq!(runs.open("r1").unwrap().seal.unwrap().root, root);
}

#[test]
fn a_seal_made_by_hand_covers_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let run = closed(folder.path());
    made_up::unseal(&run.dir);
    let [scores, log] = [SCORES, LOG].map(|name| std::fs::read(run.dir.join(name)).unwrap());
    for name in [SCORES, LOG] {
        std::fs::remove_file(run.dir.join(name)).unwrap();
    }
    store::seal(&Run::open_unsealed(&run.dir).unwrap()).unwrap();
    std::fs::write(run.dir.join(SCORES), scores).unwrap();
    std::fs::write(run.dir.join(LOG), log).unwrap();
    let found = errors(folder.path());
    for name in [SCORES, LOG] {
        assert!(found.iter().any(|line| line.contains(&format!("the seal does not cover {name}"))), "{found:?}");
    }
}

#[test]
fn scores_and_the_log_are_sealed_too() {
    for name in [SCORES, LOG] {
        let folder = tempfile::tempdir().unwrap();
        let run = closed(folder.path());
        let path = run.dir.join(name);
        std::fs::write(&path, if name == SCORES { "[]\n" } else { "" }).unwrap();
        let told = || {
            let found = errors(folder.path());
            assert!(matches!(&found[..], [line] if line.contains(name)), "{found:?}");
            let unreadable = rescore::rescore(folder.path()).unwrap().unreadable.len();
            assert_eq!(unreadable, usize::from(name == SCORES));
        };
        told();
        std::fs::remove_file(&path).unwrap();
        told();
        // Neither is what verdicts are made of.
        assert!(compared(&[Run::open(&run.dir).unwrap()]).problems.is_empty());
    }
}

/// A record without a seal that was changed in one place.
fn open(change: impl Fn(&Path)) -> (tempfile::TempDir, Run) {
    let folder = tempfile::tempdir().unwrap();
    let run = everything(&Runs::at(folder.path()), "r1");
    made_up::unseal(&run.dir);
    change(&run.dir);
    let run = Run::open_unsealed(&run.dir).unwrap();
    (folder, run)
}

#[test]
fn a_training_is_as_long_as_its_curve() {
    for (from, to, says) in [
        ("\"steps\":1000,\"of\":1000", "\"steps\":3000,\"of\":3000", "ends at step 1000"),
        ("\"steps\":1000,\"of\":1000", "\"steps\":1000,\"of\":3000", "by the whole recipe"),
        ("\"words\":\"1,000 of", "\"words\":\"9,000 of", "are said to be"),
    ] {
        let (folder, run) = open(|dir| edit(&dir.join(EVENTS), from, to));
        let comparison = compared(&[run]);
        assert_eq!(row(&comparison.rows, "clean").verdict, Some(Verdict::NotRun), "{says}");
        assert!(comparison.problems.iter().any(|problem| problem.message.contains(says)), "{:?}", comparison.problems);
        // Such a record is not closed.
        let sealing = sealing::seal(folder.path()).unwrap();
        assert!(sealing.closed.is_empty());
        assert!(sealing.problems.iter().any(|problem| problem.message.contains(says)), "{:?}", sealing.problems);
    }
    let (folder, run) = open(|dir| {
        let note = "{\"event\":\"note\",\"text\":\"net: 700 of 1000 steps fit the budget\"}\n{\"event\":\"finished\"";
        edit(&dir.join(EVENTS), "{\"event\":\"finished\"", note);
    });
    let sealing = sealing::seal(folder.path()).unwrap();
    assert!(sealing.problems[0].message.contains("700 of 1000 fitted the budget"), "{:?}", sealing.problems);
    assert_eq!(row(&compared(&[run]).rows, "clean").verdict, Some(Verdict::NotRun));
}

/// Trainings one after the other, of which each has its own curve, are as long together as they are each.
#[test]
fn trainings_one_after_the_other_add_up() {
    let parts = |all: &str, parts: [u64; 2]| {
        let [first, second] = parts;
        let part = |name: &str, steps| format!("{{\"training\":\"{name}\",\"steps\":{steps},\"of\":{steps}}}");
        let told = format!("{all},\"complete\":true,\"words\":\"{first} of {first} steps\",\"parts\":");
        let from = "\"steps\":1000,\"of\":1000,\"complete\":true,\"words\":\"1,000 of 1,000 steps\"";
        open(|dir| edit(&dir.join(EVENTS), from, &format!("{told}[{},{}]", part("net", first), part("more", second))))
    };
    let (_folder, run) = parts("\"steps\":1500,\"of\":1500", [1000, 500]);
    assert!(compared(&[run]).problems.is_empty());
    let (_folder, run) = open(|dir| {
        let from = "\"steps\":1000,\"of\":1000,\"complete\":true,\"words\":\"1,000 of 1,000 steps\"";
        let part = "\"parts\":[{\"training\":\"net\",\"steps\":1000,\"of\":900},{\"training\":\"more\",\"steps\":500,\"of\":600}]";
        let told = format!("\"steps\":1500,\"of\":1500,\"complete\":true,\"words\":\"1,000 of 900 steps\",{part}");
        edit(&dir.join(EVENTS), from, &told);
    });
    let problems = compared(&[run]).problems;
    assert!(
        problems.iter().any(|problem| problem.message.contains("net: 1000 of 900 steps are no training")),
        "{problems:?}"
    );
    for (all, each, says) in [
        ("\"steps\":1500,\"of\":1500", [1000, 600], "are said to be parts of 1600 of 1600"),
        ("\"steps\":1500,\"of\":1500", [900, 600], "900 steps were done, the curve net.csv ends at step 1000"),
    ] {
        let (_folder, run) = parts(all, each);
        let comparison = compared(&[run]);
        assert_eq!(row(&comparison.rows, "clean").verdict, Some(Verdict::NotRun), "{says}");
        assert!(comparison.problems.iter().any(|problem| problem.message.contains(says)), "{:?}", comparison.problems);
    }
}

#[test]
fn a_speed_is_the_median_of_its_samples() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let mut record = begun(&runs, &Plan { images: 10, ..Plan::new("r1") }, &answered(10, 3, 7)).unwrap();
    let rate = |value| {
        Event::Measurement(Measurement {
            name: "throughput.network".into(),
            value,
            unit: None,
            low: None,
            high: None,
            samples: vec![19.0, 20.0, 22.0],
        })
    };
    record.append(&rate(40.0)).unwrap();
    record.append(&Event::Finished { at: 1.0 }).unwrap();
    record.seal().unwrap();
    drop(record);
    let run = runs.open("r1").unwrap();
    assert!(run.measurement("throughput.network").is_none() && run.contradicted.len() == 1);
    let paper = crate::made_up::paper();
    let comparison = crate::made_up::compared(&paper, std::slice::from_ref(&run));
    assert!(comparison.problems[0].message.contains("said to be 40, the median of its 3 samples is 20"));
    assert!(comparison.rows.iter().all(|row| row.value != Some(40.0) && row.value != Some(20.0)));
    assert!(errors(folder.path()).iter().any(|line| line.contains("said to be 40")));
}

#[test]
fn files_and_events_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let run = finished(&Runs::at(folder.path()), &Plan { images: 10, ..Plan::new("r1") }, &answered(10, 3, 7));
    std::fs::write(run.dir.join("outcomes-more.csv.gz"), "").unwrap();
    let text = std::fs::read_to_string(run.dir.join(EVENTS)).unwrap();
    let line = text.lines().find(|line| line.contains("\"event\":\"outcomes\"")).unwrap();
    made_up::edit(&run.dir.join(EVENTS), line, &format!("{line}\n{line}"));
    let found = errors(folder.path());
    assert!(found.iter().any(|line| line.contains("no event announces outcomes-more.csv.gz")), "{found:?}");
    assert!(found.iter().any(|line| line.contains("announces answers.csv.gz twice")), "{found:?}");
    // A later process of the run may say again what an earlier one said.
    made_up::edit(
        &run.dir.join(EVENTS),
        &format!("{line}\n{line}"),
        &format!("{line}\n{}\n{line}", "{\"event\":\"resumed\",\"what\":\"net\",\"step\":1,\"at\":0.0}"),
    );
    assert!(!errors(folder.path()).iter().any(|line| line.contains("twice")));
}

#[test]
fn a_curve_and_a_picture_that_are_not_those_announced_are_named() {
    for name in ["net.csv", "net.png"] {
        let folder = tempfile::tempdir().unwrap();
        let run = everything(&Runs::at(folder.path()), "r1");
        std::fs::write(run.dir.join(name), "step,loss\n1000,0\n").unwrap();
        let comparison = compared(&[run]);
        assert!(comparison.problems.iter().any(|problem| problem.message.contains(name)), "{:?}", comparison.problems);
        // What was measured stands.
        assert!(row(&comparison.rows, "clean").value.is_some());
        assert!(errors(folder.path()).iter().any(|line| line.contains(name)));
    }
}

#[test]
fn what_has_not_finished_is_not_closed() {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    drop(begun(&runs, &Plan { images: 10, ..Plan::new("r1") }, &answered(10, 3, 7)).unwrap());
    let run = runs.open("r1").unwrap();
    assert!(store::seal(&run).unwrap_err().to_string().contains("has not finished"));
    let sealing = sealing::seal(folder.path()).unwrap();
    assert_eq!((sealing.closed.len(), sealing.unfinished, sealing.problems.len()), (0, 1, 0));
}
