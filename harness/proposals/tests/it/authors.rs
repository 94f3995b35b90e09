//! The boxes that the authors gave away of two pictures of PASCAL VOC 2007 (Fast R-CNN's demo has them), of the mirror.

use std::collections::HashSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use base::boxes::Bounds;
use proposals::search::hierarchies;
use proposals::settings::Settings;
use proposals::{colour::ColourSpace, selective_search};

const PICTURES: [&str; 2] = ["000004", "001551"];

/// The mirror's pictures and boxes, unpacked; says loudly why a test is skipped where there are none.
fn fixtures() -> Option<tempfile::TempDir> {
    let mirror = std::env::var_os("REPLICATIONS_MIRROR").map(PathBuf::from);
    let packed = mirror.map(|mirror| mirror.join("detection-fixtures/detection-fixtures.tar.xz"));
    let Some(packed) = packed.filter(|packed| packed.is_file()) else {
        // Not eprintln!, which the test harness keeps to itself where a test passes.
        let _ =
            writeln!(std::io::stderr(), "skipped: REPLICATIONS_MIRROR does not name a folder with detection-fixtures");
        return None;
    };
    let room = tempfile::tempdir().unwrap();
    let mut tar = Command::new("tar");
    tar.arg("-xJf").arg(packed).arg("-C").arg(room.path()).arg("selective-search");
    assert!(tar.status().unwrap().success());
    Some(room)
}

/// The matrix of 16-bit numbers with four columns in a MATLAB 5 file that holds nothing else: boxes by their first and last
/// pixels, counted from 0.
fn boxes(path: &Path) -> Vec<Bounds> {
    let bytes = fs_err::read(path).unwrap();
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    // Behind the file's header and the matrix's come its flags, sizes, name and numbers. Up to four bytes stand in the tag.
    let mut at = 128 + 8;
    let mut elements = Vec::new();
    while elements.len() < 4 {
        let (kind, start, length) = match word(at) {
            tag if tag >> 16 != 0 => (tag & 0xffff, at + 4, tag >> 16),
            tag => (tag, at + 8, word(at + 4)),
        };
        elements.push((kind, start, length));
        at = (start + length).next_multiple_of(8);
    }
    let [_, (_, sizes, _), _, (kind, start, length)] = elements[..] else { panic!("{elements:?}") };
    let rows = word(sizes);
    assert_eq!((kind, word(sizes + 4), length), (4, 4, rows * 8), "16-bit numbers in four columns");
    let number = |row: usize, column: usize| {
        let at = start + 2 * (column * rows + row);
        f64::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]))
    };
    (0..rows)
        .map(|row| Bounds::new([number(row, 0), number(row, 1), number(row, 2) + 1.0, number(row, 3) + 1.0]))
        .collect()
}

/// The mean over boxes of the largest overlap with one of the others.
fn overlap(boxes: &[Bounds], others: &[Bounds]) -> f64 {
    let best = |one: &Bounds| others.iter().map(|other| one.iou(other)).fold(0.0, f64::max);
    boxes.iter().map(best).sum::<f64>() / boxes.len() as f64
}

fn keys(boxes: &[Bounds]) -> HashSet<[u32; 4]> {
    boxes.iter().map(|found| found.edges().map(|edge| edge as u32)).collect()
}

/// The first version's settings give the authors' boxes but for what texture decides.
#[test]
fn the_first_version_finds_the_boxes_that_its_authors_found() {
    let Some(room) = fixtures() else { return };
    for name in PICTURES {
        let folder = room.path().join("selective-search");
        let picture = images::load(&folder.join(format!("{name}.jpg"))).unwrap();
        let theirs = boxes(&folder.join(format!("{name}_boxes.mat")));
        let ours = selective_search(&picture, &Settings::first_version(), 1).unwrap();
        let ratio = ours.len() as f64 / theirs.len() as f64;
        assert!((0.95..1.05).contains(&ratio), "{name}: {} boxes, not {}", ours.len(), theirs.len());
        let (here, there) = (overlap(&ours, &theirs), overlap(&theirs, &ours));
        assert!(here > 0.95 && there > 0.95, "{name}: {here} and {there}");
        let same = keys(&ours).intersection(&keys(&theirs)).count();
        assert!(same as f64 > 0.75 * theirs.len() as f64, "{name}: {same} of {} to the pixel", theirs.len());
    }
}

/// Colour spaces, smoothing and segmentation decide the boxes of first regions, and nothing else does.
#[test]
fn every_first_region_is_among_the_authors_to_the_pixel() {
    let Some(room) = fixtures() else { return };
    for name in PICTURES {
        let folder = room.path().join("selective-search");
        let picture = images::load(&folder.join(format!("{name}.jpg"))).unwrap();
        let theirs = keys(&boxes(&folder.join(format!("{name}_boxes.mat"))));
        for colour in [ColourSpace::Rgb, ColourSpace::Hsv, ColourSpace::Rgi, ColourSpace::Opponent] {
            let settings = Settings { colours: vec![colour], ..Settings::first_version() };
            for (found, k) in hierarchies(&picture, &settings).unwrap().iter().zip(&settings.ks) {
                let first: Vec<Bounds> = found.first.iter().map(|extent| extent.bounds()).collect();
                let missing = keys(&first).difference(&theirs).count();
                assert!(first.len() > 50 && missing == 0, "{name} {colour:?} {k}: {missing} of {}", first.len());
            }
        }
    }
}
