//! Records made of the stored predictions, against the claims of the papers' specs: what each of them comes to.

use std::collections::BTreeMap;
use std::path::Path;

use base::gzip::pack;
use base::hash::sha256;
use results::compare;
use results::import::Imported as Predictions;
use results::row::{Row, Verdict};
use results::store::{Run, Runs};
use spec::event::{Announced, Event, Model, Outcomes};
use spec::imported::Imported;
use spec::job::{Device, MemoryFormat, Precision, Settings};
use spec::lock::PartOf;
use spec::paper::Paper;
use spec::record::{FORMAT, Header};

use crate::imports::mirror::{folder, predictions, references};

fn paper(id: &str) -> Paper {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../replications/{id}/spec.yaml"));
    spec::load::paper(&std::fs::read_to_string(path).unwrap(), "spec.yaml").unwrap_or_else(|error| panic!("{error}"))
}

fn header(paper: &Paper, run: &str) -> Header {
    Header {
        format: FORMAT,
        run: run.to_owned(),
        time: "2026-11-23T21:15:00Z".to_owned(),
        paper: paper.id.clone(),
        subject: None,
        commit: "unknown".to_owned(),
        spec_sha256: String::new(),
        lock_sha256: String::new(),
        command: Vec::new(),
        profile: String::new(),
        settings: Settings {
            seed: 1,
            device: Device::Cpu,
            precision: Precision::Fp32,
            memory_format: MemoryFormat::Contiguous,
            threads: 1,
            loader_threads: 1,
            batch: 1,
            fold_batch_norm: false,
            fuse: false,
        },
        weights: None,
        data: Vec::new(),
        training: None,
        retry_of: None,
        job: serde_json::Value::Null,
    }
}

/// A record as the harness makes it of a file of predictions.
fn record(runs: &Runs, paper: &Paper, imported: &Imported, predictions: &Predictions) -> Run {
    let from = Announced { file: imported.file.clone(), sha256: "0".repeat(64) };
    let (id, by, weights) = (imported.id.clone(), imported.by.clone(), imported.weights.clone());
    let model = Model::Imported { id, by, from, weights };
    keep(runs, paper, &imported.id, predictions, |files| Outcomes {
        network: imported.network.clone(),
        model,
        data: imported.data.clone(),
        protocol: imported.protocol.clone(),
        root: "1".repeat(64),
        ..files
    })
}

/// A record of one file of outcomes, of which `about` says what they are of.
fn keep(
    runs: &Runs,
    paper: &Paper,
    run: &str,
    predictions: &Predictions,
    about: impl FnOnce(Outcomes) -> Outcomes,
) -> Run {
    let written = predictions.table.write().unwrap();
    let mut writer = runs.create(&header(paper, run)).unwrap();
    let keep = |name: &str, text: &str| {
        let packed = pack(text.as_bytes()).unwrap();
        std::fs::write(writer.dir().join(name), &packed).unwrap();
        Announced { file: name.to_owned(), sha256: sha256(&packed) }
    };
    let examples = keep("examples.csv.gz", &written.examples.unwrap());
    let outcomes = keep("outcomes.csv.gz", &written.outcomes);
    let outcomes = about(Outcomes {
        task: predictions.task.id().to_owned(),
        network: String::new(),
        model: Model::Baseline,
        data: String::new(),
        protocol: String::new(),
        metrics: predictions.task.asked().to_vec(),
        file: outcomes.file,
        count: predictions.table.len() as u64,
        sha256: outcomes.sha256,
        examples: Some(examples),
        root: String::new(),
        part_of: None,
        already_resized: None,
    });
    writer.append(&Event::Outcomes(Box::new(outcomes))).unwrap();
    writer.append(&Event::Finished { at: 1.0 }).unwrap();
    writer.seal().unwrap();
    let dir = writer.dir().to_owned();
    drop(writer);
    Run::open(&dir).unwrap()
}

fn line(row: &Row) -> String {
    let verdict = row.verdict.map_or("-", Verdict::as_str);
    format!("{} | {:.3} | {verdict}", row.id, row.value.unwrap_or(f64::NAN))
}

#[test]
fn verdicts_on_stored_predictions() {
    let Some(folder) = folder() else { return };
    let references = references(&folder);
    let mut lines = Vec::new();
    for id in ["alexnet", "vgg", "googlenet", "resnet"] {
        let paper = paper(id);
        let place = tempfile::tempdir().unwrap();
        let runs = Runs::at(place.path());
        let all: Vec<Run> = paper
            .imported
            .iter()
            .filter_map(|imported| {
                let predictions = predictions(&folder, &imported.file, &references)?;
                Some(record(&runs, &paper, imported, &predictions))
            })
            .collect();
        let comparison = compare(&paper, &BTreeMap::new(), &all, &BTreeMap::new(), &|_| None);
        assert_eq!(comparison.problems, []);
        // Where another protocol is claimed there is a gap, and nothing more to be seen.
        let measured = comparison.rows.iter().filter(|row| row.value.is_some() && row.protocol == row.claim_protocol);
        lines.extend(measured.map(line));
    }
    insta::assert_snapshot!(lines.join("\n"));
}

/// What was run here on a part, in another order and folder, beside the same weights' imported answers on the whole.
#[test]
fn agreement_image_by_image() {
    let paper = paper("resnet");
    let place = tempfile::tempdir().unwrap();
    let runs = Runs::at(place.path());
    let of = |labels: &str, answers: &str| {
        results::import::read(Path::new("p.csv"), answers.as_bytes(), &crate::imports::text("l.csv", labels)).unwrap()
    };
    let whole = of("file,class\na.jpg,0\nb.jpg,1\nc.jpg,2\nd.jpg,3\n", "0\n7\n2\n8\n");
    let part = of("file,class\nval/d.jpg,3\nval/b.jpg,1\nval/a.jpg,0\n", "3\n7\n0\n");
    let imported =
        paper.imported.iter().find(|imported| imported.weights.as_deref() == Some("resnet18-torchvision")).unwrap();
    let theirs = record(&runs, &paper, imported, &whole);
    let ours = |run: &str, weights: &str| {
        let model = Model::Released { weights: weights.to_owned() };
        keep(&runs, &paper, run, &part, |files| Outcomes {
            network: imported.network.clone(),
            model,
            data: "imagenet-val-650".to_owned(),
            protocol: imported.protocol.clone(),
            root: "2".repeat(64),
            part_of: Some(PartOf { whole: imported.data.clone(), of: 4, how: "the first".to_owned() }),
            ..files
        })
    };
    let all =
        [theirs, ours("r1", "resnet18-torchvision"), ours("r2", "resnet18-torchvision"), ours("r3", "resnet18-other")];
    let comparison = compare(&paper, &BTreeMap::new(), &all, &BTreeMap::new(), &|_| None);
    assert_eq!(comparison.problems, []);
    let rows: Vec<&Row> = comparison.rows.iter().filter(|row| row.id.contains("same-answer")).collect();
    let [row] = rows[..] else { panic!("{rows:?}") };
    assert_eq!(row.id, "measured/resnet18/same-answer/imagenet-val-650/center-224/resnet18-torchvision-imagenetv2");
    assert_eq!((row.n, row.correct, row.run.as_deref()), (Some(3), Some(2), Some("r2")));
    assert!(
        row.verdict.is_none() && row.reason.as_deref().is_some_and(|reason| reason.contains("ImageNetV2")),
        "{row:?}"
    );
    // Images that were resized before are compared too, and it is said.
    let mut resized = all.clone();
    for file in resized.iter_mut().flat_map(|run| &mut run.outcomes) {
        if matches!(file.model, Model::Released { .. }) {
            file.protocol.push_str(" without resize");
            file.already_resized = Some("squeezed".to_owned());
        }
    }
    let rows = compare(&paper, &BTreeMap::new(), &resized, &BTreeMap::new(), &|_| None).rows;
    let row = rows.iter().find(|row| row.id.contains("same-answer")).unwrap();
    assert!(row.reason.as_deref().is_some_and(|reason| reason.ends_with("already squeezed")), "{row:?}");
    // On the whole set, the import stands where the claim is about its weights, and nowhere else.
    let shown = |claim: &str| comparison.rows.iter().find(|row| row.id == claim).unwrap();
    assert_eq!(shown("tv-resnet18-v1-top1").n, Some(4));
    assert_eq!(shown("fb-resnet18-center-top1").n, Some(3));
    // Where neither can be decided, what was run here stands.
    let mut gap = paper.clone();
    gap.claims.iter_mut().find(|claim| claim.id == "tv-resnet18-v1-top1").unwrap().gap = Some("other pictures".into());
    let comparison = compare(&gap, &BTreeMap::new(), &all, &BTreeMap::new(), &|_| None);
    let row = comparison.rows.iter().find(|row| row.id == "tv-resnet18-v1-top1").unwrap();
    assert_eq!((row.n, row.verdict), (Some(3), Some(Verdict::ProtocolGap)));
}
