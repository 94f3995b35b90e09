//! Every network runs, and every way of running it gives the same numbers.

use std::collections::HashSet;

use engine::net::{How, Network};
use engine::sequence::{Packed, Read};
use engine::train::{Mode, Model};
use engine::weights::{Parameters, RawTensor};
use replications::count::Parameter;
use replications::graph::{Graph, Node, Op};
use replications::sequence::Sequence;
use tch::{Device, Kind, Tensor};

use crate::common::{graph, lively};

fn image(graph: &Graph, batch: i64) -> Tensor {
    let [c, h, w] = graph.input.map(|side| side as i64);
    let numbers = Tensor::arange(batch * c * h * w, (Kind::Float, Device::Cpu));
    (numbers * 0.37).sin().reshape([batch, c, h, w])
}

fn zeros(wanted: &[Parameter]) -> Parameters {
    let tensor = |p: &Parameter| RawTensor { shape: p.shape.clone(), data: vec![0.0; p.shape.iter().product()] };
    Parameters { tensors: wanted.iter().map(|p| (p.name.clone(), tensor(p))).collect(), ..Parameters::default() }
}

/// Whether it has layers that only what is trained here has.
fn is_trained_here(graph: &Graph) -> bool {
    let trained =
        |op: &Op| matches!(op, Op::Sigmoid | Op::Maxout { .. } | Op::Rbf { .. } | Op::Transform(_) | Op::Sequence(_));
    graph.nodes.iter().any(|node| trained(&node.op))
}

#[test]
fn every_layer_has_the_shape_that_the_graph_says() {
    // The tests run beside each other: more threads would only wait for one another.
    tch::set_num_threads(1);
    let mut structures = HashSet::new();
    for paper in replications::registry::papers() {
        for id in paper.networks {
            let mut graph = graph(id);
            // Detectors take pictures of any size.
            if graph.input == [3, 600, 1000] {
                graph.input = [3, 150, 250];
            }
            // A thousand layers of the same kind say no more than a hundred, and what only another name tells apart nothing.
            let structure = format!("{:?}", Graph { name: String::new(), ..graph.clone() });
            if id.contains("1202") || !structures.insert(structure) {
                continue;
            }
            let shapes = graph.shapes().unwrap();
            let mut seen = 0;
            let x = image(&graph, 1);
            if is_trained_here(&graph) {
                let zeros = |parameter: &Parameter| vec![0.0; parameter.shape.iter().product()];
                let model = Model::new(graph.clone(), Device::Cpu, zeros).unwrap();
                let mut watch = |node: &Node, value: &Tensor| {
                    let real: Vec<usize> = value.size()[1..].iter().map(|side| *side as usize).collect();
                    // A word is its number, and has no axis of its own.
                    let words = node.op == Op::Sequence(Sequence::Words);
                    assert_eq!(real, if words { &[][..] } else { &shapes[seen] }, "{id}, layer {}", node.name);
                    seen += 1;
                };
                if graph.reads_words() {
                    let words = Tensor::zeros([2], (Kind::Int64, Device::Cpu));
                    let read = Read { images: &x, words: &words, packed: &Packed::of(&[2]) };
                    let _ = model.forward_words_watched(read, Mode::Test, &mut watch).unwrap();
                } else {
                    let _ = model.forward_watched(&x, Mode::Test, &mut watch).unwrap();
                }
                assert_eq!(seen, graph.nodes.len(), "{id}");
                continue;
            }
            let network = Network::build(&graph, zeros(&graph.parameters()), How::plain()).unwrap();
            let region = Tensor::zeros([1, 5], (Kind::Float, Device::Cpu));
            let _ = network
                .forward_all_watched(&x, Some(&region), &mut |node, value| {
                    let real: Vec<usize> = value.size()[1..].iter().map(|side| *side as usize).collect();
                    assert_eq!(real, shapes[node], "{id}, layer {}", graph.nodes[node].name);
                    seen += 1;
                })
                .unwrap();
            let dropouts = graph.nodes.iter().filter(|node| matches!(node.op, Op::Dropout { .. })).count();
            assert_eq!(seen, graph.nodes.len() - dropouts, "{id}");
        }
    }
}

/// A network cut down to small pictures, so that the test is quick.
fn small(id: &str, side: usize) -> Graph {
    let mut graph = graph(id);
    graph.input = [3, side, side];
    graph
}

#[test]
fn every_way_of_running_a_network_agrees_with_the_plain_one() {
    tch::set_num_threads(1);
    // Option A and B shortcuts, bottlenecks, normalisation across channels and concatenation, plain convolutions with
    // bias.
    for graph in [graph("resnet20"), small("resnet18", 64), small("resnet50", 64), graph("googlenet")] {
        let x = image(&graph, 3);
        let plain = run(&graph, How::plain(), &x);
        let size = plain.abs().max().double_value(&[]);
        assert!(size.is_finite() && size > 0.0, "{}: {size}", graph.name);
        for channels_last in [false, true] {
            for (fold, fuse) in [(false, false), (true, false), (true, true), (false, true)] {
                if fuse && !channels_last {
                    continue;
                }
                // Packed for another batch than runs, as the last batch of a data set is.
                let how = How { channels_last, fold, fuse, batch: 4, ..How::plain() };
                let difference = (run(&graph, how, &x) - &plain).abs().max().double_value(&[]);
                assert!(difference <= 1e-4 * size.max(1.0), "{} {how:?}: {difference} of {size}", graph.name);
            }
        }
        // Where oneDNN has no kernels for it, the plain operators compute in bfloat16 too.
        let fuse = torch_shim::packs_bf16().unwrap();
        let bf16 = How { kind: Kind::BFloat16, fuse, ..How::fast(Device::Cpu, 3) };
        let difference = (run(&graph, bf16, &x) - &plain).abs().max().double_value(&[]);
        assert!(difference <= 0.05 * size && difference > 0.0, "{} bf16: {difference} of {size}", graph.name);
    }
}

fn run(graph: &Graph, how: How, x: &Tensor) -> Tensor {
    let _guard = torch_shim::InferenceMode::enter().unwrap();
    let network = Network::build(graph, lively(graph, 9), how).unwrap();
    let x = network.prepare(x).unwrap();
    let answer = network.forward(&x).unwrap();
    // Nothing may be written over the input, and a second pass must not see the first.
    let again = network.forward(&x).unwrap();
    assert_eq!((&answer - again).abs().max().double_value(&[]), 0.0, "{} {how:?}", graph.name);
    answer
}

#[test]
fn a_parameter_that_is_not_set_is_named() {
    let graph = graph("resnet20");
    let mut parameters = zeros(&graph.parameters());
    let (name, _) = parameters.tensors.pop_first().unwrap();
    let error = Network::build(&graph, parameters, How::plain()).unwrap_err().to_string();
    assert!(error.contains(&name), "{error}");
}
