//! What somebody else's predictions are scored against: the truth of a data set, or of a file that a user has.
//!
//! Must not read the truth: what is in a file of annotations is its task's matter.

use std::path::PathBuf;

/// The truth, as far as it is known before a task looks at it.
#[derive(Debug, Clone, PartialEq)]
pub struct References {
    /// What messages call it: the data set's id, or the file's path.
    pub name: String,
    /// Where it is.
    pub truth: Truth,
    /// The names of all classes, sorted, so that a class is a name's place; empty where no names are known.
    pub class_names: Vec<String>,
    /// How many classes there are, where that is known.
    pub classes: Option<u32>,
    /// How many examples there are, where that is known.
    pub count: Option<u64>,
}

/// Where the truth is.
#[derive(Debug, Clone, PartialEq)]
pub enum Truth {
    /// The class of each example.
    Classes {
        /// The examples' names, where they have some.
        files: Option<Vec<String>>,
        /// Their classes.
        classes: Vec<u32>,
        /// In which order they stand, for who has predictions without names.
        order: String,
    },
    /// A file of annotations.
    File {
        /// Its path, for messages and for its ending.
        path: PathBuf,
        /// Its bytes.
        bytes: Vec<u8>,
    },
}

impl References {
    /// A file that somebody has, of which nothing more is known.
    #[must_use]
    pub fn file(path: PathBuf, bytes: Vec<u8>) -> References {
        References {
            name: path.display().to_string(),
            truth: Truth::File { path, bytes },
            class_names: Vec::new(),
            classes: None,
            count: None,
        }
    }

    /// In which order predictions without names must stand.
    #[must_use]
    pub fn order(&self) -> String {
        match &self.truth {
            Truth::Classes { order, .. } => order.clone(),
            Truth::File { path, .. } => {
                let name = path
                    .file_name()
                    .map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
                format!("as in {name}")
            }
        }
    }
}
