//! Addresses of the web and of mail, names of users and subjects, and names of files.

use super::{
    Ahead, Print, Rule,
    parts::{ACCENTED, WHITE_BEFORE_MORE},
};

/// Extensions by which a name is a file's.
const EXTENSIONS: &str = "bat|bmp|c|cgi|class|cpp|dll|docx?|exe|gif|gz|h|html?|jar|java|jpe?g|mov|mp3|pdf|php|pl|png|\
                          ppt|ps|py|sql|tar|txt|wav|x|xml|zip";

/// Inside an address.
const INNER: &str = r#"[^ \t\n"()<>{|}]"#;
/// At the end of an address.
const LAST: &str = r#"[^ \t\n"()<>{|}!,\-.?]"#;

/// What follows a host's name: other than behind `http:` it may hold braces.
fn path() -> String {
    let inner = r#"[^ \t\n"()<>|]"#;
    format!("(?:/{inner}+{LAST})?")
}

/// Names of files, and of hosts that have nothing before them.
pub(super) fn names() -> Vec<Rule> {
    let stem = format!(r"(?:[A-Za-z0-9\x80\x98\x81\x82\x92]|{ACCENTED})+");
    // Neither capitals nor digits.
    let label = r#"[^ \t\n!"$'(),\-./0-9A-Z:;<=>?@\[\\\]\^_`{|}]+"#;
    vec![
        Rule::looking(
            format!(r"{stem}(?:\.{stem})*\.(?i:{EXTENSIONS})[{WHITE_BEFORE_MORE}!,.?]"),
            Ahead::Chars(1),
            Print::Plain,
        ),
        Rule::new(format!(r"(?:{label}\.)+(?i:com|net|org|edu){}", path()), Print::Plain),
    ]
}

/// Addresses of the web and of mail, names of users and subjects.
pub(super) fn addresses() -> Vec<Rule> {
    let www = r#"[^ \t\n!"(),.<>?{|}]+"#;
    let user = r#"[A-Za-z0-9][^ \t\n\x8f"()<>{|}]*"#;
    let domain = r#"[^ \t\n\x8f"()<>{|}.]+"#;
    vec![
        Rule::new(format!("(?i:https?)://{INNER}+{LAST}"), Print::Plain),
        Rule::new(format!(r"(?i:www)\.(?:{www}\.)+[A-Za-z]{{2,4}}{}", path()), Print::Plain),
        Rule::new(format!(r"(?:<|(?i:&lt;))?{user}@(?:{domain}\.)*{domain}(?:>|(?i:&gt;))?"), Print::Plain),
        Rule::new("@[A-Za-z_][A-Za-z0-9_]*", Print::Plain),
        Rule::new(format!(r"#(?:[A-Za-z\x80\x98\x82\x92]|{ACCENTED})+"), Print::Plain),
    ]
}
