//! What the two models say, their losses and gradients beside an independent computation: `golden/models.py`.

use engine::sequence::Read;
use engine::train::{Mode, Model};
use replications::count::Parameter;
use replications::image_descriptions::network::with_words;
use serde_json::Value;
use tch::{Device, Kind, Tensor};

use super::alignment::{ranking_loss, scores};
use super::data::Text;
use super::writer::surprise;

const SENTENCES: [&[i64]; 3] = [&[1, 4, 2], &[3], &[5, 6, 7, 8, 1]];
const WORDS: usize = 9;
const REGIONS: i64 = 4;

fn golden() -> Value {
    serde_json::from_str(include_str!("../golden/models.json")).unwrap()
}

/// The rule of the script.
fn model(id: &str) -> Model {
    let begin = |parameter: &Parameter| {
        let count: usize = parameter.shape.iter().product();
        let number = |k: usize| (0.05 * libm::sin(0.7 * k as f64 + parameter.name.len() as f64)) as f32;
        (0..count).map(number).collect()
    };
    Model::new(with_words(id, WORDS).unwrap(), Device::Cpu, begin).unwrap()
}

fn features(rows: i64) -> Tensor {
    let numbers: Vec<f32> = (0..rows * 1024).map(|k| libm::cos(0.01 * k as f64) as f32).collect();
    Tensor::from_slice(&numbers).view([rows, 1024])
}

fn close(found: f64, wanted: f64, what: &str) {
    assert!((found - wanted).abs() <= 2e-4 * wanted.abs().max(1.0), "{what}: {found} is not {wanted}");
}

/// The loss and, of each parameter's gradient, the sum and the sum of squares.
fn as_told(model: &Model, loss: &Tensor, wanted: &Value) {
    close(loss.double_value(&[]), wanted["loss"].as_f64().unwrap(), "loss");
    let gradients = Tensor::run_backward(&[loss], &model.learned(), false, false);
    assert_eq!(gradients.len(), wanted["gradients"].as_object().unwrap().len());
    for ((name, _), gradient) in model.parameters().iter().zip(&gradients) {
        let gradient = gradient.to_kind(Kind::Double);
        let of = |place: usize| wanted["gradients"][name][place].as_f64().unwrap();
        close(gradient.sum(Kind::Double).double_value(&[]), of(0), name);
        close(gradient.square().sum(Kind::Double).double_value(&[]), of(1), name);
    }
}

#[test]
fn alignment_is_that_of_an_independent_computation() {
    let (wanted, model) = (&golden()["alignment"], model("alignment-googlenet"));
    let text = Text::of(&SENTENCES, Device::Cpu).unwrap();
    let images = features(3 * REGIONS);
    let read = Read { images: &images, words: &text.words, packed: &text.packed };
    let said = model.forward_words(read, Mode::Test).unwrap();
    let all = scores(&said[0], &said[1], (&text, 3), 3).unwrap();
    let found = Vec::<f32>::try_from(all.view([-1])).unwrap();
    for (place, (found, wanted)) in found.iter().zip(wanted["scores"].as_array().unwrap()).enumerate() {
        close(f64::from(*found), wanted.as_f64().unwrap(), &format!("score {place}"));
    }
    as_told(&model, &ranking_loss(&all, 1.0).unwrap(), wanted);
}

#[test]
fn generation_is_that_of_an_independent_computation() {
    for (id, key) in [("generation-googlenet", "rnn"), ("generation-googlenet-lstm", "lstm")] {
        let model = model(id);
        let (loss, words) = surprise(&model, &features(3), &SENTENCES, Mode::Test).unwrap();
        assert_eq!(words, 3 + 1 + 5 + 3);
        as_told(&model, &loss, &golden()[key]);
    }
}
