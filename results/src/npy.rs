//! NumPy's `.npy`: whole numbers of 4 or 8 bytes in rows, as classes and counts are stored.
//!
//! Must take nothing on trust: the header says how long the rest is, and the rest must be just that long.

mod header;

use header::{Header, Kind};

/// An array of one or two dimensions, row after row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Array {
    /// Rows.
    pub rows: usize,
    /// Columns; 1 for an array of one dimension.
    pub columns: usize,
    /// `rows * columns` numbers.
    pub values: Vec<i64>,
}

impl Array {
    /// Row after row. An array without columns has none.
    pub fn rows(&self) -> impl Iterator<Item = &[i64]> {
        self.values.chunks_exact(self.columns.max(1))
    }
}

/// Whether the bytes begin as such a file does.
#[must_use]
pub fn is_npy(bytes: &[u8]) -> bool {
    bytes.starts_with(header::MAGIC)
}

/// Reads an array of whole numbers, of format version 1, 2 or 3.
///
/// # Errors
/// What is wrong, without the file's name: no such file, another version, other numbers, column after column, three
/// dimensions or more, more than `most` columns, too few or too many bytes.
pub fn read(bytes: &[u8], most: usize) -> Result<Array, String> {
    let (Header { kind, fortran, shape }, data) = header::read(bytes)?;
    let (rows, columns) = match shape[..] {
        [rows] => (rows, 1),
        [rows, columns] => (rows, columns),
        _ => {
            let shape: Vec<String> = shape.iter().map(usize::to_string).collect();
            return Err(format!("an array of shape ({}); one or two dimensions are wanted", shape.join(", ")));
        }
    };
    if columns == 0 || columns > most {
        let turned = if rows <= most && columns > rows { "; is it turned on its side?" } else { "" };
        return Err(format!("{columns} columns; 1 to {most} are read{turned}"));
    }
    if fortran && columns > 1 && rows > 1 {
        return Err(
            "the numbers are stored column after column (Fortran order); save `numpy.ascontiguousarray(a)`".to_owned()
        );
    }
    let wanted = rows.checked_mul(columns).and_then(|count| count.checked_mul(kind.bytes()));
    match wanted {
        Some(wanted) if wanted == data.len() => {}
        Some(wanted) if wanted > data.len() => {
            return Err(format!("the file is cut off: {} bytes of numbers, its header speaks of {wanted}", data.len()));
        }
        Some(wanted) => {
            return Err(format!("{} bytes follow the {wanted} that its header speaks of", data.len() - wanted));
        }
        None => return Err(format!("a header that speaks of {rows} × {columns} numbers")),
    }
    let values = match kind {
        Kind::Int32 => data.as_chunks::<4>().0.iter().map(|four| i64::from(i32::from_le_bytes(*four))).collect(),
        Kind::Int64 => data.as_chunks::<8>().0.iter().map(|eight| i64::from_le_bytes(*eight)).collect(),
    };
    Ok(Array { rows, columns, values })
}

#[cfg(test)]
mod tests;
