//! Sizes and shapes against independent PyTorch builds (`tests/golden/networks.py`).

use replications::graph::Op;
use replications::registry;

#[test]
fn networks_are_those_that_pytorch_builds() {
    let golden: serde_json::Value = serde_json::from_str(include_str!("../golden/networks.json")).unwrap();
    let networks = golden.as_object().unwrap();
    assert_eq!(networks.len(), 38);
    for (id, golden) in networks {
        let (_, graph) = registry::network(id).unwrap_or_else(|| panic!("no network {id}"));
        assert_eq!(graph.parameter_count(), golden["parameters"].as_u64().unwrap(), "{id}");
        assert_eq!(graph.multiply_adds().unwrap(), golden["multiply_adds"].as_u64().unwrap(), "{id}");
        let mut shapes: Vec<Vec<usize>> = graph
            .nodes
            .iter()
            .zip(graph.shapes().unwrap())
            .filter(|(node, _)| matches!(node.op, Op::Conv(_) | Op::Linear { .. } | Op::MaxPool(_)))
            .map(|(_, shape)| shape)
            .collect();
        shapes.sort();
        assert_eq!(shapes, serde_json::from_value::<Vec<Vec<usize>>>(golden["shapes"].clone()).unwrap(), "{id}");
    }
}
