//! Projections against PyTorch's autograd (`golden/explain.py`) and libtorch's, transposes against what they transpose, and
//! receptive fields against what a change of a pixel reaches.

use std::collections::BTreeMap;

use engine::explain::occlusion::{Occluder, Slider, Watched, covered};
use engine::explain::project::alone;
use engine::explain::{Field, Method, Place, Strongest, Trace, project};
use engine::net::How;
use engine::train::{Mode, Model};
use engine::weights::{Parameters, RawTensor};
use replications::build::{Builder, Kernel};
use replications::graph::{Graph, Op};
use serde::Deserialize;
use spec::paper::WeightsFormat;
use tch::{Device, Kind, Tensor};

use crate::common::{graph, lively, mirror};
use crate::logits::made;

const METHODS: [Method; 3] = [Method::Deconvnet, Method::Gradient, Method::Guided];

/// One projection of another implementation's.
#[derive(Debug, Deserialize)]
struct Case {
    layer: String,
    place: Vec<usize>,
    method: Method,
    activation: f64,
    /// First and last row, first and last column that are not zero everywhere.
    #[serde(rename = "box")]
    lit: [usize; 4],
    step: usize,
    largest: f64,
    /// Every `step`-th within the box.
    numbers: Vec<f64>,
}

fn golden(name: &str) -> Vec<Case> {
    let mut all: BTreeMap<String, Vec<Case>> = serde_json::from_str(include_str!("../golden/explain.json")).unwrap();
    all.remove(name).unwrap()
}

/// The small network of `golden/explain.py`.
fn small() -> Graph {
    let mut net = Builder::new("small", [3, 33, 31]);
    let x = net.input();
    let x = net.conv("conv1", x, 8, Kernel::square(5).stride(2).padding(2));
    let x = net.relu("relu1", x);
    let x = net.lrn("norm1", x, 5, [0.5, 0.75, 1.0]);
    let x = net.max_pool("pool1", x, Kernel::square(3).stride(2).pool_ceil());
    let x = net.conv_in_groups("conv2", x, 12, Kernel::same(3), 2);
    let x = net.relu("relu2", x);
    let a = net.conv("a", x, 6, Kernel::square(1));
    let a = net.relu("a/relu", a);
    let b = net.max_pool("b/pool", x, Kernel::same(3).pool());
    let b = net.conv("b", b, 5, Kernel::square(1));
    let b = net.relu("b/relu", b);
    let joined = net.concat("joined", &[a, b]);
    let y = net.bn("bn", joined, 1e-3);
    let y = net.conv_no_bias("conv3", y, 11, Kernel::same(3));
    let sum = net.add("sum", joined, y);
    let x = net.relu("relu3", sum);
    let x = net.avg_pool("pool3", x, Kernel::square(2).stride(2).pool_ceil());
    let x = net.flatten("flatten", x);
    let x = net.linear("fc", x, 7);
    let x = net.dropout("drop", x, 0.5);
    net.finish(x)
}

/// By the rule of `golden/explain.py`.
fn small_weights(graph: &Graph) -> Parameters {
    let tensors = (1..).zip(graph.parameters()).map(|(number, wanted)| {
        let count = wanted.shape.iter().product();
        let fan_in: usize = wanted.shape.iter().skip(1).product();
        let data = match wanted.name.as_str() {
            "bn.weight" | "bn.running_var" => made(count, number, 0.5).iter().map(|number| number + 1.0).collect(),
            _ if wanted.shape.len() == 1 => made(count, number, 0.1),
            _ => made(count, number, (6.0 / fan_in as f64).sqrt()),
        };
        (wanted.name.clone(), RawTensor { shape: wanted.shape.clone(), data })
    });
    Parameters { tensors: tensors.collect(), ..Parameters::default() }
}

fn picture(model: &Model, scale: f64) -> Tensor {
    let [channels, height, width] = model.graph().input;
    Tensor::from_slice(&made(channels * height * width, 0, scale)).reshape([
        1,
        channels as i64,
        height as i64,
        width as i64,
    ])
}

fn layer(model: &Model, name: &str) -> usize {
    model.graph().find(name).unwrap().0.0
}

fn place(at: &[usize]) -> Place {
    let side = |axis: usize| at.get(axis).copied().unwrap_or(0);
    Place { channel: at[0], row: side(1), column: side(2) }
}

fn agree(model: &Model, scale: f64, cases: &[Case]) {
    let trace = Trace::of(model, &picture(model, scale)).unwrap();
    let mut most = 0.0f64;
    // Of a projection's largest number. In the small network those are about 1.
    let tolerance = 1e-4;
    for case in cases {
        let (at, index) = (place(&case.place), layer(model, &case.layer));
        let seed = alone(&trace, index, &[at]).unwrap();
        let activation = seed.sum(Kind::Double).double_value(&[]);
        let what = format!("{} {:?} {:?}", case.layer, case.place, case.method);
        assert!((activation - case.activation).abs() <= 1e-4 * case.activation.abs(), "{what}: {activation}");
        let pixels = project(model, &trace, index, &seed, case.method).unwrap().get(0);
        let [top, bottom, left, right] = case.lit.map(|side| side as i64);
        let part = pixels.narrow(1, top, bottom - top + 1).narrow(2, left, right - left + 1).contiguous();
        let ours = Vec::<f32>::try_from(part.reshape([-1])).unwrap();
        let kept: Vec<f64> = ours.iter().step_by(case.step).map(|number| f64::from(*number)).collect();
        assert_eq!(kept.len(), case.numbers.len(), "{what}");
        for (number, (ours, theirs)) in kept.iter().zip(&case.numbers).enumerate() {
            let difference = (ours - theirs).abs() / case.largest;
            most = most.max(difference);
            assert!(difference <= tolerance, "{what}, number {number}: {ours}, not {theirs}");
        }
        let lit = part.abs().sum(Kind::Double).double_value(&[]);
        let all = pixels.abs().sum(Kind::Double).double_value(&[]);
        assert!((all - lit).abs() <= 1e-6 * all && all > 0.0, "{what}: {all} of which {lit} in its box");
        let field = Field::of(model.graph(), index, at.row, at.column).unwrap();
        let [top, bottom, left, right] = case.lit;
        assert!(field.rows.0 <= top && field.rows.1 >= bottom, "{what}: {field:?} {:?}", case.lit);
        assert!(field.columns.0 <= left && field.columns.1 >= right, "{what}: {field:?} {:?}", case.lit);
    }
    println!("{}: the largest difference is {most:.1e} of the largest number", model.graph().name);
}

#[test]
fn projections_are_pytorchs() {
    let graph = small();
    let parameters = small_weights(&graph);
    let model = Model::loaded(graph, Device::Cpu, parameters).unwrap();
    agree(&model, 1.0, &golden("small"));
}

#[test]
fn projections_through_real_weights_are_pytorchs() {
    let Some(path) = mirror("bvlc_googlenet", "bvlc_googlenet.safetensors") else { return };
    let raw = engine::weights::read(&path, WeightsFormat::Safetensors).unwrap();
    let table = format!("{}/../../replications/googlenet/names/bvlc.csv", env!("CARGO_MANIFEST_DIR"));
    let names = replications::names::Names::parse(&fs_err::read_to_string(table).unwrap(), "names").unwrap();
    let graph = graph("googlenet");
    let parameters = engine::weights::assign::assign(&graph.parameters(), raw, &names, "googlenet").unwrap();
    let model = Model::loaded(graph, Device::Cpu, parameters).unwrap();
    agree(&model, 128.0, &golden("googlenet"));
}

/// The gradient has nothing of its own at any layer: it must be what libtorch differentiates, on a residual network and on
/// one with padded shortcuts too.
#[test]
fn the_gradient_is_the_derivative() {
    let networks = ["resnet20", "resnet50"].map(graph);
    for graph in networks.into_iter().chain([small()]) {
        let name = graph.name.clone();
        let parameters = if name == "small" { small_weights(&graph) } else { lively(&graph, 3) };
        let model = Model::loaded(graph, Device::Cpu, parameters).unwrap();
        let x = picture(&model, 1.0);
        let trace = Trace::of(&model, &x).unwrap();
        let output = model.graph().output.0;
        let seed = alone(&trace, output, &[Place { channel: 3, row: 0, column: 0 }]).unwrap();
        let ours = project(&model, &trace, output, &seed, Method::Gradient).unwrap();
        let x = x.set_requires_grad(true);
        let weighed = (model.forward(&x, Mode::Test).unwrap() * &seed).sum(Kind::Float);
        let theirs = &Tensor::run_backward(&[weighed], &[&x], false, false)[0];
        let largest = theirs.abs().max().double_value(&[]);
        let difference = (ours - theirs).abs().max().double_value(&[]);
        assert!(largest > 0.0 && difference <= 1e-4 * largest, "{name}: {difference} of {largest}");
    }
}

/// ⟨Ax, y⟩ = ⟨x, Aᵀy⟩ for whatever is linear, each alone: A x is f(x) - f(0), since layers may add a constant.
#[test]
fn transposes_are_adjoint() {
    type Layer = fn(&mut Builder) -> replications::graph::NodeId;
    let layers: [(&str, Layer); 9] = [
        ("stride, padding and rows left over", |net| {
            let x = net.input();
            net.conv("c", x, 5, Kernel::square(3).stride(3).padding(1))
        }),
        ("groups", |net| {
            let x = net.input();
            net.conv_in_groups("c", x, 6, Kernel::same(5), 2)
        }),
        ("batch norm", |net| {
            let x = net.input();
            net.bn("n", x, 1e-5)
        }),
        ("average pool, rounded up", |net| {
            let x = net.input();
            net.avg_pool("p", x, Kernel::square(3).stride(2).padding(1).pool_ceil())
        }),
        ("global average", |net| {
            let x = net.input();
            net.global_avg_pool("p", x)
        }),
        ("fully connected", |net| {
            let x = net.input();
            let x = net.flatten("f", x);
            net.linear("l", x, 7)
        }),
        ("branches", |net| {
            let x = net.input();
            let left = net.conv("l", x, 3, Kernel::same(3));
            let right = net.conv("r", x, 4, Kernel::square(1));
            net.concat("j", &[left, right, x])
        }),
        ("sum", |net| {
            let x = net.input();
            let left = net.conv("l", x, 4, Kernel::same(3));
            net.add("s", left, x)
        }),
        ("padded shortcut", |net| {
            let x = net.input();
            net.pad_shortcut("s", x, 2, 9)
        }),
    ];
    for (what, layer) in layers {
        let mut net = Builder::new("linear", [4, 11, 10]);
        let end = layer(&mut net);
        let graph = net.finish(end);
        let parameters = lively(&graph, 5);
        let model = Model::loaded(graph, Device::Cpu, parameters).unwrap();
        let x = picture(&model, 1.0);
        let value = |x: &Tensor| model.forward(x, Mode::Test).unwrap();
        let there = value(&x) - value(&x.zeros_like());
        let size = there.size();
        let y = Tensor::from_slice(&made(there.numel(), 77, 1.0)).reshape(&size);
        let trace = Trace::of(&model, &x).unwrap();
        for method in METHODS {
            let back = project(&model, &trace, end.0, &y, method).unwrap();
            let product = |a: &Tensor, b: &Tensor| (a.to_kind(Kind::Double) * b).sum(Kind::Double).double_value(&[]);
            let (left, right) = (product(&there, &y), product(&x, &back));
            let scale = (product(&there, &there) * product(&y, &y)).sqrt();
            assert!((left - right).abs() <= 1e-6 * scale, "{what} {method:?}: {left} and {right}");
        }
    }
}

/// With the switches held, unpooling is the transpose of taking the maxima, in overlapping windows too.
#[test]
fn unpooling_is_the_transpose_of_taking_the_maxima() {
    for pool in [Kernel::square(3).stride(2).pool_ceil(), Kernel::same(3).pool(), Kernel::square(2).stride(2).pool()] {
        let mut net = Builder::new("pool", [4, 12, 9]);
        let x = net.input();
        let end = net.max_pool("p", x, pool);
        let model = Model::loaded(net.finish(end), Device::Cpu, Parameters::default()).unwrap();
        let x = picture(&model, 1.0);
        let trace = Trace::of(&model, &x).unwrap();
        let there = model.forward(&x, Mode::Test).unwrap();
        let size = there.size();
        let y = Tensor::from_slice(&made(there.numel(), 78, 1.0)).reshape(&size);
        let back = project(&model, &trace, end.0, &y, Method::Deconvnet).unwrap();
        let product = |a: &Tensor, b: &Tensor| (a.to_kind(Kind::Double) * b).sum(Kind::Double).double_value(&[]);
        assert!((product(&there, &y) - product(&x, &back)).abs() < 1e-5);
        // Only maxima are given anything.
        assert_eq!((back.ne(0.0) * there.min().le_tensor(&x).logical_not()).sum(Kind::Int64).int64_value(&[]), 0);
    }
}

/// With positive weights and no ReLU in the way, exactly the receptive field has a gradient.
#[test]
fn receptive_fields_are_exact() {
    let mut net = Builder::new("fields", [2, 41, 39]);
    let x = net.input();
    let x = net.conv("c1", x, 3, Kernel::square(7).stride(2).padding(3));
    let x = net.avg_pool("p1", x, Kernel::square(3).stride(2).pool_ceil());
    let left = net.conv("l", x, 2, Kernel::same(5));
    let right = net.conv("r", x, 2, Kernel::square(1));
    let joined = net.concat("j", &[left, right]);
    let short = net.pad_shortcut("s", joined, 2, 4);
    let end = net.conv("c2", short, 4, Kernel::same(3));
    let last = net.global_avg_pool("g", end);
    let graph = net.finish(last);
    let mut parameters = lively(&graph, 1);
    parameters
        .tensors
        .values_mut()
        .for_each(|tensor| tensor.data.iter_mut().for_each(|value| *value = value.abs() + 0.1));
    let shapes = graph.shapes().unwrap();
    let model = Model::loaded(graph, Device::Cpu, parameters).unwrap();
    let trace = Trace::of(&model, &picture(&model, 1.0)).unwrap();
    let mut seen = 0;
    for (index, channel) in [(joined.0, 0), (joined.0, 3), (end.0, 0), (last.0, 0)] {
        for row in 0..shapes[index][1] {
            for column in 0..shapes[index][2] {
                let seed = trace.value(index).unwrap().zeros_like();
                let _ = seed.get(0).get(channel).get(row as i64).get(column as i64).fill_(1.0);
                let pixels = project(&model, &trace, index, &seed, Method::Gradient).unwrap();
                let lit = pixels.get(0).get(0).ne(0.0);
                let span = |axis: i64| {
                    let lit = Vec::<bool>::try_from(lit.any_dim(axis, false)).unwrap();
                    (lit.iter().position(|lit| *lit).unwrap(), lit.iter().rposition(|lit| *lit).unwrap())
                };
                let field = Field::of(model.graph(), index, row, column).unwrap();
                let found = Field { rows: span(1), columns: span(0) };
                // The right branch sees less than the joined map's field, which is both branches'.
                match channel {
                    3 => assert!(found.rows.0 >= field.rows.0 && found.rows.1 <= field.rows.1),
                    _ => assert_eq!(found, field, "layer {index}, {row}, {column}"),
                }
                seen += 1;
            }
        }
    }
    assert!(seen > 100);
}

/// Normalisation within channels reads the places beside its own.
#[test]
fn a_normalisation_within_channels_widens_the_field() {
    let graph = graph("zf-msra");
    let height = |layer: &str| Field::of(&graph, graph.find(layer).unwrap().0.0, 50, 50).unwrap().height();
    assert_eq!([height("relu1"), height("norm1")], [7, 11]);
}

#[test]
fn layers_that_cannot_be_projected_through_are_named() {
    let mut net = Builder::new("net", [1, 4, 4]);
    let x = net.input();
    let x = net.flatten("flatten", x);
    let x = net.node("squash", Op::Sigmoid, &[x]);
    let model = Model::loaded(net.finish(x), Device::Cpu, Parameters::default()).unwrap();
    let trace = Trace::of(&model, &picture(&model, 1.0)).unwrap();
    let seed = alone(&trace, x.0, &[Place { channel: 1, row: 0, column: 0 }]).unwrap();
    let error = project(&model, &trace, x.0, &seed, Method::Deconvnet).unwrap_err().to_string();
    assert!(error.starts_with("layer squash of net cannot be projected through"), "{error}");
}

#[test]
fn the_strongest_are_one_an_owner_and_in_order() {
    let values = Tensor::from_slice(&[
        // Picture 0: two maps of 1 × 3.
        1.0f32, 5.0, 2.0, 0.0, 0.0, 0.0, //
        7.0, 0.0, 0.0, 1.0, 1.0, 0.0, //
        6.0, 0.0, 6.0, 0.0, 3.0, 0.0,
    ]);
    let mut strongest = Strongest::new(2);
    strongest.add(&values.reshape([3, 2, 1, 3]), &[10, 11, 10]).unwrap();
    let found = |channel: usize| -> Vec<(usize, usize, f32)> {
        strongest.of(channel).iter().map(|winner| (winner.picture, winner.place.column, winner.value)).collect()
    };
    assert_eq!((strongest.maps(), found(0)), (2, vec![(1, 0, 7.0), (2, 0, 6.0)]));
    assert_eq!(found(1), [(2, 1, 3.0), (1, 0, 1.0)]);
    assert!(strongest.add(&values.reshape([3, 2, 1, 3]), &[1]).is_err());
}

/// Places by the compiled network's windows, against a loop that copies the picture, covers one place and runs the plain
/// network.
#[test]
fn occlusion_is_that_of_a_loop() {
    for (id, scale, occluder, windows) in [
        ("googlenet", 100.0, Occluder { size: 32, stride: 40 }, 2),
        ("zfnet-krizhevsky", 100.0, Occluder { size: 20, stride: 67 }, 1),
        ("resnet50", 2.0, Occluder { size: 24, stride: 60 }, 2),
        // No window is small enough to be worth its copies.
        ("resnet20", 2.0, Occluder { size: 8, stride: 5 }, 0),
    ] {
        let graph = graph(id);
        let parameters = lively(&graph, 4);
        let shapes = graph.shapes().unwrap();
        let layer = (0..graph.nodes.len()).rev().find(|node| shapes[*node].len() == 3 && shapes[*node][1] > 1).unwrap();
        let model = Model::loaded(graph.clone(), Device::Cpu, parameters.clone()).unwrap();
        let how = How::fast(Device::Cpu, 7);
        let slider = Slider::new(&graph, &parameters, how, occluder, layer).unwrap();
        let words = slider.words();
        assert!(words.iter().filter(|words| words.contains("windows")).count() >= windows, "{id}: {words:?}");
        let grey = (Tensor::from_slice(&[0.5f32, -0.25, 0.125]) * scale).view([1, 3, 1, 1]);
        let x = picture(&model, scale);
        let mut told = 0;
        let tell = &mut |done: usize, _: usize| {
            told = done;
            Ok(())
        };
        let found = slider.slide((&x, &grey), Watched { class: 3, channel: 2 }, tell).unwrap();
        let side = occluder.places(graph.input[1]);
        assert_eq!((found.rows, found.columns, told), (side, side, side * side), "{id}");
        let mut most = [0.0f64; 2];
        for place in 0..side * side {
            let corner = (place / side * occluder.stride, place % side * occluder.stride);
            let trace = Trace::of(&model, &covered(&x, &grey, occluder, corner).unwrap()).unwrap();
            let logits = trace.answer(&model).unwrap();
            let probability = logits.softmax(1, Kind::Float).double_value(&[0, 3]);
            let sum = trace.value(layer).unwrap().get(0).get(2).sum(Kind::Float).double_value(&[]);
            let near = |ours: f32, theirs: f64| (f64::from(ours) - theirs).abs() / theirs.abs().max(1e-3);
            most[0] = most[0].max(near(found.probability[place], probability));
            most[1] = most[1].max(near(found.activation[place], sum));
            let best = logits.argmax(1, false).int64_value(&[0]);
            let margin = logits.double_value(&[0, best]) - logits.double_value(&[0, found.best[place]]);
            assert!(margin < 1e-3, "{id}, {corner:?}: {best}, not {}", found.best[place]);
        }
        assert!(most[0] < 1e-3 && most[1] < 1e-3, "{id}: {most:?}");
        let first = found.activation[0];
        assert!(found.activation.iter().any(|one| (one - first).abs() > 0.01 * first.abs()), "{id}: nothing changes");
    }
}

#[test]
fn a_square_that_has_no_place_is_refused() {
    let graph = graph("resnet20");
    let parameters = lively(&graph, 4);
    let error = Slider::new(&graph, &parameters, How::plain(), Occluder { size: 40, stride: 4 }, 3).unwrap_err();
    assert_eq!(error.to_string(), "a square of 40 moved by 4 has no place in a picture of 32 × 32");
}
