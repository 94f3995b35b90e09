//! The attacks against PyTorch's gradients, SciPy's minima and what can be written down for a linear model.

use std::collections::BTreeMap;

use engine::emit::Emitter;
use engine::streams::Stream;
use engine::train::Model;
use replications::adversarial::attack::{Attack, AttackKind};
use serde::Deserialize;
use spec::event::Trained;
use tch::{Device, Kind, Tensor};

use super::attack::{attacked, gradient};
use super::head::Head;
use super::lbfgs::{Limits, minimise};
use super::smallest::{penalised, smallest};
use super::subject::Subject;

const GOLDEN: &str = include_str!("../golden/attacks.json");
const IMAGES: i64 = 6;
const PIXELS: i64 = 784;

#[derive(Deserialize)]
struct Golden {
    gradients: BTreeMap<String, Gradient>,
    minima: BTreeMap<String, Minima>,
}

#[derive(Deserialize)]
struct Gradient {
    norms: Vec<f64>,
    first: Vec<f64>,
}

#[derive(Deserialize)]
struct Minima {
    c: f64,
    values: Vec<f64>,
    distances: Vec<f64>,
}

fn golden() -> Golden {
    serde_json::from_str(GOLDEN).unwrap()
}

/// As in `attacks.py`.
fn wave(count: usize, seed: usize) -> impl Iterator<Item = f64> {
    let seed = seed as f64;
    (0..count).map(move |index| (index as f64 * (1.7 + 0.13 * seed) + seed).sin())
}

/// The network with the weights of `attacks.py`: a seed and a scale for each matrix, no biases.
fn subject(id: &str) -> Subject {
    let mut seeds = match id {
        "maxout" => vec![(3, 0.05), (4, 0.05), (5, 0.05)],
        "fc100-100-10" => vec![(6, 0.3), (7, 0.3), (8, 0.5)],
        _ => vec![(2, 0.3)],
    }
    .into_iter();
    let graph = replications::registry::network(id).unwrap().1;
    let model = Model::new(graph, Device::Cpu, |parameter| {
        let count = usize::try_from(parameter.len()).unwrap();
        if parameter.shape.len() < 2 {
            return vec![0.0; count];
        }
        let (seed, scale) = seeds.next().unwrap();
        wave(count, seed).map(|value| (value * scale) as f32).collect()
    });
    let trained = Trained { steps: 0, of: 0, complete: false, words: String::new(), parts: Vec::new() };
    Subject { id: id.to_owned(), model: model.unwrap(), head: Head::of(id), trained }
}

fn silent() -> Emitter<'static> {
    Emitter::new(std::io::sink())
}

fn of_kind(kind: AttackKind) -> Attack {
    Attack { kind, epsilon: 0.25, clip: false, photographs: false, made_for: None, agreement: None }
}

fn images() -> Tensor {
    let numbers: Vec<f32> =
        wave((IMAGES * PIXELS) as usize, 1).map(|value| (value * 0.8 + 0.2).clamp(0.0, 1.0) as f32).collect();
    Tensor::from_slice(&numbers).view([IMAGES, 1, 28, 28])
}

fn classes() -> Tensor {
    Tensor::arange(IMAGES, (Kind::Int64, Device::Cpu))
}

fn close(found: f64, wanted: f64, relative: f64, absolute: f64) -> bool {
    (found - wanted).abs() <= absolute + relative * wanted.abs()
}

#[test]
fn gradients_by_the_image_are_pytorchs() {
    let golden = golden();
    assert_eq!(golden.gradients.len(), 3);
    for (id, wanted) in golden.gradients {
        let found = gradient(&subject(&id), &images(), &classes()).unwrap().view([IMAGES, PIXELS]);
        let squares = found.square().sum_dim_intlist([1i64].as_slice(), false, Kind::Double).sqrt();
        let norms = Vec::<f64>::try_from(squares).unwrap();
        assert_eq!(norms.len(), wanted.norms.len());
        assert!(norms.iter().zip(&wanted.norms).all(|(a, b)| close(*a, *b, 1e-4, 0.0)), "{id} {norms:?}");
        let first = Vec::<f32>::try_from(found.narrow(1, 0, 8).contiguous().view([-1])).unwrap();
        let scale = wanted.norms.iter().fold(0.0, |largest: f64, norm| largest.max(*norm));
        for (a, b) in first.iter().zip(&wanted.first) {
            assert!(close(f64::from(*a), *b, 1e-3, 1e-5 * scale), "{id}: {a} {b}");
        }
    }
}

#[test]
fn minima_within_the_box_are_scipys() {
    let golden = golden();
    assert_eq!(golden.minima.len(), 2);
    let x = images().view([IMAGES, PIXELS]);
    let wanted_class = (classes() + 3).remainder(10);
    for (id, wanted) in golden.minima {
        let subject = subject(&id);
        let c = Tensor::full([IMAGES, 1], wanted.c, (Kind::Float, Device::Cpu));
        let limits = Limits { iterations: 500, tolerance: 1e-5 };
        let z = penalised(&subject, &x, &wanted_class, &c, limits, &silent()).unwrap();
        assert!(z.min().double_value(&[]) >= 0.0 && z.max().double_value(&[]) <= 1.0);
        let outputs = subject.outputs(&z.view([-1, 1, 28, 28])).unwrap().detach();
        let change = (&z - &x).square().sum_dim_intlist([1i64].as_slice(), false, Kind::Double);
        let values = subject.head.costs(&outputs, &wanted_class).unwrap() + &change * wanted.c;
        for row in 0..IMAGES {
            let index = usize::try_from(row).unwrap();
            let (found, best) = (values.double_value(&[row]), wanted.values[index]);
            assert!(close(found, best, 1e-3, 1e-4), "{id} {row}: {found} {best}");
            let distance = (change.double_value(&[row]) / PIXELS as f64).sqrt();
            assert!(
                close(distance, wanted.distances[index], 1e-2, 1e-3),
                "{id} {row}: {distance} {:?}",
                wanted.distances
            );
        }
    }
}

#[test]
fn a_quadratic_is_minimised_on_the_boxs_edge() {
    let centre = Tensor::from_slice(&[-1.0f32, 0.25, 3.0, 0.5, 2.0, -0.5]).view([2, 3]);
    let stretch = Tensor::from_slice(&[1.0f32, 100.0, 0.01]);
    let objective = |z: &Tensor, rows: &Tensor| {
        let away = z - centre.index_select(0, rows);
        let value = (away.square() * &stretch).sum_dim_intlist([1i64].as_slice(), false, Kind::Float);
        Ok((value, away * &stretch * 2.0))
    };
    let start = Tensor::full([2, 3], 0.6, (Kind::Float, Device::Cpu));
    let (z, _) = minimise(&objective, &start, Limits { iterations: 100, tolerance: 1e-6 }).unwrap();
    let wanted = centre.clamp(0.0, 1.0);
    assert!((z - wanted).abs().max().double_value(&[]) < 1e-4);
}

#[test]
fn the_smallest_change_of_a_linear_model_is_near_the_border() {
    let subject = subject("softmax");
    let classes = subject.probabilities(&images(), &silent()).unwrap().argmax(1, false);
    let wanted = (&classes + 4).remainder(10);
    let found = smallest(&subject, &images(), &wanted, &silent()).unwrap();
    assert_eq!(found.found, [true; 6]);
    let probabilities = subject.probabilities(&found.images, &silent()).unwrap();
    let best = probabilities.topk(2, 1, true, true).0;
    // Just over the border the two best classes are all but equal.
    let gap = (best.select(1, 0) - best.select(1, 1)).abs().max().double_value(&[]);
    assert!(gap < 0.05, "{gap}");
    assert!(probabilities.argmax(1, false).equal(&wanted));
    let least = (&found.images - images()).square().sum(Kind::Float).double_value(&[]);
    assert!(least > 0.0);
    // What is answered as wanted already stays as it is.
    let untouched = smallest(&subject, &images(), &classes, &silent()).unwrap();
    assert_eq!((untouched.images - images()).abs().max().double_value(&[]), 0.0);
}

#[test]
fn the_fast_gradient_sign_of_logistic_regression_is_what_the_paper_writes_down() {
    let subject = subject("logistic-3-7");
    let classes = Tensor::from_slice(&[3i64, 7, 3, 7, 7, 3]);
    let y = Tensor::from_slice(&[-1.0f32, 1.0, -1.0, 1.0, 1.0, -1.0]).view([IMAGES, 1, 1, 1]);
    let attack = of_kind(AttackKind::Fgsm);
    let found = attacked(&attack, &subject, &images(), &classes, Stream::new(0, "unused", 0)).unwrap();
    let sign = subject.model.parameter("y.weight").unwrap().detach().sign().view([1, 1, 28, 28]);
    let wanted = images() - y * sign * 0.25;
    assert_eq!((found - wanted).abs().max().double_value(&[]), 0.0);
    let clipped = Attack { clip: true, ..attack };
    let found = attacked(&clipped, &subject, &images(), &classes, Stream::new(0, "unused", 0)).unwrap();
    assert!(found.min().double_value(&[]) >= 0.0 && found.max().double_value(&[]) <= 1.0);
}

#[test]
fn noise_is_as_large_as_it_is_said_to_be() {
    let subject = subject("softmax");
    let change = |kind| {
        let attack = of_kind(kind);
        attacked(&attack, &subject, &images(), &classes(), Stream::new(4, "test", 0)).unwrap() - images()
    };
    let sign = change(AttackKind::SignNoise).abs();
    assert!((sign - 0.25).abs().max().double_value(&[]) < 1e-6);
    let uniform = change(AttackKind::UniformNoise).abs();
    assert!(uniform.max().double_value(&[]) <= 0.25 + 1e-6 && uniform.max().double_value(&[]) > 0.24);
    let gaussian = change(AttackKind::GaussianNoise).std(true).double_value(&[]);
    assert!((gaussian - 0.25).abs() < 0.02, "{gaussian}");
}
