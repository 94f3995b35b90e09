use proptest::prelude::*;

use super::*;

/// A file as NumPy writes it.
fn file(version: u8, descr: &str, fortran: bool, shape: &str, data: &[u8]) -> Vec<u8> {
    let fortran = if fortran { "True" } else { "False" };
    // Records of several fields are described by a list, which is not quoted.
    let descr = if descr.starts_with('[') { descr.to_owned() } else { format!("'{descr}'") };
    let text = format!("{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}");
    let before = if version == 1 { 10 } else { 12 };
    let padding = 63 - (before + text.len()) % 64;
    let header = format!("{text}{}\n", " ".repeat(padding));
    let mut bytes = [header::MAGIC, &[version, 0]].concat();
    let length = u32::try_from(header.len()).unwrap().to_le_bytes();
    bytes.extend(&length[..if version == 1 { 2 } else { 4 }]);
    bytes.extend(header.as_bytes());
    assert_eq!(bytes.len() % 64, 0);
    bytes.extend(data);
    bytes
}

fn longs(values: &[i64]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn ints(values: &[i32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

#[test]
fn all_versions_types_and_shapes() {
    for version in 1..=3 {
        let two = read(&file(version, "<i8", false, "(2, 3)", &longs(&[1, 2, 3, 4, 5, -6])), 100).unwrap();
        assert_eq!(two.rows().collect::<Vec<_>>(), [[1, 2, 3], [4, 5, -6]]);
        let one = read(&file(version, "<i4", false, "(3,)", &ints(&[7, 8, -9])), 100).unwrap();
        assert_eq!(one, Array { rows: 3, columns: 1, values: vec![7, 8, -9] });
    }
    // One row or one column is the same either way.
    assert!(read(&file(1, "<i4", true, "(3,)", &ints(&[7, 8, 9])), 100).is_ok());
    assert!(read(&file(1, "<i4", true, "(3, 1)", &ints(&[7, 8, 9])), 100).is_ok());
    assert_eq!(read(&file(1, "<i8", false, "(0, 5)", &[]), 100).unwrap().rows().count(), 0);
}

#[test]
fn what_is_wrong_is_said() {
    let good = file(1, "<i8", false, "(2, 3)", &longs(&[1, 2, 3, 4, 5, 6]));
    let said = |bytes: &[u8]| read(bytes, 100).unwrap_err();
    let cases = [
        said(b""),
        said(b"top1\n3\n"),
        said(&good[..7]),
        said(&good[..50]),
        said(&good[..good.len() - 1]),
        said(&[&good[..], b"xy"].concat()),
        said(&[header::MAGIC, &[4, 0, 0, 0]].concat()),
        said(&file(1, "<f4", false, "(2, 3)", &[])),
        said(&file(1, ">i8", false, "(2, 3)", &[])),
        said(&file(1, "<i8", true, "(2, 3)", &longs(&[1, 2, 3, 4, 5, 6]))),
        said(&file(1, "<i8", false, "(2, 3, 4)", &[])),
        said(&file(1, "<i8", false, "()", &longs(&[1]))),
        said(&file(1, "<i8", false, "(5, 50000)", &[])),
        said(&file(1, "<i8", false, "(5, 0)", &[])),
        said(&file(1, "<i8", false, "(99999999999999999999, 5)", &[])),
        said(&file(1, "<i8", false, &format!("({}, 5)", usize::MAX / 2), &[])),
        said(&file(1, "<i8', 'extra': 'x", false, "(2, 3)", &[])),
        said(&file(1, "[('a', '<i8'), ('b', '<f4')]", false, "(2,)", &[])),
    ];
    insta::assert_snapshot!(cases.join("\n"));
}

proptest! {
    #[test]
    fn any_array_comes_back(rows in 0_usize..20, columns in 1_usize..8, version in 1_u8..=3, long: bool, seed: u64) {
        let number = |index: usize| seed.wrapping_mul(6_364_136_223_846_793_005).rotate_left(index as u32 % 64) as i64;
        let values: Vec<i64> = (0..rows * columns).map(number).collect();
        let narrow: Vec<i32> = values.iter().map(|value| *value as i32).collect();
        let shape = format!("({rows}, {columns})");
        let (bytes, wanted) = if long {
            (file(version, "<i8", false, &shape, &longs(&values)), values)
        } else {
            (file(version, "<i4", false, &shape, &ints(&narrow)), narrow.iter().map(|value| i64::from(*value)).collect())
        };
        prop_assert_eq!(read(&bytes, 100).unwrap(), Array { rows, columns, values: wanted });
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes, 100);
        let _ = read(&[header::MAGIC, &[1, 0], &bytes[..]].concat(), 100);
    }

    #[test]
    fn no_changed_file_makes_it_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), cut in any::<prop::sample::Index>(), version in 1_u8..=3) {
        let mut bytes = file(version, "<i8", false, "(4, 3)", &longs(&[1; 12]));
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Ok(array) = read(&bytes, 100) {
            prop_assert_eq!(array.values.len(), array.rows * array.columns);
        }
        let _ = read(&bytes[..cut.index(bytes.len())], 100);
    }
}
