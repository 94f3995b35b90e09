//! What is done to an image before the network sees it, as conditions of the spec say it (`with`).
//!
//! Must not do it: `experiment/attack.rs` does.

use serde::{Deserialize, Serialize};

/// An attack or a control. Pixels are 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attack {
    /// Which.
    pub kind: AttackKind,
    /// The largest change of a pixel; for `rubbish` the standard deviation; for `lbfgs` unused (0).
    pub epsilon: f64,
    /// Whether pixels are kept within 0 to 1 afterwards. Papers seldom say.
    #[serde(default)]
    pub clip: bool,
    /// Whether it is for photographs; otherwise it is for digits.
    #[serde(default)]
    pub photographs: bool,
    /// The network that the change was computed for; None: the tested one itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_for: Option<String>,
    /// Whose answers are compared, where it is agreement that is asked for and not errors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<Agreement>,
}

/// Kinds of attack and of control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttackKind {
    /// ε times the sign of the gradient of the cost with respect to the image.
    Fgsm,
    /// ε or -ε at random in each pixel.
    SignNoise,
    /// Uniform noise within ε.
    UniformNoise,
    /// Gaussian noise of standard deviation ε.
    GaussianNoise,
    /// No image at all: Gaussian noise of standard deviation ε, where any confident answer is a mistake.
    Rubbish,
    /// The smallest change that box-constrained L-BFGS finds.
    Lbfgs,
}

impl AttackKind {
    /// Its name, which is also a part of the names of random streams.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            AttackKind::Fgsm => "fgsm",
            AttackKind::SignNoise => "sign-noise",
            AttackKind::UniformNoise => "uniform-noise",
            AttackKind::GaussianNoise => "gaussian-noise",
            AttackKind::Rubbish => "rubbish",
            AttackKind::Lbfgs => "lbfgs",
        }
    }
}

/// Among which examples two networks' answers are compared (Goodfellow et al. 2015, section 8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Agreement {
    /// Those that the network they were made for gets wrong: each other network beside that one.
    MakerErrs,
    /// Those that both get wrong.
    BothErr,
    /// Those that these two get wrong, whoever they were made for: the first beside the second.
    TheseErr([String; 2]),
}
