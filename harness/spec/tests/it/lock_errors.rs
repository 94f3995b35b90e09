//! What people read when the lock is wrong: every rule, with its line, column and snippet.

use spec::load;

use crate::sample::{LOCK, with};

fn broken(changes: &[(&str, &str)]) -> String {
    let text = changes.iter().fold(LOCK.to_owned(), |text, (from, to)| with(&text, from, to));
    load::lock(&text, "datasets.lock").expect_err("the changed sample must not load").to_string()
}

#[test]
fn unknown_keys_in_variants_too() {
    insta::assert_snapshot!(broken(&[("archive: images.tar,", "archiv: images.tar,")]), @r"
    datasets.lock:45:23: unknown field `archiv`, expected one of archive, member
        |
     45 |           - member: { archiv: images.tar, member: labels.csv }
        |                       ^^^^^^
    ");
}

#[test]
fn ids_and_paths_that_stand_twice() {
    insta::assert_snapshot!(broken(&[("- id: part", "- id: whole"), ("- path: labels.csv", "- path: images.tar")]), @r"
    datasets.lock:15:9: entry id `whole` stands already in line 3; ids must be unique
        |
     15 |   - id: whole
        |         ^^^^^

    datasets.lock:41:15: path `images.tar` stands already in line 26; paths of an entry must be unique
        |
     41 |       - path: images.tar
        |               ^^^^^^^^^^

    datasets.lock:45:32: archive `images.tar` is no other file of entry `whole`
        |
     45 |           - member: { archive: images.tar, member: labels.csv }
        |                                ^^^^^^^^^^
    ");
}

#[test]
fn hashes() {
    insta::assert_snapshot!(broken(&[
        ("        sha256: c7e06a6c0baccf06d", "        sha256: C7e06a6c0baccf06d"),
        ("sha256_prefix: 399dc179", "sha256_prefix: 399dc170"),
        ("root: 387c2f2bce4650b55b64322632986c35070aa14940986517902c8786502d06a0", "root: 387c2f2b"),
        ("hash: none", "hash: recomputed"),
    ]), @r"
    datasets.lock:13:17: sha256 must be 64 lower-case hex digits; this has `C`
        |
     13 |         sha256: C7e06a6c0baccf06d8dbeb6577d71efff84673a5dbdd50633ab44f8ea0456ae0
        |                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    datasets.lock:29:24: sha256_prefix is not how the sha256 of this file begins; one of them is wrong
        |
     29 |         sha256_prefix: 399dc170
        |                        ^^^^^^^^

    datasets.lock:40:19: root must be 64 lower-case hex digits; this has 8
        |
     40 |             root: 387c2f2b
        |                   ^^^^^^^^

    datasets.lock:42:15: `hash: recomputed` but there is no sha256
        |
     42 |         hash: recomputed
        |               ^^^^^^^^^^
    ");
}

#[test]
fn hash_marks_say_what_is_there() {
    insta::assert_snapshot!(broken(&[
        ("hash: published", "hash: weak"),
        ("hash: recomputed", "hash: none"),
        ("hash: none\n        sources:\n          - package", "hash: weak\n        sources:\n          - package"),
    ]), @r"
    datasets.lock:14:15: `hash: weak` but there is a sha256
        |
     14 |         hash: weak
        |               ^^^^

    datasets.lock:30:15: `hash: none` but there is a hash
        |
     30 |         hash: none
        |               ^^^^

    datasets.lock:42:15: `hash: weak` but there is no prefix, md5 or sha1 either
        |
     42 |         hash: weak
        |               ^^^^
    ");
}

#[test]
fn paths_that_leave_their_folder() {
    insta::assert_snapshot!(broken(&[
        ("- path: labels.csv", "- path: a/../../labels.csv"),
        ("- mirror: part/images.tar", "- mirror: /part/images.tar"),
        ("path: data/labels.csv", "path: data//labels.csv"),
        ("to: .\n", "to: ..\n"),
        ("- id: part", "- id: ../part"),
    ]), @r#"
    datasets.lock:15:9: entry id `../part` is no plain name; use letters, digits, `-`, `_`, `.` and `+`, a letter or digit first
        |
     15 |   - id: ../part
        |         ^^^^^^^

    datasets.lock:33:21: path `/part/images.tar` is absolute; give it relative to its folder, with `/` between names
        |
     33 |           - mirror: /part/images.tar
        |                     ^^^^^^^^^^^^^^^^

    datasets.lock:36:15: path `..` leaves its folder by `..`; give it relative to its folder, with `/` between names
        |
     36 |           to: ..
        |               ^^

    datasets.lock:41:15: path `a/../../labels.csv` leaves its folder by `..`; give it relative to its folder, with `/` between names
        |
     41 |       - path: a/../../labels.csv
        |               ^^^^^^^^^^^^^^^^^^

    datasets.lock:44:56: path `data//labels.csv` has an empty or `.` part; give it relative to its folder, with `/` between names
        |
     44 |           - package: { name: "npm:labels@1.0.0", path: data//labels.csv }
        |                                                        ^^^^^^^^^^^^^^^^
    "#);
}

#[test]
fn sources() {
    insta::assert_snapshot!(broken(&[
        ("url: https://example.org", "url: ftp://example.org"),
        ("npm:labels@1.0.0", "npm:labels"),
        ("{ archive: images.tar, member", "{ archive: image.tar, member"),
    ]), @r#"
    datasets.lock:32:18: url `ftp://example.org/images.tar` is no https or http address
        |
     32 |           - url: ftp://example.org/images.tar
        |                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    datasets.lock:44:30: package `npm:labels` is not written as `npm:name@1.2.3` or `pypi:name==1.2.3`
        |
     44 |           - package: { name: "npm:labels", path: data/labels.csv }
        |                              ^^^^^^^^^^^^

    datasets.lock:45:32: archive `image.tar` is no other file of entry `part`
        |
     45 |           - member: { archive: image.tar, member: labels.csv }
        |                                ^^^^^^^^^
    "#);
}

#[test]
fn entries_that_nobody_could_get() {
    insta::assert_snapshot!(broken(&[
        ("    by_hand: Ask for it.\n", ""),
        ("        sources:\n          - package: { name: \"npm:labels@1.0.0\", path: data/labels.csv }\n          - member: { archive: images.tar, member: labels.csv }\n", ""),
    ]), @r"
    datasets.lock:7:13: entry `whole` is got by hand but has no `by_hand`; say what to do
       |
     7 |     access: manual
       |             ^^^^^^

    datasets.lock:40:9: `labels.csv` is open to everybody but has no sources; say where it is
        |
     40 |       - path: labels.csv
        |         ^
    ");
    let changes = [("access: open", "access: mirror"), ("          - mirror: part/images.tar\n", "")];
    insta::assert_snapshot!(broken(&changes), @r"
    datasets.lock:26:9: `images.tar` comes from a mirror but names no place there; add a source `mirror`
        |
     26 |       - path: images.tar
        |         ^
    ");
}

#[test]
fn numbers() {
    insta::assert_snapshot!(broken(&[
        ("version: 1", "version: 2"),
        ("count: 5\n", "count: 51\n"),
        ("whole: whole, of: 50,", "whole: whole, of: 49,"),
        ("files: 5\n", "files: 0\n"),
        ("size: 6744924160", "size: 0"),
    ]), @r"
    datasets.lock:1:10: version 2 of the lock is not known; this program reads 1
       |
     1 | version: 2
       |          ^

    datasets.lock:12:15: size is 0; leave the key out where it is not known
        |
     12 |         size: 0
        |               ^

    datasets.lock:23:36: 51 images cannot be a part of 49
        |
     23 |       part_of: { whole: whole, of: 49, how: the first five }
        |                                    ^^

    datasets.lock:23:36: `whole` has 50 images, not 49
        |
     23 |       part_of: { whole: whole, of: 49, how: the first five }
        |                                    ^^

    datasets.lock:38:20: a manifest of 0 files pins nothing
        |
     38 |             files: 0
        |                    ^
    ");
}

#[test]
fn wholes_that_are_not_there() {
    insta::assert_snapshot!(broken(&[("whole: whole,", "whole: imagenet,")]), @r"
    datasets.lock:23:25: `imagenet` is no entry of this lock
        |
     23 |       part_of: { whole: imagenet, of: 50, how: the first five }
        |                         ^^^^^^^^
    ");
}

#[test]
fn labels_of_another_set() {
    let labels = "    labels_of: { data: whole, file: labels.csv }\n    files:\n      - path: images.tar\n        size: 18882560";
    let from = "    files:\n      - path: images.tar\n        size: 18882560";
    assert!(broken(&[(from, labels)]).contains("entry `part` has `images` and `labels_of`; a set has its own labels"));
    let text = with(LOCK, from, labels);
    let start = text.find("    images:\n      count: 5").unwrap();
    let end = text.find("    labels_of").unwrap();
    let good = format!("{}{}", &text[..start], &text[end..]);
    let lock = load::lock(&good, "datasets.lock").unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(lock.labels_of("whole").map(|(entry, file)| (entry.id.as_str(), file)), Some(("part", "labels.csv")));
    assert!(lock.labels_of("part").is_none());

    let said = |from: &str, to: &str| load::lock(&with(&good, from, to), "datasets.lock").unwrap_err().to_string();
    let of = "{ data: whole, file: labels.csv }";
    for (wrong, message) in [
        ("{ data: all, file: labels.csv }", "`all` is no entry of this lock"),
        ("{ data: part, file: labels.csv }", "`part` is no set of labelled images: it has no `images`"),
        (
            "{ data: whole, file: truth.csv }",
            "entry `part` has no file `truth.csv`; its files: `images.tar`, `labels.csv`",
        ),
        ("{ data: whole, file: images.tar }", "`images.tar` is an archive that is unpacked, not a file of labels"),
        ("{ data: whole }", "missing field"),
    ] {
        let said = said(of, wrong);
        assert!(said.contains(message), "{wrong}: {said}");
        assert!(said.starts_with("datasets.lock:"), "{said}");
    }
    let weights = good.replace("title: Some of it\n    kind: dataset", "title: Some of it\n    kind: weights");
    assert!(load::lock(&weights, "l").unwrap_err().to_string().contains("`labels_of` but is of kind weights"));
    let block = &good[good.find("  - id: part").unwrap()..];
    let twice = format!("{good}{}", block.replace("- id: part", "- id: again"));
    let said = load::lock(&twice, "l").unwrap_err().to_string();
    assert!(said.contains("the labels of `whole` are in entry `part` already"), "{said}");
}

/// YAML ends a line at each of them, which would put every later place on another line than an editor shows.
#[test]
fn a_carriage_return_without_a_line_feed() {
    assert_eq!(load::lock(&LOCK.replace('\n', "\r\n"), "datasets.lock"), load::lock(LOCK, "datasets.lock"));
    insta::assert_snapshot!(broken(&[("- id: part", "- id: pa\rrt")]), @r"
    datasets.lock:15:11: a carriage return where no line ends; save the file with plain line ends (`\n`)
        |
     15 |   - id: pa rt
        |           ^
    ");
}

#[test]
fn pictures_with_boxes() {
    let images = "images: { count: 50, classes: 10, layout: ilsvrc-val }";
    let annotated = [
        "annotated:",
        "      count: 3",
        "      layout: voc",
        "      folder: ../VOC2007",
        "      lists: [train, train, \"a b\"]",
        "      part_of: { whole: nobody, of: 2, how: \"\" }",
    ];
    insta::assert_snapshot!(broken(&[(images, &annotated.join("\n"))]), @r#"
    datasets.lock:12:15: path `../VOC2007` leaves its folder by `..`; give it relative to its folder, with `/` between names
        |
     12 |       folder: ../VOC2007
        |               ^^^^^^^^^^

    datasets.lock:13:22: `train` is no list of its own: letters, digits and `_`, each list once
        |
     13 |       lists: [train, train, "a b"]
        |                      ^^^^^

    datasets.lock:13:29: `a b` is no list of its own: letters, digits and `_`, each list once
        |
     13 |       lists: [train, train, "a b"]
        |                             ^^^^^

    datasets.lock:14:25: `nobody` is no entry of this lock
        |
     14 |       part_of: { whole: nobody, of: 2, how: "" }
        |                         ^^^^^^

    datasets.lock:14:37: 3 images cannot be a part of 2
        |
     14 |       part_of: { whole: nobody, of: 2, how: "" }
        |                                     ^

    datasets.lock:14:45: how is empty; say it in a few words
        |
     14 |       part_of: { whole: nobody, of: 2, how: "" }
        |                                             ^^

    datasets.lock:28:36: `whole` has 3 images, not 50
        |
     28 |       part_of: { whole: whole, of: 50, how: the first five }
        |                                    ^^
    "#);
    insta::assert_snapshot!(broken(&[(images, "annotations: objects.json")]), @"
    datasets.lock:9:18: `objects.json` is no file of entry `whole`
       |
     9 |     annotations: objects.json
       |                  ^^^^^^^^^^^^
    ");
    insta::assert_snapshot!(
        broken(&[(images, "annotated: { count: 0, layout: voc, folder: VOC2007, lists: [] }")]), @"
    datasets.lock:9:25: count is 0; a set has some images
       |
     9 |     annotated: { count: 0, layout: voc, folder: VOC2007, lists: [] }
       |                         ^

    datasets.lock:9:65: there are no lists; name those that divide the set: [train, val, test]
       |
     9 |     annotated: { count: 0, layout: voc, folder: VOC2007, lists: [] }
       |                                                                 ^

    datasets.lock:23:36: `whole` has 0 images, not 50
        |
     23 |       part_of: { whole: whole, of: 50, how: the first five }
        |                                    ^^
    "
    );
    let listed = "annotated: { count: 50, layout: LAYOUT, folder: ., lists: [train2017], class_names: [NAMES] }";
    let with = |layout: &str, names: &str| {
        let text = listed.replace("LAYOUT", layout).replace("NAMES", names);
        broken(&[(images, &text)])
    };
    insta::assert_snapshot!(with("coco", ""), @"
    datasets.lock:9:37: the layout `coco` leaves open what the classes are; name them in class_names, by their categories' ids
       |
     9 |     annotated: { count: 50, layout: coco, folder: ., lists: [train2017], class_names: [] }
       |                                     ^^^^
    ");
    insta::assert_snapshot!(with("coco", "dog, cat, dog"), @"
    datasets.lock:9:98: `dog` is another class's name too
       |
     9 |     annotated: { count: 50, layout: coco, folder: ., lists: [train2017], class_names: [dog, cat, dog] }
       |                                                                                                  ^^^
    ");
    insta::assert_snapshot!(with("voc", "dog"), @"
    datasets.lock:9:86: the layout `voc` has the twenty classes of PASCAL VOC; leave class_names out
       |
     9 |     annotated: { count: 50, layout: voc, folder: ., lists: [train2017], class_names: [dog] }
       |                                                                                      ^
    ");
}

#[test]
fn pictures_with_sentences() {
    let images = "images: { count: 50, classes: 10, layout: ilsvrc-val }";
    let said = |captioned: &str| broken(&[(images, &format!("captioned: {{ {captioned} }}"))]);
    for (captioned, wanted) in [
        (
            "count: 0, layout: coco, folder: ., lists: [{ name: val, from: a.json }]",
            "count is 0; a set has some images",
        ),
        ("count: 3, layout: flickr, folder: ., lists: [{ name: val, from: a.txt }]", "`sentences` is missing"),
        (
            "count: 3, layout: coco, folder: ., sentences: a, lists: [{ name: val, from: a.json }]",
            "in the layout `coco` each list has its own file",
        ),
        (
            "count: 3, layout: karpathy, folder: ../x, sentences: a.json, lists: [{ name: val, from: val }]",
            "leaves its folder",
        ),
        ("count: 3, layout: karpathy, folder: ., sentences: a.json, lists: []", "there are no lists"),
        (
            "count: 3, layout: flickr, folder: ., sentences: a, lists: [{ name: val, from: a }, { name: val, from: b }]",
            "`val` is no list of its own",
        ),
        (
            "count: 3, layout: karpathy, folder: ., sentences: a, lists: [{ name: val, from: val }], tested: { list: test, set: s, of: 3 }",
            "`test` is none of the lists",
        ),
        (
            "count: 3, layout: karpathy, folder: ., sentences: a, lists: [{ name: val, from: val }], part_of: { whole: nobody, of: 9, how: some }",
            "`nobody` is no entry of this lock",
        ),
    ] {
        let found = said(captioned);
        assert!(found.contains(wanted) && found.contains("datasets.lock:9:"), "{found}");
    }
}
