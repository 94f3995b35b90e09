//! A small spec and a small lock that load, for tests that break them.

pub(crate) const PAPER: &str = r#"# yaml-language-server: $schema=../../harness/spec/schema/spec.schema.json
id: vgg
title: Very Deep Convolutional Networks
authors: [Karen Simonyan, Andrew Zisserman]
year: 2014
venue: ICLR 2015 (arXiv v6)
link: https://arxiv.org/abs/1409.1556
summary: Nineteen layers of 3x3.
sources:
  - key: VG
    title: The paper, arXiv v6
networks:
  - id: vgg19
    title: VGG-19 (config E)
    input: [3, 224, 224]
    classes: 1000
    protocol: center-224
    shapes:
      - layer: conv1_1
        output: [64, 224, 224]
        source: { key: VG, table: T1 }
recipe:
  - what: batch
    value: "256"
    mark: checked
protocols:
  - id: center-224
    title: short side 256, centre crop 224
    resize:
      short_side: [256]
    views: { kind: center, size: 224 }
    source: VG 3.2
data: [imagenet-val]
weights:
  - id: vgg19-tv
    network: vgg19
    lock: torchvision-vgg19
    format: pytorch-zip
    file: vgg19-dcbb9e9d.pth
    names: names/torchvision.csv
    input:
      colour: rgb
      range: 1
      mean: [0.485, 0.456, 0.406]
      std: [0.229, 0.224, 0.225]
    origin: torchvision
    canary:
      - { picture: chelsea, class: 285, score: 0.784 }
claims:
  - id: e-params
    network: vgg19
    metric: parameters
    value: 144e6
    unit: count
    step: 1e6
    source: { key: VG, table: T2 }
    mark: checked
  - id: e-top5
    network: vgg19
    metric: top-5 error
    value: 9.0
    unit: percent
    step: 0.1
    data: imagenet-val
    protocol: center-224
    weights: [vgg19-tv]
    source: { key: VG, table: T3, section: "4.1" }
    mark: memory
"#;

/// A paper that is trained here.
pub(crate) const TRAINED: &str = r#"id: toy
title: Toys
authors: [Nobody]
year: 2014
venue: NIPS 2014
link: https://example.org
summary: A network and an attack.
sources:
  - { key: TY, title: The paper }
networks:
  - { id: toy, title: Toy, input: [1, 28, 28], classes: 10 }
  - { id: maker, title: Maker, input: [100, 1, 1], classes: 0 }
recipe: []
training: { batch: 128, learning_rate: 0.1 }
protocols:
  - id: center-224
    title: centre crop
    views: { kind: center, size: 224 }
    source: TY 3
conditions:
  - id: clean
    title: as they are
    source: TY 4
  - id: fgsm-0.25
    title: fast gradient sign
    alters: true
    with: { kind: sign, epsilon: 0.25 }
    source: TY 4
    note: Clipping is not mentioned.
  - id: parzen
    title: Parzen windows
    with: { samples: 10000 }
    source: TY 5
experiments:
  - id: toy-mnist
    title: Toys on MNIST
    networks: [toy, maker]
    data: [mnist]
    smoke: { steps: 500, what: five epochs, networks: [toy], recipe: { batch: 64 } }
    train: { steps: 60000, complete: true, what: the recipe }
generated:
  - id: mnist-r-test
    from: mnist
    rule: rotated
    count: 10000
    sha256: c7e06a6c0baccf06d8dbeb6577d71efff84673a5dbdd50633ab44f8ea0456ae0
data: [mnist]
weights: []
claims:
  - id: gain
    network: toy
    metric: error difference
    value: -0.5
    unit: points
    step: 0.1
    data: mnist-r-test
    protocol: fgsm-0.25
    versus: maker
    source: { key: TY, table: T1 }
    mark: checked
  - id: likelihood
    network: maker
    metric: log-likelihood
    value: -225
    unit: nats
    step: 1
    plus_minus: 2
    data: mnist-test
    protocol: parzen
    source: { key: TY, table: T2 }
    mark: checked
"#;

pub(crate) const LOCK: &str = r#"version: 1
entries:
  - id: whole
    title: All of it
    kind: dataset
    licence: { name: on request, redistributable: false, read_in: memory }
    access: manual
    by_hand: Ask for it.
    images: { count: 50, classes: 10, layout: ilsvrc-val }
    files:
      - path: images.tar
        size: 6744924160
        sha256: c7e06a6c0baccf06d8dbeb6577d71efff84673a5dbdd50633ab44f8ea0456ae0
        hash: published
  - id: part
    title: Some of it
    kind: dataset
    licence: { name: MIT, redistributable: true, read_in: LICENSE }
    access: open
    images:
      count: 5
      classes: 10
      part_of: { whole: whole, of: 50, how: the first five }
      layout: labels-csv
    files:
      - path: images.tar
        size: 18882560
        sha256: 399dc179f4190915faff6e3d85848e5e16ec1e97deae783db49d3a0d6e836a20
        sha256_prefix: 399dc179
        hash: recomputed
        sources:
          - url: https://example.org/images.tar
          - mirror: part/images.tar
        unpack:
          format: tar
          to: .
          manifest:
            files: 5
            bytes: 18380311
            root: 387c2f2bce4650b55b64322632986c35070aa14940986517902c8786502d06a0
      - path: labels.csv
        hash: none
        sources:
          - package: { name: "npm:labels@1.0.0", path: data/labels.csv }
          - member: { archive: images.tar, member: labels.csv }
"#;

/// The text with one place changed; the place must be there, once.
pub(crate) fn with(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "`{from}` must stand once in the sample");
    text.replace(from, to)
}

#[test]
fn samples_load() {
    let paper = spec::load::paper(PAPER, "spec.yaml").unwrap();
    assert_eq!((paper.claims.len(), paper.claims[0].value, paper.claims[1].models), (2, 144e6, 1));
    assert_eq!(paper.networks[0].input, [3, 224, 224]);
    let trained = spec::load::paper(TRAINED, "spec.yaml").unwrap();
    let smoke = trained.experiments[0].smoke.as_ref().unwrap();
    assert_eq!((trained.networks[1].classes, &smoke.recipe["batch"]), (0, &serde_json::json!(64)));
    assert_eq!(smoke.recipe(&trained.training), serde_json::json!({"batch": 64, "learning_rate": 0.1}));
    assert_eq!(
        (trained.conditions[1].alters, &trained.conditions[1].with["epsilon"]),
        (true, &serde_json::json!(0.25))
    );
    assert!(!trained.conditions[0].alters && trained.conditions[0].with.is_null());
    assert!(!smoke.complete && trained.experiments[0].train.complete);
    let lock = spec::load::lock(LOCK, "datasets.lock").unwrap();
    assert_eq!(lock.entry("part").unwrap().files[1].sources.len(), 2);
    assert!(lock.entry("absent").is_none());
}
