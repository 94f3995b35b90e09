//! Pictures in, batches out, while the network works on the batch before; and sets that are packed in few files.
//!
//! Must not know networks: a batch is a tensor, an answer somebody else's.

pub mod batch;
pub mod captioned;
pub mod divided;
pub mod idx;
pub mod list;
pub mod loader;
pub mod objects;
pub mod opened;

pub use divided::Divided;
pub use opened::Opened;

use std::path::Path;

use crate::error::{Error, Result};

/// Reads a list of images by `parse`, which tells of a line that cannot be used by its number.
fn read_lines<T>(path: &Path, parse: impl FnOnce(&str) -> std::result::Result<T, (u64, String)>) -> Result<T> {
    let text = fs_err::read_to_string(path)
        .map_err(|error| Error::Input(format!("the list of images cannot be read: {error}")))?;
    parse(&text).map_err(|(line, problem)| Error::Input(format!("{}:{line}: {problem}", path.display())))
}
