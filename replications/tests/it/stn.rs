//! The spatial transformer paper compares networks of equal size, and so must this replication.

use replications::graph::Op;
use replications::registry;

const KINDS: [&str; 8] = [
    "fcn",
    "cnn",
    "st-fcn-affine",
    "st-fcn-projective",
    "st-fcn-tps",
    "st-cnn-affine",
    "st-cnn-projective",
    "st-cnn-tps",
];

#[test]
fn networks_of_one_distortion_are_of_one_size() {
    let paper = registry::paper("stn").unwrap();
    let mut seen = 0;
    for (task, about) in [
        ("r", 400_000.0),
        ("rts", 400_000.0),
        ("p", 400_000.0),
        ("e", 400_000.0),
        ("tc", 400_000.0),
        ("r-small", 60_000.0),
        ("rts-small", 60_000.0),
    ] {
        let graphs = KINDS.iter().filter_map(|kind| (paper.build)(&format!("{kind}-{task}")));
        let sizes: Vec<f64> = graphs.map(|graph| graph.parameter_count() as f64).collect();
        let (least, most) = sizes.iter().fold((f64::MAX, 0.0_f64), |(low, high), &n| (low.min(n), high.max(n)));
        assert!(most / least < 1.03, "{task}: {sizes:?}");
        assert!(sizes.iter().all(|size| (size / about - 1.0).abs() < 0.02), "{task}: {sizes:?}");
        seen += sizes.len();
    }
    assert_eq!(seen, paper.networks.len());
    assert_eq!(seen, 4 * 8 + 3 * 4);
}

#[test]
fn classifiers_have_three_layers_and_transformers_stand_at_the_input() {
    let paper = registry::paper("stn").unwrap();
    for id in paper.networks {
        let graph = (paper.build)(id).unwrap();
        let weighted = |op: &Op| matches!(op, Op::Conv(_) | Op::Linear { .. });
        let classifier = graph.nodes.iter().filter(|node| weighted(&node.op) && !node.name.starts_with("loc/"));
        assert_eq!(classifier.count(), 3, "{id}");
        let transformers: Vec<_> = graph.nodes.iter().filter(|node| matches!(node.op, Op::Transform(_))).collect();
        assert_eq!(transformers.len(), usize::from(id.starts_with("st-")), "{id}");
        for transformer in transformers {
            assert!(matches!(graph.nodes[transformer.inputs[0].0].op, Op::Input), "{id}");
            assert_eq!(graph.nodes[transformer.inputs[1].0].name, "loc/theta", "{id}");
        }
    }
}

#[test]
fn only_the_listed_networks_are_built() {
    let paper = registry::paper("stn").unwrap();
    for id in ["st-fcn-tps-tc", "st-cnn-projective-r-small", "st-fcn-r", "fcn", "st-fcn-affine", "rnn-r", "fcn-x", "-r"]
    {
        assert!((paper.build)(id).is_none(), "{id}");
    }
}
