//! Caffe's files as the classes of its own `caffe.proto` write them (`tests/golden/caffe.py`), and files made wrong on purpose.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::Value;
use weights::{Problem, RawTensor, RawWeights, caffe, read};

use crate::{format, golden};

#[test]
fn every_form_has_its_numbers() {
    let wanted: BTreeMap<String, Value> = serde_json::from_slice(&fs_err::read(golden("caffe.json")).unwrap()).unwrap();
    assert_eq!(wanted.len(), 5);
    for (file, wanted) in &wanted {
        let found = read(&golden(file), format(file)).unwrap_or_else(|error| panic!("{error}"));
        let tensor = |tensor: &Value| RawTensor {
            shape: serde_json::from_value(tensor["shape"].clone()).unwrap(),
            data: serde_json::from_value(tensor["data"].clone()).unwrap(),
        };
        let tensors = wanted["tensors"].as_object().unwrap();
        let tensors = tensors.iter().map(|(name, value)| (name.clone(), tensor(value))).collect();
        let epsilons = serde_json::from_value(wanted["epsilons"].clone()).unwrap();
        assert_eq!(found, RawWeights { tensors, epsilons }, "{file}");
    }
}

#[test]
fn what_another_program_must_convert_is_never_fetched_again() {
    for (file, what, instead) in [
        ("caffe_refused_v0.caffemodel", "`V0LayerParameter`", "upgrade_net_proto_binary"),
        (
            "caffe_refused_half.caffemodel",
            "blob 0 of layer `conv` at byte 71: its numbers are raw bytes",
            "single precision",
        ),
        ("caffe_refused_twice.caffemodel", "a second layer with weights is called `conv`, at byte 447", "another name"),
    ] {
        let error = read(&golden(file), format(file)).unwrap_err();
        assert!(matches!(error.problem, Problem::Unsupported { .. }), "{error}");
        let said = error.to_string();
        assert!(
            said.contains(what) && said.contains(instead) && !said.contains("fetch") && said.contains(file),
            "{said}"
        );
    }
}

/// A field of bytes.
fn bytes(number: u32, content: &[u8]) -> Vec<u8> {
    [varint(u64::from(number << 3 | 2)), varint(content.len() as u64), content.to_vec()].concat()
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut found = Vec::new();
    while value >= 0x80 {
        found.push(value as u8 | 0x80);
        value >>= 7;
    }
    found.push(value as u8);
    found
}

fn floats(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// A network of one layer with one blob, whose shape and numbers these fields are.
fn net(blob: &[Vec<u8>]) -> Vec<u8> {
    let layer = [bytes(1, b"conv"), bytes(2, b"Convolution"), bytes(7, &blob.concat())].concat();
    [bytes(1, b"a network with a longer name"), bytes(100, &layer)].concat()
}

fn shape(dimensions: &[u64]) -> Vec<u8> {
    bytes(7, &bytes(1, &dimensions.iter().flat_map(|side| varint(*side)).collect::<Vec<_>>()))
}

#[test]
fn damage_is_told_with_its_place() {
    let data = bytes(5, &floats(&[1.0, 2.0]));
    let whole = net(&[data.clone(), shape(&[2])]);
    assert_eq!(caffe::parse(&whole).unwrap().tensors["conv/0"].data, [1.0, 2.0]);
    let blob = "blob 0 of layer `conv` at byte 52: ";
    let cases = [
        (net(std::slice::from_ref(&data)), format!("{blob}it has no shape")),
        (net(&[data.clone(), shape(&[3])]), format!("{blob}its shape [3] takes 3 numbers, and it has 2")),
        (net(&[data.clone(), shape(&[u64::MAX])]), format!("{blob}its shape has the dimension -1")),
        (net(&[data.clone(), shape(&[1 << 40])]), format!("{blob}its shape has the dimension 1099511627776")),
        (net(&[data.clone(), shape(&[1 << 30; 3])]), "is impossibly large".to_owned()),
        (net(&[data.clone(), shape(&[1; 33])]), format!("{blob}its shape has more than 32 dimensions")),
        (
            net(&[bytes(5, &[0; 7]), shape(&[2])]),
            format!("{blob}7 bytes of numbers at byte 56, which are 4 bytes each"),
        ),
        (net(&[vec![5 << 3, 1], shape(&[2])]), format!("{blob}field 5 at byte 54 holds no numbers of its type")),
        (net(&[bytes(1, b"xy"), data.clone()]), format!("{blob}field 1 is no side")),
        (net(&[vec![7 << 3 | 5, 0, 0, 0, 0], data.clone()]), format!("{blob}field 7 is no shape")),
        (net(&[vec![20 << 3 & 0x7f | 0x80 | 3, 1], data.clone()]), "field 20 at byte 54 is a group".to_owned()),
        (net(&[vec![14 << 3 | 6], data.clone()]), "field 14 at byte 54 is of wire type 6".to_owned()),
        (net(&[vec![0x02, 0], data.clone()]), "the tag 2 at byte 54 is no field's".to_owned()),
        (net(&[vec![0xff; 12], data.clone()]), "the number at byte 54 does not end within ten bytes".to_owned()),
        (
            net(&[vec![5 << 3 | 2, 100], data.clone()]),
            format!("{blob}the file ends at byte 66, in the middle of what begins at byte 56"),
        ),
        (
            [net(&[vec![5 << 3 | 2, 100], data.clone()]), bytes(1, b"more")].concat(),
            format!("{blob}what begins at byte 56 goes on behind byte 66, where its message ends"),
        ),
        (
            [bytes(1, b"a network with a longer name"), bytes(100, &bytes(1, &[b'n'; 5000]))].concat(),
            "the name at byte 37 has 5000 bytes".to_owned(),
        ),
        (
            [bytes(1, b"a network with a longer name"), bytes(100, &bytes(1, b"\xff\xfe"))].concat(),
            "the name at byte 35 is no text".to_owned(),
        ),
        (
            [bytes(1, b"a network with a longer name"), bytes(100, &bytes(7, &[data.clone(), shape(&[2])].concat()))]
                .concat(),
            "the layer at byte 30 has weights and no name".to_owned(),
        ),
        (bytes(1, b"a network with a name and no layer"), "none of the layers in its 36 bytes has weights".to_owned()),
    ];
    for (file, wanted) in cases {
        let problem = caffe::parse(&file).unwrap_err();
        assert!(matches!(problem, Problem::Damaged(_)), "{problem}");
        assert!(problem.to_string().contains(&wanted), "{problem}\n{wanted}");
    }
}

#[test]
fn a_batch_norm_of_another_kind_is_told() {
    let blob = |values: &[f32]| bytes(7, &[bytes(5, &floats(values)), shape(&[values.len() as u64])].concat());
    let norm = |blobs: &[Vec<u8>]| {
        let layer = [bytes(1, b"bn"), bytes(2, b"BatchNorm"), blobs.concat()].concat();
        caffe::parse(&[bytes(1, b"a network with a longer name"), bytes(100, &layer)].concat())
    };
    let (two, one) = (blob(&[1.0, 2.0]), blob(&[4.0]));
    let found = norm(&[two.clone(), two.clone(), one.clone()]).unwrap();
    assert_eq!(found.tensors["bn/0"].data, [0.25, 0.5]);
    assert_eq!(found.tensors.len(), 2);
    let problem = norm(&[two.clone(), two.clone()]).unwrap_err();
    assert!(
        matches!(&problem, Problem::Unsupported { what, .. } if what.contains("`bn` at byte 30 has 2 blobs")),
        "{problem}"
    );
    let problem = norm(&[one.clone(), one, two]).unwrap_err();
    assert!(matches!(&problem, Problem::Damaged(what) if what.contains("2 scale factors")), "{problem}");
}

/// A cut between two layers cannot be seen here: whoever needs the layers behind it misses them.
#[test]
fn a_cut_is_damage_or_leaves_layers_out() {
    for name in ["caffe_packed.caffemodel", "caffe_sides.caffemodel", "caffe_norm.caffemodel"] {
        let whole = fs_err::read(golden(name)).unwrap();
        let tensors = caffe::parse(&whole).unwrap().tensors;
        let mut between = 0;
        for cut in 0..whole.len() {
            match caffe::parse(&whole[..cut]) {
                Ok(part) => {
                    between += 1;
                    assert!(part.tensors.iter().all(|(name, tensor)| tensors[name] == *tensor), "{name} cut at {cut}");
                }
                Err(problem) => assert!(matches!(problem, Problem::Damaged(_)), "{name} cut at {cut}: {problem}"),
            }
        }
        assert!(between <= 6, "{name}: {between}");
    }
}

#[test]
fn a_file_that_is_shorter_than_the_system_says_is_refused() {
    // Read through a buffer, over the border of what is read at once.
    let many = vec![0.5; 50_000];
    let file = net(&[bytes(5, &floats(&many)), shape(&[50_000])]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.caffemodel");
    fs_err::write(&path, &file).unwrap();
    assert_eq!(read(&path, format("x.caffemodel")).unwrap().tensors["conv/0"].data, many);
    fs_err::write(&path, &file[..150_000]).unwrap();
    let said = read(&path, format("x.caffemodel")).unwrap_err().to_string();
    assert!(said.contains("the file ends at byte 150000") && said.contains("fetch them again"), "{said}");
}

proptest! {
    #[test]
    fn any_bytes_are_weights_or_a_problem(at in 0usize..447, byte: u8) {
        let mut file = fs_err::read(golden("caffe_packed.caffemodel")).unwrap();
        file[at] = byte;
        if let Ok(found) = caffe::parse(&file) {
            for (name, tensor) in found.tensors {
                prop_assert_eq!(tensor.shape.iter().product::<usize>(), tensor.data.len(), "{}", name);
            }
        }
    }
}
