//! A file's tensors become a network's parameters, by the paper's table of names.
//!
//! Must not guess: whatever does not fit is listed by name, all of it at once.

use std::collections::{BTreeMap, BTreeSet};

use replications::count::Parameter;
use replications::names::{Mapping, Transform};

use super::{Parameters, RawTensor, RawWeights};
use crate::error::{Error, Result};

/// What does not fit, each by name.
#[derive(Debug, Default)]
struct Misfits {
    missing: Vec<String>,
    extra: Vec<String>,
    shapes: Vec<String>,
    damaged: Vec<String>,
}

/// Sets every parameter that the network wants from the file's tensors.
///
/// # Errors
/// One error that lists every missing, extra or mis-shaped tensor, and those with numbers that are not finite. `what`
/// names the network, the weights and the table in it.
pub fn assign(wanted: &[Parameter], raw: RawWeights, table: &[Mapping], what: &str) -> Result<Parameters> {
    let RawWeights { mut tensors, epsilons } = raw;
    let mut misfits = Misfits::default();
    let shapes: BTreeMap<&str, &[usize]> = wanted.iter().map(|p| (p.name.as_str(), p.shape.as_slice())).collect();
    let mut found = Parameters::default();
    for mapping in table {
        let Mapping { ours, theirs, transform } = mapping;
        if *transform == Transform::Unused {
            tensors.remove(theirs);
            continue;
        }
        let Some(tensor) = tensors.remove(theirs) else {
            misfits.missing.push(if ours == theirs { theirs.clone() } else { format!("{theirs} (our {ours})") });
            continue;
        };
        let Some(shape) = shapes.get(ours.as_str()) else {
            misfits.extra.push(format!("{theirs} (the network has no {ours})"));
            continue;
        };
        if transform.shape(&tensor.shape).as_deref() != Some(*shape) {
            misfits.shapes.push(format!("{theirs} {:?} (our {ours} {shape:?})", tensor.shape));
            continue;
        }
        if tensor.data.iter().any(|value| !value.is_finite()) {
            misfits.damaged.push(theirs.clone());
        }
        let epsilon =
            ours.split_once(".running_var").and(theirs.rsplit_once('/')).and_then(|(layer, _)| epsilons.get(layer));
        if let (Some(epsilon), Some((node, _))) = (epsilon, ours.rsplit_once('.')) {
            found.epsilons.insert(node.to_owned(), *epsilon);
        }
        if *transform == Transform::Subtract {
            if let Some(target) = found.tensors.get_mut(ours) {
                target.data.iter_mut().zip(&tensor.data).for_each(|(ours, theirs)| *ours -= theirs);
            }
        } else {
            found.tensors.insert(ours.clone(), transformed(tensor, *transform));
        }
    }
    let mapped: BTreeSet<&str> = table.iter().map(|mapping| mapping.ours.as_str()).collect();
    misfits.missing.extend(
        shapes.keys().filter(|name| !mapped.contains(*name)).map(|name| format!("our {name} (not in the table)")),
    );
    misfits.extra.extend(tensors.into_keys());
    misfits.result(what)?;
    Ok(found)
}

impl Misfits {
    fn result(self, what: &str) -> Result<()> {
        let parts: Vec<String> = [
            ("missing", self.missing),
            ("extra", self.extra),
            ("of another shape", self.shapes),
            ("with numbers that are not finite", self.damaged),
        ]
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(kind, names)| format!("{} {kind}: {}", names.len(), names.join(", ")))
        .collect();
        if parts.is_empty() {
            return Ok(());
        }
        Err(Error::Input(format!("{what} do not fit (are they another network's?); tensors {}", parts.join("; "))))
    }
}

fn transformed(tensor: RawTensor, transform: Transform) -> RawTensor {
    let RawTensor { shape, data } = tensor;
    let shape_after = transform.shape(&shape).unwrap_or_default();
    match (transform, shape.as_slice()) {
        (Transform::Hwio, &[kh, kw, inputs, outputs]) => {
            // [kh·kw·in, out] to [out, in, kh·kw]: one sweep over what is written, so that writing stays in order.
            let places = kh * kw;
            let mut after = Vec::with_capacity(data.len());
            for output in 0..outputs {
                for input in 0..inputs {
                    after.extend((0..places).map(|place| data[(place * inputs + input) * outputs + output]));
                }
            }
            RawTensor { shape: shape_after, data: after }
        }
        (Transform::Transpose, &[inputs, outputs]) => {
            let mut after = Vec::with_capacity(data.len());
            for output in 0..outputs {
                after.extend((0..inputs).map(|input| data[input * outputs + output]));
            }
            RawTensor { shape: shape_after, data: after }
        }
        (Transform::Flatten, _) => RawTensor { shape: shape_after, data },
        _ => RawTensor { shape, data },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use replications::names::Names;

    fn raw(tensors: &[(&str, &[usize])]) -> RawWeights {
        let tensor = |shape: &[usize]| {
            let count = shape.iter().product::<usize>();
            RawTensor { shape: shape.to_vec(), data: (0..count).map(|value| value as f32).collect() }
        };
        RawWeights {
            tensors: tensors.iter().map(|(name, shape)| ((*name).to_owned(), tensor(shape))).collect(),
            epsilons: BTreeMap::from([("bn1".to_owned(), 0.001)]),
        }
    }

    fn wanted(parameters: &[(&str, &[usize])]) -> Vec<Parameter> {
        let parameter = |(name, shape): &(&str, &[usize])| Parameter {
            name: (*name).to_owned(),
            shape: shape.to_vec(),
            learned: true,
        };
        parameters.iter().map(parameter).collect()
    }

    fn table(lines: &str) -> Vec<Mapping> {
        Names::parse(&format!("ours,theirs,transform\n{lines}"), "names.csv").unwrap()
    }

    #[test]
    fn kernels_and_matrices_are_turned() {
        let raw = raw(&[("k", &[1, 2, 2, 3]), ("d", &[2, 3])]);
        let wanted = wanted(&[("conv.weight", &[3, 2, 1, 2]), ("fc.weight", &[3, 2])]);
        let found = assign(&wanted, raw, &table("conv.weight,k,hwio\nfc.weight,d,transpose\n"), "x").unwrap();
        // Element [o, i, h, w] was [h, w, i, o].
        assert_eq!(found.tensors["conv.weight"].data, [0., 6., 3., 9., 1., 7., 4., 10., 2., 8., 5., 11.]);
        assert_eq!(found.tensors["fc.weight"].data, [0., 3., 1., 4., 2., 5.]);
    }

    #[test]
    fn a_bias_moves_into_the_running_mean_and_epsilon_comes_with_the_layer() {
        let raw = raw(&[("bn1/mean", &[2]), ("c/bias", &[2]), ("bn1/var", &[2])]);
        let wanted = wanted(&[("bn.running_mean", &[2]), ("bn.running_var", &[2])]);
        let lines = "bn.running_mean,bn1/mean,\nbn.running_mean,c/bias,subtract\nbn.running_var,bn1/var,\n";
        let found = assign(&wanted, raw, &table(lines), "x").unwrap();
        assert_eq!(found.tensors["bn.running_mean"].data, [0.0, 0.0]);
        assert_eq!(found.epsilons, BTreeMap::from([("bn".to_owned(), 0.001)]));
    }

    #[test]
    fn what_is_unused_may_be_there_or_not() {
        let wanted = wanted(&[("a.w", &[2])]);
        let table = table("a.w,a,\n,head/0,unused\n,head/1,unused\n");
        let found = assign(&wanted, raw(&[("a", &[2]), ("head/0", &[3])]), &table, "x").unwrap();
        assert_eq!(found.tensors.keys().collect::<Vec<_>>(), ["a.w"]);
        let error = assign(&wanted, raw(&[("a", &[2]), ("head/2", &[3])]), &table, "x").unwrap_err().to_string();
        assert!(error.contains("1 extra: head/2"), "{error}");
    }

    #[test]
    fn everything_that_does_not_fit_is_listed_at_once() {
        let mut raw = raw(&[("a", &[2]), ("b", &[3]), ("stranger", &[1]), ("nan", &[1])]);
        raw.tensors.get_mut("nan").unwrap().data[0] = f32::NAN;
        let wanted = wanted(&[("a.w", &[3]), ("c.w", &[1]), ("d.w", &[1]), ("n.w", &[1])]);
        let lines = "a.w,a,\nb.w,b,\nc.w,c,\nn.w,nan,\n";
        let error = assign(&wanted, raw, &table(lines), "weights w for network n").unwrap_err();
        insta::assert_snapshot!(error, @"weights w for network n do not fit (are they another network's?); tensors 2 missing: c (our c.w), our d.w (not in the table); 2 extra: b (the network has no b.w), stranger; 1 of another shape: a [2] (our a.w [3]); 1 with numbers that are not finite: nan");
    }
}
