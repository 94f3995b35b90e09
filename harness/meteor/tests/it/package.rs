//! Statistics and scores over the tables of the official package, against the official program.

use std::io::Write;
use std::path::Path;

use crate::golden::Corpus;
use meteor::Tables;

#[test]
fn statistics_and_scores_are_those_of_the_official_program() {
    let golden: Corpus = serde_json::from_str(include_str!("../golden/package.json")).unwrap();
    let Some(package) = std::env::var_os("METEOR_PACKAGE") else {
        // Written past the harness, which would swallow it: nobody is to think that this has been checked.
        writeln!(
            std::io::stderr(),
            "\nSKIPPED: set METEOR_PACKAGE to pycocoevalcap's folder meteor, with meteor-1.5.jar and \
             data/paraphrase-en.gz, to compare with the official program\n"
        )
        .unwrap();
        return;
    };
    let package = Path::new(&package);
    let tables = Tables::open(&package.join("meteor-1.5.jar"), &package.join("data/paraphrase-en.gz")).unwrap();
    golden.check(&tables);
}
