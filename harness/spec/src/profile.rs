//! A hardware profile: one machine, or a paper's machine, as data (`harness/profiles/<id>.yaml`).
//!
//! Must not detect or measure anything: the harness fills a detected machine's profile in and keeps it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::job::{Device, Precision};

/// One machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HardwareProfile {
    /// Unique, the file's name without `.yaml`; what claims and `--profile` name: `k40`, `titan-black-x4`, `h200`.
    pub id: String,
    /// As people write it: `4 × NVIDIA GTX Titan Black, 6 GB each`.
    pub title: String,
    /// Where networks run on it.
    pub device: Device,
    /// How many such devices work together; the peaks below are of all of them.
    #[serde(default = "one")]
    pub devices: u32,
    /// Memory in bytes: of one device for CUDA, of the machine for a processor. None: not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<u64>,
    /// Cores that a run uses: the processor's. None: not known, or the machine's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cores: Option<u32>,
    /// The arithmetic of a run when none is asked for.
    pub default_precision: Precision,
    /// Batch sizes, the one to start with first; the next ones are tried after an out-of-memory. Empty for machines
    /// that nothing is run on here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub batches: Vec<u32>,
    /// The most seconds one stage may be silent before it counts as hung. None: the harness's own limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence_seconds: Option<u32>,
    /// Peak rates. None where they are measured on the machine and kept by the harness.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peaks: Option<Peaks>,
    /// Where the numbers were read, or `measured here` with the date; `memory` where nobody checked them.
    pub source: String,
}

/// Peak rates of a machine: matrix products in floating-point operations a second (a multiply-add is two of them),
/// memory copies in bytes a second (bytes read and bytes written both count).
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Peaks {
    /// Single precision, TF32 off. FLOP/s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fp32: Option<f64>,
    /// TensorFloat-32. FLOP/s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tf32: Option<f64>,
    /// bfloat16. FLOP/s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bf16: Option<f64>,
    /// Memory copy. Bytes a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<f64>,
}

impl Peaks {
    /// The peak of that arithmetic, in floating-point operations a second.
    #[must_use]
    pub fn of(&self, precision: Precision) -> Option<f64> {
        match precision {
            Precision::Fp32 => self.fp32,
            Precision::Tf32 => self.tf32,
            Precision::Bf16 => self.bf16,
        }
    }
}

fn one() -> u32 {
    1
}
