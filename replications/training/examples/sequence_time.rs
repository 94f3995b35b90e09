//! How long a training step of the models that align and write takes: `cargo run -p training --example sequence_time [threads]`. Its
//! counterpart in PyTorch, which calls it in turn with its own steps, is `replications/image_descriptions/golden/sequence_time.py`.

use std::time::Instant;

use engine::error::{Error, Result};
use engine::sequence::Read;
use engine::streams::Stream;
use engine::train::rms_prop::{RmsProp, Settings};
use engine::train::{Masks, Mode, Model, Sgd};
use replications::count::Parameter;
use replications::image_descriptions::network::with_words;
use tch::{Device, Tensor};
use training::image_descriptions::experiment::{Text, ranking_loss, scores, surprise};

const BATCH: usize = 100;
const REGIONS: usize = 20;
const WORDS: usize = 2538;
const STEPS: u64 = 20;

fn main() -> Result<()> {
    let threads = std::env::args().nth(1).and_then(|number| number.parse().ok()).unwrap_or(2);
    tch::set_num_threads(threads);
    println!("align {:.2}", time(align()?)?);
    println!("rnn {:.2}", time(write("generation-vgg16")?)?);
    println!("lstm {:.2}", time(write("generation-vgg16-lstm")?)?);
    Ok(())
}

/// Milliseconds of a step, the median.
fn time(mut step: impl FnMut(u64) -> Result<()>) -> Result<f64> {
    (0..3).try_for_each(&mut step)?;
    let mut times = Vec::new();
    for number in 3..3 + STEPS {
        let start = Instant::now();
        step(number)?;
        times.push(1e3 * start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() / 2])
}

/// Sentences of 5 to 18 words, as long as those of the script.
fn sentences() -> Vec<Vec<i64>> {
    let word = |place: usize| 1 + (place as i64 * 7919) % (WORDS as i64 - 1);
    (0..BATCH).map(|own| (0..5 + own * 7 % 14).map(|place| word(31 * own + place)).collect()).collect()
}

fn features(rows: usize) -> Result<Tensor> {
    let mut numbers = vec![0.0; rows * 4096];
    Stream::new(0, "features", 0).fill(&mut numbers, 1.0);
    Ok(Tensor::f_from_slice(&numbers)?.f_view([-1, 4096])?)
}

fn model(id: &str) -> Result<Model> {
    let graph = with_words(id, WORDS).ok_or_else(|| Error::Input(format!("no network {id}")))?;
    let begin = |parameter: &Parameter| {
        let mut numbers = vec![0.0; parameter.shape.iter().product()];
        Stream::new(0, &parameter.name, 0).fill(&mut numbers, 0.1);
        numbers
    };
    Model::new(graph, Device::Cpu, begin)
}

fn align() -> Result<impl FnMut(u64) -> Result<()>> {
    let (model, all, features) = (model("alignment-rcnn")?, sentences(), features(BATCH * REGIONS)?);
    let (masks, mut sgd) = (Masks::new(0, "alignment"), Sgd::new(&model.learned())?.decay(1e-4));
    Ok(move |step| {
        let own: Vec<&[i64]> = all.iter().map(Vec::as_slice).collect();
        let text = Text::of(&own, Device::Cpu)?;
        let read = Read { images: &features, words: &text.words, packed: &text.packed };
        let said = model.forward_words(read, Mode::Train(&masks.of(step)))?;
        let loss = ranking_loss(&scores(&said[0], &said[1], (&text, BATCH), BATCH)?, 1.0)?;
        let gradients = Tensor::f_run_backward(&[&loss], &model.learned(), false, false)?;
        let clipped = gradients.iter().map(|one| Ok(one.f_clamp(-5.0, 5.0)?)).collect::<Result<Vec<_>>>()?;
        sgd.step(&clipped, 1e-4, 0.9)
    })
}

fn write(id: &str) -> Result<impl FnMut(u64) -> Result<()>> {
    let (model, all, features) = (model(id)?, sentences(), features(BATCH)?);
    let masks = Masks::new(0, "generation");
    let mut optimiser = RmsProp::new(&model.learned(), Settings { decay: 0.999, epsilon: 1e-8, clip: 5.0 })?;
    Ok(move |step| {
        let own: Vec<&[i64]> = all.iter().map(Vec::as_slice).collect();
        let (sum, _) = surprise(&model, &features, &own, Mode::Train(&masks.of(step)))?;
        let loss = sum.f_div_scalar(BATCH as f64)?;
        let gradients = Tensor::f_run_backward(&[&loss], &model.learned(), false, false)?;
        tch::no_grad(|| optimiser.step(&gradients, 1e-3))
    })
}
