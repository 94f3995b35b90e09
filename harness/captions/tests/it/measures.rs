//! BLEU, ROUGE-L and CIDEr against pycocoevalcap on made-up sentences: see `tests/golden/measures.py`.

use captions::{Bleu, Cider, Described, Words, cider::Kind, rouge_l};
use serde_json::Value;

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn close(what: &str, found: &[f64], wanted: &[f64]) {
    assert_eq!(found.len(), wanted.len(), "{what}");
    for (index, (found, wanted)) in found.iter().zip(wanted).enumerate() {
        assert!((found - wanted).abs() < 1e-12, "{what} {index}: {found} is not {wanted}");
    }
}

#[test]
fn measures_are_those_of_the_caption_tools() {
    let golden: Value = serde_json::from_str(include_str!("../golden/measures.json")).unwrap();
    for set in golden["sets"].as_array().unwrap() {
        let mut words = Words::default();
        let described: Vec<Described> = set["images"]
            .as_array()
            .unwrap()
            .iter()
            .map(|image| {
                let references = image["references"].as_array().unwrap().iter().map(|one| one.as_str().unwrap());
                words.described(image["candidate"].as_str().unwrap(), references)
            })
            .collect();
        let counted: Vec<Bleu> = described.iter().map(Bleu::of).collect();
        close("BLEU", &Bleu::sum(&counted, &vec![1; counted.len()]).scores(), &numbers(&set["bleu"]));
        let rouges: Vec<f64> = described.iter().map(rouge_l).collect();
        close("ROUGE-L", &rouges, &numbers(&set["rouges"]));
        let cider = Cider::of(&described);
        let ciders: Vec<f64> = described.iter().map(|one| cider.score(one, Kind::Clipped)).collect();
        close("CIDEr", &ciders, &numbers(&set["ciders"]));
    }
}
