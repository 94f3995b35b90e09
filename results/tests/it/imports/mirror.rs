//! The stored predictions of fourteen released networks, where a mirror has them.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use results::References;
use results::import::{Imported, read};
use spec::metric::Metric;

/// Wrong answers among the 50,000, by the first and by the first five, as the mirror's own account has them.
const WRONG: [(&str, u64, u64); 14] = [
    ("alexnet", 21741, 10465),
    ("vgg11", 15490, 5686),
    ("vgg16", 14204, 4809),
    ("vgg19", 13812, 4562),
    ("vgg_16_tf", 14553, 5076),
    ("vgg_19_tf", 14499, 5076),
    ("inception_v1_tf", 15118, 5187),
    ("resnet18", 15121, 5462),
    ("resnet50", 11935, 3569),
    ("resnet101", 11313, 3227),
    ("resnet152", 10844, 2977),
    ("cafferesnet101", 11900, 3617),
    ("resnet_v1_50_tf", 12399, 3903),
    ("resnet_v1_101_tf", 11798, 3554),
];

pub(crate) fn folder() -> Option<PathBuf> {
    let mirror = std::env::var_os("REPLICATIONS_MIRROR").map(PathBuf::from);
    let folder = mirror.map(|mirror| mirror.join("imagenet-val-predictions")).filter(|folder| folder.is_dir());
    if folder.is_none() {
        // Past the harness of tests, which shows nothing of a test that passes.
        let _ =
            writeln!(std::io::stderr(), "skipped: REPLICATIONS_MIRROR names no folder with imagenet-val-predictions");
    }
    folder
}

/// A file of the folder, which may keep it packed.
fn bytes(folder: &Path, name: &str) -> Option<Vec<u8>> {
    if let Ok(bytes) = std::fs::read(folder.join(name)) {
        return Some(bytes);
    }
    let packed = std::fs::File::open(folder.join(format!("{name}.xz"))).ok()?;
    let mut bytes = Vec::new();
    lzma_rust2::XzReader::new(std::io::BufReader::new(packed), false).read_to_end(&mut bytes).unwrap();
    Some(bytes)
}

pub(crate) fn references(folder: &Path) -> References {
    let name = "imagenet-validation-original.json";
    let bytes = bytes(folder, name).unwrap();
    References { classes: Some(1000), count: Some(50_000), ..References::file(folder.join(name), bytes) }
}

/// The predictions of a file, where the mirror has it.
pub(crate) fn predictions(folder: &Path, name: &str, references: &References) -> Option<Imported> {
    let bytes = bytes(folder, name)?;
    Some(read(&folder.join(name), &bytes, references).unwrap_or_else(|error| panic!("{error}")))
}

#[test]
fn every_count_of_the_mirrors_table() {
    let Some(folder) = folder() else { return };
    let references = references(&folder);
    for (network, top1, top5) in WRONG {
        let imported = predictions(&folder, &format!("{network}.npy"), &references).unwrap();
        let wrong = |metric| {
            let score = imported.table.score(metric).unwrap();
            (score.n, score.n - score.correct.unwrap())
        };
        assert_eq!(wrong(Metric::TOP_1_ERROR), (50_000, top1), "{network}");
        assert_eq!(wrong(Metric::TOP_5_ERROR), (50_000, top5), "{network}");
        assert_eq!(imported.scores().len(), 2);
    }
}

/// By class and then by file name: so are the labels of a whole set given, and rows without names are the same everywhere.
#[test]
fn the_labels_stand_in_the_order_of_a_folder_a_class() {
    let Some(folder) = folder() else { return };
    let examples = results::tasks::classify::truth(&references(&folder)).unwrap();
    let files = examples.files.unwrap();
    let pairs: Vec<(u32, &String)> = examples.classes.iter().copied().zip(&files).collect();
    assert!(pairs.is_sorted());
    assert_eq!((pairs.len(), pairs[0].0, pairs[49_999].0), (50_000, 0, 999));
}
