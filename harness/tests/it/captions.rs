//! `harness score` of captions: METEOR where its tables can be had, and what is said where they are not.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::common::{Place, Said};
use crate::score::{rows, write};

/// METEOR's tables come from a package registry; where there is none, this says so and checks nothing.
#[test]
fn meteor_is_that_of_the_official_program_where_its_tables_can_be_had() {
    let skipped = |why: &str| {
        // Past the harness of tests, which would swallow it.
        let _ = writeln!(std::io::stderr(), "\nskipped: METEOR beside the official program: {why}\n");
    };
    let packed = std::env::var_os("REPLICATIONS_MIRROR")
        .map(|mirror| PathBuf::from(mirror).join("caption-fixtures/caption-fixtures.tar.xz"));
    let Some(packed) = packed.filter(|packed| packed.is_file()) else {
        return skipped("REPLICATIONS_MIRROR does not name a folder with caption-fixtures");
    };
    let place = Place::new();
    let fetched = Command::new(&place.program)
        .args(["data", "fetch", "meteor-1.5", "--quiet", "--home"])
        .arg(place.path("home"))
        .output()
        .unwrap();
    if !fetched.status.success() {
        return skipped(&String::from_utf8_lossy(&fetched.stderr));
    }
    assert!(Command::new("tar").arg("-xJf").arg(packed).arg("-C").arg(place.path("")).status().unwrap().success());
    let folder = place.path("caption-fixtures");
    let folder = if folder.is_dir() { folder } else { place.path("") };
    let json = |file: &str| -> Value { serde_json::from_slice(&std::fs::read(folder.join(file)).unwrap()).unwrap() };
    let expected = json("expected.json");
    let magic = json("flickr30k-magic/magic_result.json");
    let magic = magic.as_array().unwrap();
    let people: Vec<Value> = magic
        .iter()
        .enumerate()
        .flat_map(|(image, one)| {
            let said = one["captions"].as_array().unwrap();
            said.iter().map(move |caption| json!({"image_id": image, "caption": caption}))
        })
        .collect();
    let system = magic.iter().enumerate().map(|(image, one)| json!({"image_id": image, "caption": one["prediction"]}));
    let people = write(&place, "people.json", &json!({"annotations": people}).to_string());
    let system = write(&place, "system.json", &json!(system.collect::<Vec<_>>()).to_string());
    let meteor = |said: &Said| rows(said).into_iter().find(|row| row["metric"] == "METEOR").unwrap();

    let row = meteor(&place.harness(&["score", "--json", "--references", &people, &system]));
    let (found, wanted) =
        (row["value"].as_f64().unwrap() / 100.0, expected["flickr30k-magic"]["METEOR"].as_f64().unwrap());
    assert!((found - wanted).abs() < 1e-6, "{found} is not {wanted}");
    assert!(row["low"].as_f64().unwrap() < row["value"].as_f64().unwrap());

    // A home without the tables says what to do, and everything else is scored.
    let without = Place::new();
    let said = without.harness(&["score", "--json", "--references", &people, &system]);
    let row = meteor(&said);
    assert_eq!((&row["value"], said.code), (&Value::Null, 0));
    assert!(row["reason"].as_str().unwrap().contains("harness data fetch meteor-1.5"), "{row}");
    assert!(rows(&said).iter().any(|row| row["metric"] == "CIDEr" && row["value"].is_f64()));
    let table = without.harness(&["score", "--references", &people, &system]).stdout;
    assert!(table.contains("not run ("), "{table}");
}
