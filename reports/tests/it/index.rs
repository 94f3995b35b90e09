//! The index over all papers: what was run here, what the repository has a record of, and what is absent are told apart.

use reports::index::{self, AbsentPaper, IndexInput, IndexPaper, Known};

use crate::made_up::MadeUp;
use crate::markup::{assert_well_formed, redacted};

fn paper<'a>(id: &'a str, title: &'a str, year: u16, rows: Known<'a>) -> IndexPaper<'a> {
    let page = matches!(rows, Known::Own(_));
    IndexPaper { id, title, year, networks: vec!["ResNet-50"], rows, page }
}

fn papers(made_up: &MadeUp) -> Vec<IndexPaper<'_>> {
    let mut many = paper("stn", "Spatial Transformer Networks", 2015, Known::Record(&made_up.rows));
    many.networks = vec!["a", "b", "c", "d", "e", "f", "g", "h", "i"];
    vec![
        paper("gan", "Generative Adversarial Nets", 2014, Known::Nothing),
        many,
        paper("resnet", "Residual <Learning>", 2016, Known::Own(&made_up.rows)),
    ]
}

const ABSENT: [AbsentPaper<'_>; 2] =
    [AbsentPaper { title: "Fast R-CNN", year: 2015 }, AbsentPaper { title: "<AlexNet>", year: 2012 }];

#[test]
fn the_whole_index() {
    let made_up = MadeUp::new();
    let papers = papers(&made_up);
    let page = index::render(&IndexInput { papers: &papers, absent: &ABSENT, footer: &made_up.footer });
    assert_well_formed(&page);
    insta::assert_snapshot!("index", redacted(&page));
}

#[test]
fn one_run_makes_no_other_paper_absent() {
    let made_up = MadeUp::new();
    let papers = papers(&made_up);
    let page = index::render(&IndexInput { papers: &papers, absent: &[], footer: &made_up.footer });
    assert!(
        page.contains(
            "3 papers are in the suite: 1 was run here, 1 is shown from the repository's own record, 1 was not run yet."
        ) || page.contains("repository&#39;s own record"),
    );
    assert!(!page.contains("Not in the suite yet"));
    assert_eq!(page.matches("Not run here. The repository").count(), 1);
    // Only a page that lies beside the index is linked.
    assert_eq!(page.matches("/index.html\"").count(), 1);
    assert!(page.contains("a, b, c, d, e, f and 3 more"));
}

#[test]
fn an_index_of_nothing_says_so() {
    let made_up = MadeUp::new();
    let page = index::render(&IndexInput { papers: &[], absent: &[], footer: &made_up.footer });
    assert_well_formed(&page);
    assert!(page.contains("There is no paper to show yet."));
}

#[test]
fn it_is_written_where_it_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let made_up = MadeUp::new();
    let papers = papers(&made_up);
    let input = IndexInput { papers: &papers, absent: &ABSENT, footer: &made_up.footer };
    let path = index::write(folder.path(), &input).unwrap();
    assert_eq!(path, folder.path().join("index.html"));
    assert_eq!(fs_err::read_to_string(path).unwrap(), index::render(&input));
}
