//! The words that are learned of Flickr8k, where the mirror has its sentences.

use std::collections::HashSet;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

use replications::image_descriptions::network::FLICKR8K;
use replications::image_descriptions::vocabulary::{Counts, Vocabulary};

/// The mirror's part of Flickr8k has all of its sentences and its official lists.
#[test]
fn flickr8ks_vocabulary_is_as_large_as_the_paper_says() {
    let packed = std::env::var_os("REPLICATIONS_MIRROR")
        .map(|mirror| PathBuf::from(mirror).join("flickr8k-part/flickr8k-part.tar.xz"));
    let Some(packed) = packed.filter(|packed| packed.is_file()) else {
        // Past the harness of tests, which would swallow it.
        let _ =
            writeln!(std::io::stderr(), "\nskipped: REPLICATIONS_MIRROR does not name a folder with flickr8k-part\n");
        return;
    };
    let file = |name: &str| {
        let said = Command::new("tar").arg("-xJOf").arg(&packed).arg(name).output().unwrap();
        assert!(said.status.success(), "{name}: {}", String::from_utf8_lossy(&said.stderr));
        String::from_utf8(said.stdout).unwrap()
    };
    let (list, sentences) = (file("Flickr_8k.trainImages.txt"), file("Flickr8k.token.txt"));
    let train: HashSet<&str> = list.lines().map(str::trim).collect();
    let learned = sentences.lines().filter_map(|line| {
        let (image, sentence) = line.split_once('\t')?;
        train.contains(image.split('#').next()?).then_some(sentence)
    });
    let counts = Counts::of(learned);
    assert_eq!((train.len(), counts.sentences), (6000, 30_000));
    assert_eq!(Vocabulary::of(&counts, 5).unwrap().len(), FLICKR8K);
}
