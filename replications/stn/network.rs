//! The eight networks of Table 1 for each distortion: fully connected or convolutional, without a transformer or with
//! an affine, projective or thin-plate-spline one at the input.
//!
//! The paper says that all have three layers with weights and about as many parameters, and gives no widths that could
//! be checked: those in [`TASKS`] make the eight networks of a distortion equal to within 3 %. Must not hold widths
//! anywhere else.

use crate::build::{Builder, Kernel};
use crate::graph::{Graph, NodeId, Transform, TransformKind};

/// A distortion, and the widths of its networks.
struct Task {
    /// The end of its networks' ids: `fcn-rts`.
    id: &'static str,
    /// Side of the input, in pixels.
    side: usize,
    /// Whether there are projective and thin-plate-spline transformers too, or affine ones only.
    all_kinds: bool,
    /// Hidden units of each of the two layers of FCN, and of ST-FCN.
    hidden: [usize; 2],
    /// Filters of the first convolution of CNN and ST-CNN.
    first: usize,
    /// Filters of the second convolution of CNN, and of ST-CNN.
    second: [usize; 2],
    /// Units of each of the three layers of ST-FCN's localisation network.
    locating_units: usize,
    /// Filters of each of the two convolutions of ST-CNN's localisation network.
    locating_filters: usize,
}

/// About 400,000 parameters.
const R: Task = Task {
    id: "r",
    side: 28,
    all_kinds: true,
    hidden: [349, 331],
    first: 64,
    second: [124, 119],
    locating_units: 32,
    locating_filters: 20,
};

/// About 60,000 parameters: for minutes on two processor cores, not for the paper's own rows.
const R_SMALL: Task = Task {
    id: "r-small",
    all_kinds: false,
    hidden: [69, 55],
    first: 16,
    second: [71, 64],
    locating_units: 16,
    locating_filters: 10,
    ..R
};

/// The one place where widths are chosen.
const TASKS: [Task; 7] = [
    R,
    Task { id: "rts", side: 42, hidden: [202, 309], second: [117, 115], ..R },
    Task { id: "p", ..R },
    Task { id: "e", ..R },
    Task { id: "tc", side: 60, all_kinds: false, hidden: [108, 266], second: [95, 103], ..R },
    R_SMALL,
    Task { id: "rts-small", side: 42, hidden: [33, 37], second: [57, 56], ..R_SMALL },
];

/// What a transformer gives the classifier: the size of an MNIST digit's own image, also where the input is larger.
const SEEN: usize = 28;
/// Units of the last hidden layer of ST-CNN's localisation network.
const LOCATING_LAST: usize = 20;
/// Control points along a side of the thin-plate spline: 16 in all.
const CONTROL_SIDE: usize = 4;
/// Digits.
const CLASSES: usize = 10;

macro_rules! ids {
    (all: $($all:literal),*; affine: $($few:literal),*) => {
        &[
            $(
                concat!("fcn-", $all), concat!("cnn-", $all),
                concat!("st-fcn-affine-", $all), concat!("st-fcn-projective-", $all), concat!("st-fcn-tps-", $all),
                concat!("st-cnn-affine-", $all), concat!("st-cnn-projective-", $all), concat!("st-cnn-tps-", $all),
            )*
            $(
                concat!("fcn-", $few), concat!("cnn-", $few),
                concat!("st-fcn-affine-", $few), concat!("st-cnn-affine-", $few),
            )*
        ]
    };
}

/// The ids of all networks.
pub const NETWORKS: &[&str] = ids!(all: "r", "rts", "p", "e"; affine: "tc", "r-small", "rts-small");

/// The network of that id, if it is one of this paper's.
#[must_use]
pub fn build(id: &str) -> Option<Graph> {
    TASKS.iter().find_map(|task| {
        let net = id.strip_suffix(task.id)?.strip_suffix('-')?;
        let (net, kind) = match net.strip_prefix("st-").and_then(|rest| rest.split_once('-')) {
            Some((net, kind)) => (net, Some(transform_kind(kind)?)),
            None => (net, None),
        };
        let built = task.all_kinds || matches!(kind, None | Some(TransformKind::Affine));
        match net {
            "fcn" if built => Some(fully_connected(id, task, kind)),
            "cnn" if built => Some(convolutional(id, task, kind)),
            _ => None,
        }
    })
}

fn transform_kind(word: &str) -> Option<TransformKind> {
    match word {
        "affine" => Some(TransformKind::Affine),
        "projective" => Some(TransformKind::Projective),
        "tps" => Some(TransformKind::ThinPlateSpline { side: CONTROL_SIDE }),
        _ => None,
    }
}

/// FCN and ST-FCN: two hidden layers.
fn fully_connected(id: &str, task: &Task, kind: Option<TransformKind>) -> Graph {
    let mut net = Builder::new(id, [1, task.side, task.side]);
    let mut x = net.input();
    let hidden = task.hidden[usize::from(kind.is_some())];
    if let Some(kind) = kind {
        let mut y = net.flatten("loc/flatten", x);
        for layer in ["loc/fc1", "loc/fc2", "loc/fc3"] {
            y = net.linear(layer, y, task.locating_units);
            y = net.relu(format!("{layer}/relu"), y);
        }
        x = transformed(&mut net, x, y, kind);
    }
    x = net.flatten("flatten", x);
    for layer in ["fc1", "fc2"] {
        x = net.linear(layer, x, hidden);
        x = net.relu(format!("{layer}/relu"), x);
    }
    x = net.linear("fc3", x, CLASSES);
    net.finish(x)
}

/// CNN and ST-CNN: two convolutions, each with a max pool.
fn convolutional(id: &str, task: &Task, kind: Option<TransformKind>) -> Graph {
    let mut net = Builder::new(id, [1, task.side, task.side]);
    let mut x = net.input();
    let second = task.second[usize::from(kind.is_some())];
    if let Some(kind) = kind {
        let filters = task.locating_filters;
        let mut y = x;
        for number in [1, 2] {
            y = conv_pool_relu(&mut net, "loc/", number, y, filters, 5);
        }
        y = net.flatten("loc/flatten", y);
        y = net.linear("loc/fc", y, LOCATING_LAST);
        y = net.relu("loc/fc/relu", y);
        x = transformed(&mut net, x, y, kind);
    }
    x = conv_pool_relu(&mut net, "", 1, x, task.first, 9);
    x = conv_pool_relu(&mut net, "", 2, x, second, 7);
    x = net.flatten("flatten", x);
    x = net.linear("fc3", x, CLASSES);
    net.finish(x)
}

/// The regression of the transformation's numbers from `features`, and the grid and sampler that apply it to `image`.
/// The regression, `loc/theta`, starts with zero weights and the identity as its bias.
fn transformed(net: &mut Builder, image: NodeId, features: NodeId, kind: TransformKind) -> NodeId {
    let transform = Transform { kind, output: [SEEN, SEEN] };
    let theta = net.linear("loc/theta", features, transform.parameters());
    net.transform("transform", image, theta, transform)
}

/// The ReLU stands after the pool, where it has a quarter of the work: max(x, 0) and the maximum change places freely.
fn conv_pool_relu(net: &mut Builder, prefix: &str, number: usize, from: NodeId, filters: usize, side: usize) -> NodeId {
    let x = net.conv(format!("{prefix}conv{number}"), from, filters, Kernel::square(side));
    let x = net.max_pool(format!("{prefix}pool{number}"), x, Kernel::square(2).stride(2).pool());
    net.relu(format!("{prefix}relu{number}"), x)
}
