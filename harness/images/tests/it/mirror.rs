//! The mirror's photographs against Pillow: decoded, resized to 256 and cropped to 224, every byte. Skipped without the mirror.

use std::io::{Read, Write as _};
use std::path::Path;

use images::{decode, views};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::support::{golden, hex, list, number, protocol, sha256};

/// Every picture of a set, by name, from a packed or an unpacked mirror.
fn pictures(mirror: &Path, set: &str) -> Vec<(String, Vec<u8>)> {
    let folder = mirror.join(set);
    let packed = folder.join("images.tar");
    let mut all = Vec::new();
    if packed.is_file() {
        let mut archive = tar::Archive::new(fs_err::File::open(packed).unwrap());
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let name = entry.path().unwrap().file_name().unwrap().to_string_lossy().into_owned();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            all.push((name, bytes));
        }
    } else {
        for entry in fs_err::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            all.push((entry.file_name().to_string_lossy().into_owned(), fs_err::read(entry.path()).unwrap()));
        }
    }
    all.retain(|(name, _)| name.ends_with(".JPEG"));
    all.sort();
    all
}

fn check(set: &str) {
    let Some(mirror) = std::env::var_os("REPLICATIONS_MIRROR") else {
        // Not eprintln!, which the test harness keeps to itself where a test passes.
        let _ = writeln!(std::io::stderr(), "skipped: {set} against Pillow needs REPLICATIONS_MIRROR");
        return;
    };
    let golden = golden();
    let expected = &golden["mirror"][set];
    let protocol = protocol("center", 224, &[256]);
    let mut all = Sha256::new();
    let pictures = pictures(Path::new(&mirror), set);
    assert_eq!(pictures.len(), number(&expected["n"]) as usize);
    for (name, bytes) in pictures {
        let picture = decode(&bytes, &name).unwrap();
        let crop = &views(&picture, &protocol).unwrap()[0].pixels;
        all.update(&picture.pixels);
        all.update(crop);
        if let Some(one) = expected["files"].get(&name) {
            assert_mean(&name, crop, &one["mean"]);
            assert_eq!(sha256(&picture.pixels), one["decoded"], "{name}: decoded");
            assert_eq!(sha256(crop), one["crop"], "{name}: cropped");
        }
    }
    assert_eq!(hex(&all.finalize()), expected["all"], "{set}: some picture differs from Pillow's");
}

/// A coarse comparison first, so that a failure says by how much.
fn assert_mean(name: &str, crop: &[u8], expected: &Value) {
    for (channel, expected) in list(expected).iter().enumerate() {
        let sum: f64 = crop.iter().skip(channel).step_by(3).map(|&v| f64::from(v)).sum();
        let mean = sum / (crop.len() / 3) as f64;
        let expected = expected.as_f64().unwrap();
        assert!((mean - expected).abs() < 1e-3, "{name}: mean of channel {channel} is {mean}, Pillow's is {expected}");
    }
}

#[test]
fn imagenet_train_60_is_pillows_to_the_byte() {
    check("imagenet-train-60");
}

#[test]
fn imagenet_val_650_is_pillows_to_the_byte() {
    check("imagenet-val-650");
}
