//! Cases whose right answers come from the Java program and from pycocoevalcap: `golden/ptb.py` made them.

use serde_json::Value;

fn golden() -> Value {
    serde_json::from_str(include_str!("../golden/ptb.json")).unwrap()
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|s| s.as_str().unwrap().to_owned()).collect()
}

#[test]
fn lines_have_the_programs_tokens() {
    let golden = golden();
    let cases = golden["lines"].as_array().unwrap();
    assert!(cases.len() > 500);
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let line = case["line"].as_str().unwrap();
            let (right, ours) = (strings(&case["tokens"]), ptb::tokens(line));
            (right != ours).then(|| format!("{}: {line:?}: {right:?}, not {ours:?}", case["of"]))
        })
        .collect();
    assert!(wrong.is_empty(), "{} lines differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn lines_that_follow_one_another_have_the_programs_tokens() {
    for text in golden()["texts"].as_array().unwrap() {
        let right: Vec<Vec<String>> = text["tokens"].as_array().unwrap().iter().map(strings).collect();
        assert_eq!(ptb::lines(&strings(&text["lines"]).join("\n")), right);
    }
}

#[test]
fn captions_have_the_tools_words() {
    let golden = golden();
    let cases = golden["captions"].as_array().unwrap();
    let captions: Vec<&str> = cases.iter().map(|case| case["caption"].as_str().unwrap()).collect();
    let right: Vec<Vec<String>> = cases.iter().map(|case| strings(&case["words"])).collect();
    let sentences: Vec<String> = right.iter().map(|words| words.join(" ")).collect();
    assert_eq!(ptb::corpus_sentences(captions.iter().copied()), sentences);
    for case in golden["ends"].as_array().unwrap() {
        let captions = strings(&case["captions"]);
        let found = ptb::corpus_sentences(captions.iter().map(String::as_str));
        assert_eq!(found.last().unwrap(), case["last"].as_str().unwrap(), "{captions:?}");
    }
    // Alone, one of them cannot know what follows.
    let wrong: Vec<&str> =
        captions.iter().zip(right).filter(|(caption, right)| ptb::words(caption) != *right).map(|(c, _)| *c).collect();
    assert_eq!(wrong, ["plan B."]);
}
