//! Files as PyTorch and safetensors write them (`tests/golden/kinds.py`), number by number.

use std::collections::BTreeMap;

use weights::{RawTensor, read};

use crate::{format, golden};

fn tensors(name: &str) -> BTreeMap<String, RawTensor> {
    read(&golden(name), format(name)).unwrap_or_else(|error| panic!("{error}")).tensors
}

/// By protocol 4, by protocol 5 from a big-endian machine, and as safetensors.
#[test]
fn every_type_has_its_numbers_in_either_order_of_bytes() {
    for file in ["numbers.pth", "big_endian.pth", "numbers.safetensors"] {
        let tensors = tensors(file);
        // The counter of batch norm is left out.
        assert_eq!(tensors.len(), 10, "{file}");
        for (name, tensor) in tensors {
            let numbers = match name.as_str() {
                "bool" => [0.0, 1.0, 1.0, 1.0],
                "uint8" => [0.0, 1.0, 2.0, 3.0],
                _ => [0.0, -1.0, -2.0, -3.0],
            };
            assert_eq!(tensor, RawTensor { shape: vec![2, 2], data: numbers.to_vec() }, "{file}: {name}");
        }
    }
}

/// A zip file by protocol 3 and without checksums; the older format by every protocol that it can have.
#[test]
fn expanded_tensors_show_their_numbers_again_by_every_protocol() {
    let tensor = |shape: &[usize], data: &[f32]| RawTensor { shape: shape.to_vec(), data: data.to_vec() };
    let wanted = BTreeMap::from([
        ("one".to_owned(), tensor(&[3, 4], &[0.5; 12])),
        ("rows".to_owned(), tensor(&[2, 3], &[1.0, 2.0, 3.0, 1.0, 2.0, 3.0])),
        ("columns".to_owned(), tensor(&[3, 2], &[1.0, 1.0, 2.0, 2.0, 3.0, 3.0])),
        ("windows".to_owned(), tensor(&[2, 3], &[0.0, 1.0, 2.0, 1.0, 2.0, 3.0])),
    ]);
    let older = [1, 3, 4, 5].map(|protocol| format!("older_protocol_{protocol}.pth"));
    for file in older.iter().map(String::as_str).chain(["expanded.pth"]) {
        assert_eq!(tensors(file), wanted, "{file}");
    }
}

/// The shape of `one`, [3, 4], is a small number in the pickle: a larger one is as easily written.
#[test]
fn a_small_file_cannot_ask_for_much_memory() {
    let bytes = fs_err::read(golden("expanded.pth")).unwrap();
    let shape = bytes.windows(5).position(|part| part == b"K\x03K\x04\x86").unwrap();
    let with = |sides: [u8; 2]| {
        let mut bytes = bytes.clone();
        (bytes[shape + 1], bytes[shape + 3]) = (sides[0], sides[1]);
        weights::pytorch::parse(&bytes)
    };
    assert_eq!(with([255, 255]).unwrap().tensors["one"].data, vec![0.5; 255 * 255]);

    // The older format, whose pickle may become longer: a side of up to 2³¹ - 1.
    let bytes = fs_err::read(golden("older_protocol_3.pth")).unwrap();
    let shape = bytes.windows(5).position(|part| part == b"K\x03K\x04\x86").unwrap();
    let with = |side: i32| {
        let sides = [b"J", &side.to_le_bytes()[..], b"J", &side.to_le_bytes()].concat();
        let bytes = [&bytes[..shape], &sides, &bytes[shape + 4..]].concat();
        weights::pytorch::parse(&bytes)
    };
    assert_eq!(with(1000).unwrap().tensors["one"].data.len(), 1_000_000);
    for side in [1024, 1 << 16, i32::MAX] {
        let problem = with(side).unwrap_err().to_string();
        assert!(problem.contains("more often than weights are shared"), "{side}: {problem}");
    }
}
