//! Tests of the readers from outside: files that other programs wrote, and what is said of a file that is not read.

mod caffe;
mod refused;
mod written;

use std::path::PathBuf;

use spec::paper::WeightsFormat;

/// A file beside the script that wrote it.
fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

/// The format that its name tells.
fn format(name: &str) -> WeightsFormat {
    match name.rsplit('.').next() {
        Some("safetensors") => WeightsFormat::Safetensors,
        Some("caffemodel") => WeightsFormat::Caffemodel,
        _ => WeightsFormat::PytorchZip,
    }
}
