//! Colours, segmentations and hierarchies as independent code has them (`golden/make.py`).

use proposals::colour::ColourSpace;
use proposals::extent::Extent;
use proposals::filter::gaussian;
use proposals::graph::Graph;
use proposals::grouping::Similarity;
use proposals::search::hierarchies;
use proposals::segment::segment;
use proposals::settings::Settings;
use proposals::texture::Texture;
use serde_json::Value;

use super::support::picture;

fn golden() -> Value {
    serde_json::from_str(include_str!("../golden/golden.json")).unwrap()
}

fn list<T>(value: &Value, of: impl Fn(&Value) -> T) -> Vec<T> {
    value.as_array().unwrap().iter().map(of).collect()
}

fn number(value: &Value) -> u32 {
    value.as_u64().unwrap() as u32
}

fn single(value: &Value) -> f32 {
    value.as_f64().unwrap() as f32
}

fn bytes(value: &Value) -> Vec<u8> {
    let digits = value.as_str().unwrap();
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

fn extent(value: &Value) -> Extent {
    let edges = list(value, number);
    Extent { left: edges[0], top: edges[1], right: edges[2], bottom: edges[3] }
}

#[test]
fn lab_is_what_littlecms_makes_of_srgb() {
    for one in list(&golden()["pictures"], Value::clone) {
        let picture = picture(number(&one["width"]), number(&one["height"]), bytes(&one["pixels"]));
        let channels = ColourSpace::Lab.channels(&picture);
        let expected = bytes(&one["lab"]);
        let mut same = 0;
        for (at, expected) in expected.iter().enumerate() {
            let found = channels.planes[at % 3][at / 3];
            // It reckons in 16 bits and with tables.
            assert!(found.abs_diff(*expected) <= 1, "byte {at}: {found} is not {expected}");
            same += usize::from(found == *expected);
        }
        assert!(same * 10 > expected.len() * 9, "only {same} of {}", expected.len());
    }
}

#[test]
fn segmentations_are_scikit_images_where_it_does_the_same() {
    let all = list(&golden()["skimage"], Value::clone);
    assert_eq!(all.len(), 3);
    for one in all {
        let planes = list(&one["planes"], |plane| list(plane, single));
        let graph = Graph::new(&planes, number(&one["width"]) as usize, &gaussian(0.0));
        let found = segment(&graph, single(&one["k"]), number(&one["min_size"]));
        assert_eq!(found.labels, list(&one["labels"], number));
        assert!(found.count > 1);
    }
}

#[test]
fn segmentations_and_merged_boxes_are_those_of_a_slow_search() {
    let mut compared = 0;
    for one in list(&golden()["pictures"], Value::clone) {
        let picture = picture(number(&one["width"]), number(&one["height"]), bytes(&one["pixels"]));
        for run in list(&one["slow"], Value::clone) {
            let space = if run["space"] == "hsv" { ColourSpace::Hsv } else { ColourSpace::Rgb };
            let values =
                space.channels(&picture).planes.map(|plane| plane.iter().map(|byte| f32::from(*byte)).collect());
            let graph = Graph::new(&values, picture.width as usize, &gaussian(0.8));
            let segmentation = segment(&graph, single(&run["k"]), number(&run["k"]));
            assert_eq!(segmentation.labels, list(&run["labels"], number));
            for merged in list(&run["merged"], Value::clone) {
                let has = |part: &str| merged["parts"].as_array().unwrap().iter().any(|name| name == part);
                let settings = Settings {
                    colours: vec![space],
                    ks: vec![single(&run["k"])],
                    similarities: vec![Similarity {
                        colour: has("colour"),
                        texture: has("texture"),
                        size: has("size"),
                        fill: has("fill"),
                    }],
                    texture: if merged["texture"] == 1 { Texture::FirstChannel } else { Texture::EveryChannel },
                    ..Settings::fast()
                };
                let found = hierarchies(&picture, &settings).unwrap();
                assert_eq!((found.len(), found[0].merged.len()), (1, 1));
                assert_eq!(found[0].first, list(&run["first"], extent));
                assert_eq!(
                    found[0].merged[0],
                    list(&merged["boxes"], extent),
                    "k of {}, {}",
                    run["k"],
                    merged["parts"]
                );
                compared += found[0].merged[0].len();
            }
        }
    }
    assert!(compared > 300, "only {compared} merged boxes");
}
