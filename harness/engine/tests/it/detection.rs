//! Detection's operators against torchvision's (`golden/detection.py`), against finite differences, and the two ways of pooling
//! regions against each other.

use base::boxes::Bounds;
use engine::detection::{compressed, suppress};
use engine::roi::roi_pool;
use serde_json::Value;
use tch::{Device, Kind, Tensor};

fn golden() -> Value {
    serde_json::from_str(include_str!("../golden/detection.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn wave(shape: &[i64], s: f64) -> Tensor {
    let count: i64 = shape.iter().product();
    let all: Vec<f32> = (0..count).map(|k| libm::sin(0.37 * k as f64 + s) as f32).collect();
    Tensor::from_slice(&all).view(shape)
}

fn regions(case: &Value) -> Tensor {
    let all: Vec<f32> =
        case["regions"].as_array().unwrap().iter().flat_map(numbers).map(|number| number as f32).collect();
    Tensor::from_slice(&all).view([-1, 5])
}

#[test]
fn regions_are_pooled_and_gradients_come_back_as_in_torchvision() {
    for case in golden()["pooling"].as_array().unwrap() {
        let x = wave(&[2, 3, 13, 17], 0.2).set_requires_grad(true);
        let (bins, scale) = (case["bins"].as_i64().unwrap(), case["scale"].as_f64().unwrap());
        let y = roi_pool(&x, &regions(case), scale, bins).unwrap();
        let gradient = Tensor::run_backward(&[(&y * wave(&y.size(), 0.9)).sum(Kind::Float)], &[&x], false, false);
        for (found, wanted) in [(&y, &case["pooled"]), (&gradient[0], &case["gradient"])] {
            let found = Vec::<f32>::try_from(found.contiguous().view([-1])).unwrap();
            let wanted = numbers(wanted);
            assert_eq!(found.len(), wanted.len());
            for (place, (found, wanted)) in found.into_iter().zip(wanted).enumerate() {
                assert!((f64::from(found) - wanted).abs() < 1e-5, "{place}: {found} is not {wanted}");
            }
        }
    }
}

/// A GPU has plain operators only; in double precision they are the reference of what the processor's own does.
#[test]
fn both_ways_of_pooling_are_one() {
    for case in golden()["pooling"].as_array().unwrap() {
        let (bins, scale) = (case["bins"].as_i64().unwrap(), case["scale"].as_f64().unwrap());
        let x = wave(&[2, 3, 13, 17], 0.2);
        let plain = roi_pool(&x.to_kind(Kind::Double), &regions(case), scale, bins).unwrap();
        let ours = roi_pool(&x, &regions(case), scale, bins).unwrap();
        assert_eq!(plain.size(), ours.size());
        assert_eq!((plain - ours.to_kind(Kind::Double)).abs().max().double_value(&[]), 0.0);
    }
    // Sides at which a bin of single precision reaches a place further than one of whole numbers would.
    let x = wave(&[1, 2, 70, 61], 0.5);
    let tall = Tensor::from_slice(&[0.0_f32, 3.0, 2.0, 59.0, 58.0, 0.0, 0.0, 0.0, 56.0, 56.0]).view([2, 5]);
    let plain = roi_pool(&x.to_kind(Kind::Double), &tall, 1.0, 7).unwrap();
    let ours = roi_pool(&x, &tall, 1.0, 7).unwrap();
    assert_eq!((plain - ours.to_kind(Kind::Double)).abs().max().double_value(&[]), 0.0);
    assert_eq!(
        roi_pool(&wave(&[1, 3, 4, 4], 0.0), &Tensor::zeros([0, 5], (Kind::Float, Device::Cpu)), 1.0, 7).unwrap().size(),
        [0, 3, 7, 7]
    );
}

#[test]
fn gradients_are_those_of_finite_differences() {
    let rois = Tensor::from_slice(&[0.0_f32, 0.0, 0.0, 60.0, 40.0, 0.0, 20.0, 10.0, 90.0, 70.0]).view([2, 5]);
    let x = wave(&[1, 2, 6, 7], 0.4).set_requires_grad(true);
    let loss = |x: &Tensor| {
        let y = roi_pool(x, &rois, 1.0 / 16.0, 2).unwrap();
        (&y * wave(&y.size(), 0.1)).sum(Kind::Double)
    };
    let gradient = Tensor::run_backward(&[loss(&x)], &[&x], false, false).remove(0).contiguous();
    for place in [0, 5, 13, 25, 40, 63, 83] {
        let moved = |by: f64| {
            let moved = x.detach().copy();
            let _ = moved.reshape([-1]).get(place).g_add_scalar_(by);
            loss(&moved).double_value(&[])
        };
        let slope = (moved(1e-3) - moved(-1e-3)) / 2e-3;
        let found = gradient.view([-1]).double_value(&[place]);
        assert!((slope - found).abs() < 1e-3, "{place}: {found}, by differences {slope}");
    }
}

#[test]
fn regions_of_no_image_are_refused() {
    let x = wave(&[1, 2, 6, 7], 0.4);
    for wrong in [[1.0_f32, 0.0, 0.0, 9.0, 9.0], [0.5, 0.0, 0.0, 9.0, 9.0], [0.0, f32::NAN, 0.0, 9.0, 9.0]] {
        let region = Tensor::from_slice(&wrong).view([1, 5]);
        for x in [x.shallow_clone(), x.to_kind(Kind::Double)] {
            let told = roi_pool(&x, &region, 1.0, 2).unwrap_err().to_string();
            assert!(told.contains("region 0 is of no image of the batch"), "{told}");
        }
    }
}

#[test]
fn boxes_are_suppressed_as_in_torchvision() {
    for case in golden()["suppression"].as_array().unwrap() {
        let boxes: Vec<Bounds> = case["boxes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|edges| Bounds::new(numbers(edges).try_into().unwrap()))
            .collect();
        let scores: Vec<f32> = numbers(&case["scores"]).into_iter().map(|score| score as f32).collect();
        let found: Vec<f64> = suppress(&boxes, &scores, case["overlap"].as_f64().unwrap(), usize::MAX)
            .into_iter()
            .map(|place| place as f64)
            .collect();
        assert_eq!(found, numbers(&case["kept"]));
    }
}

#[test]
fn a_compressed_layer_is_the_nearest_of_its_rank() {
    let weight = wave(&[6, 9], 0.7).pow_tensor_scalar(3);
    for (kept, wanted) in golden()["nearest"].as_object().unwrap() {
        let [first, second] = compressed(&weight, kept.parse().unwrap()).unwrap();
        assert_eq!((first.size(), second.size()), (vec![kept.parse().unwrap(), 9], vec![6, kept.parse().unwrap()]));
        let found = Vec::<f32>::try_from(second.matmul(&first).contiguous().view([-1])).unwrap();
        for (found, wanted) in found.into_iter().zip(numbers(wanted)) {
            assert!((f64::from(found) - wanted).abs() < 1e-5, "{kept}: {found} is not {wanted}");
        }
    }
    let told = compressed(&weight, 7).unwrap_err().to_string();
    assert!(told.contains("7 singular values cannot be kept of a weight of 6 × 9; 1 to 6 can"), "{told}");
}
