//! Every table of names against its network, and the errors of a table that is wrong.

use std::collections::HashMap;
use std::path::Path;

use replications::names::{Mapping, Names, Transform};
use replications::registry;

/// A paper's folder in this package.
fn folder(entry: &registry::PaperEntry) -> &'static str {
    entry.folder.strip_prefix("replications/").unwrap()
}

fn table(paper: &str, name: &str) -> Vec<Mapping> {
    let path = format!("{paper}/{name}");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(&path);
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    Names::parse(&text, &path).unwrap_or_else(|error| panic!("{error}"))
}

fn sets(mapping: &Mapping) -> bool {
    !matches!(mapping.transform, Transform::Subtract | Transform::Unused)
}

/// Each parameter of the graph is set once, and nothing else is.
fn assert_complete(mappings: &[Mapping], network: &str) {
    let (_, graph) = registry::network(network).unwrap();
    let mut set: Vec<&str> = mappings.iter().filter(|one| sets(one)).map(|one| one.ours.as_str()).collect();
    let parameters = graph.parameters();
    let mut ours: Vec<&str> = parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    set.sort_unstable();
    ours.sort_unstable();
    assert_eq!(set, ours, "{network}");
}

#[test]
fn the_specs_tables_set_every_parameter_once() {
    for entry in registry::papers() {
        let paper = spec::load::paper(entry.spec, &entry.spec_path()).unwrap();
        for weights in &paper.weights {
            assert_complete(&table(folder(entry), &weights.names), &weights.network);
        }
    }
}

#[test]
fn the_other_tables_are_complete_too() {
    for depth in [20, 32, 44, 56] {
        assert_complete(&table("resnet", &format!("names/akamaster-{depth}.csv")), &format!("resnet{depth}"));
    }
    for depth in [11, 13, 16, 19] {
        for norm in ["", "-bn"] {
            assert_complete(&table("vgg", &format!("names/timm-{depth}{norm}.csv")), &format!("vgg{depth}{norm}"));
        }
    }
    assert_complete(&table("zfnet", "names/caffe.csv"), "zf-msra");
}

/// That a table takes every tensor of a file, whose names and shapes these are, and that each becomes what the network has.
fn assert_fits(place: &str, network: &str, path: &str, tensors: &HashMap<String, Vec<usize>>) {
    let (entry, graph) = registry::network(network).unwrap();
    let mappings = table(folder(entry), path);
    let ours: HashMap<String, Vec<usize>> =
        graph.parameters().into_iter().map(|parameter| (parameter.name, parameter.shape)).collect();
    let mut unused = 0;
    for mapping in &mappings {
        let found = tensors.get(&mapping.theirs);
        if mapping.transform == Transform::Unused {
            unused += usize::from(found.is_none());
            continue;
        }
        let theirs = found.unwrap_or_else(|| panic!("{place}: no {}", mapping.theirs));
        let shape = mapping.transform.shape(theirs);
        assert_eq!(shape.as_ref(), ours.get(&mapping.ours), "{place}: {}", mapping.ours);
    }
    assert_eq!(mappings.len() - unused, tensors.len(), "{place}: the file has tensors that the table does not use");
    assert_eq!(unused, 0, "{place}: the table knows tensors that the whole file does not have");
}

/// Names and shapes as the weight files have them (`tests/golden/tensors.py`).
#[test]
fn tables_fit_the_weight_files() {
    let golden: HashMap<String, HashMap<String, Vec<usize>>> =
        serde_json::from_str(include_str!("../golden/tensors.json")).unwrap();
    assert_eq!(golden.len(), 34);
    for (key, tensors) in &golden {
        // A third word says who else writes such files.
        let mut words = key.split(' ');
        let (network, path) = (words.next().unwrap(), words.next().unwrap());
        assert_fits(key, network, path, tensors);
    }
}

/// Names and shapes of Caffe's files, which OpenCV reads by their descriptions (`tests/golden/caffe.py`).
#[test]
fn tables_fit_caffes_files() {
    let golden: HashMap<String, serde_json::Value> =
        serde_json::from_str(include_str!("../golden/caffe.json")).unwrap();
    assert_eq!(golden.len(), 9);
    for (network, file) in &golden {
        // From the project's folder of papers: `alexnet/names/caffe.csv`.
        let (_, path) = file["names"].as_str().unwrap().split_once('/').unwrap();
        assert_fits(network, network, path, &serde_json::from_value(file["tensors"].clone()).unwrap());
    }
}

#[test]
fn a_wrong_table_is_an_error_with_its_place() {
    let errors = [
        "",
        "theirs,ours,transform\n",
        "ours,theirs,transform\na,b\n",
        "ours,theirs,transform\n\n# a comment\na,,\n",
        "ours,theirs,transform\na,b,flip\n",
        "ours,theirs,transform\na,b,\na,c,\n",
        "ours,theirs,transform\na,b,\nc,b,\n",
        "ours,theirs,transform\na,b,subtract\n",
        "ours,theirs,transform\na,b,unused\n",
        "ours,theirs,transform\n,b,\n",
    ]
    .map(|text| Names::parse(text, "names/x.csv").unwrap_err().to_string())
    .join("\n");
    insta::assert_snapshot!(errors, @r"
    names/x.csv:1: the first line must be `ours,theirs,transform`, not ``
    names/x.csv:1: the first line must be `ours,theirs,transform`, not `theirs,ours,transform`
    names/x.csv:2: expected three fields `ours,theirs,transform`, found 2
    names/x.csv:4: both names must be given, or, of an `unused` tensor, only the file's; only the transform may be empty
    names/x.csv:2: unknown transform `flip`; use nothing, hwio, transpose, flatten, subtract or unused
    names/x.csv:3: `a` is set by an earlier line too; only a `subtract` line may name it again
    names/x.csv:3: the file's tensor `b` is used by an earlier line too
    names/x.csv:2: `subtract` needs an earlier line that sets `a`
    names/x.csv:2: both names must be given, or, of an `unused` tensor, only the file's; only the transform may be empty
    names/x.csv:2: both names must be given, or, of an `unused` tensor, only the file's; only the transform may be empty
    ");
}

#[test]
fn a_comment_may_stand_after_blanks() {
    let mappings = Names::parse("ours,theirs,transform\n  # a,b,\na,b,\n", "t").unwrap();
    assert_eq!(mappings.iter().map(|mapping| mapping.ours.as_str()).collect::<Vec<_>>(), ["a"]);
}

#[test]
fn transforms_change_shapes() {
    assert_eq!(Transform::Hwio.shape(&[7, 5, 3, 64]), Some(vec![64, 3, 7, 5]));
    assert_eq!(Transform::Transpose.shape(&[2048, 1000]), Some(vec![1000, 2048]));
    assert_eq!(Transform::Flatten.shape(&[4096, 512, 7, 7]), Some(vec![4096, 25088]));
    assert_eq!(Transform::Flatten.shape(&[2, usize::MAX, 7, 7]), None);
    assert_eq!(Transform::Unused.shape(&[4]), None);
    assert_eq!(Transform::None.shape(&[4]), Some(vec![4]));
    assert_eq!(Transform::Hwio.shape(&[4]), None);
    assert_eq!(Transform::Transpose.shape(&[4, 4, 4]), None);
}

proptest::proptest! {
    #[test]
    fn any_text_is_a_table_or_an_error(text in "(ours,theirs,transform\n)?([a-c,#]{0,6}(hwio|subtract|transpose|flatten|unused)?\r?\n){0,6}") {
        match Names::parse(&text, "t") {
            Ok(mappings) => proptest::prop_assert!(mappings.len() < text.lines().count()),
            Err(error) => proptest::prop_assert!((1..=text.lines().count().max(1)).contains(&error.line)),
        }
    }
}
