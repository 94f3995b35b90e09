//! How an image becomes a network's input and how a network's outputs become an answer.
//!
//! Must not touch pixels: the `images` crate does.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::metric::{Metric, written_form};

/// What follows a protocol's id where the images were resized before and are not resized again.
pub const WITHOUT_RESIZE: &str = " without resize";

/// A test-time protocol: resize, views, how their scores are joined.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Protocol {
    /// Unique in the spec: `center-224`.
    pub id: String,
    /// One line for tables and pages.
    pub title: String,
    /// The resize before the views are cut. None: the image is used at its own size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resize: Option<Resize>,
    /// Whether a photograph is turned the way up that its EXIF data name, before anything else. The papers' code and
    /// torchvision's do not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub orient: bool,
    /// What is cut out of the resized image.
    pub views: Views,
    /// How the views' scores are joined.
    #[serde(default)]
    pub average: Average,
    /// What is counted, the most telling first.
    #[serde(default = "top_1_and_5", skip_serializing_if = "is_top_1_and_5")]
    pub metrics: Vec<Metric>,
    /// Where the protocol is described.
    pub source: String,
    /// What the paper leaves open and how it was settled here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A resize that keeps the aspect ratio.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Resize {
    /// The short side afterwards, in pixels; several values mean one pass a scale.
    pub short_side: Vec<u32>,
    /// The resampling filter.
    #[serde(default)]
    pub filter: Filter,
    /// Whether the filter's support grows when shrinking, as Pillow's does and OpenCV's does not.
    #[serde(default = "yes")]
    pub antialias: bool,
}

/// Resampling filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Filter {
    /// Linear interpolation.
    #[default]
    Bilinear,
    /// Cubic interpolation (a = -0.5, Pillow's).
    Bicubic,
}
written_form!(Filter);

/// The views of one image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Views {
    /// Which views.
    pub kind: ViewKind,
    /// The side of a square crop, in pixels; for whole images, the side that the network was trained at.
    pub size: u32,
    /// The side of the central square that the crops are cut from, in pixels. None: they are cut from the whole image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<u32>,
}

/// Which parts of an image the network sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ViewKind {
    /// The centre crop.
    Center,
    /// Four corners and the centre, and their mirror images.
    TenCrop,
    /// The whole image through the network in its fully convolutional form, and its mirror image: scores are averaged over
    /// places before anything else.
    Dense,
    /// A 5×5 grid of crops and their mirror images, a scale.
    #[serde(rename = "grid-50")]
    Grid50,
    /// 3 squares × 6 crops × 2 mirror images, a scale: 144 at four.
    #[serde(rename = "crops-144")]
    Crops144,
    /// Dense and grid together: the mean of both answers.
    DenseAndGrid,
    /// The central 87.5 % of width and height, squeezed to a square without antialiasing, as TF-Slim does.
    CentralSqueezed,
}
written_form!(ViewKind);

impl ViewKind {
    /// Whether whole images go through the network, whatever their size.
    #[must_use]
    pub fn is_dense(self) -> bool {
        matches!(self, ViewKind::Dense | ViewKind::DenseAndGrid)
    }
}

impl Protocol {
    /// How many times the work of one crop an image is, about: whole images count by their area, at 4:3.
    #[must_use]
    pub fn crops_of_work(&self) -> f64 {
        let size = f64::from(self.views.size.max(1));
        let dense = |short: f64| 2.0 * 4.0 / 3.0 * (short / size).powi(2);
        let at = |short: f64| match self.views.kind {
            ViewKind::Center | ViewKind::CentralSqueezed => 1.0,
            ViewKind::TenCrop => 10.0,
            ViewKind::Dense => dense(short),
            ViewKind::Grid50 => 50.0,
            ViewKind::DenseAndGrid => 50.0 + dense(short),
            ViewKind::Crops144 => 36.0,
        };
        self.resize.as_ref().map_or(at(size), |resize| resize.short_side.iter().map(|side| at(f64::from(*side))).sum())
    }
}

/// How scores of several views (or networks) become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Average {
    /// The mean of the softmax probabilities.
    #[default]
    Softmax,
    /// The mean of the logits.
    Logits,
}
written_form!(Average);

/// How pixels become numbers; belongs to the weights, not to the protocol.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The order of the three channels.
    pub colour: Colour,
    /// The value of a full channel before mean and std: 255 or 1.
    #[serde(deserialize_with = "crate::finite::number")]
    pub range: f32,
    /// Subtracted a channel, in the order of `colour`, in `range`'s scale.
    #[serde(deserialize_with = "crate::finite::three")]
    pub mean: [f32; 3],
    /// Divides a channel after the mean, in the order of `colour`.
    #[serde(default = "ones", deserialize_with = "crate::finite::three")]
    pub std: [f32; 3],
}

/// Channel order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Colour {
    /// Red, green, blue.
    Rgb,
    /// Blue, green, red (Caffe, OpenCV).
    Bgr,
}
written_form!(Colour);

fn top_1_and_5() -> Vec<Metric> {
    vec![Metric::TOP_1_ERROR, Metric::TOP_5_ERROR]
}

fn is_top_1_and_5(metrics: &Vec<Metric>) -> bool {
    *metrics == top_1_and_5()
}

fn yes() -> bool {
    true
}

fn ones() -> [f32; 3] {
    [1.0; 3]
}
