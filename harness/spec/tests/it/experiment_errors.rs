//! What people read when the parts of a spec about training are wrong: every rule, with its line, column and snippet.

use spec::load;

use crate::sample::{TRAINED, with};

/// The messages for the sample with the changes made, in the order given.
fn broken(changes: &[(&str, &str)]) -> String {
    let text = changes.iter().fold(TRAINED.to_owned(), |text, (from, to)| with(&text, from, to));
    load::paper(&text, "spec.yaml").expect_err("the changed sample must not load").to_string()
}

#[test]
fn conditions() {
    insta::assert_snapshot!(broken(&[
        ("  - id: clean", "  - id: center-224"),
        ("epsilon: 0.25", "epsilon: -0.25"),
        ("made_for: toy", "made_for: toys"),
        ("samples: 10000", "samples: 0"),
        ("    source: TY 5", "    source: ''"),
    ]), @r"
    spec.yaml:20:9: `center-224` is a protocol's id too; claims could mean either
        |
     20 |   - id: center-224
        |         ^^^^^^^^^^

    spec.yaml:25:36: epsilon -0.25 must be 0 or more
        |
     25 |     attack: { kind: fgsm, epsilon: -0.25, clip: true, made_for: toys }
        |                                    ^^^^^

    spec.yaml:25:65: network `toys` is not in this spec; it has: `toy`, `maker`
        |
     25 |     attack: { kind: fgsm, epsilon: -0.25, clip: true, made_for: toys }
        |                                                                 ^^^^

    spec.yaml:30:13: samples, widths and validation must be 1 or more
        |
     30 |     parzen: { samples: 0, widths: 10, from: -1, to: 0, validation: 1000 }
        |             ^

    spec.yaml:31:13: source is empty; say it in a few words
        |
     31 |     source: ''
        |             ^^
    ");
    insta::assert_snapshot!(broken(&[("  - id: parzen", "  - id: clean")]), @r"
    spec.yaml:28:9: condition id `clean` stands already in line 20; ids must be unique
        |
     28 |   - id: clean
        |         ^^^^^

    spec.yaml:67:15: protocol `parzen` is not in this spec; it has: `center-224`, `clean`, `fgsm-0.25`, `clean`
        |
     67 |     protocol: parzen
        |               ^^^^^^
    ");
    insta::assert_snapshot!(broken(&[("kind: fgsm", "kind: fgms")]), @r"
    spec.yaml:25:21: unknown variant `fgms`, expected one of fgsm, sign-noise, uniform-noise, gaussian-noise, rubbish, lbfgs
        |
     25 |     attack: { kind: fgms, epsilon: 0.25, clip: true, made_for: toy }
        |                     ^^^^
    ");
    insta::assert_snapshot!(broken(&[("epsilon: 0.25", "epsilon: .nan")]), @r"
    spec.yaml:25:36: epsilon NaN must be 0 or more
        |
     25 |     attack: { kind: fgsm, epsilon: .nan, clip: true, made_for: toy }
        |                                    ^^^^
    ");
}

#[test]
fn experiments() {
    insta::assert_snapshot!(broken(&[
        ("  - id: toy-mnist", "  - id: maker"),
        ("networks: [toy, maker]", "networks: [toy, makers]"),
        ("    data: [mnist]\n", "    data: [mnist]\n    weights: [toy-released]\n"),
        ("what: five epochs, networks: [toy]", "what: ' ', networks: [maker]"),
        ("batch: 64", "batch: .inf"),
    ]), @r"
    spec.yaml:33:9: `maker` is a network's id too; `replicate` could mean either
        |
     33 |   - id: maker
        |         ^^^^^

    spec.yaml:35:21: network `makers` is not in this spec; it has: `toy`, `maker`
        |
     35 |     networks: [toy, makers]
        |                     ^^^^^^

    spec.yaml:37:15: weights `toy-released` is not in this spec; it has: none
        |
     37 |     weights: [toy-released]
        |               ^^^^^^^^^^^^

    spec.yaml:38:32: what is empty; say it in a few words
        |
     38 |     smoke: { steps: 500, what: ' ', networks: [maker], settings: { batch: .inf } }
        |                                ^^^

    spec.yaml:38:48: network `maker` is not in this spec; it has: `toy`, `makers`
        |
     38 |     smoke: { steps: 500, what: ' ', networks: [maker], settings: { batch: .inf } }
        |                                                ^^^^^

    spec.yaml:38:66: the setting `batch` is inf, not a number to use
        |
     38 |     smoke: { steps: 500, what: ' ', networks: [maker], settings: { batch: .inf } }
        |                                                                  ^
    ");
    insta::assert_snapshot!(broken(&[
        ("networks: [toy, maker]", "networks: []"),
        ("what: five epochs, networks: [toy]", "what: five epochs"),
    ]), @r"
    spec.yaml:35:15: an experiment without networks; name those that it trains or attacks
        |
     35 |     networks: []
        |               ^
    ");
    insta::assert_snapshot!(broken(&[("smoke: { steps: 500", "smoke: { step: 500")]), @r"
    spec.yaml:37:14: unknown field `step`, expected one of steps, complete, what, networks, settings
        |
     37 |     smoke: { step: 500, what: five epochs, networks: [toy], settings: { batch: 64 } }
        |              ^^^^
    ");
    insta::assert_snapshot!(broken(&[("train: { steps: 60000", "train: { steps: -1")]), @r"
    spec.yaml:38:21: invalid u64
        |
     38 |     train: { steps: -1, complete: true, what: the recipe }
        |                     ^^
    ");
}

#[test]
fn made_data() {
    insta::assert_snapshot!(broken(&[("sha256: c7e0", "sha256: C7e0")]), @r"
    spec.yaml:44:13: `C7e06a6c0baccf06d8dbeb6577d71efff84673a5dbdd50633ab44f8ea0456ae0` is no SHA-256: 64 lower-case hex digits
        |
     44 |     sha256: C7e06a6c0baccf06d8dbeb6577d71efff84673a5dbdd50633ab44f8ea0456ae0
        |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    ");
}

#[test]
fn claims_name_conditions_and_networks() {
    insta::assert_snapshot!(broken(&[
        ("protocol: fgsm-0.25", "protocol: fgsm-0.3"),
        ("versus: maker", "versus: nobody"),
        ("unit: nats", "unit: percent"),
    ]), @r"
    spec.yaml:55:15: protocol `fgsm-0.3` is not in this spec; it has: `center-224`, `clean`, `fgsm-0.25`, `parzen`
        |
     55 |     protocol: fgsm-0.3
        |               ^^^^^^^^

    spec.yaml:56:13: network `nobody` is not in this spec; it has: `toy`, `maker`
        |
     56 |     versus: nobody
        |             ^^^^^^

    spec.yaml:62:12: value -225 is outside 0 to 100 percent
        |
     62 |     value: -225
        |            ^^^^

    spec.yaml:63:11: log-likelihood is not written in percent; its units: `nats`
        |
     63 |     unit: percent
        |           ^^^^^^^
    ");
}

#[test]
fn data_that_the_lock_does_not_hold() {
    let lock = crate::committed::lock();
    let text = with(TRAINED, "    data: [mnist]\n", "    data: [mnist, minst]\n");
    insta::assert_snapshot!(load::paper_with_lock(&text, "spec.yaml", &lock).unwrap_err(), @r"
    spec.yaml:36:19: data set `minst` is no entry of the lock; add it there or name another
        |
     36 |     data: [mnist, minst]
        |                   ^^^^^
    ");
    load::paper_with_lock(TRAINED, "spec.yaml", &lock).unwrap();
}
