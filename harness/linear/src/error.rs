//! What can be wrong with features, targets and settings. Must not name anything but what is wrong, where, and the remedy.

/// Why the caller could not hand over an image's features.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Why a model was not trained or not applied. Rows, columns, classes and images are counted from 0.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A value that is infinite or not a number.
    #[error("{what}: row {row}, column {column} is {value}; only finite numbers can be used, so leave the row out")]
    NotFinite {
        /// Whose rows.
        what: String,
        /// The row.
        row: usize,
        /// The column.
        column: usize,
        /// The value.
        value: f64,
    },
    /// Values that do not fill whole rows.
    #[error("{what}: {values} values are not whole rows of {columns}; check the number of features")]
    Shape {
        /// Whose rows.
        what: String,
        /// How many values there are.
        values: usize,
        /// How many a row has.
        columns: usize,
    },
    /// Rows of another length than the rest.
    #[error("{what}: {found} columns where {expected} are needed; use features of one kind")]
    Columns {
        /// Whose rows.
        what: String,
        /// How many columns they should have.
        expected: usize,
        /// How many they have.
        found: usize,
    },
    /// As many of one as of the other should be there.
    #[error("{what}: {found} where {expected} are needed, one for each {per}")]
    Count {
        /// What was counted.
        what: String,
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
        /// What each of them belongs to.
        per: &'static str,
    },
    /// Nothing to train on.
    #[error("{what}: has no {missing}; leave it out or give it some")]
    Nothing {
        /// Who has none.
        what: String,
        /// Of what.
        missing: &'static str,
    },
    /// A setting that makes no sense.
    #[error("{name} = {value}: must be {needed}")]
    Setting {
        /// The setting.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What it must be.
        needed: &'static str,
    },
    /// The caller failed.
    #[error("image {image}: its features were not handed over: {source}")]
    Candidates {
        /// The image.
        image: usize,
        /// Why.
        source: Failure,
    },
    /// A negative that the image does not have.
    #[error("image {image}: negative {row} of class {class} is not among its {rows} rows; list rows of this image")]
    Outside {
        /// The image.
        image: usize,
        /// The class.
        class: usize,
        /// The row that was listed.
        row: usize,
        /// How many rows there are.
        rows: usize,
    },
    /// A matrix without a Cholesky factor.
    #[error("the matrix is not positive definite: pivot {row} is {pivot}; regularise more")]
    NotDefinite {
        /// The row of the pivot.
        row: usize,
        /// Its value, which should be above zero.
        pivot: f64,
    },
    /// A box that has no size or no end.
    #[error("box {edges:?}: {problem}; leave it out")]
    Bounds {
        /// Left, top, right, bottom.
        edges: [f64; 4],
        /// What is wrong.
        problem: &'static str,
    },
}

impl Error {
    /// Whether a setting is finite and above zero.
    pub(crate) fn above_zero(name: &'static str, value: f64) -> Result<(), Error> {
        if value.is_finite() && value > 0.0 {
            Ok(())
        } else {
            Err(Error::Setting { name, value, needed: "finite and above 0" })
        }
    }
}
