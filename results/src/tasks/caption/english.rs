//! METEOR's tables of English, which may not be passed on and are not here for everybody: whoever has a store says where they lie.
//!
//! Must not fetch.

use std::path::PathBuf;
use std::sync::OnceLock;

use meteor::Tables;

/// Where the tables lie: the two files of the official package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// `meteor-1.5.jar`.
    pub jar: PathBuf,
    /// `paraphrase-en.gz`.
    pub paraphrases: PathBuf,
}

type Find = Box<dyn Fn() -> Result<Files, String> + Send + Sync>;

static FIND: OnceLock<Find> = OnceLock::new();
static TABLES: OnceLock<Result<Tables, String>> = OnceLock::new();

/// Says how the tables are found, or why they are not to be had and what to do. It is asked once, when a METEOR is first wanted: reading
/// them takes seconds. Who says so first is heard.
pub fn found_by(find: impl Fn() -> Result<Files, String> + Send + Sync + 'static) {
    let _ = FIND.set(Box::new(find));
}

/// The tables, or why there are none.
pub(super) fn tables() -> Result<&'static Tables, &'static str> {
    let read = || {
        let find = FIND.get().ok_or("nobody said where METEOR's tables lie")?;
        let Files { jar, paraphrases } = find()?;
        Tables::open(&jar, &paraphrases).map_err(|error| error.to_string())
    };
    TABLES.get_or_init(read).as_ref().map_err(String::as_str)
}
