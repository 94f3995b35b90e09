//! The committed JSON Schemas are those of the types.

use std::path::PathBuf;

#[test]
fn committed_schemas_are_fresh() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schema");
    let made = [
        ("spec.schema.json", spec::schema::paper()),
        ("lock.schema.json", spec::schema::lock()),
        ("profile.schema.json", spec::schema::profile()),
    ];
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::create_dir_all(&folder).unwrap();
        for (name, text) in &made {
            let mut file = tempfile::NamedTempFile::new_in(&folder).unwrap();
            std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
            file.persist(folder.join(name)).unwrap();
        }
    }
    for (name, text) in &made {
        let committed = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert!(
            committed == *text,
            "harness/spec/schema/{name} is not what the types say; renew it with `UPDATE_SCHEMA=1 cargo test -p spec schema`"
        );
    }
}

/// An editor refuses what the loader refuses: keys that nobody knows, and words that are no metric.
#[test]
fn schema_refuses_unknown_keys_and_lists_metrics() {
    let schema: serde_json::Value = serde_json::from_str(&spec::schema::paper()).unwrap();
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(schema["$defs"]["Claim"]["additionalProperties"], false);
    let text = spec::schema::paper();
    for metric in spec::metric::GENERAL.iter().map(|info| info.metric) {
        assert!(text.contains(&format!("\"{metric}\"")), "{metric} is not in the schema");
    }
}
