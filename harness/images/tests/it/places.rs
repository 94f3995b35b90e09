//! Where each protocol's views lie, and their bytes, against tables that torchvision and Pillow made (`golden/places.py`).
//! Must not decode files.

use images::{Place, can_cut, views};
use serde_json::{Value, json};
use spec::protocol::Protocol;

use crate::support::{list, noise, number, sha256};

fn tables() -> Value {
    serde_json::from_str(include_str!("../golden/places.json")).unwrap()
}

fn protocol(case: &Value) -> Protocol {
    let shorts = list(&case["short_side"]);
    let mut value = json!({
        "id": "p", "title": "a protocol", "source": "a test",
        "views": {"kind": case["kind"], "size": case["size"], "within": case["within"]},
    });
    if !shorts.is_empty() {
        value["resize"] = json!({"short_side": shorts});
    }
    serde_json::from_value(value).unwrap()
}

#[test]
fn views_lie_where_torchvision_has_them() {
    for case in list(&tables()["places"]) {
        let (width, height) = (number(&case["of"][0]), number(&case["of"][1]));
        let places = Place::all(width, height, &protocol(case)).unwrap();
        can_cut(width, height, &protocol(case)).unwrap();
        let ours: Vec<Value> = places
            .iter()
            .map(|place| {
                let (window, (w, h), (to_w, to_h)) = (place.window, place.scaled, place.size);
                json!([w, h, window.left, window.top, window.width, window.height, place.mirrored, to_w, to_h])
            })
            .collect();
        let what = format!("{} of {width}×{height}, within {}", case["kind"], case["within"]);
        assert_eq!(&ours, list(&case["views"]), "{what}");
    }
}

#[test]
fn whole_pictures_and_their_grid_count_as_much() {
    let case = json!({"kind": "dense-and-grid", "size": 24, "within": null, "short_side": [26, 40]});
    let places = Place::all(61, 47, &protocol(&case)).unwrap();
    let weight = |whole: bool| -> f64 {
        places.iter().filter(|place| (place.size == place.scaled) == whole).map(|place| place.weight).sum()
    };
    assert_eq!((places.len(), weight(true), weight(false)), (104, 100.0, 100.0));
}

#[test]
fn views_have_pillows_bytes() {
    for case in list(&tables()["pixels"]) {
        let picture = noise(number(&case["of"][0]), number(&case["of"][1]));
        let crops = views(&picture, &protocol(case)).unwrap();
        let bytes: Vec<u8> = crops.into_iter().flat_map(|crop| crop.pixels).collect();
        assert_eq!(sha256(&bytes), case["sha256"], "{case}");
    }
}

#[test]
fn a_mirrored_picture_has_the_same_views() {
    let picture = noise(40, 36);
    let mut mirrored = picture.clone();
    for row in mirrored.pixels.chunks_exact_mut(40 * 3) {
        let pixels: Vec<u8> = row.as_chunks::<3>().0.iter().rev().flatten().copied().collect();
        row.copy_from_slice(&pixels);
    }
    for kind in ["ten-crop", "dense", "grid-50", "dense-and-grid", "crops-144"] {
        let case = json!({"kind": kind, "size": 32, "within": null, "short_side": []});
        let sorted = |picture| {
            let mut bytes: Vec<Vec<u8>> =
                views(picture, &protocol(&case)).unwrap().into_iter().map(|crop| crop.pixels).collect();
            bytes.sort_unstable();
            bytes
        };
        // The square that `crops-144` squeezes is resampled, which rounds otherwise from the other side.
        let (one, other) = (sorted(&picture), sorted(&mirrored));
        let same = one.iter().filter(|view| other.contains(view)).count();
        assert!(same == one.len() || kind == "crops-144" && same >= 30, "{kind}: {same} of {}", one.len());
    }
}

#[test]
fn squeezed_views_have_the_size_asked_for() {
    let case = json!({"kind": "central-squeezed", "size": 24, "within": null, "short_side": []});
    let crops = views(&noise(61, 47), &protocol(&case)).unwrap();
    assert_eq!((crops.len(), crops[0].width, crops[0].height, crops[0].pixels.len()), (1, 24, 24, 24 * 24 * 3));
}
