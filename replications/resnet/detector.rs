//! Faster R-CNN on ResNet-101 (section 4.3 and the appendix, "Object Detection Baselines"): all layers up to conv4_x for the whole
//! picture, shared by the layers that propose; all of conv5_x for each region, which is pooled before it.
//!
//! On the authors' released model. The paper gives neither the bins nor the width of the layers that propose: bins are twice as many
//! as conv5_x has places, since its stride is 2, and the width is VGG-16's in Faster R-CNN, as in the re-implementations. Must not
//! build what the classifier builds.

use super::network;
use crate::build::{Builder, Kernel};
use crate::graph::Graph;

/// PASCAL VOC's classes and the background.
const CLASSES: usize = 21;
/// Centre, width and height.
const BOX: usize = 4;
/// Anchors of a place: three shapes by three areas.
const ANCHORS: usize = 9;
/// Pixels from one place of conv4_x's map to the next.
const STRIDE: usize = 16;
/// Parts along a side of a region.
const BINS: usize = 14;
/// The width of the layers that propose.
const PROPOSING: usize = 512;

/// The network of that id, if it is the detector.
pub(super) fn build(id: &str) -> Option<Graph> {
    let classifier = match id {
        "resnet101-faster-rcnn" => network::build("resnet101-caffe")?,
        _ => return None,
    };
    let trunk = classifier.until("res4b22_relu")?;
    let map = trunk.output;
    // The size that shapes are told for: the shorter side 600 pixels, the longer at most 1000.
    let (mut net, _) = Builder::on(id, Graph { input: [3, 600, 1000], ..trunk });
    let x = net.conv("rpn_conv/3x3", map, PROPOSING, Kernel::same(3));
    let x = net.relu("rpn_relu/3x3", x);
    let scores = net.conv("rpn_cls_score", x, 2 * ANCHORS, Kernel::same(1));
    let moves = net.conv("rpn_bbox_pred", x, BOX * ANCHORS, Kernel::same(1));
    let regions = net.regions("rois");
    let x = net.roi_pool("roi_pool5", [map, regions], BINS, STRIDE);
    let x = network::last_stage(&mut net, x);
    let x = net.global_avg_pool("pool5", x);
    let x = net.flatten("flatten", x);
    let [classes, boxes] = [net.linear("cls_score", x, CLASSES), net.linear("bbox_pred", x, BOX * CLASSES)];
    Some(net.finish_with(classes, &[boxes, scores, moves]))
}
