//! Sentences about images: the caption tools' own numbers, and what is refused.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use results::import::open_all;
use results::references::References;
use results::tasks::caption::{BLEU, CIDER, CIDER_PLAIN, Captioned, Image, ROUGE_L, SEEN};
use results::tasks::{IntervalKind, Table};
use serde_json::{Value, json};

use super::{fixtures, read, refused};

fn json_of(path: &Path) -> Value {
    serde_json::from_slice(&fs_err::read(path).unwrap()).unwrap()
}

/// A system's captions beside people's, as files in COCO's forms.
fn scored(room: &Path, references: &[u8], captions: &[u8]) -> Result<Box<dyn Table>, String> {
    let (people, system) = (room.join("people.json"), room.join("system.json"));
    fs_err::write(&people, references).unwrap();
    fs_err::write(&system, captions).unwrap();
    let read = open_all(&[system], &References::file(people, references.to_vec()));
    read.map(|mut all| all.remove(0).table).map_err(|error| error.to_string())
}

fn close(table: &dyn Table, metric: spec::metric::Metric, wanted: &Value) {
    let score = table.score(metric).unwrap();
    let wanted = wanted.as_f64().unwrap();
    assert!((score.value / 100.0 - wanted).abs() < 1e-9, "{}: {} is not {wanted}", metric.name(), score.value / 100.0);
    assert_eq!((score.n, score.interval), (table.len() as u64, IntervalKind::Bootstrap));
    let (low, high) = (score.low.unwrap(), score.high.unwrap());
    assert!(low < score.value && score.value < high, "{}: {low} to {high}", metric.name());
}

fn as_expected(table: &dyn Table, expected: &Value) {
    assert_eq!(table.len() as u64, expected["n"].as_u64().unwrap());
    for (metric, wanted) in BLEU.into_iter().zip(expected["BLEU"].as_array().unwrap()) {
        close(table, metric, wanted);
    }
    close(table, ROUGE_L, &expected["ROUGE_L"]);
    close(table, CIDER, &expected["CIDEr"]);
    assert!(table.score(CIDER_PLAIN).is_some() && table.score(SEEN).is_none());
}

#[test]
fn measures_of_others_captions_are_those_of_the_caption_tools() {
    let Some(room) = fixtures("caption-fixtures") else { return };
    let folder = room.path().join("caption-fixtures");
    let folder = if folder.is_dir() { folder } else { room.path().to_owned() };
    let expected = json_of(&folder.join("expected.json"));

    // The first of each image's captions, beside what people said of the same images.
    let mut seen = HashSet::new();
    let mut captions = json_of(&folder.join("ece285/captions_val2014_results.json"));
    captions.as_array_mut().unwrap().retain(|one| seen.insert(one["image_id"].as_i64().unwrap()));
    let mut people = json_of(&folder.join("ece285/small_captions_val2014.json"));
    people["images"].as_array_mut().unwrap().retain(|image| seen.contains(&image["id"].as_i64().unwrap()));
    people["annotations"].as_array_mut().unwrap().retain(|one| seen.contains(&one["image_id"].as_i64().unwrap()));
    let [people, captions] = [people, captions].map(|json| json.to_string().into_bytes());
    as_expected(&*scored(room.path(), &people, &captions).unwrap(), &expected["ece285"]);

    let magic = json_of(&folder.join("flickr30k-magic/magic_result.json"));
    let magic = magic.as_array().unwrap();
    let said = |one: &Value| one["captions"].as_array().unwrap().clone();
    let people: Vec<Value> = magic
        .iter()
        .enumerate()
        .flat_map(|(image, one)| {
            said(one).into_iter().map(move |caption| json!({"image_id": image, "caption": caption}))
        })
        .collect();
    let system: Vec<Value> =
        magic.iter().enumerate().map(|(image, one)| json!({"image_id": image, "caption": one["prediction"]})).collect();
    let people = json!({"annotations": people}).to_string().into_bytes();
    let table = scored(room.path(), &people, json!(system).to_string().as_bytes()).unwrap();
    as_expected(&*table, &expected["flickr30k-magic"]);
    // As records keep it, it comes to the same.
    let written = table.write().unwrap();
    let again =
        read("caption", CIDER, written.outcomes.as_bytes(), Some(written.examples.unwrap().as_bytes())).unwrap();
    as_expected(&*again, &expected["flickr30k-magic"]);
}

const PEOPLE: &str = r#"{"images": [{"id": 1, "file_name": "a.jpg"}, {"id": 2, "file_name": "b.jpg"}, {"id": 3}],
    "annotations": [{"image_id": 1, "caption": "a cat"}, {"image_id": 2, "caption": "a dog"},
    {"image_id": 1, "caption": "one cat"}]}"#;

#[test]
fn what_makes_no_sense_is_refused_with_its_place() {
    let room = tempfile::tempdir().unwrap();
    let refused = |captions: &str| {
        let error = scored(room.path(), PEOPLE.as_bytes(), captions.as_bytes()).err().unwrap();
        error.replace(&room.path().display().to_string(), "")
    };
    let one = |id: i64| format!(r#"{{"image_id": {id}, "caption": "a cat"}}"#);
    let list = |ids: &[i64]| format!("[{}]", ids.iter().map(|id| one(*id)).collect::<Vec<_>>().join(", "));
    assert!(refused(&list(&[1, 2, 9])).contains("/system.json: caption 2: there is no image 9 in the references"));
    assert!(refused(&list(&[1, 2, 1])).contains("caption 2: the image 1 has a caption already, number 0"));
    assert!(refused(&list(&[2])).contains("1 of 2 images have no caption: 1; describe them, or take them out"));
    assert!(refused(&list(&[1, 2, 3])).contains("caption 2: nobody described the image 3 (`3`)"));
    assert!(refused(r#"[{"image_id": 1, "caption": 3}]"#).contains("these captions cannot be read"));

    let mut bytes = list(&[1, 2]).into_bytes();
    let at = bytes.windows(3).position(|some| some == b"cat").unwrap();
    bytes[at] = 0xe9;
    let error = scored(room.path(), PEOPLE.as_bytes(), &bytes).err().unwrap();
    assert!(error.contains(&format!("byte {at} is not UTF-8")), "{error}");

    let unknown = PEOPLE.replace(r#""image_id": 2"#, r#""image_id": 7"#);
    let error = scored(room.path(), unknown.as_bytes(), list(&[1]).as_bytes()).err().unwrap();
    assert!(error.contains("people.json: annotations[1]: there is no image 7"), "{error}");
    let twice = PEOPLE.replace(r#""id": 2"#, r#""id": 1"#);
    let error = scored(room.path(), twice.as_bytes(), list(&[1]).as_bytes()).err().unwrap();
    assert!(error.contains("people.json: the image 1 comes twice"), "{error}");
    let boxes = r#"{"images": [], "annotations": [{"image_id": 1, "bbox": [0, 0, 1, 1]}]}"#;
    let error = scored(room.path(), boxes.as_bytes(), list(&[1]).as_bytes()).err().unwrap();
    assert!(error.contains("has no sentences to hold captions against"), "{error}");

    // What is wrong with a file of captions is told of it, and not of the good file of references.
    for (text, wanted) in [
        (r#"[{"image_id": 1, "caption": "a cat"}, {"image_id": 2, "capti"#, "EOF while parsing"),
        (r#"[{"image_id": 1, "caption": NaN}]"#, "cannot be read: expected value"),
        ("[]", "it has no captions; captions are a list"),
        ("", "it does not begin with `[`; captions are a list"),
        (r#"{"results": [{"image_id": 1, "caption": "a cat"}]}"#, "it does not begin with `[`"),
        (r#"[{"image_id": 1, "capt": "a cat"}]"#, "nothing in it has a `caption`; captions are a list"),
        ("[null]", "these captions cannot be read"),
    ] {
        let error = refused(text);
        assert!(error.contains("system.json") && error.contains(wanted), "{text}: {error}");
    }
    let wide: Vec<u8> = list(&[1, 2]).encode_utf16().flat_map(u16::to_le_bytes).collect();
    let error = scored(room.path(), PEOPLE.as_bytes(), &[b"\xff\xfe", wide.as_slice()].concat()).err().unwrap();
    assert!(error.contains("system.json: it is text in UTF-16"), "{error}");
    let mut bytes = PEOPLE.as_bytes().to_vec();
    let at = bytes.windows(3).position(|some| some == b"cat").unwrap();
    bytes[at] = 0xe9;
    let error = scored(room.path(), &bytes, list(&[1, 2]).as_bytes()).err().unwrap();
    assert!(error.contains(&format!("people.json: byte {at} is not UTF-8")), "{error}");

    let examples: &[u8] = b"file,sentence\na,a cat\nb,a dog\na,one cat\n";
    assert!(refused_of(b"seen,sentence\n", examples).contains("the sentences of `a` do not stand together"));
    let examples: &[u8] = b"file,sentence\na,a cat\n";
    assert!(refused_of(b"seen,sentence\nperhaps,a cat\n", examples).contains("`perhaps` in `seen`"));
    assert!(refused_of(b"seen,sentence\n", examples).contains("the sentences end here, and there are 1 images"));
    assert!(refused_of(b"seen,sentence\n,a\n,b\n", examples).contains("one line more than there are images (1)"));
}

fn refused_of(text: &[u8], examples: &[u8]) -> String {
    refused("caption", CIDER, text, Some(examples))
}

/// Whatever stands in a sentence, it counts, and comes back from a record as it was.
#[test]
fn odd_sentences_are_counted_like_others() {
    let long = "word ".repeat(2000);
    let odd = [
        long.as_str(),
        "",
        "...!?",
        "\u{1f600} \u{1f408}",
        "\u{5d7}\u{5ea}\u{5d5}\u{5dc} a cat",
        "a cat\r\na dog",
        "a, \"b\"",
    ];
    let images: Vec<Image> = odd
        .iter()
        .enumerate()
        .map(|(index, sentence)| Image {
            file: format!("{index}.jpg"),
            references: vec!["a cat on a mat".to_owned(), (*sentence).to_owned()],
            sentence: (*sentence).to_owned(),
            seen: Some(index == 0),
        })
        .collect();
    let table = Captioned::new(images.clone());
    let all = |table: &dyn Table| (table.score(BLEU[0]).unwrap().value - 100.0).abs() < 1e-6;
    // Every word is one of people's, though two of the sentences have none.
    assert!(all(&table));
    assert!([ROUGE_L, CIDER, CIDER_PLAIN].into_iter().all(|metric| table.score(metric).is_some()));
    let seen = table.score(SEEN).unwrap();
    assert!((seen.value - 100.0 / 7.0).abs() < 1e-9 && seen.interval == IntervalKind::Binomial, "{seen:?}");
    let written = table.write().unwrap();
    let again = read("caption", SEEN, written.outcomes.as_bytes(), Some(written.examples.unwrap().as_bytes())).unwrap();
    let again = again.as_any().downcast_ref::<Captioned>().unwrap();
    assert_eq!(again.images, images);
    // A byte order mark and the line ends of another system are no part of what is said.
    let room = tempfile::tempdir().unwrap();
    let marked = format!("\u{feff}{}", PEOPLE.replace('\n', "\r\n"));
    let said =
        "\u{feff}[{\"image_id\": 2, \"caption\": \"a dog\"},\r\n{\"image_id\": 1, \"caption\": \"one cat\"}]\r\n";
    let table = scored(room.path(), marked.as_bytes(), said.as_bytes()).unwrap();
    let names: HashMap<_, _> = table
        .as_any()
        .downcast_ref::<Captioned>()
        .unwrap()
        .images
        .iter()
        .map(|i| (i.file.clone(), i.sentence.clone()))
        .collect();
    assert_eq!(
        names,
        HashMap::from([("a.jpg", "one cat"), ("b.jpg", "a dog")].map(|(a, b)| (a.to_owned(), b.to_owned())))
    );
    assert!(all(&*table));
}

#[test]
fn two_systems_are_compared_on_the_same_draws_of_images() {
    let of = |right: usize| {
        let image = |index: usize| Image {
            file: index.to_string(),
            references: vec![format!("a cat number {index} on a mat")],
            sentence: if index < right { format!("a cat number {index} on a mat") } else { "a dog".to_owned() },
            seen: None,
        };
        Captioned::new((0..60).map(image).collect())
    };
    for metric in [BLEU[0], BLEU[3], ROUGE_L, CIDER] {
        let pairing = of(50).paired(&of(20), metric).unwrap().unwrap();
        assert!(pairing.difference > 20.0 && pairing.low > 0.0 && pairing.p <= 0.002, "{pairing:?}");
    }
    let same = of(20).paired(&of(20), CIDER).unwrap().unwrap();
    assert_eq!((same.difference, same.p), (0.0, 1.0));
    assert!(of(20).paired(&Captioned::new(Vec::new()), CIDER).unwrap_err().contains("60 images against 0"));
}
