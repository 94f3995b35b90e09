//! What people read when the parts of a spec about training are wrong: every rule, with its line, column and snippet.

use spec::load::{self, Step};

use crate::sample::{TRAINED, with};

/// The messages for the sample with the changes made, in the order given.
fn broken(changes: &[(&str, &str)]) -> String {
    let text = changes.iter().fold(TRAINED.to_owned(), |text, (from, to)| with(&text, from, to));
    load::paper(&text, "spec.yaml").expect_err("the changed sample must not load").to_string()
}

#[test]
fn conditions() {
    insta::assert_snapshot!(broken(&[("  - id: clean", "  - id: center-224"), ("    source: TY 5", "    source: ''")]), @"
    spec.yaml:21:9: `center-224` is a protocol's id too; claims could mean either
        |
     21 |   - id: center-224
        |         ^^^^^^^^^^

    spec.yaml:33:13: source is empty; say it in a few words
        |
     33 |     source: ''
        |             ^^
    ");
    insta::assert_snapshot!(broken(&[("  - id: parzen", "  - id: clean")]), @"
    spec.yaml:30:9: condition id `clean` stands already in line 21; ids must be unique
        |
     30 |   - id: clean
        |         ^^^^^

    spec.yaml:69:15: protocol `parzen` is not in this spec; it has: `center-224`, `clean`, `fgsm-0.25`, `clean`
        |
     69 |     protocol: parzen
        |               ^^^^^^
    ");
    insta::assert_snapshot!(broken(&[("alters: true", "alters: maybe")]), @"
    spec.yaml:26:13: invalid boolean (true or false expected)
        |
     26 |     alters: maybe
        |             ^^^^^
    ");
}

/// What a paper's own folder may ask of its part of the spec.
#[derive(Debug, serde::Deserialize)]
struct Own {
    training: Recipe,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Recipe {
    batch: usize,
    learning_rate: f64,
}

#[test]
fn a_papers_own_part() {
    let read = |from: &str, to: &str| {
        load::part::<Own>(&with(TRAINED, from, to), "spec.yaml", |own, findings| {
            if own.training.learning_rate <= 0.0 {
                findings
                    .add(&[Step::Key("training"), Step::Key("learning_rate")], "the learning rate must be positive");
            }
        })
    };
    assert_eq!(read("batch: 128", "batch: 32").unwrap().training.batch, 32);
    let errors = [
        read("batch: 128", "batches: 128"),
        read("batch: 128", "batch: many"),
        read("learning_rate: 0.1", "learning_rate: 0"),
        read("batch: 128, ", ""),
    ];
    insta::assert_snapshot!(errors.map(|error| error.unwrap_err().to_string()).join("\n"), @"
    spec.yaml:14:13: unknown field `batches`, expected one of batch, learning_rate
        |
     14 | training: { batches: 128, learning_rate: 0.1 }
        |             ^^^^^^^
    spec.yaml:14:20: invalid u64
        |
     14 | training: { batch: many, learning_rate: 0.1 }
        |                    ^^^^
    spec.yaml:14:40: the learning rate must be positive
        |
     14 | training: { batch: 128, learning_rate: 0 }
        |                                        ^
    spec.yaml:14:13: missing field `batch`
        |
     14 | training: { learning_rate: 0.1 }
        |             ^^^^^^^^^^^^^
    ");
}

#[test]
fn experiments() {
    insta::assert_snapshot!(broken(&[
        ("  - id: toy-mnist", "  - id: maker"),
        ("networks: [toy, maker]", "networks: [toy, makers]"),
        ("    data: [mnist]\n", "    data: [mnist]\n    weights: [toy-released]\n"),
        ("what: five epochs, networks: [toy]", "what: ' ', networks: [maker]"),
    ]), @"
    spec.yaml:35:9: `maker` is a network's id too; `replicate` could mean either
        |
     35 |   - id: maker
        |         ^^^^^

    spec.yaml:37:21: network `makers` is not in this spec; it has: `toy`, `maker`
        |
     37 |     networks: [toy, makers]
        |                     ^^^^^^

    spec.yaml:39:15: weights `toy-released` is not in this spec; it has: none
        |
     39 |     weights: [toy-released]
        |               ^^^^^^^^^^^^

    spec.yaml:40:32: what is empty; say it in a few words
        |
     40 |     smoke: { steps: 500, what: ' ', networks: [maker], recipe: { batch: 64 } }
        |                                ^^^

    spec.yaml:40:48: network `maker` is not in this spec; it has: `toy`, `makers`
        |
     40 |     smoke: { steps: 500, what: ' ', networks: [maker], recipe: { batch: 64 } }
        |                                                ^^^^^
    ");
    insta::assert_snapshot!(broken(&[
        ("networks: [toy, maker]", "networks: []"),
        ("what: five epochs, networks: [toy]", "what: five epochs"),
    ]), @"
    spec.yaml:37:15: an experiment without networks; name those that it trains or attacks
        |
     37 |     networks: []
        |               ^
    ");
    insta::assert_snapshot!(broken(&[("smoke: { steps: 500", "smoke: { step: 500")]), @"
    spec.yaml:39:14: unknown field `step`, expected one of steps, complete, what, networks, recipe
        |
     39 |     smoke: { step: 500, what: five epochs, networks: [toy], recipe: { batch: 64 } }
        |              ^^^^
    ");
    insta::assert_snapshot!(broken(&[("train: { steps: 60000", "train: { steps: -1")]), @"
    spec.yaml:40:21: invalid u64
        |
     40 |     train: { steps: -1, complete: true, what: the recipe }
        |                     ^^
    ");
}

#[test]
fn generated_data() {
    insta::assert_snapshot!(broken(&[("sha256: c7e0", "sha256: C7e0")]), @"
    spec.yaml:46:13: `C7e06a6c0baccf06d8dbeb6577d71efff84673a5dbdd50633ab44f8ea0456ae0` is no SHA-256: 64 lower-case hex digits
        |
     46 |     sha256: C7e06a6c0baccf06d8dbeb6577d71efff84673a5dbdd50633ab44f8ea0456ae0
        |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    ");
}

#[test]
fn claims_name_conditions_and_networks() {
    insta::assert_snapshot!(broken(&[
        ("protocol: fgsm-0.25", "protocol: fgsm-0.3"),
        ("versus: maker", "versus: nobody"),
        ("unit: nats", "unit: percent"),
    ]), @"
    spec.yaml:57:15: protocol `fgsm-0.3` is not in this spec; it has: `center-224`, `clean`, `fgsm-0.25`, `parzen`
        |
     57 |     protocol: fgsm-0.3
        |               ^^^^^^^^

    spec.yaml:58:13: network `nobody` is not in this spec; it has: `toy`, `maker`
        |
     58 |     versus: nobody
        |             ^^^^^^

    spec.yaml:64:12: value -225 is outside 0 to 100 percent
        |
     64 |     value: -225
        |            ^^^^
    ");
}

#[test]
fn boxes_of_classes_that_no_network_tells_apart() {
    let lock = crate::committed::lock();
    let refused = |classes: &str, data: &str| {
        let text = with(TRAINED, "    data: [mnist]\n", &format!("    data: [{data}]\n"));
        let text = with(&text, "28], classes: 10", &format!("28], classes: {classes}"));
        let read = load::paper_with(&text, "spec.yaml", load::Known { lock: Some(&lock), metrics: None });
        read.err().map(|problems| problems.to_string()).unwrap_or_default()
    };
    insta::assert_snapshot!(refused("21", "mnist, coco2017"), @"
    spec.yaml:38:19: the boxes of `coco2017` are of 80 classes, and no network of `toy-mnist` tells so many apart, alone or from the background: theirs are 21; name another set
        |
     38 |     data: [mnist, coco2017]
        |                   ^^^^^^^^
    ");
    insta::assert_snapshot!(refused("21", "voc2007, coco2017, voc2012"), @"
    spec.yaml:38:21: the boxes of `coco2017` are of other classes than those of `voc2007`; take one of them
        |
     38 |     data: [voc2007, coco2017, voc2012]
        |                     ^^^^^^^^
    ");
    for (classes, data) in
        [("20", "voc2007"), ("21", "voc2007, voc2012"), ("80", "coco2014"), ("81", "coco2014, coco2017")]
    {
        assert_eq!(refused(classes, data), "");
    }
}

#[test]
fn data_that_the_lock_does_not_hold() {
    let lock = crate::committed::lock();
    let text = with(TRAINED, "    data: [mnist]\n", "    data: [mnist, minst]\n");
    insta::assert_snapshot!(load::paper_with(&text, "spec.yaml", load::Known { lock: Some(&lock), metrics: None }).unwrap_err(), @"
    spec.yaml:38:19: data set `minst` is no entry of the lock; add it there or name another
        |
     38 |     data: [mnist, minst]
        |                   ^^^^^
    ");
    load::paper_with(TRAINED, "spec.yaml", load::Known { lock: Some(&lock), metrics: None }).unwrap();
}
