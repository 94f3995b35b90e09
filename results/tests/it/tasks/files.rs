//! From a record's announcement to a table: nothing but the announced bytes is read.

use results::Error;
use results::store::Runs;
use results::tasks::from_run;
use spec::event::Outcomes;

use crate::made_up::{Plan, answered, finished};

fn refused(run: &results::Run, file: &Outcomes) -> Error {
    from_run(run, file).map(|table| table.len()).unwrap_err()
}

#[test]
fn changed_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let run = finished(&Runs::at(folder.path()), &Plan::new("r1"), &answered(10, 3, 7));
    let file = &run.outcomes[0];
    let table = from_run(&run, file).unwrap();
    assert!((table.len(), table.is_empty()) == (10, false));
    let count = Outcomes { count: 11, ..file.clone() };
    assert!(matches!(refused(&run, &count), Error::Count { found: 10, recorded: 11, .. }));
    for name in ["../r1/answers.csv.gz", "/etc/hostname", "..", ""] {
        let error = refused(&run, &Outcomes { file: name.into(), ..file.clone() });
        assert!(matches!(error, Error::Line { .. }), "{name}: {error}");
    }
    let upper = Outcomes { sha256: file.sha256.to_uppercase(), ..file.clone() };
    assert!(from_run(&run, &upper).is_ok());
    let examples = run.dir.join(&file.examples.as_ref().unwrap().file);
    let bytes = std::fs::read(&examples).unwrap();
    std::fs::write(&examples, base::gzip::pack(b"class\n1\n").unwrap()).unwrap();
    assert!(matches!(refused(&run, file), Error::Hash { .. }));
    std::fs::write(&examples, bytes).unwrap();
    std::fs::write(run.dir.join(&file.file), base::gzip::pack(b"top1\n1\n").unwrap()).unwrap();
    assert!(matches!(refused(&run, file), Error::Hash { .. }));
    std::fs::remove_file(run.dir.join(&file.file)).unwrap();
    assert!(matches!(refused(&run, file), Error::Io(_)));
}

#[test]
fn packed_files_that_are_torn_or_hold_nonsense_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let run = finished(&Runs::at(folder.path()), &Plan::new("r1"), &answered(10, 3, 7));
    let put = |bytes: &[u8]| {
        let file =
            Outcomes { file: "other.csv.gz".into(), sha256: base::hash::sha256(bytes), ..run.outcomes[0].clone() };
        std::fs::write(run.dir.join(&file.file), bytes).unwrap();
        refused(&run, &file).to_string()
    };
    let packed = std::fs::read(run.dir.join(&run.outcomes[0].file)).unwrap();
    assert!(put(&packed[..packed.len() - 4]).contains("it cannot be unpacked"));
    assert!(put(&base::gzip::pack(b"").unwrap()).contains("the file is empty, its header is missing"));
    // Unpacked text is read as it is.
    assert!(put(b"top1\n3\n").contains("1 examples, the record says 10"));
}
