//! Files of labels: every form that says the same, and what is refused.

use results::References;
use results::tasks::classify::truth;

use crate::imports::text;

fn names() -> Vec<String> {
    ["n01", "n02", "n03"].map(str::to_owned).to_vec()
}

fn with_names(mut references: References) -> References {
    references.class_names = names();
    references
}

#[test]
fn every_form_says_the_same() {
    let json = r#"{"seed": 1, "image_filenames": [["a.jpg", "n01"], ["b.jpg", "n03"], ["c.jpg", "n02"]]}"#;
    let alone = References { classes: Some(3), ..text("set.json", json) };
    for references in [
        with_names(text("l.csv", "file,wnid,class\na.jpg,n01,0\nb.jpg,n03,2\nc.jpg,n02,1\n")),
        text("l.csv", "file,wnid,class\na.jpg,n01,0\nb.jpg,n03,2\nc.jpg,n02,1\n"),
        with_names(text("l.csv", "wnid,file,more\r\nn01,a.jpg,x\r\nn03,b.jpg,y\r\nn02,c.jpg,z\r\n")),
        text("l.csv", "file,class\na.jpg,0\nb.jpg,2\nc.jpg,1\n"),
        with_names(text("set.json", json)),
        with_names(text("set", json)),
        alone,
    ] {
        let examples = truth(&references).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(examples.classes, [0, 2, 1]);
        assert_eq!(examples.files.unwrap(), ["a.jpg", "b.jpg", "c.jpg"]);
    }
    for classes in ["class\n0\n2\n1\n", "0\n2\n1\n", "0\r\n2\r\n\r\n1"] {
        let examples = truth(&text("l.txt", classes)).unwrap();
        assert_eq!((examples.files, examples.classes), (None, vec![0, 2, 1]));
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let said = |references: References| truth(&references).unwrap_err().to_string();
    let set = r#"{"image_filenames": [["a.jpg", "n01"], ["b.jpg", "n04"]]}"#;
    let wrong = [
        said(text("l.csv", "")),
        said(text("l.csv", "file,class\n")),
        said(text("l.csv", "name,label\na,1\n")),
        said(text("l.csv", "file,class\na,0\na,1\n")),
        said(text("l.csv", "file,class\na,0\nb,-1\n")),
        said(text("l.csv", "file,class\na,0\nb,\n")),
        said(References { classes: Some(2), ..text("l.csv", "file,class\na,0\nb,2\n") }),
        said(References { count: Some(1000), name: "toys".to_owned(), ..text("l.csv", "0\n1\n") }),
        said(text("l.csv", "file,wnid\na,n01\n")),
        said(with_names(text("l.csv", "file,wnid\na,n04\n"))),
        said(with_names(text("l.csv", "file,wnid,class\na,n03,1\n"))),
        said(with_names(text("set.json", set))),
        said(text("set.json", set)),
        said(text("l.csv", "file,class\na,0\n\"b,1\nc,2\n")),
        said(text("labels.npy", "\u{93}NUMPY")),
        said(text("set.json", r#"{"images": []}"#)),
        said(text("set.json", "{\"image_filenames\": [\n3]}")),
    ];
    insta::assert_snapshot!(wrong.join("\n"));
}
