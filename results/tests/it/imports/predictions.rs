//! Files of predictions: the same answers in every form, and what is refused.

use results::import::{json, lines};
use results::tasks::classify::Answers;

use crate::imports::{four, imported, npy, right, text};

#[test]
fn the_same_answers_in_every_form() {
    let four = four();
    for csv in [
        "0\n1\n2\n0\n",
        "class\r\n0\r\n1\r\n2\r\n0",
        "\u{feff}top1,top2\n0,1\n1,2\n2,0\n0,2\n",
        "0,1\n1,2\n2,0\n0,2\n",
        "top1,score1\n0,0.5\n1,1\n2,0.25\n0,0.75\n",
        "file,class\nb/4.jpg,0\na/1.jpg,0\na/2.jpg,1\nb/3.jpg,2\n",
        "file,top1,top2\n4.jpg,0,1\na/1.jpg,0,2\n\"2.jpg\",1,0\n3.jpg,2,1\n",
        "4.jpg,0\n1.jpg,0\n2.jpg,1\n3.jpg,2\n",
    ] {
        assert_eq!(right("p.csv", csv.as_bytes(), &four), 3, "{csv}");
    }
    assert_eq!(right("p.npy", &npy(4, 1, &[0, 1, 2, 0]), &four), 3);
    // Told by its content too, whatever it is called.
    assert_eq!(right("p", &npy(4, 2, &[0, 1, 1, 2, 2, 0, 0, 2]), &four), 3);
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let four = four();
    let unnamed = text("truth.csv", "class\n0\n1\n2\n2\n");
    let said = |name: &str, bytes: &[u8]| imported(name, bytes, &four).err().unwrap();
    let wrong = [
        said("p.npy", &npy(3, 1, &[0, 1, 2])),
        said("p.npy", &npy(4, 1, &[0, 1, 3, 0])),
        said("p.npy", &npy(4, 1, &[0, -1, 2, 0])),
        said("p.npy", &npy(4, 2, &[0, 1, 1, 1, 2, 0, 0, 2])),
        said("p.npy", b"class\n0\n"),
        said("p.csv", b""),
        said("p.csv", b"0\n1\n2\n"),
        said("p.csv", b"class\r\n0\r\n1\r\n3\r\n0\r\n"),
        said("p.csv", b"class\n0\n\n1\nx\n0\n"),
        said("p.csv", b"top1,top2\n0,1\n1\n"),
        said("p.csv", b"top1,top2\n0,1\n1,\n2,0\n0,2\n"),
        said("p.csv", b"top1,top2\n0,1\n1,1\n2,0\n0,2\n"),
        said("p.csv", b"top1,score1\n0,0.5\n1,7\n2,0.25\n0,0.75\n"),
        said("p.csv", b"top1\n\xff\n"),
        said("p.csv", b"file,class\n1.jpg,0\n5.jpg,1\n"),
        said("p.csv", b"file,class\n1.jpg,0\na/1.jpg,1\n"),
        said("p.csv", b"file,class\n1.jpg,0\n4.jpg,1\n"),
        said("p.csv", b"top1,top3\n0,1\n"),
        said("p.csv", b"image,score\na,b\n"),
        said("p.json", b"{}"),
        said("p.csv", b"file,class\n\"1.jpg,0\n2.jpg,1\n3.jpg,2\n4.jpg,0\n"),
        said("p.csv", b"top1,top2,score1,score2\n0,1,0.5,0.5\n1,2,0.25,0.5\n"),
        said("p.csv", b"file,class\nsomewhere/1.jpg,0\n"),
        imported("p.csv", b"file,class\n1.jpg,0\n", &unnamed).err().unwrap(),
    ];
    insta::assert_snapshot!(wrong.join("\n"));
}

/// Two files of one name are told apart by their folders, and only by them.
#[test]
fn the_end_of_a_path_is_enough_only_where_it_is_one() {
    let two = text("truth.csv", "file,class\na/1.jpg,0\nb/1.jpg,1\n");
    assert_eq!(right("p.csv", b"file,class\nb/1.jpg,1\na/1.jpg,0\n", &two), 2);
    let said = imported("p.csv", b"file,class\n1.jpg,1\na/1.jpg,0\n", &two).err().unwrap();
    assert_eq!(said, "p.csv, line 2: `1.jpg` is no example of truth.csv");
}

#[test]
fn rows_for_programs_and_for_people() {
    let five = text("t.csv", "class\n0\n1\n2\n3\n");
    let one = || imported("p.csv", b"0,1,2,3,4\n0,1,2,3,4\n0,1,3,4,5\n3,1,2,4,0\n", &five).unwrap();
    insta::assert_snapshot!(serde_json::to_string(&json(&[one()])).unwrap(), @r#"{"rows":[{"metric":"top-1 error","value":50.0,"unit":"percent","n":4,"low":6.758598648854294,"high":93.2414013511457},{"metric":"top-5 error","value":25.0,"unit":"percent","n":4,"low":0.6309463209709827,"high":80.58795503167566}]}"#);
    let two = json(&[one(), one()]);
    assert_eq!(two["rows"].as_array().unwrap().len(), 4);
    assert_eq!(two["rows"][3]["file"], "p.csv");
    assert_eq!(lines(&[one()])[1].join(" | "), "p.csv | top-5 error | 25.00 % | 0.63 to 80.59 % | 3 of 4 right");
    // Scores are asked for where they are there.
    let sure = imported("p.csv", b"top1,score1\n0,0.5\n1,1\n2,0.25\n0,0.75\n", &five).unwrap();
    let metrics: Vec<String> = sure.scores().iter().map(|score| score.metric.to_string()).collect();
    assert_eq!(metrics, ["top-1 error", "mean confidence", "mean confidence on mistakes"]);
}

/// What was imported can be put into a record, and is read back as it was.
#[test]
fn imported_answers_are_written_as_records_have_them() {
    let imported = imported("p.csv", b"0,1\n1,2\n2,0\n0,2\n", &four()).unwrap();
    let written = imported.table.write().unwrap();
    assert_eq!(written.examples.as_deref(), Some("file,class\na/1.jpg,0\na/2.jpg,1\nb/3.jpg,2\nb/4.jpg,2\n"));
    assert_eq!(written.outcomes, "top1,top2\n,1\n,2\n,0\n0,2\n");
    let answers = imported.table.as_any().downcast_ref::<Answers>().unwrap();
    assert_eq!(answers.answers[3].classes, [0, 2]);
}
