//! What people read when a spec is wrong: every rule, with its line, column and snippet.

use spec::load;

use crate::sample::{PAPER, with};

/// The messages for the sample with the changes made, in the order given.
fn broken(changes: &[(&str, &str)]) -> String {
    let text = changes.iter().fold(PAPER.to_owned(), |text, (from, to)| with(&text, from, to));
    let error = load::paper(&text, "spec.yaml").expect_err("the changed sample must not load").to_string();
    // The list of all keys is the types' matter.
    match error.split_once("expected one of id,") {
        Some((before, after)) => {
            let (_, after) = after.split_once('\n').unwrap();
            format!("{before}expected one of …\n{after}")
        }
        None => error,
    }
}

#[test]
fn unknown_key() {
    insta::assert_snapshot!(broken(&[("    step: 1e6", "    stp: 1e6")]), @r"
    spec.yaml:55:5: unknown field `stp`, expected one of …
        |
     55 |     stp: 1e6
        |     ^^^
    ");
}

#[test]
fn missing_key() {
    insta::assert_snapshot!(broken(&[("    mark: memory\n", "")]), @r#"
    spec.yaml:67:5: missing field `mark`
        |
     67 |     source: { key: VG, table: T3, section: "4.1" }
        |     ^^^^^^
    "#);
}

#[test]
fn repeated_key() {
    insta::assert_snapshot!(broken(&[("year: 2014", "year: 2014\nyear: 2015")]), @r"
    spec.yaml:6:1: duplicate mapping key `year` is not allowed here
       |
     6 | year: 2015
       | ^^^^
    ");
}

#[test]
fn wrong_type() {
    insta::assert_snapshot!(broken(&[("range: 1\n", "range: one\n")]), @r"
    spec.yaml:43:14: invalid floating point
        |
     43 |       range: one
        |              ^^^
    ");
}

#[test]
fn a_metric_that_no_task_has() {
    let own = spec::metric::MetricInfo {
        metric: spec::metric::Metric::named("words a minute"),
        units: &[spec::metric::Unit::Count],
        kind: spec::metric::MetricKind::Score,
    };
    let text =
        with(&with(PAPER, "metric: parameters", "metric: words a minute"), "metric: top-5 error", "metric: top5");
    let known = load::Known { lock: None, metrics: Some(&[own]) };
    insta::assert_snapshot!(load::paper_with(&text, "spec.yaml", known).unwrap_err(), @"
    spec.yaml:60:13: no task measures `top5`; metrics: `top-1 error`, `top-5 error`, `test error`, `training error`, `error difference`, `parameters`, `parameter ratio`, `multiply-adds`, `layers`, `training time`, `training length`, `speed-up`, `forward time`, `backward time`, `throughput`, `fraction of peak`, `peak memory`, `words a minute`
        |
     60 |     metric: top5
        |             ^^^^
    ");
    let error = load::paper_with(&text.replace("unit: count", "unit: nats"), "spec.yaml", known).unwrap_err();
    assert!(error.to_string().contains("words a minute is not written in nats; its units: `count`"), "{error}");
}

#[test]
fn yaml_itself() {
    insta::assert_snapshot!(broken(&[("authors: [Karen", "authors: [[Karen")]), @r"
    spec.yaml:5:1: invalid indentation
       |
     5 | year: 2014
       | ^
    ");
}

#[test]
fn loose_boolean() {
    insta::assert_snapshot!(broken(&[("    origin: torchvision", "    origin: torchvision\n    paper: yes")]), @r"
    spec.yaml:47:12: invalid boolean (true or false expected)
        |
     47 |     paper: yes
        |            ^^^
    ");
}

#[test]
fn claims_that_contradict_themselves_are_told_together() {
    insta::assert_snapshot!(broken(&[
        ("  - id: e-top5", "  - id: e-params"),
        ("unit: count", "unit: percent"),
        ("step: 0.1", "step: 0"),
        ("value: 9.0", "value: 109"),
    ]), @r"
    spec.yaml:53:12: value 144000000 is outside 0 to 100 percent
        |
     53 |     value: 144e6
        |            ^^^^^

    spec.yaml:54:11: parameters is not written in percent; its units: `count`
        |
     54 |     unit: percent
        |           ^^^^^^^

    spec.yaml:58:9: claim id `e-params` stands already in line 50; ids must be unique
        |
     58 |   - id: e-params
        |         ^^^^^^^^

    spec.yaml:61:12: value 109 is outside 0 to 100 percent
        |
     61 |     value: 109
        |            ^^^

    spec.yaml:63:11: step 0 must be a positive number: the step of the last printed digit (7.3: 0.1)
        |
     63 |     step: 0
        |           ^
    ");
}

#[test]
fn a_mean_of_trainings_tells_how_many_and_how_far_apart() {
    let with = |trainings: &str| broken(&[("step: 0.1", &format!("step: 0.1\n    trainings: {trainings}"))]);
    assert!(with("1").contains("trainings 1: give two or more, of which the number is the mean, or leave it out"));
    assert!(with("5").contains("64:16: a mean of 5 trainings needs `plus_minus`, their standard deviation"));
}

#[test]
fn sources() {
    insta::assert_snapshot!(broken(&[
        ("{ key: VG, table: T2 }", "{ key: VGG, table: T2 }"),
        (r#"{ key: VG, table: T3, section: "4.1" }"#, "{ key: VG }"),
    ]), @r"
    spec.yaml:56:20: source `VGG` is not in this spec; it has: `VG`
        |
     56 |     source: { key: VGG, table: T2 }
        |                    ^^^

    spec.yaml:67:13: source `VG` does not say where; give a table, section, figure, page or file
        |
     67 |     source: { key: VG }
        |             ^
    ");
}

#[test]
fn references() {
    insta::assert_snapshot!(broken(&[
        ("    network: vgg19\n    lock:", "    network: vgg20\n    lock:"),
        ("    protocol: center-224\n    weights:", "    protocol: dense\n    weights:"),
        ("weights: [vgg19-tv]", "weights: [vgg19-tv, vgg19-ours]"),
    ]), @r"
    spec.yaml:36:14: network `vgg20` is not in this spec; it has: `vgg19`
        |
     36 |     network: vgg20
        |              ^^^^^

    spec.yaml:65:15: protocol `dense` is not in this spec; it has: `center-224`
        |
     65 |     protocol: dense
        |               ^^^^^

    spec.yaml:66:15: weights `vgg19-tv` are of network `vgg20`, the claim is about `vgg19`
        |
     66 |     weights: [vgg19-tv, vgg19-ours]
        |               ^^^^^^^^

    spec.yaml:66:25: weights `vgg19-ours` is not in this spec; it has: `vgg19-tv`
        |
     66 |     weights: [vgg19-tv, vgg19-ours]
        |                         ^^^^^^^^^^
    ");
}

#[test]
fn networks_and_protocols() {
    insta::assert_snapshot!(broken(&[
        ("input: [3, 224, 224]", "input: [3, 0, 224]"),
        ("classes: 1000", "classes: 2000000"),
        ("output: [64, 224, 224]", "output: [64, 224]"),
        ("short_side: [256]", "short_side: [256, 128]"),
    ]), @r"
    spec.yaml:15:12: input [3, 0, 224] is no image's shape [C, H, W]
        |
     15 |     input: [3, 0, 224]
        |            ^

    spec.yaml:16:14: 2000000 classes cannot be
        |
     16 |     classes: 2000000
        |              ^^^^^^^

    spec.yaml:17:15: protocol `center-224` cuts 224 × 224 pixels but the network's input is 0 × 224; one of them is wrong
        |
     17 |     protocol: center-224
        |               ^^^^^^^^^^

    spec.yaml:20:17: output [64, 224] is neither [C, H, W] nor [features]
        |
     20 |         output: [64, 224]
        |                 ^

    spec.yaml:30:25: a view of 224 pixels does not fit in a short side of 128
        |
     30 |       short_side: [256, 128]
        |                         ^^^
    ");
}

#[test]
fn weights() {
    insta::assert_snapshot!(broken(&[
        ("file: vgg19-dcbb9e9d.pth", "file: ../vgg19-dcbb9e9d.pth"),
        ("names: names/torchvision.csv", "names: /names.csv"),
        ("mean: [0.485,", "mean: [123.68,"),
        ("std: [0.229,", "std: [0,"),
        ("class: 285, score: 0.784", "class: 1000, score: 78.4"),
    ]), @r"
    spec.yaml:39:11: path `../vgg19-dcbb9e9d.pth` leaves its folder by `..`; give it relative to its folder, with `/` between names
        |
     39 |     file: ../vgg19-dcbb9e9d.pth
        |           ^^^^^^^^^^^^^^^^^^^^^

    spec.yaml:40:12: path `/names.csv` is absolute; give it relative to its folder, with `/` between names
        |
     40 |     names: /names.csv
        |            ^^^^^^^^^^

    spec.yaml:44:14: mean 123.68 is outside 0 to 1, the range of a channel
        |
     44 |       mean: [123.68, 0.456, 0.406]
        |              ^^^^^^

    spec.yaml:45:13: std 0 must be a positive number
        |
     45 |       std: [0, 0.224, 0.225]
        |             ^

    spec.yaml:48:36: class 1000 is outside 0 to 999
        |
     48 |       - { picture: chelsea, class: 1000, score: 78.4 }
        |                                    ^^^^

    spec.yaml:48:49: score 78.4 is no softmax probability; it must be within 0 and 1
        |
     48 |       - { picture: chelsea, class: 1000, score: 78.4 }
        |                                                 ^^^^
    ");
}

#[test]
fn a_long_line_is_cut_around_the_place() {
    let long = format!("{{ picture: {}, class: 285, score: 78.4 }}", "chelsea-".repeat(30));
    insta::assert_snapshot!(broken(&[("{ picture: chelsea, class: 285, score: 0.784 }", &long)]), @r"
    spec.yaml:48:281: score 78.4 is no softmax probability; it must be within 0 and 1
        |
     48 | …chelsea-chelsea-chelsea-chelsea-chelsea-chelsea-, class: 285, score: 78.4 }
        |                                                                       ^^^^
    ");
}

#[test]
fn against_the_lock() {
    let lock = crate::committed::lock();
    let text = with(PAPER, "data: [imagenet-val]", "data: [imagenet-val, imagenet-vla]");
    let text = with(&text, "file: vgg19-dcbb9e9d.pth", "file: vgg19.pth");
    insta::assert_snapshot!(load::paper_with(&text, "spec.yaml", load::Known { lock: Some(&lock), metrics: None }).unwrap_err(), @r"
    spec.yaml:33:22: data set `imagenet-vla` is no entry of the lock; add it there or name another
        |
     33 | data: [imagenet-val, imagenet-vla]
        |                      ^^^^^^^^^^^^

    spec.yaml:39:11: entry `torchvision-vgg19` of the lock has no file `vgg19.pth`; its files: `vgg19-dcbb9e9d.pth`
        |
     39 |     file: vgg19.pth
        |           ^^^^^^^^^
    ");
    load::paper_with(PAPER, "spec.yaml", load::Known { lock: Some(&lock), metrics: None }).unwrap();
}

#[test]
fn profiles() {
    let text = "id: k40\ntitle: K40\ndevice: cuda\ndefault_precision: fp32\nbatches: [8, 16]\npeaks: { fp32: -1 }\nsource: ''\n";
    insta::assert_snapshot!(load::profile(text, "k40.yaml").unwrap_err(), @r"
    k40.yaml:5:14: batch 16 is not smaller than the one before it; start with the largest
       |
     5 | batches: [8, 16]
       |              ^^

    k40.yaml:6:16: peak fp32 must be a positive number
       |
     6 | peaks: { fp32: -1 }
       |                ^^

    k40.yaml:7:9: source is empty; say it in a few words
       |
     7 | source: ''
       |         ^^
    ");
}
