//! Damaged, cut-off and wrong tables are errors that say where, and never panics.

use std::io::{Cursor, Write};

use meteor::{LoadError, Tables, Texts, statistics};

use crate::golden::{PARAPHRASES, TEXTS};
use flate2::{Compression, write::GzEncoder};
use zip::{ZipWriter, write::SimpleFileOptions};

fn jar() -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (entry, text) in [
        ("nonbreaking/english.prefixes", TEXTS.prefixes),
        ("function/english.words", TEXTS.function_words),
        ("synonym/english.exceptions", TEXTS.exceptions),
        ("synonym/english.synsets", TEXTS.synsets),
    ] {
        writer.start_file(entry, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn packed(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn package(jar: &[u8], paraphrases: &[u8]) -> Result<Tables, LoadError> {
    Tables::from_package(("a.jar", Cursor::new(jar)), ("a.gz", paraphrases))
}

fn text(synsets: &str, exceptions: &str, paraphrases: &[u8]) -> String {
    let texts = Texts { synsets, exceptions, ..TEXTS };
    Tables::from_texts(texts, ("paraphrases", paraphrases)).unwrap_err().to_string()
}

#[test]
fn a_whole_package_is_read() {
    let tables = package(&jar(), &packed(PARAPHRASES)).unwrap();
    assert!((statistics(&tables, "certainly", &["of course"]).score() - 0.6).abs() < 1e-15);
}

#[test]
fn a_cut_off_file_is_an_error() {
    let (jar, paraphrases) = (jar(), packed(PARAPHRASES));
    for length in 0..jar.len() {
        let error = package(&jar[..length], &paraphrases).unwrap_err();
        assert!(matches!(error, LoadError::Archive { .. }), "{error}");
    }
    for length in 0..paraphrases.len() {
        let error = package(&jar, &paraphrases[..length]).unwrap_err();
        assert!(matches!(error, LoadError::Read { .. }), "{error}");
    }
}

#[test]
fn an_empty_table_is_an_error() {
    let error = package(&jar(), &packed("")).unwrap_err().to_string();
    assert!(error.starts_with("a.gz, line 0: the table is empty"), "{error}");
}

#[test]
fn a_changed_byte_never_panics() {
    let (jar, paraphrases) = (jar(), packed(PARAPHRASES));
    for index in 0..jar.len() {
        let mut jar = jar.clone();
        jar[index] ^= 0x55;
        let _ = package(&jar, &paraphrases);
    }
    for index in 0..paraphrases.len() {
        let mut paraphrases = paraphrases.clone();
        paraphrases[index] ^= 0x55;
        let _ = package(&jar, &paraphrases);
    }
}

#[test]
fn a_wrong_line_is_named() {
    assert!(
        text("dog\n1\ncat\nx\n", "", b"").starts_with("english.synsets, line 4: this is no list of synset numbers")
    );
    assert!(text("dog\n1\ncat\n", "", b"").starts_with("english.synsets, line 4: "));
    assert!(text("", "child\n", b"").starts_with("english.exceptions, line 2: "));
    assert!(text("", "", b"1\na\nb\n1\na\n").starts_with("paraphrases, line 5: the table ends within a pair"));
    assert!(text("", "", b"1\na\n \n").starts_with("paraphrases, line 3: the phrase has no words"));
    assert!(text("", "", b"1\na\nb\n1\nb\na\n1\na\nc\n").starts_with("paraphrases, line 8: the pairs of one source"));
    let many: String = (0..70_000).flat_map(|word| ["1\na".to_owned(), word.to_string(), "\na\n".to_owned()]).collect();
    assert!(text("", "", many.as_bytes()).contains("more than 65,535 different words"));
}

#[test]
fn a_missing_file_or_entry_is_named() {
    let missing = std::path::Path::new("nowhere/meteor-1.5.jar");
    assert!(
        Tables::open(missing, missing).unwrap_err().to_string().starts_with("cannot open nowhere/meteor-1.5.jar: ")
    );
    let empty = ZipWriter::new(Cursor::new(Vec::new())).finish().unwrap().into_inner();
    let error = package(&empty, &packed(PARAPHRASES)).unwrap_err().to_string();
    assert!(error.starts_with("a.jar does not give its entry nonbreaking/english.prefixes: "), "{error}");
}
