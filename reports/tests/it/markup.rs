//! Checks that any page must pass. Must not know what a page says.

/// Elements that have no end.
const VOID: [&str; 6] = ["meta", "link", "img", "br", "hr", "input"];

/// Fails unless every element is closed in order, every attribute is quoted and given once, and every `id` is unique.
pub(crate) fn assert_well_formed(text: &str) {
    let mut open: Vec<String> = Vec::new();
    let mut ids: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        let end = end_of_tag(rest);
        let tag = &rest[..end];
        rest = &rest[end + 1..];
        if tag.starts_with('!') {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "`</{name}>` closes another element");
            continue;
        }
        let (name, attributes) = tag.split_once(|c: char| c.is_whitespace()).unwrap_or((tag.trim_end_matches('/'), ""));
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric()), "`<{tag}>` is no element: something was not escaped");
        ids.extend(attributes_of(attributes).into_iter().filter(|(name, _)| name == "id").map(|(_, value)| value));
        if tag.ends_with('/') || VOID.contains(&name) {
            continue;
        }
        open.push(name.to_owned());
        if name == "style" || name == "script" {
            rest = &rest[rest.find(&format!("</{name}>")).expect("raw text ends")..];
        }
    }
    assert!(open.is_empty(), "never closed: {open:?}");
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "an id stands twice");
}

/// Every attribute `name="value"` of a page, in order.
pub(crate) fn attributes(text: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        let tag = &rest[..end_of_tag(rest)];
        if let Some((_, attributes)) = tag.split_once(|c: char| c.is_whitespace())
            && !tag.starts_with(['!', '/'])
        {
            all.extend(attributes_of(attributes));
        }
        for raw in ["style", "script"] {
            if tag == raw {
                rest = &rest[rest.find(&format!("</{raw}>")).expect("raw text ends")..];
            }
        }
    }
    all
}

/// The index of the `>` that ends a tag, outside of quotes.
fn end_of_tag(text: &str) -> usize {
    let mut quoted = false;
    for (i, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '>' if !quoted => return i,
            '<' if !quoted => panic!("`<` inside a tag: {}", &text[..i]),
            _ => {}
        }
    }
    panic!("a tag never ends: {}", &text[..text.len().min(80)]);
}

fn attributes_of(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut rest = text.trim().trim_end_matches('/').trim();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let name = rest[..end].to_owned();
        assert!(found.iter().all(|(known, _)| *known != name), "`{name}` is given twice: {text}");
        rest = &rest[end..];
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix("=\"") {
            let end = after.find('"').expect("a quoted value ends");
            value = after[..end].to_owned();
            rest = &after[end + 1..];
        }
        found.push((name, value));
        rest = rest.trim_start();
    }
    found
}

/// The page without its styles, script, drawings and pictures, one element a line.
pub(crate) fn redacted(text: &str) -> String {
    let mut text = text.to_owned();
    for (from, to) in [("<style>", "</style>"), ("<script>", "</script>"), ("<svg ", "</svg>")] {
        let mut at = 0;
        while let Some(start) = text[at..].find(from).map(|i| i + at) {
            let end = start + text[start..].find(to).expect("the element ends") + to.len();
            let name = from.trim_matches(['<', '>', ' ']);
            let note = format!("[{name}]");
            text.replace_range(start..end, &note);
            at = start + note.len();
        }
    }
    text.replace("><", ">\n<")
}

#[test]
fn the_check_itself_finds_what_is_broken() {
    assert_well_formed("<!DOCTYPE html><p class=\"a\">x<br>y</p><svg><line x=\"1\"/></svg><style>a>b{}</style>");
    let broken =
        ["<p>", "<p></b>", "<p id=\"a\"></p><p id=\"a\"></p>", "<p a=\"1\" a=\"2\"></p>", "a < b", "<p title=\"<p>"];
    for text in broken {
        assert!(std::panic::catch_unwind(|| assert_well_formed(text)).is_err(), "{text}");
    }
}
