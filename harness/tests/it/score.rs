//! `harness score`: labels from the user, from a mirror, and everything that can be wrong, with its exit code.

use std::path::PathBuf;

use crate::common::{Place, Said, said};

pub(crate) fn write(place: &Place, name: &str, text: &str) -> String {
    let path = place.path(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

pub(crate) fn rows(said: &Said) -> Vec<serde_json::Value> {
    assert_eq!(said.code, 0, "{}", said.stderr);
    let object: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    object["rows"].as_array().unwrap().clone()
}

#[test]
fn a_users_labels_and_predictions() {
    let place = Place::new();
    let labels = write(&place, "labels.csv", "file,class\na.jpg,3\nb.jpg,4\nc.jpg,5\nd.jpg,5\n");
    let by_name = write(&place, "by-name.csv", "file,class\nd.jpg,5\nc.jpg,1\nb.jpg,4\na.jpg,3\n");
    let in_order = write(&place, "in-order.csv", "3\n4\n5\n0\n");
    let table = place.harness(&["score", "--references", &labels, &by_name]);
    assert_eq!(table.code, 0, "{}", table.stderr);
    assert!(table.stdout.contains("25.00 %") && table.stdout.contains("3 of 4 right"), "{}", table.stdout);
    let one = rows(&place.harness(&["score", "--references", &labels, &in_order, "--json"]));
    let keys: Vec<&String> = one[0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["metric", "value", "unit", "n", "low", "high"]);
    assert_eq!((&one[0]["metric"], &one[0]["value"], &one[0]["n"]), (&"top-1 error".into(), &25.0.into(), &4.into()));
    let two = rows(&place.harness(&["score", "--references", &labels, &by_name, &in_order, "--json"]));
    assert_eq!(two.len(), 2);
    assert_eq!(two[1]["file"], in_order.as_str());
    // Packed files are what they are without their last ending; a torn one is refused.
    let packed = place.path("in-order.csv.gz");
    std::fs::write(&packed, base::gzip::pack(b"3\n4\n5\n0\n").unwrap()).unwrap();
    let packed = packed.display().to_string();
    assert_eq!(rows(&place.harness(&["score", "--references", &labels, &packed, "--json"])), one);
    for name in ["torn.csv.gz", "torn.csv.xz"] {
        let torn = write(&place, name, "no archive");
        let said = place.harness(&["score", "--references", &labels, &torn]);
        assert_eq!((said.code, said.stderr.contains("cannot be unpacked")), (2, true), "{}", said.stderr);
    }
    // Labels may name classes by their wnids.
    let wnids = write(&place, "wnids.csv", "file,wnid\na.jpg,n01440764\nb.jpg,n01443537\n");
    let answers = write(&place, "answers.csv", "0\n1\n");
    assert_eq!(rows(&place.harness(&["score", "--references", &wnids, &answers, "--json"]))[0]["value"], 0.0);
}

#[test]
fn what_has_no_form_that_others_read_is_not_exported() {
    let place = Place::new();
    let to = place.path("detections").display().to_string();
    let reference = concat!(env!("CARGO_MANIFEST_DIR"), "/../results/reference");
    let mut runs: Vec<PathBuf> = std::fs::read_dir(reference).unwrap().map(|entry| entry.unwrap().path()).collect();
    runs.retain(|path| path.to_string_lossy().ends_with("stn-r-e9b80d"));
    let run = runs[0].display().to_string();
    for (arguments, message) in [
        (vec!["export", &run, "--to", &to], "has no detections; only they have forms that others read"),
        (vec!["export", &run, "--to", &to, "--network", "vgg16"], "has no detections of `vgg16`"),
        (vec!["export", "no-such-run", "--to", &to], "`no-such-run` is neither a run's folder nor the id of a run"),
    ] {
        let said = place.harness(&arguments);
        assert_eq!((said.code, said.stderr.contains(message)), (2, true), "{}", said.stderr);
    }
    assert!(!place.path("detections").exists());
}

#[test]
fn what_is_wrong_ends_with_2_and_one_error() {
    let place = Place::new();
    let labels = write(&place, "labels.csv", "class\n3\n4\n");
    let short = write(&place, "short.csv", "3\n");
    let text = write(&place, "notes.md", "# Notes\n");
    let good = write(&place, "good.csv", "3\n4\n");
    for (arguments, message) in [
        (
            vec!["score", "imagenet-vla", &good],
            "no data set `imagenet-vla` in datasets.lock (did you mean `imagenet-val`?)",
        ),
        (vec!["score", "imagenet-val"], "no predictions named"),
        (vec!["score", "mnist", &good], "mnist has no labels to score by"),
        (vec!["score", "--references", &labels, &short], "1 rows, but"),
        (
            vec!["score", "--references", &labels, &text],
            "no task reads predictions from such a file (it begins with `# Notes`)",
        ),
        (vec!["score", "--references", &labels, "/nowhere.csv"], "/nowhere.csv"),
        (vec!["score", "--references", "/nowhere.csv", &good], "the references cannot be read"),
    ] {
        let said = place.harness(&arguments);
        assert_eq!((said.code, said.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(said.stderr.starts_with("error: ") && said.stderr.contains(message), "{arguments:?}: {}", said.stderr);
        assert_eq!(said.stderr.matches("error: ").count(), 1, "{}", said.stderr);
    }
}

/// The labels of the whole validation set come from the mirror, without an image.
#[test]
fn released_networks_on_the_whole_validation_set() {
    let mirror = std::env::var_os("REPLICATIONS_MIRROR").map(PathBuf::from);
    let Some(mirror) = mirror.filter(|mirror| mirror.join("imagenet-val-predictions").is_dir()) else {
        use std::io::Write as _;
        let _ =
            writeln!(std::io::stderr(), "skipped: REPLICATIONS_MIRROR names no folder with imagenet-val-predictions");
        return;
    };
    let place = Place::new();
    let with_mirror = |arguments: &[&str]| said(place.command(arguments).env("REPLICATIONS_MIRROR", &mirror));
    let entries = ["imagenet-val-predictions-vgg16", "imagenet-val-predictions-resnet-v1-50-tf"];
    let fetched = with_mirror(&["data", "fetch", entries[0], entries[1]]);
    assert_eq!(fetched.code, 0, "{}", fetched.stderr);
    let file = |entry: &str, name: &str| place.path("home/data").join(entry).join(name).display().to_string();
    let (vgg, resnet) = (file(entries[0], "vgg16.npy"), file(entries[1], "resnet_v1_50_tf.npy"));
    let rows = rows(&with_mirror(&["score", "imagenet-val", &vgg, &resnet, "--json"]));
    let values: Vec<f64> = rows.iter().map(|row| row["value"].as_f64().unwrap()).collect();
    assert_eq!(values, [28.408, 9.618, 24.798, 7.806]);
    assert!(rows.iter().all(|row| row["n"] == 50_000));
    // As the mirror keeps it.
    let packed = mirror.join("imagenet-val-predictions/vgg16.npy.xz").display().to_string();
    let packed = self::rows(&with_mirror(&["score", "imagenet-val", &packed, "--json"]));
    assert_eq!([&packed[0]["value"], &packed[1]["value"]], [&rows[0]["value"], &rows[1]["value"]]);
    assert!(!place.path("home/data/imagenet-val").exists());
}
