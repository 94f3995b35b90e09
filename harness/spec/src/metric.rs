//! What can be claimed or measured, and in which units.
//!
//! Must not compute any metric: that is the `results` crate's work.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A quantity that a paper states or that a run measures. The written form is the field's own term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Metric {
    /// Share of images whose true class is not the best-scored one, in percent.
    #[serde(rename = "top-1 error")]
    Top1Error,
    /// Share of images whose true class is not among the five best-scored ones, in percent.
    #[serde(rename = "top-5 error")]
    Top5Error,
    /// Classification error on a set with one answer an image (CIFAR-10), in percent.
    #[serde(rename = "test error")]
    TestError,
    /// Error on the training set, in percent.
    #[serde(rename = "training error")]
    TrainingError,
    /// Localisation error (box and class), in percent.
    #[serde(rename = "localisation error")]
    LocalisationError,
    /// Mean average precision, in percent (VOC: IoU .5; the protocol says which).
    #[serde(rename = "mAP")]
    MeanAp,
    /// COCO mean average precision over IoU .5 to .95, in percent.
    #[serde(rename = "mAP@[.5,.95]")]
    CocoAp,
    /// Mean class recall (Caltech-101, Caltech-256), in percent.
    #[serde(rename = "mean class recall")]
    MeanClassRecall,
    /// A difference between two errors, in percentage points; negative means an improvement.
    #[serde(rename = "error difference")]
    ErrorDifference,
    /// Mean confidence (the largest class probability) over all images, in percent.
    #[serde(rename = "mean confidence")]
    MeanConfidence,
    /// Mean confidence over the images that were got wrong, in percent.
    #[serde(rename = "mean confidence on mistakes")]
    ConfidenceOnMistakes,
    /// Share of images on which two networks give the same answer, in percent; the condition says on which.
    #[serde(rename = "agreement")]
    Agreement,
    /// Share of inputs without any object that get a class with a probability above one half, in percent.
    #[serde(rename = "rubbish error")]
    RubbishError,
    /// Mean over images of the root of the mean squared change of a pixel (pixels 0 to 1).
    #[serde(rename = "mean distortion")]
    MeanDistortion,
    /// Mean log-likelihood of test examples, in nats.
    #[serde(rename = "log-likelihood")]
    LogLikelihood,
    /// Learned parameters.
    #[serde(rename = "parameters")]
    Parameters,
    /// A ratio of two parameter counts.
    #[serde(rename = "parameter ratio")]
    ParameterRatio,
    /// Multiply-adds of one forward pass of one crop.
    #[serde(rename = "multiply-adds")]
    MultiplyAdds,
    /// Layers with parameters on the longest path.
    #[serde(rename = "layers")]
    Layers,
    /// Wall-clock time to train one network.
    #[serde(rename = "training time")]
    TrainingTime,
    /// Iterations or epochs of training.
    #[serde(rename = "training length")]
    TrainingLength,
    /// A ratio of two times.
    #[serde(rename = "speed-up")]
    SpeedUp,
    /// Time of one forward pass of one batch, in milliseconds.
    #[serde(rename = "forward time")]
    ForwardTime,
    /// Time of one backward pass of one batch, in milliseconds.
    #[serde(rename = "backward time")]
    BackwardTime,
    /// Images a second through the network alone.
    #[serde(rename = "throughput")]
    Throughput,
    /// Share of the machine's measured peak matrix-product rate, in percent.
    #[serde(rename = "fraction of peak")]
    FractionOfPeak,
    /// Peak memory.
    #[serde(rename = "peak memory")]
    PeakMemory,
}

/// The unit of a [`Metric`]'s value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Unit {
    /// Percent, 0 to 100.
    #[serde(rename = "percent")]
    Percent,
    /// Percentage points.
    #[serde(rename = "points")]
    Points,
    /// Nats: natural logarithms of a density.
    #[serde(rename = "nats")]
    Nats,
    /// A plain count.
    #[serde(rename = "count")]
    Count,
    /// A plain ratio.
    #[serde(rename = "ratio")]
    Ratio,
    /// Seconds.
    #[serde(rename = "seconds")]
    Seconds,
    /// Milliseconds.
    #[serde(rename = "milliseconds")]
    Milliseconds,
    /// Days of 24 hours.
    #[serde(rename = "days")]
    Days,
    /// Epochs.
    #[serde(rename = "epochs")]
    Epochs,
    /// Training iterations.
    #[serde(rename = "iterations")]
    Iterations,
    /// Images a second.
    #[serde(rename = "images/s")]
    ImagesPerSecond,
    /// Bytes.
    #[serde(rename = "bytes")]
    Bytes,
}

impl Metric {
    /// Every metric, in the order of the tables.
    pub const ALL: [Metric; 27] = [
        Metric::Top1Error,
        Metric::Top5Error,
        Metric::TestError,
        Metric::TrainingError,
        Metric::LocalisationError,
        Metric::MeanAp,
        Metric::CocoAp,
        Metric::MeanClassRecall,
        Metric::ErrorDifference,
        Metric::MeanConfidence,
        Metric::ConfidenceOnMistakes,
        Metric::Agreement,
        Metric::RubbishError,
        Metric::MeanDistortion,
        Metric::LogLikelihood,
        Metric::Parameters,
        Metric::ParameterRatio,
        Metric::MultiplyAdds,
        Metric::Layers,
        Metric::TrainingTime,
        Metric::TrainingLength,
        Metric::SpeedUp,
        Metric::ForwardTime,
        Metric::BackwardTime,
        Metric::Throughput,
        Metric::FractionOfPeak,
        Metric::PeakMemory,
    ];

    /// The units in which a value of this metric may be written.
    #[must_use]
    pub fn units(self) -> &'static [Unit] {
        use Metric as M;
        match self {
            M::Top1Error
            | M::Top5Error
            | M::TestError
            | M::TrainingError
            | M::LocalisationError
            | M::MeanAp
            | M::CocoAp
            | M::MeanClassRecall
            | M::MeanConfidence
            | M::ConfidenceOnMistakes
            | M::Agreement
            | M::RubbishError
            | M::FractionOfPeak => &[Unit::Percent],
            M::ErrorDifference => &[Unit::Points],
            M::Parameters | M::MultiplyAdds | M::Layers => &[Unit::Count],
            M::LogLikelihood => &[Unit::Nats],
            M::ParameterRatio | M::SpeedUp | M::MeanDistortion => &[Unit::Ratio],
            M::TrainingTime => &[Unit::Days, Unit::Seconds],
            M::TrainingLength => &[Unit::Epochs, Unit::Iterations],
            M::ForwardTime | M::BackwardTime => &[Unit::Milliseconds],
            M::Throughput => &[Unit::ImagesPerSecond],
            M::PeakMemory => &[Unit::Bytes],
        }
    }

    /// Whether the value is a share of images, so that a binomial interval fits it.
    #[must_use]
    pub fn is_proportion(self) -> bool {
        matches!(
            self,
            Metric::Top1Error
                | Metric::Top5Error
                | Metric::TestError
                | Metric::TrainingError
                | Metric::Agreement
                | Metric::RubbishError
        )
    }

    /// Whether the value is measured on a data set, so that data, protocol and weights must agree with a claim's.
    #[must_use]
    pub fn is_score(self) -> bool {
        self.is_proportion()
            || matches!(
                self,
                Metric::ErrorDifference
                    | Metric::MeanConfidence
                    | Metric::ConfidenceOnMistakes
                    | Metric::MeanDistortion
                    | Metric::LogLikelihood
            )
    }

    /// Whether the value follows from the network's definition alone (tier `instant`).
    #[must_use]
    pub fn is_static(self) -> bool {
        matches!(self, Metric::Parameters | Metric::ParameterRatio | Metric::MultiplyAdds | Metric::Layers)
    }

    /// Whether the value depends on the hardware it was measured on.
    #[must_use]
    pub fn is_speed(self) -> bool {
        matches!(
            self,
            Metric::TrainingTime
                | Metric::ForwardTime
                | Metric::BackwardTime
                | Metric::Throughput
                | Metric::FractionOfPeak
                | Metric::PeakMemory
                | Metric::SpeedUp
        )
    }
}

macro_rules! written_form {
    ($type:ty) => {
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match serde_json::to_value(self) {
                    Ok(serde_json::Value::String(text)) => f.pad(&text),
                    _ => Err(std::fmt::Error),
                }
            }
        }
    };
}
pub(crate) use written_form;

written_form!(Metric);
written_form!(Unit);
