//! Sizes and shapes against independent PyTorch builds (`tests/golden/networks.py`).

use replications::graph::Op;
use replications::registry;

#[test]
fn networks_are_those_that_pytorch_builds() {
    let golden: serde_json::Value = serde_json::from_str(include_str!("../golden/networks.json")).unwrap();
    let networks = golden.as_object().unwrap();
    assert_eq!(networks.len(), 67);
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

/// Krizhevsky et al. multiply the sum of squares over 5 channels by 1e-4, and Simonyan and Zisserman take their numbers;
/// the graph divides its α by the number of channels, and whoever copies a paper's must not forget it.
#[test]
fn what_multiplies_a_sum_of_squares_is_the_papers() {
    for (id, layers) in [("alexnet", ["norm1", "norm2"].as_slice()), ("vgg11-lrn", &["norm1"])] {
        let (_, graph) = registry::network(id).unwrap();
        let mut found = Vec::new();
        for node in &graph.nodes {
            let Op::Lrn { size, alpha, beta, k } = node.op else { continue };
            found.push(node.name.as_str());
            assert_eq!((size, beta, k), (5, 0.75, 2.0), "{id}, {}", node.name);
            assert!((alpha / size as f64 - 1e-4).abs() < 1e-12, "{id}, {}: {alpha} over {size}", node.name);
            assert!(matches!(graph.nodes[node.inputs[0].0].op, Op::Relu), "{id}, {}: on what no ReLU gave", node.name);
        }
        assert_eq!(found, layers, "{id}");
    }
}
