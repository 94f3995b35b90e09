//! Section 3.1: Fast R-CNN whose regions are proposed by layers on its own last maps, nine anchors a place.
//!
//! As the authors' prototxts have it (rbgirshick/py-faster-rcnn @781a917, models/pascal_voc). Must not build a trunk.

use crate::build::Kernel;
use crate::fast_rcnn::network::Trunk;
use crate::graph::Graph;
use crate::{googlenet, vgg};

/// Anchors of a place: three shapes by three areas.
const ANCHORS: usize = 9;
/// Detectors on GoogLeNet's trunk: those with other anchors (Table 8), and those that differ by what they are trained or tested on.
const ON_GOOGLENET: [(&str, usize); 20] = [
    ("faster-rcnn-googlenet", ANCHORS),
    ("faster-rcnn-googlenet-search", ANCHORS),
    ("faster-rcnn-googlenet-joint", ANCHORS),
    ("faster-rcnn-googlenet-100", ANCHORS),
    ("faster-rcnn-googlenet-300", ANCHORS),
    ("faster-rcnn-googlenet-1000", ANCHORS),
    ("faster-rcnn-googlenet-no-nms", ANCHORS),
    ("faster-rcnn-googlenet-no-cls-100", ANCHORS),
    ("faster-rcnn-googlenet-no-cls-300", ANCHORS),
    ("faster-rcnn-googlenet-no-cls-1000", ANCHORS),
    ("faster-rcnn-googlenet-no-reg-300", ANCHORS),
    ("faster-rcnn-googlenet-no-reg-1000", ANCHORS),
    ("faster-rcnn-googlenet-anchors-128", 1),
    ("faster-rcnn-googlenet-anchors-256", 1),
    ("faster-rcnn-googlenet-anchors-128-ratios", 3),
    ("faster-rcnn-googlenet-anchors-256-ratios", 3),
    ("faster-rcnn-googlenet-anchors-scales", 3),
    ("faster-rcnn-googlenet-lambda-tenth", ANCHORS),
    ("faster-rcnn-googlenet-lambda-1", ANCHORS),
    ("faster-rcnn-googlenet-lambda-100", ANCHORS),
];
/// VGG-16's detector trained otherwise: after two of the four steps, on selective search's proposals, jointly.
const OF_VGG16: [&str; 3] = ["unshared", "search", "joint"];
/// Centre, width and height.
const BOX: usize = 4;

/// Anchors of a place of the network of that id.
#[must_use]
pub fn anchors(id: &str) -> usize {
    ON_GOOGLENET.iter().find(|(own, _)| *own == id).map_or(ANCHORS, |(_, count)| *count)
}

/// The network of that id, if it is one of this paper's.
#[must_use]
pub fn build(id: &str) -> Option<Graph> {
    let (trunk, maps) = match id {
        "faster-rcnn-zf" => (Trunk::Zf, 256),
        "faster-rcnn-vgg16" => (Trunk::Vgg16, 512),
        "faster-rcnn-vgg16-trunk" => {
            return vgg::build("vgg16").map(|graph| Graph { name: id.to_owned(), ..graph });
        }
        _ if id.strip_prefix("faster-rcnn-vgg16-").is_some_and(|rest| OF_VGG16.contains(&rest)) => (Trunk::Vgg16, 512),
        "faster-rcnn-googlenet-trunk" => {
            return googlenet::build("googlenet").map(|graph| Graph { name: id.to_owned(), ..graph });
        }
        _ if ON_GOOGLENET.iter().any(|(own, _)| *own == id) => (Trunk::GoogLeNet, 256),
        _ => return None,
    };
    let anchors = anchors(id);
    let (mut net, map) = trunk.begun(id)?;
    let x = net.conv("rpn_conv/3x3", map, maps, Kernel::same(3));
    let x = net.relu("rpn_relu/3x3", x);
    // Background and object, all anchors of the one and then of the other.
    let scores = net.conv("rpn_cls_score", x, 2 * anchors, Kernel::same(1));
    let moves = net.conv("rpn_bbox_pred", x, BOX * anchors, Kernel::same(1));
    let [classes, boxes] = trunk.look_into_regions(&mut net, map);
    Some(net.finish_with(classes, &[boxes, scores, moves]))
}
