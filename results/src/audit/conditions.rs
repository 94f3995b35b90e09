//! Whether a record is about the specs, the lock and the data as they are now.
//!
//! Must not call an older record wrong: it says what held then.

use spec::lock::{Entry, File};

use super::{Current, Findings, Severity};
use crate::store::Run;

pub(super) fn check(run: &Run, current: &Current, findings: &mut Findings<'_>) {
    let plan = &run.header;
    if let Some(spec) = current.specs.get(&plan.paper) {
        findings.add_unless(*spec == plan.spec_sha256, Severity::Warning, || {
            format!("the spec of {} has changed since; claims and protocols may be others", plan.paper)
        });
    }
    if let Some(lock) = &current.lock_sha256 {
        findings.add_unless(*lock == plan.lock_sha256, Severity::Warning, || {
            "datasets.lock has changed since; see whether the data and weights used here did".to_owned()
        });
    }
    findings.add_unless(!plan.commit.ends_with('+'), Severity::Note, || {
        format!("made with uncommitted changes on top of {}", plan.commit.trim_end_matches('+'))
    });
    for data in &plan.data {
        data_is_known(&data.id, &data.root, current, findings);
    }
}

/// `found`: the root hash over the files that the run read.
fn data_is_known(id: &str, found: &str, current: &Current, findings: &mut Findings<'_>) {
    if id.starts_with("images:") {
        findings.add(Severity::Note, format!("on the user's own images, root hash {found}"));
        return;
    }
    let Some(lock) = &current.lock else { return };
    let Some(entry) = lock.entry(id) else {
        findings.add(Severity::Warning, format!("the lock has no entry `{id}`"));
        return;
    };
    if let Some(pinned) = root(entry).filter(|pinned| *pinned != found) {
        findings.add(
            Severity::Error,
            format!("the root hash of `{id}` is {found}, the lock pins {pinned}; these were other files"),
        );
    }
}

/// The root hash over the entry's files, unpacked ones instead of their archives, where the lock alone says it: for
/// files without archives or beside those that only carry them, and for one archive without files beside it. Of the rest the lock does not list what is
/// unpacked; there the lock's own hash in the record has to do, since the store verified every file before the run.
fn root(entry: &Entry) -> Option<String> {
    if let [file] = entry.files.as_slice()
        && let Some(unpack) = &file.unpack
    {
        return unpack.manifest.as_ref().filter(|_| unpack.to == ".").map(|manifest| manifest.root.clone());
    }
    let line = |file: &File| {
        let pinned = file.unpack.is_none().then_some(file.sha256.as_ref()?)?;
        Some((file.path.clone(), format!("{pinned}  {}  {}\n", file.size?, file.path)))
    };
    let kept = entry.files.iter().filter(|file| !entry.is_carrier(file));
    let mut lines: Vec<(String, String)> = kept.map(line).collect::<Option<_>>()?;
    lines.sort();
    let text: String = lines.into_iter().map(|(_, line)| line).collect();
    Some(base::hash::sha256(text.as_bytes()))
}
