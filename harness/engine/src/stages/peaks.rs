//! This machine's peaks: what a large matrix product and a large copy reach. Speeds are compared with them.
//!
//! Must not name a vendor's figures: only what is measured here counts.

use std::time::Instant;

use spec::job::{Device as JobDevice, Job};
use tch::{Device, Kind, Tensor};
use torch_shim::{PackedLinear, Switch};

use super::timed;
use crate::emit::Emitter;
use crate::error::Result;

/// Samples at least, however short the time.
const LEAST: usize = 6;

/// Measures each peak for some seconds.
///
/// # Errors
/// Memory that does not suffice.
pub fn run(seconds: f64, job: &Job, emitter: &Emitter<'_>) -> Result<()> {
    emitter.stage("peaks")?;
    let on_cpu = job.settings.device == JobDevice::Cpu;
    let (device, side) = if on_cpu { (Device::Cpu, 2048) } else { (Device::Cuda(0), 8192) };
    let tf32 = torch_shim::is_on(Switch::Tf32Matmul)?;
    torch_shim::set(Switch::Tf32Matmul, false)?;
    matmul("fp32", Kind::Float, device, side, seconds, emitter)?;
    if !on_cpu {
        torch_shim::set(Switch::Tf32Matmul, true)?;
        matmul("tf32", Kind::Float, device, side, seconds, emitter)?;
    }
    torch_shim::set(Switch::Tf32Matmul, tf32)?;
    if on_cpu && !torch_shim::packs_bf16()? {
        // One product would take minutes and be no peak of anything.
        emitter.note("this processor has no arithmetic in bfloat16: its peak is not measured")?;
    } else {
        matmul("bf16", Kind::BFloat16, device, side, seconds, emitter)?;
    }
    copy(device, seconds, emitter)
}

/// Floating-point operations a second: a product of two n × n matrices is 2 n³.
fn matmul(name: &str, kind: Kind, device: Device, side: i64, seconds: f64, emitter: &Emitter<'_>) -> Result<()> {
    let a = Tensor::f_randn([side, side], (Kind::Float, device))?.f_to_kind(kind)?;
    let b = Tensor::f_randn([side, side], (Kind::Float, device))?.f_to_kind(kind)?;
    let operations = 2.0 * (side as f64).powi(3);
    let mut rates = sample(device, seconds, operations, || Ok(a.f_matmul(&b)?))?;
    if device == Device::Cpu {
        // libtorch multiplies by MKL or by oneDNN; which is faster depends on the processor, and the peak is the
        // better one's.
        let packed = PackedLinear::new(&b, None, side)?;
        let others = sample(device, seconds, operations, || Ok(packed.forward(&a, false)?))?;
        if median(&others) > median(&rates) {
            rates = others;
        }
    }
    emitter.samples(&format!("peak.matmul.{name}"), rates, None)
}

/// Bytes a second, read and written.
fn copy(device: Device, seconds: f64, emitter: &Emitter<'_>) -> Result<()> {
    let elements: i64 = if device == Device::Cpu { 1 << 26 } else { 1 << 28 };
    let from = Tensor::f_ones([elements], (Kind::Float, device))?;
    let mut to = Tensor::f_zeros([elements], (Kind::Float, device))?;
    let bytes = 2.0 * 4.0 * elements as f64;
    let rates = sample(device, seconds, bytes, || Ok(to.f_copy_(&from)?))?;
    emitter.samples("peak.copy", rates, None)
}

/// `amount` a second, for at least `seconds` and [`LEAST`] samples, after one run that does not count.
fn sample<T>(device: Device, seconds: f64, amount: f64, mut work: impl FnMut() -> Result<T>) -> Result<Vec<f64>> {
    let _ = timed(device, &mut work)?;
    let start = Instant::now();
    let mut rates = Vec::new();
    while rates.len() < LEAST || start.elapsed().as_secs_f64() < seconds {
        let (_, time) = timed(device, &mut work)?;
        rates.push(amount / time);
    }
    Ok(rates)
}

fn median(samples: &[f64]) -> f64 {
    crate::stats::Median::of(samples).value
}
