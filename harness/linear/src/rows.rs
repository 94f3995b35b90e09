//! Features as they lie in memory: rows one after another, whole and finite. Must not copy them.

use crate::Error;

/// Examples by their features, `[N, D]`, finite every one.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    values: &'a [f32],
    columns: usize,
}

impl<'a> Rows<'a> {
    /// Rows of `columns` values each; there may be none. `what` names them in errors.
    ///
    /// # Errors
    ///
    /// Values that are not whole rows (`columns` of 0 too), or not finite.
    pub fn new(what: &str, values: &'a [f32], columns: usize) -> Result<Rows<'a>, Error> {
        if columns == 0 || !values.len().is_multiple_of(columns) {
            return Err(Error::Shape { what: what.to_owned(), values: values.len(), columns });
        }
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            return Err(Error::NotFinite {
                what: what.to_owned(),
                row: at / columns,
                column: at % columns,
                value: f64::from(values[at]),
            });
        }
        Ok(Rows { values, columns })
    }

    /// How many rows, N.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len() / self.columns
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// How many values a row has, D.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// One after another.
    pub fn iter(&self) -> std::slice::ChunksExact<'a, f32> {
        self.values.chunks_exact(self.columns)
    }

    /// A row; `at` is below `len`.
    pub(crate) fn row(&self, at: usize) -> &'a [f32] {
        &self.values[at * self.columns..][..self.columns]
    }

    /// Whether rows have so many columns.
    pub(crate) fn expect_columns(&self, what: &str, expected: usize) -> Result<(), Error> {
        if self.columns == expected {
            Ok(())
        } else {
            Err(Error::Columns { what: what.to_owned(), expected, found: self.columns })
        }
    }
}
