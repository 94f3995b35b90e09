//! The papers that the suite is for, there or not yet.
//!
//! Must not hold anything that a paper's own spec says better.

/// Id, title and year. Those that the registry has are shown from their specs instead.
pub const WANTED: [(&str, &str, u16); 9] = [
    ("alexnet", "ImageNet Classification with Deep Convolutional Neural Networks (AlexNet)", 2012),
    ("zfnet", "Visualizing and Understanding Convolutional Networks (ZF Net)", 2013),
    ("rcnn", "Rich feature hierarchies for accurate object detection and semantic segmentation (R-CNN)", 2013),
    ("fast-rcnn", "Fast R-CNN", 2015),
    ("faster-rcnn", "Faster R-CNN: Towards Real-Time Object Detection with Region Proposal Networks", 2015),
    ("gan", "Generative Adversarial Nets", 2014),
    ("adversarial", "Explaining and Harnessing Adversarial Examples", 2015),
    ("descriptions", "Deep Visual-Semantic Alignments for Generating Image Descriptions", 2014),
    ("stn", "Spatial Transformer Networks", 2015),
];
