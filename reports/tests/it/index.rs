//! The index over all papers.

use reports::index::{self, IndexEntry, PaperState};
use reports::verdicts::Counts;

use crate::made_up::MadeUp;
use crate::markup::{assert_well_formed, redacted};

fn entries(made_up: &MadeUp) -> Vec<IndexEntry> {
    let state =
        PaperState { id: "resnet".into(), counts: Counts::of(&made_up.rows), last_run: Some("2026-11-23".into()) };
    vec![
        IndexEntry {
            title: "Residual <Learning>".into(),
            year: 2016,
            networks: vec!["ResNet-50".into()],
            state: Some(state),
        },
        IndexEntry { title: "Generative Adversarial Nets".into(), year: 2014, networks: vec![], state: None },
    ]
}

#[test]
fn the_whole_index() {
    let made_up = MadeUp::new();
    let page = index::render(&entries(&made_up), &made_up.footer);
    assert_well_formed(&page);
    insta::assert_snapshot!("index", redacted(&page));
}

#[test]
fn an_index_of_nothing_says_so() {
    let made_up = MadeUp::new();
    let page = index::render(&[], &made_up.footer);
    assert_well_formed(&page);
    assert!(page.contains("There is no paper to show yet."));
}

#[test]
fn it_is_written_where_it_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let made_up = MadeUp::new();
    let path = index::write(folder.path(), &entries(&made_up), &made_up.footer).unwrap();
    assert_eq!(path, folder.path().join("index.html"));
    assert_eq!(fs_err::read_to_string(path).unwrap(), index::render(&entries(&made_up), &made_up.footer));
}
