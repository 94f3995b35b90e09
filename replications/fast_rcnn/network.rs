//! Section 2.1: a network whose last maps are pooled over regions, and which tells of each region a class and a box a class.
//!
//! S, M and L as the authors' prototxts have them (rbgirshick/fast-rcnn @b612190, models/*/test.prototxt), which differ from the
//! classifiers that they come from: L's pools round up, and S has padding where Caffe's reference network has none. The fourth is
//! this project's own, on a trunk whose weights can be had. Must not build what the trunk's own papers build.

use crate::build::{Builder, Kernel};
use crate::graph::{Graph, NodeId};
use crate::{alexnet, googlenet, vgg};

/// PASCAL VOC's classes and the background.
const CLASSES: usize = 21;
/// Centre, width and height.
const BOX: usize = 4;
/// Pixels from one place of the last maps to the next, in all of these.
pub const STRIDE: usize = 16;
/// The size that shapes are told for: the shorter side 600 pixels, the longer at most 1000.
const INPUT: [usize; 3] = [3, 600, 1000];

/// A trunk with what stands behind the pooled regions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trunk {
    /// Caffe's reference network: S.
    CaffeNet,
    /// `VGG_CNN_M_1024` of Chatfield et al. 2014: M.
    VggM,
    /// Configuration D of Simonyan and Zisserman: L.
    Vgg16,
    /// Zeiler and Fergus's, in the version of Faster R-CNN's authors.
    Zf,
    /// GoogLeNet up to its module 4e; 5a and 5b are for each region.
    GoogLeNet,
}

/// The same networks trained or tested otherwise: boxes not corrected, classes alone, boxes after classes, linear machines.
const VARIANTS: [&str; 4] = ["no-boxes", "classes", "stages", "svm"];
/// More of S: compressed at test, pictures at several scales.
const OF_S: [&str; 2] = ["compressed", "five-scales"];
/// More of L: compressed at test, tuned from another layer on, trained on fewer objects, on two years.
const OF_L: [&str; 5] = ["compressed", "from-fc6", "from-conv2", "without-difficult", "07-12"];

/// The network of that id, if it is one of this paper's.
#[must_use]
pub fn build(id: &str) -> Option<Graph> {
    let trunk = match id {
        "fast-rcnn-s" => Trunk::CaffeNet,
        "fast-rcnn-m" => Trunk::VggM,
        "fast-rcnn-l" => Trunk::Vgg16,
        "fast-rcnn-googlenet-trunk" => {
            return googlenet::build("googlenet").map(|graph| Graph { name: id.to_owned(), ..graph });
        }
        "fast-rcnn-caffenet-trunk" => {
            return alexnet::build("bvlc-caffenet").map(|graph| Graph { name: id.to_owned(), ..graph });
        }
        "fast-rcnn-vgg16-trunk" => return vgg::build("vgg16").map(|graph| Graph { name: id.to_owned(), ..graph }),
        "fast-rcnn-googlenet" => Trunk::GoogLeNet,
        _ => match id.strip_prefix("fast-rcnn-")?.split_once('-')? {
            ("googlenet", variant) if VARIANTS.contains(&variant) => Trunk::GoogLeNet,
            ("s", variant) if VARIANTS.contains(&variant) || OF_S.contains(&variant) => Trunk::CaffeNet,
            ("l", variant) if VARIANTS.contains(&variant) || OF_L.contains(&variant) => Trunk::Vgg16,
            _ => return None,
        },
    };
    let (mut net, map) = trunk.begun(id)?;
    let [classes, boxes] = trunk.look_into_regions(&mut net, map);
    Some(net.finish_with(classes, &[boxes]))
}

impl Trunk {
    /// The network up to its last maps.
    #[must_use]
    pub fn begun(self, id: &str) -> Option<(Builder, NodeId)> {
        let mut net = Builder::new(id, INPUT);
        let x = net.input();
        let map = match self {
            Trunk::CaffeNet => caffenet(&mut net, x),
            Trunk::VggM => vgg_m(&mut net, x),
            Trunk::Vgg16 => vgg16(&mut net, x),
            Trunk::Zf => zf(&mut net, x),
            Trunk::GoogLeNet => {
                let graph = googlenet::build("googlenet")?.until("inception_4e/output")?;
                return Some(Builder::on(id, Graph { input: INPUT, ..graph }));
            }
        };
        Some((net, map))
    }

    /// What stands behind the last maps: regions, pooled, and of each the scores of classes and a box a class.
    pub fn look_into_regions(self, net: &mut Builder, map: NodeId) -> [NodeId; 2] {
        let regions = net.regions("rois");
        let bins = if matches!(self, Trunk::CaffeNet | Trunk::VggM | Trunk::Zf) { 6 } else { 7 };
        let mut x = net.roi_pool("roi_pool5", [map, regions], bins, STRIDE);
        if self == Trunk::GoogLeNet {
            // A region is pooled to 7×7 places, as many as the pool between 4e and 5a gives of a whole picture.
            x = googlenet::last_modules(net, x);
            x = net.avg_pool("pool5/7x7_s1", x, Kernel::square(7).pool());
            x = net.flatten("flatten", x);
            x = net.dropout("pool5/drop_7x7_s1", x, 0.4);
        } else {
            x = net.flatten("flatten", x);
            for (layer, features) in [(6, 4096), (7, if self == Trunk::VggM { 1024 } else { 4096 })] {
                x = net.linear(format!("fc{layer}"), x, features);
                x = net.relu(format!("relu{layer}"), x);
                x = net.dropout(format!("drop{layer}"), x, 0.5);
            }
        }
        [net.linear("cls_score", x, CLASSES), net.linear("bbox_pred", x, BOX * CLASSES)]
    }
}

/// Pools before it normalises; conv1 and the pools have padding, which deploy.prototxt has not.
fn caffenet(net: &mut Builder, x: NodeId) -> NodeId {
    let after = |net: &mut Builder, x, layer: usize| {
        let x = net.relu(format!("relu{layer}"), x);
        let x = net.max_pool(format!("pool{layer}"), x, Kernel::square(3).stride(2).padding(1).pool_ceil());
        net.lrn(format!("norm{layer}"), x, 5, [1e-4, 0.75, 1.0])
    };
    let x = net.conv("conv1", x, 96, Kernel::square(11).stride(4).padding(5));
    let x = after(net, x, 1);
    let x = net.conv_in_groups("conv2", x, 256, Kernel::same(5), 2);
    let mut x = after(net, x, 2);
    for (layer, maps, groups) in [(3, 384, 1), (4, 384, 2), (5, 256, 2)] {
        x = net.conv_in_groups(format!("conv{layer}"), x, maps, Kernel::same(3), groups);
        x = net.relu(format!("relu{layer}"), x);
    }
    x
}

fn vgg_m(net: &mut Builder, x: NodeId) -> NodeId {
    let after = |net: &mut Builder, x, layer: usize| {
        let x = net.relu(format!("relu{layer}"), x);
        let x = net.lrn(format!("norm{layer}"), x, 5, [5e-4, 0.75, 2.0]);
        net.max_pool(format!("pool{layer}"), x, Kernel::square(3).stride(2).pool_ceil())
    };
    let x = net.conv("conv1", x, 96, Kernel::square(7).stride(2));
    let x = after(net, x, 1);
    let x = net.conv("conv2", x, 256, Kernel::square(5).stride(2).padding(1));
    let mut x = after(net, x, 2);
    for layer in 3..=5 {
        x = net.conv(format!("conv{layer}"), x, 512, Kernel::same(3));
        x = net.relu(format!("relu{layer}"), x);
    }
    x
}

/// Without the last pool, the others rounding up.
fn vgg16(net: &mut Builder, mut x: NodeId) -> NodeId {
    for (block, maps, layers) in [(1, 64, 2), (2, 128, 2), (3, 256, 3), (4, 512, 3), (5, 512, 3)] {
        for layer in 1..=layers {
            x = net.conv(format!("conv{block}_{layer}"), x, maps, Kernel::same(3));
            x = net.relu(format!("relu{block}_{layer}"), x);
        }
        if block < 5 {
            x = net.max_pool(format!("pool{block}"), x, Kernel::square(2).stride(2).pool_ceil());
        }
    }
    x
}

/// As `zfnet::msra`, without the last pool.
fn zf(net: &mut Builder, x: NodeId) -> NodeId {
    let after = |net: &mut Builder, x, layer: usize| {
        let x = net.relu(format!("relu{layer}"), x);
        let x = net.lrn_within(format!("norm{layer}"), x, 3, [5e-5, 0.75, 1.0]);
        net.max_pool(format!("pool{layer}"), x, Kernel::square(3).stride(2).padding(1).pool_ceil())
    };
    let x = net.conv("conv1", x, 96, Kernel::same(7).stride(2));
    let x = after(net, x, 1);
    let x = net.conv("conv2", x, 256, Kernel::same(5).stride(2));
    let mut x = after(net, x, 2);
    for (layer, maps) in [(3, 384), (4, 384), (5, 256)] {
        x = net.conv(format!("conv{layer}"), x, maps, Kernel::same(3));
        x = net.relu(format!("relu{layer}"), x);
    }
    x
}
