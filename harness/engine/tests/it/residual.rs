//! Training a small residual network against PyTorch in double precision (`golden/residual.py`): batch norm, momentum, weight
//! decay, stairs of the rate, augmentation.

use engine::train::augment::mean_picture;
use engine::train::{Masks, Mode, Model, Pictures, Sgd, Shown};
use replications::build::{Builder, Kernel};
use replications::count::Parameter;
use replications::graph::Graph;
use replications::schedule::Stairs;
use safetensors::SafeTensors;
use serde_json::Value;
use tch::{Device, Kind, Reduction, Tensor};

const TENSORS: &[u8] = include_bytes!("../golden/residual.safetensors");
const TOLERANCE: f64 = 1e-5;
const RATES: [f64; 3] = [0.05, 0.05, 0.005];

fn golden() -> Value {
    serde_json::from_str(include_str!("../golden/residual.json")).unwrap()
}

fn graph() -> Graph {
    let mut net = Builder::new("small", [3, 8, 8]);
    let norm = |net: &mut Builder, name: &str, from, outputs, kernel| {
        let x = net.conv_no_bias(name, from, outputs, kernel);
        net.bn(format!("bn_{name}"), x, 1e-5)
    };
    let x = net.input();
    let x = norm(&mut net, "conv1", x, 16, Kernel::same(3));
    let stem = net.relu("conv1_relu", x);
    let x = norm(&mut net, "a1", stem, 16, Kernel::same(3));
    let x = net.relu("a1_relu", x);
    let x = norm(&mut net, "a2", x, 16, Kernel::same(3));
    let x = net.add("a", stem, x);
    let a = net.relu("a_relu", x);
    let x = norm(&mut net, "b1", a, 32, Kernel::same(3).stride(2));
    let x = net.relu("b1_relu", x);
    let x = norm(&mut net, "b2", x, 32, Kernel::same(3));
    let shortcut = net.pad_shortcut("b_shortcut", a, 2, 32);
    let x = net.add("b", shortcut, x);
    let x = net.relu("b_relu", x);
    let x = net.global_avg_pool("pool", x);
    let x = net.flatten("flatten", x);
    let x = net.linear("fc", x, 10);
    net.finish(x)
}

fn sines(count: usize, salt: usize) -> Vec<f32> {
    (0..count).map(|index| (0.37 * index as f64 + 1.3 * salt as f64).sin() as f32).collect()
}

/// The first numbers, as the script has them.
fn begin(parameter: &Parameter) -> Vec<f32> {
    let count = parameter.shape.iter().product();
    let (layer, part) = parameter.name.rsplit_once('.').unwrap();
    let salt = ["conv1", "a1", "a2", "b1", "b2"].iter().position(|name| layer.trim_start_matches("bn_") == *name);
    let scaled = |salt: usize, scale: f32| sines(count, salt).into_iter().map(move |number| number * scale);
    match (part, salt) {
        ("running_var", _) => vec![1.0; count],
        ("weight", Some(salt)) if layer.starts_with("bn_") => {
            scaled(salt + 10, 0.25).map(|number| (1.0 + f64::from(number)) as f32).collect()
        }
        ("bias", Some(salt)) => scaled(salt + 20, 0.25).collect(),
        ("weight", Some(salt)) => {
            let scale = (2.0 / (parameter.shape[1] * 9) as f64).sqrt() as f32;
            scaled(salt, scale).collect()
        }
        ("weight", None) => scaled(30, 0.25).collect(),
        _ => vec![0.0; count],
    }
}

fn example() -> (Tensor, Tensor) {
    let x = Tensor::from_slice(&sines(8 * 3 * 8 * 8, 40)).view([8, 3, 8, 8]);
    let classes: Vec<i64> = (0..8).map(|index| index * 3 % 10).collect();
    (x, Tensor::from_slice(&classes))
}

fn assert_close(found: &Tensor, name: &str) {
    let file = SafeTensors::deserialize(TENSORS).unwrap();
    let wanted = file.tensor(name).unwrap();
    let shape: Vec<i64> = wanted.shape().iter().map(|side| *side as i64).collect();
    let wanted = Tensor::f_from_data_size(wanted.data(), &shape, Kind::Float).unwrap();
    assert_eq!(found.size(), shape, "{name}");
    let difference = (found - &wanted).abs().max().double_value(&[]);
    let scale = wanted.abs().max().double_value(&[]).max(1.0);
    assert!(difference < TOLERANCE * scale, "{name}: the largest difference is {difference}");
}

/// Gradients of the first step, and the loss.
fn first_step(model: &Model, mode: Mode<'_>) -> (f64, Vec<Tensor>) {
    let (x, classes) = example();
    let loss =
        model.forward(&x, mode).unwrap().cross_entropy_loss::<Tensor>(&classes, None, Reduction::Mean, -100, 0.0);
    (loss.double_value(&[]), Tensor::run_backward(&[&loss], &model.learned(), false, false))
}

#[test]
fn three_steps_are_those_of_pytorch_in_double_precision() {
    let golden = golden();
    let model = Model::new(graph(), Device::Cpu, begin).unwrap();
    let mut sgd = Sgd::new(&model.learned()).unwrap().decay(1e-4);
    let masks = Masks::new(1, "none");
    let learned: Vec<String> =
        model.parameters().iter().filter(|(_, tensor)| tensor.requires_grad()).map(|(name, _)| name.clone()).collect();
    for (step, rate) in RATES.into_iter().enumerate() {
        let (loss, gradients) = first_step(&model, Mode::Train(&masks.of(step as u64)));
        let wanted = golden["losses"][step].as_f64().unwrap();
        assert!((loss - wanted).abs() < TOLERANCE, "step {step}: {loss} is not {wanted}");
        for (name, gradient) in learned.iter().zip(&gradients).filter(|_| step == 0) {
            assert_close(gradient, &format!("gradient.{name}"));
        }
        sgd.step(&gradients, rate, 0.9).unwrap();
    }
    for (name, tensor) in model.parameters() {
        assert_close(&tensor.detach(), name);
    }
    // In evaluation it is the running statistics that normalise.
    let logits = tch::no_grad(|| model.forward(&example().0, Mode::Test)).unwrap();
    assert_close(&logits, "logits");
}

#[test]
fn fused_layers_are_those_that_are_not() {
    let masks = Masks::new(1, "none");
    let models = [(); 2].map(|()| Model::new(graph(), Device::Cpu, begin).unwrap());
    let (x, _) = example();
    let fused = models[0].forward(&x, Mode::Train(&masks.of(0))).unwrap();
    let mut nodes = 0;
    let plain = models[1].forward_watched(&x, Mode::Train(&masks.of(0)), &mut |_, _| nodes += 1).unwrap();
    assert_eq!(nodes, models[1].graph().nodes.len());
    assert!((fused - plain).abs().max().double_value(&[]) < 1e-5);
    for ((name, one), (_, other)) in models[0].parameters().iter().zip(models[1].parameters()) {
        assert!((one - other).abs().max().double_value(&[]) < 1e-6, "{name}");
    }
}

/// bf16 leaves two digits of each product, and so the gradient's direction. Parameters, gradients and statistics stay in single precision.
#[test]
fn products_in_bf16_leave_parameters_and_gradients_in_single_precision() {
    let masks = Masks::new(1, "none");
    let model = Model::new(graph(), Device::Cpu, begin).unwrap();
    let (loss, gradients) = first_step(&model, Mode::Train(&masks.of(0)));
    let half = Model::new(graph(), Device::Cpu, begin).unwrap().computing_in(Kind::BFloat16);
    let (near, rounded) = first_step(&half, Mode::Train(&masks.of(0)));
    assert!((loss - near).abs() < 0.05 && loss != near, "{loss} {near}");
    for (gradient, rounded) in gradients.iter().zip(&rounded) {
        assert_eq!(rounded.kind(), Kind::Float);
        let norm = |tensor: &Tensor| tensor.norm().double_value(&[]);
        let cosine = (gradient * rounded).sum(Kind::Double).double_value(&[]) / (norm(gradient) * norm(rounded));
        assert!(cosine > 0.9, "{:?}: {cosine}", gradient.size());
    }
    assert!(half.parameters().iter().all(|(_, tensor)| tensor.kind() == Kind::Float));
}

#[test]
fn rates_are_those_of_pytorchs_scheduler() {
    let stairs = Stairs { from: 0.1, divided_by: 10.0, after: vec![32_000, 48_000], of: 64_000 };
    let golden = golden();
    let rates = golden["rates"].as_array().unwrap();
    assert_eq!(rates.len(), 9);
    for pair in rates {
        let (step, wanted) = (pair[0].as_u64().unwrap(), pair[1].as_f64().unwrap());
        assert!((stairs.at(step, 64_000) - wanted).abs() < 1e-9, "step {step}");
    }
}

#[test]
fn pictures_are_padded_cropped_and_mirrored_as_pytorch_does_it() {
    let golden = golden();
    let golden = &golden["pictures"];
    let numbers = |value: &Value| -> Vec<f64> {
        value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
    };
    let bytes: Vec<u8> = numbers(&golden["bytes"]).into_iter().map(|number| number as u8).collect();
    let size = [3, 5, 6];
    let padding = golden["padding"].as_u64().unwrap() as usize;
    let mean = mean_picture(&bytes, size);
    for (found, wanted) in mean.iter().zip(numbers(&golden["mean"])) {
        assert!((f64::from(*found) - wanted).abs() < 1e-6);
    }
    let shown = golden["shown"].as_array().unwrap().iter().map(|row| {
        let number = |place: usize| row[place].as_u64().unwrap() as usize;
        (number(0), Shown { y: number(1), x: number(2), mirrored: row[3].as_bool().unwrap() })
    });
    let shown: Vec<_> = shown.collect();
    let batch = Pictures { bytes: &bytes, size, mean: &mean }.batch(&shown, padding);
    for (picture, wanted) in batch.chunks_exact(90).zip(golden["batch"].as_array().unwrap()) {
        let wanted = numbers(wanted);
        for (place, found) in picture.iter().enumerate() {
            // Channels last here, planes there.
            let wanted = wanted[place % 3 * 30 + place / 3];
            assert!((f64::from(*found) - wanted).abs() < 1e-6, "{place}: {found} is not {wanted}");
        }
    }
}
