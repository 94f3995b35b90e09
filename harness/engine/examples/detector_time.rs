//! How long a detector takes for one picture of 600 × 800 pixels, from its numbers to detections:
//! `cargo run -p engine --example detector_time -- faster-rcnn-googlenet 2 20 [bf16]`: the network, threads, pictures.
//!
//! Prints the median of the milliseconds, and then the parts': the trunk, proposals, regions. Weights are random. For
//! `harness/runner/bench/detector.py`, which has the same network in PyTorch.

use std::time::Instant;

use base::boxes::Bounds;
use engine::detection::{Anchors, Choice, Found, anchors_over, propose, suppressed};
use engine::net::{How, Network};
use engine::roi::roi_pool;
use engine::weights::random;
use replications::graph::Graph;
use tch::{Device, Kind, Tensor};

const SIZE: [f64; 2] = [800.0, 600.0];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [id, threads, count] = arguments.get(..3).ok_or("name a network, threads and a number of pictures")? else {
        return Err("name a network, threads and a number of pictures".into());
    };
    let (threads, count): (i32, usize) = (threads.parse()?, count.parse()?);
    tch::set_num_threads(threads);
    let kind = if arguments.iter().any(|word| word == "bf16") { Kind::BFloat16 } else { Kind::Float };
    let (_, whole) = replications::registry::network(id).ok_or("there is no such network")?;
    let layer = "inception_4e/output";
    let trunk = whole.until(layer).ok_or("the network has another trunk")?;
    let proposing = whole.between(layer, &["rpn_cls_score", "rpn_bbox_pred"]).ok_or("it proposes nothing")?;
    let looking = whole.between("roi_pool5", &["cls_score", "bbox_pred"]).ok_or("it looks into nothing")?;
    let parameters = random::parameters(&whole.parameters(), 1);
    let built = |graph: &Graph, batch: usize| {
        let how = How { kind, ..How::fast(Device::Cpu, batch) };
        Network::build(graph, parameters.clone().only(graph), how)
    };
    let (trunk, proposing, looking) = (built(&trunk, 1)?, built(&proposing, 1)?, built(&looking, 300)?);
    let picture = Tensor::f_randn([1, 3, SIZE[1] as i64, SIZE[0] as i64], (Kind::Float, Device::Cpu))? * 50.0;
    let anchors = Anchors { base: 16.0, ratios: vec![0.5, 1.0, 2.0], scales: vec![8.0, 16.0, 32.0] };
    let _guard = torch_shim::InferenceMode::enter()?;
    let mut times: Vec<[f64; 4]> = Vec::new();
    for number in 0..count + 2 {
        let begin = Instant::now();
        let map = trunk.forward(&trunk.prepare(&picture)?)?;
        let after_trunk = begin.elapsed();
        let regions = proposals(&proposing, &map, &anchors)?;
        let after_proposals = begin.elapsed();
        let found = detections(&looking, &map, &regions)?;
        let all = begin.elapsed();
        if regions.len() != 300 {
            return Err(format!("{} proposals, not 300", regions.len()).into());
        }
        drop(found);
        // Two to warm up.
        if number >= 2 {
            let parts = [all, after_trunk, after_proposals - after_trunk, all - after_proposals];
            times.push(parts.map(|part| part.as_secs_f64() * 1e3));
        }
    }
    let median = |part: usize| {
        let mut own: Vec<f64> = times.iter().map(|all| all[part]).collect();
        own.sort_by(f64::total_cmp);
        own[own.len() / 2]
    };
    println!("{:.2} {:.2} {:.2} {:.2}", median(0), median(1), median(2), median(3));
    Ok(())
}

fn numbers(tensor: &Tensor) -> Result<Vec<f32>, tch::TchError> {
    Vec::<f32>::try_from(tensor.f_contiguous()?.f_view([-1])?)
}

fn proposals(network: &Network, map: &Tensor, anchors: &Anchors) -> Result<Vec<Bounds>, Box<dyn std::error::Error>> {
    let said = network.forward_all(&network.prepare(map)?, None)?;
    let (_, _, height, width) = said[0].size4()?;
    let objects = said[0].f_view([2, 9, height, width])?.f_softmax(0, Kind::Float)?.f_select(0, 1)?;
    let objects = numbers(&objects.f_permute([1, 2, 0])?)?;
    // Random weights would move all anchors to the same few places: they are held where they are, so that there are 300.
    let moves = numbers(&(&said[1] * 1e-6).f_view([9, 4, height, width])?.f_permute([2, 3, 0, 1])?)?;
    let anchors = anchors_over(anchors, [height as usize, width as usize], 16.0);
    let choice = Choice { least_side: 16.0, before: 6000, overlap: 0.7, after: 300 };
    Ok(propose(&anchors, &objects, moves.as_chunks::<4>().0, SIZE, &choice).into_iter().map(|one| one.bounds).collect())
}

fn detections(network: &Network, map: &Tensor, regions: &[Bounds]) -> Result<Vec<Found>, Box<dyn std::error::Error>> {
    let rois: Vec<f32> = regions
        .iter()
        .flat_map(|own| [0.0, own.left, own.top, own.right - 1.0, own.bottom - 1.0].map(|edge| edge as f32))
        .collect();
    let pooled = roi_pool(map, &Tensor::f_from_slice(&rois)?.f_view([-1, 5])?, 1.0 / 16.0, 7)?;
    let said = network.forward_all(&network.prepare(&pooled)?, None)?;
    let (scores, moves) = (numbers(&said[0].f_softmax(1, Kind::Float)?)?, numbers(&said[1])?);
    let mut all = Vec::new();
    for (place, region) in regions.iter().enumerate() {
        for class in 1..21 {
            let score = f64::from(scores[place * 21 + class]);
            let own: [f64; 4] = std::array::from_fn(|number| f64::from(moves[(place * 21 + class) * 4 + number]) * 0.1);
            if score > 0.05 {
                all.push(Found { class: class as u32, score, bounds: region.decode(own) });
            }
        }
    }
    Ok(suppressed(&all, 0.3))
}
