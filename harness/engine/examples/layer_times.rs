//! Where a forward pass spends its time: `cargo run -p engine --example layer_times -- googlenet 16 [bf16] [plain]`.
//!
//! Prints the slowest layers, in milliseconds a batch, with random weights on the CPU. The numbers are for finding
//! what to make faster, not for reports.

use std::time::Instant;

use engine::net::{How, Network};
use engine::weights::random;
use tch::{Device, Kind, Tensor};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let id = arguments.first().ok_or("name a network")?;
    let batch: usize = arguments.get(1).map_or(Ok(16), |number| number.parse())?;
    let has = |word: &str| arguments.iter().any(|argument| argument == word);
    let (_, graph) = replications::registry::network(id).ok_or("there is no such network")?;
    let kind = if has("bf16") { Kind::BFloat16 } else { Kind::Float };
    let fast = !has("plain");
    let how = How { device: Device::Cpu, kind, channels_last: fast, fold: fast, fuse: fast, batch };
    let network = Network::build(&graph, random::parameters(&graph.parameters(), 1), how)?;
    let [c, h, w] = graph.input.map(|side| side as i64);
    let x = network.prepare(&Tensor::f_randn([batch as i64, c, h, w], (Kind::Float, Device::Cpu))?)?;
    let _guard = torch_shim::InferenceMode::enter()?;
    let rounds = 10;
    let mut times = vec![f64::INFINITY; graph.nodes.len()];
    for _ in 0..rounds {
        let mut last = Instant::now();
        let _ = network.forward_watched(&x, &mut |node, _| {
            let now = Instant::now();
            times[node] = times[node].min(now.duration_since(last).as_secs_f64() * 1e3);
            last = now;
        })?;
    }
    let mut slowest: Vec<(usize, f64)> = times.into_iter().enumerate().filter(|(_, time)| time.is_finite()).collect();
    let total: f64 = slowest.iter().map(|(_, time)| time).sum();
    slowest.sort_by(|a, b| b.1.total_cmp(&a.1));
    println!("{id} batch {batch}: {total:.1} ms, {:.1} images/s at best", batch as f64 / total * 1e3);
    for (node, time) in slowest.into_iter().take(25) {
        println!("{time:8.2} ms {:5.1} %  {}", time / total * 100.0, graph.nodes[node].name);
    }
    Ok(())
}
