//! Shapes and counts against brute force, and the errors of graphs that do not fit.

use proptest::prelude::*;
use replications::build::{Builder, Kernel};
use replications::graph::{Conv, Graph, NodeId, Op, Pool, Transform, TransformKind};

/// Where windows start along one side, tried one by one: as long as one fits; and with `ceil` one more where places are
/// left over, as long as it starts before the right padding.
fn windows(side: usize, pool: Pool) -> usize {
    let Pool { kernel, stride, padding, ceil } = pool;
    let mut count = 0;
    while count * stride + kernel <= side + 2 * padding {
        count += 1;
    }
    let left_over = (count - 1) * stride + kernel < side + 2 * padding;
    if ceil && left_over && count * stride < side + padding { count + 1 } else { count }
}

prop_compose! {
    fn pools()(kernel in 1..6_usize, stride in 1..5_usize, ceil in any::<bool>())
        (padding in 0..=kernel / 2, kernel in Just(kernel), stride in Just(stride), ceil in Just(ceil)) -> Pool {
        Pool { kernel, stride, padding, ceil }
    }
}

proptest! {
    #[test]
    fn pooling_has_as_many_places_as_windows_fit(pool in pools(), h in 5..40_usize, w in 5..40_usize) {
        let mut net = Builder::new("test", [3, h, w]);
        let x = net.max_pool("pool", NodeId(0), pool);
        let shapes = net.finish(x).shapes().unwrap();
        prop_assert_eq!(&shapes[1], &[3, windows(h, pool), windows(w, pool)]);
    }

    #[test]
    fn convolution_counts_what_it_does(
        (groups, inputs, outputs) in (1..4_usize).prop_flat_map(|g| (Just(g), (1..4_usize).prop_map(move |n| n * g), (1..4_usize).prop_map(move |n| n * g))),
        kernel in 1..5_usize, stride in 1..4_usize, padding in 0..4_usize, side in 5..12_usize, bias: bool,
    ) {
        let mut net = Builder::new("test", [inputs, side, side]);
        let conv = Conv { inputs, outputs, kernel, stride, padding, groups, bias };
        let x = net.node("conv", Op::Conv(conv), &[NodeId(0)]);
        let graph = net.finish(x);
        let places = windows(side, Pool { kernel, stride, padding, ceil: false });
        let mut multiply_adds = 0_u64;
        for _ in 0..places * places {
            for _ in 0..outputs {
                multiply_adds += (inputs / groups * kernel * kernel) as u64;
            }
        }
        prop_assert_eq!(&graph.shapes().unwrap()[1], &[outputs, places, places]);
        prop_assert_eq!(graph.multiply_adds().unwrap(), multiply_adds);
        let weights = outputs * (inputs / groups) * kernel * kernel + if bias { outputs } else { 0 };
        prop_assert_eq!(graph.parameter_count(), weights as u64);
    }

    #[test]
    fn option_a_takes_every_stride_th_place(side in 1..20_usize, stride in 1..4_usize, extra in 0..8_usize) {
        let mut net = Builder::new("test", [4, side, side]);
        let x = net.pad_shortcut("shortcut", NodeId(0), stride, 4 + extra);
        let places = (0..side).step_by(stride).count();
        prop_assert_eq!(&net.finish(x).shapes().unwrap()[1], &[4 + extra, places, places]);
    }

    #[test]
    fn maxout_leaves_one_of_each_group(units in 1..30_usize, pieces in 1..7_usize, left_over in 0..7_usize) {
        let mut net = Builder::new("test", [units * pieces + left_over, 1, 1]);
        let x = net.flatten("flatten", NodeId(0));
        let x = net.maxout("maxout", x, pieces);
        let graph = net.finish(x);
        prop_assert_eq!(graph.parameter_count(), 0);
        match graph.shapes() {
            Ok(shapes) => prop_assert_eq!(&shapes[2], &[(units * pieces + left_over) / pieces]),
            Err(_) => prop_assert!(left_over % pieces != 0),
        }
    }

    #[test]
    fn a_transformer_takes_the_numbers_that_its_kind_needs(
        side in 2..6_usize, h in 2..20_usize, w in 2..20_usize, channels in 1..4_usize, features in 1..60_usize,
    ) {
        for (kind, numbers) in [
            (TransformKind::Affine, 6),
            (TransformKind::Projective, 8),
            (TransformKind::ThinPlateSpline { side }, 2 * side * side),
        ] {
            let transform = Transform { kind, output: [h, w] };
            prop_assert_eq!(transform.parameters(), numbers);
            prop_assert_eq!(transform.identity().len(), numbers);
            for given in [numbers, features] {
                let mut net = Builder::new("test", [channels, 30, 20]);
                let x = net.flatten("flatten", NodeId(0));
                let x = net.linear("theta", x, given);
                let x = net.transform("transform", NodeId(0), x, transform);
                let graph = net.finish(x);
                prop_assert_eq!(graph.parameter_count(), ((channels * 600 + 1) * given) as u64);
                match graph.shapes() {
                    Ok(shapes) => {
                        prop_assert_eq!(given, numbers);
                        prop_assert_eq!(&shapes[3], &[channels, h, w]);
                        prop_assert_eq!(graph.multiply_adds().unwrap(), (channels * 600 * given) as u64);
                    }
                    Err(_) => prop_assert!(given != numbers),
                }
            }
        }
    }

    #[test]
    fn depth_is_the_longest_path(branches in prop::collection::vec(0..5_usize, 1..5)) {
        let mut net = Builder::new("test", [2, 8, 8]);
        let ends: Vec<NodeId> = branches.iter().enumerate().map(|(branch, &layers)| {
            (0..layers).fold(net.input(), |x, layer| net.conv(format!("{branch}/{layer}"), x, 2, Kernel::same(3)))
        }).collect();
        let x = net.concat("concat", &ends);
        let x = net.global_avg_pool("pool", x);
        let x = net.flatten("flatten", x);
        let x = net.linear("fc", x, 3);
        let graph = net.finish(x);
        prop_assert_eq!(graph.depth(), branches.iter().max().unwrap() + 1);
        let shapes = graph.shapes().unwrap();
        prop_assert_eq!(shapes.last().unwrap(), &[3]);
    }
}

/// A group's filters see only its own part of the input: that many weights fewer, and work likewise.
#[test]
fn groups_divide_weights_and_work() {
    let sizes = [1, 2, 4].map(|groups| {
        let mut net = Builder::new("test", [8, 6, 6]);
        let x = net.conv_in_groups("conv", NodeId(0), 12, Kernel::same(3), groups);
        let graph = net.finish(x);
        assert_eq!(graph.shapes().unwrap()[1], [12, 6, 6]);
        let weight = graph.parameters().into_iter().find(|one| one.name == "conv.weight").unwrap();
        assert_eq!(weight.shape, [12, 8 / groups, 3, 3]);
        (graph.parameter_count(), graph.multiply_adds().unwrap())
    });
    assert_eq!(sizes, [(864 + 12, 36 * 864), (432 + 12, 36 * 432), (216 + 12, 36 * 216)]);
}

/// A square of neighbours has a middle where its side is odd.
#[test]
fn normalisation_within_channels_keeps_shapes() {
    let shapes = |size| {
        let mut net = Builder::new("test", [3, 8, 7]);
        let x = net.lrn_within("norm", NodeId(0), size, [5e-5, 0.75, 1.0]);
        net.finish(x).shapes().map_err(|error| error.to_string())
    };
    assert_eq!(shapes(3).unwrap()[1], [3, 8, 7]);
    for even in [0, 4] {
        assert!(shapes(even).unwrap_err().starts_with(&format!("network test, layer norm: kernel {even}")));
    }
}

#[test]
fn running_statistics_are_kept_but_not_counted() {
    let mut net = Builder::new("test", [3, 8, 8]);
    let x = net.conv_no_bias("conv", NodeId(0), 4, Kernel::same(1));
    let x = net.bn("bn", x, 1e-5);
    let graph = net.finish(x);
    let listed: Vec<String> = graph
        .parameters()
        .iter()
        .map(|one| format!("{} {:?}{}", one.name, one.shape, if one.learned { "" } else { " not learned" }))
        .collect();
    insta::assert_snapshot!(listed.join("\n"), @r"
    conv.weight [4, 3, 1, 1]
    bn.weight [4]
    bn.bias [4]
    bn.running_mean [4] not learned
    bn.running_var [4] not learned
    ");
    assert_eq!(graph.parameter_count(), 12 + 8);
}

#[test]
fn radial_basis_functions_keep_centres_and_scales() {
    let mut net = Builder::new("test", [1, 28, 28]);
    let x = net.flatten("flatten", NodeId(0));
    let x = net.rbf("rbf", x, 10);
    let x = net.sigmoid("sigmoid", x);
    let graph = net.finish(x);
    assert_eq!(graph.shapes().unwrap().last().unwrap(), &[10]);
    assert_eq!((graph.parameter_count(), graph.multiply_adds().unwrap(), graph.depth()), (2 * 7840, 7840, 1));
    let listed: Vec<_> = graph.parameters().iter().map(|one| format!("{} {:?}", one.name, one.shape)).collect();
    assert_eq!(listed, ["rbf.weight [10, 784]", "rbf.scale [10, 784]"]);
}

/// The identity of a thin-plate spline looks every control point up where it stands: x runs along rows, y down columns.
#[test]
fn identities_change_nothing() {
    let identity = |kind| Transform { kind, output: [2, 2] }.identity();
    assert_eq!(identity(TransformKind::Affine), [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
    assert_eq!(identity(TransformKind::Projective), [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
    let spline = identity(TransformKind::ThinPlateSpline { side: 3 });
    assert_eq!(spline[..9], [-1.0, 0.0, 1.0, -1.0, 0.0, 1.0, -1.0, 0.0, 1.0]);
    assert_eq!(spline[9..], [-1.0, -1.0, -1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
}

fn error(change: impl FnOnce(&mut Graph)) -> String {
    let mut net = Builder::new("small", [3, 8, 8]);
    let x = net.conv("conv", NodeId(0), 4, Kernel::same(3));
    let y = net.relu("relu", x);
    let x = net.add("sum", x, y);
    let x = net.max_pool("pool", x, Kernel::square(2).stride(2).pool());
    let x = net.flatten("flatten", x);
    let x = net.linear("fc", x, 10);
    let mut graph = net.finish(x);
    assert!(graph.shapes().is_ok());
    change(&mut graph);
    assert_eq!(graph.multiply_adds().is_err(), graph.shapes().is_err());
    graph.shapes().unwrap_err().to_string()
}

#[test]
fn a_graph_that_does_not_fit_is_an_error_that_names_the_layer() {
    let pool = |pool| move |graph: &mut Graph| graph.nodes[4].op = Op::MaxPool(pool);
    let transform = |output| Op::Transform(Transform { kind: TransformKind::Affine, output });
    let conv = |groups| Conv { inputs: 3, outputs: 4, kernel: 3, stride: 1, padding: 1, groups, bias: true };
    let errors = [
        error(|graph| graph.input = [1, 8, 8]),
        error(|graph| graph.input = [3, 9, 12]),
        error(|graph| graph.nodes[3].inputs = vec![NodeId(1)]),
        error(|graph| graph.nodes[3].inputs = vec![NodeId(1), NodeId(0)]),
        error(|graph| graph.nodes[2].inputs = vec![NodeId(2)]),
        error(|graph| graph.nodes[2].inputs = vec![NodeId(99)]),
        error(|graph| graph.nodes[2].name = "conv".to_owned()),
        error(pool(Pool { kernel: 9, stride: 1, padding: 0, ceil: true })),
        error(pool(Pool { kernel: 2, stride: 0, padding: 0, ceil: false })),
        error(pool(Pool { kernel: 2, stride: 1, padding: 2, ceil: false })),
        error(|graph| graph.nodes[1].op = Op::Conv(conv(2))),
        error(|graph| graph.nodes[1].op = Op::Conv(conv(0))),
        error(|graph| graph.nodes[5].op = Op::Relu),
        error(|graph| graph.nodes[5].op = Op::Concat),
        error(|graph| graph.nodes[2].op = Op::PadShortcut { stride: 0, pad: 1 }),
        error(|graph| graph.output = NodeId(70)),
        error(|graph| graph.nodes[5].op = Op::Maxout { pieces: 2 }),
        error(|graph| graph.nodes[6].op = Op::Maxout { pieces: 3 }),
        error(|graph| graph.nodes[6].op = Op::Maxout { pieces: 0 }),
        error(|graph| graph.nodes[6].op = Op::Rbf { inputs: 60, outputs: 10 }),
        error(|graph| graph.nodes[4].op = Op::Rbf { inputs: 4, outputs: 10 }),
        error(|graph| graph.nodes[6].op = transform([8, 8])),
        error(|graph| (graph.nodes[6].op, graph.nodes[6].inputs) = (transform([8, 8]), vec![NodeId(5), NodeId(4)])),
        error(|graph| (graph.nodes[6].op, graph.nodes[6].inputs) = (transform([8, 8]), vec![NodeId(4), NodeId(3)])),
        error(|graph| (graph.nodes[6].op, graph.nodes[6].inputs) = (transform([8, 8]), vec![NodeId(4), NodeId(5)])),
        error(|graph| {
            graph.nodes[5].op = Op::Linear { inputs: 64, outputs: 6, bias: true };
            graph.nodes.insert(
                5,
                replications::graph::Node { name: "flat".to_owned(), op: Op::Flatten, inputs: vec![NodeId(4)] },
            );
            graph.nodes[6].inputs = vec![NodeId(5)];
            (graph.nodes[7].op, graph.nodes[7].inputs) = (transform([1, 8]), vec![NodeId(4), NodeId(6)]);
        }),
    ];
    insta::assert_snapshot!(errors.join("\n"), @r"
    network small, layer conv: expects 3 channels or features but gets 1
    network small, layer fc: expects 64 channels or features but gets 96
    network small, layer sum: takes 2 input(s) but has 1
    network small, layer sum: its inputs have shapes [4, 8, 8] and [3, 8, 8], which do not fit
    network small, layer relu: reads node 2, which does not come before it
    network small, layer relu: reads node 99, which does not come before it
    network small, layer conv: an earlier layer has this name too; names must be unique
    network small, layer pool: kernel 9, stride 1 and padding 0 do not fit a side of 8
    network small, layer pool: kernel 2, stride 0 and padding 0 do not fit a side of 8
    network small, layer pool: kernel 2, stride 1 and padding 2 do not fit a side of 8
    network small, layer conv: 2 groups do not divide 3 input and 4 output channels
    network small, layer conv: 0 groups do not divide 3 input and 4 output channels
    network small, layer fc: expects an input with 1 dimension(s) but gets shape [4, 4, 4]
    network small, layer fc: expects an input with 1 dimension(s) but gets shape [4, 4, 4]
    network small, layer relu: kernel 1, stride 0 and padding 0 do not fit a side of 8
    network small, layer output: the graph's output is node 70, which does not exist
    network small, layer flatten: expects an input with 1 dimension(s) but gets shape [4, 4, 4]
    network small, layer fc: 3 groups do not divide 64 input and 64 output channels
    network small, layer fc: 0 groups do not divide 64 input and 64 output channels
    network small, layer fc: expects 60 channels or features but gets 64
    network small, layer pool: expects an input with 1 dimension(s) but gets shape [4, 8, 8]
    network small, layer fc: takes 2 input(s) but has 1
    network small, layer fc: expects an input with 3 dimension(s) but gets shape [64]
    network small, layer fc: expects an input with 1 dimension(s) but gets shape [4, 8, 8]
    network small, layer fc: expects 6 channels or features but gets 64
    network small, layer fc: kernel 2, stride 1 and padding 0 do not fit a side of 1
    ");
}

/// Sizes so large that they overflow are an error too, not a panic.
#[test]
fn absurd_sizes_do_not_panic() {
    for side in [usize::MAX, usize::MAX / 2, 1 << 40] {
        let mut net = Builder::new("large", [side, side, side]);
        let x = net.conv("conv", NodeId(0), side, Kernel::square(3).padding(side / 2));
        let x = net.pad_shortcut("shortcut", x, 1, side);
        let y = net.concat("concat", &[x, x]);
        let y = net.flatten("flatten", y);
        let y = net.linear("fc", y, side);
        let graph = net.finish(y);
        let _ = (graph.shapes(), graph.multiply_adds(), graph.parameter_count());
    }
}
