//! Section 3.1: Fast R-CNN whose regions are proposed by layers on its own last maps, nine anchors a place.
//!
//! As the authors' prototxts have it (rbgirshick/py-faster-rcnn @781a917, models/pascal_voc). Must not build a trunk.

use crate::build::Kernel;
use crate::fast_rcnn::network::Trunk;
use crate::googlenet;
use crate::graph::Graph;

/// Anchors of a place: three shapes by three areas.
pub const ANCHORS: usize = 9;
/// Centre, width and height.
const BOX: usize = 4;

/// The network of that id, if it is one of this paper's.
#[must_use]
pub fn build(id: &str) -> Option<Graph> {
    let (trunk, maps) = match id {
        "faster-rcnn-zf" => (Trunk::Zf, 256),
        "faster-rcnn-vgg16" => (Trunk::Vgg16, 512),
        "faster-rcnn-googlenet-trunk" => {
            return googlenet::build("googlenet").map(|graph| Graph { name: id.to_owned(), ..graph });
        }
        "faster-rcnn-googlenet" | "faster-rcnn-googlenet-100" | "faster-rcnn-googlenet-search" => {
            (Trunk::GoogLeNet, 256)
        }
        _ => return None,
    };
    let (mut net, map) = trunk.begun(id)?;
    let x = net.conv("rpn_conv/3x3", map, maps, Kernel::same(3));
    let x = net.relu("rpn_relu/3x3", x);
    // Background and object, all anchors of the one and then of the other.
    let scores = net.conv("rpn_cls_score", x, 2 * ANCHORS, Kernel::same(1));
    let moves = net.conv("rpn_bbox_pred", x, BOX * ANCHORS, Kernel::same(1));
    let [classes, boxes] = trunk.look_into_regions(&mut net, map);
    Some(net.finish_with(classes, &[boxes, scores, moves]))
}
