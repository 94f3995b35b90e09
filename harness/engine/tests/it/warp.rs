//! The spatial transformer against PyTorch and NumPy (`golden/stn.py`), and its gradients against central differences.

use engine::warp::Warp;
use replications::graph::{Transform, TransformKind};
use serde_json::Value;
use tch::{Device, Kind, Tensor};

const KINDS: [(&str, TransformKind); 3] = [
    ("affine", TransformKind::Affine),
    ("projective", TransformKind::Projective),
    ("thin-plate-spline", TransformKind::ThinPlateSpline { side: 4 }),
];

struct Golden(Value);

impl Golden {
    fn read() -> Golden {
        Golden(serde_json::from_str(include_str!("../golden/stn.json")).unwrap())
    }

    fn tensor(value: &Value, size: &[i64]) -> Tensor {
        let numbers: Vec<f64> = value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect();
        Tensor::from_slice(&numbers).reshape(size)
    }

    fn size(&self, name: &str) -> Vec<i64> {
        self.0[name].as_array().unwrap().iter().map(|side| side.as_i64().unwrap()).collect()
    }

    fn map(&self) -> Tensor {
        Golden::tensor(&self.0["map"], &self.size("map_size"))
    }

    /// What the output is weighted by to give one number.
    fn weight(&self) -> Tensor {
        let (map, output) = (self.size("map_size"), self.size("output_size"));
        Golden::tensor(&self.0["weight"], &[map[0], map[1], output[0], output[1]])
    }

    fn case(&self, name: &str, what: &str, size: &[i64]) -> Tensor {
        Golden::tensor(&self.0["cases"][name][what], size)
    }

    fn warp(&self, kind: TransformKind) -> Warp {
        let output = self.size("output_size");
        Warp::new(&Transform { kind, output: [output[0] as usize, output[1] as usize] }, Device::Cpu).unwrap()
    }
}

fn assert_close(found: &Tensor, wanted: &Tensor, tolerance: f64, what: &str) {
    assert_eq!(found.size(), wanted.size(), "{what}");
    let difference = (found.to_kind(Kind::Double) - wanted).abs().max().double_value(&[]);
    assert!(difference < tolerance, "{what}: the largest difference is {difference}");
}

#[test]
fn grids_and_outputs_are_those_of_other_implementations() {
    let golden = Golden::read();
    let output = golden.size("output_size");
    for (name, kind) in KINDS {
        let theta = golden.case(name, "theta", &[2, -1]).to_kind(Kind::Float);
        let warp = golden.warp(kind);
        let grid = warp.grid(&theta).unwrap();
        assert_close(&grid, &golden.case(name, "grid", &[2, output[0], output[1], 2]), 1e-5, name);
        let seen = warp.apply(&golden.map().to_kind(Kind::Float), &theta).unwrap();
        assert_close(&seen, &golden.case(name, "output", &golden.weight().size()), 5e-5, name);
    }
}

#[test]
fn affine_gradients_are_pytorchs() {
    let golden = Golden::read();
    let map = golden.map().to_kind(Kind::Float).set_requires_grad(true);
    let theta = golden.case("affine", "theta", &[2, 6]).to_kind(Kind::Float).set_requires_grad(true);
    let seen = golden.warp(TransformKind::Affine).apply(&map, &theta).unwrap();
    let sum = (seen * golden.weight().to_kind(Kind::Float)).sum(Kind::Float);
    let gradients = Tensor::run_backward(&[sum], &[&map, &theta], false, false);
    assert_close(&gradients[0], &golden.case("affine", "gradient_to_map", &map.size()), 1e-4, "map");
    assert_close(&gradients[1], &golden.case("affine", "gradient_to_theta", &[2, 6]), 1e-3, "theta");
}

#[test]
fn every_gradient_is_a_slope() {
    const STEP: f64 = 1e-6;
    let golden = Golden::read();
    for (name, kind) in KINDS {
        let warp = golden.warp(kind);
        let [map, theta] = [golden.map(), golden.case(name, "theta", &[2, -1])];
        let sum = |map: &Tensor, theta: &Tensor| (warp.apply(map, theta).unwrap() * golden.weight()).sum(Kind::Double);
        let inputs = [map, theta].map(|tensor| tensor.set_requires_grad(true));
        let gradients = Tensor::run_backward(&[sum(&inputs[0], &inputs[1])], &inputs, false, false);
        for (which, gradient) in gradients.iter().enumerate() {
            let found = Vec::<f64>::try_from(gradient.reshape([-1])).unwrap();
            for (place, found) in found.into_iter().enumerate() {
                let at = |step: f64| {
                    let moved = inputs.each_ref().map(|tensor| tensor.detach().copy());
                    let _ = moved[which].view([-1]).narrow(0, place as i64, 1).f_add_scalar_(step).unwrap();
                    sum(&moved[0], &moved[1]).double_value(&[])
                };
                let slope = (at(STEP) - at(-STEP)) / (2.0 * STEP);
                assert!((slope - found).abs() < 1e-6 * (1.0 + slope.abs()), "{name} {which} {place}: {slope} {found}");
            }
        }
    }
}
