//! A paper's table of names: which tensor of a weight file is which parameter of the graph.
//!
//! ```csv
//! ours,theirs,transform
//! conv1.weight,conv1/kernel,hwio
//! bn_conv1.running_mean,bn_conv1/moving_mean,
//! bn_conv1.running_mean,conv1/bias,subtract
//! ,loss1/classifier/0,unused
//! ```
//! Must not open weight files or know their formats.

use std::collections::HashSet;

use thiserror::Error;

/// The first line of every table.
const HEADER: &str = "ours,theirs,transform";

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// The parameter in our graph: `res2a_branch2a.weight`; empty where it is [`Transform::Unused`].
    pub ours: String,
    /// The tensor in the file: `res2a_branch2a/kernel`.
    pub theirs: String,
    /// How the file's tensor becomes ours.
    pub transform: Transform,
}

/// How a file's tensor becomes ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transform {
    /// As it is (an empty field).
    None,
    /// `hwio`: a kernel `[kh, kw, in, out]` becomes `[out, in, kh, kw]`.
    Hwio,
    /// `transpose`: `[in, out]` becomes `[out, in]`.
    Transpose,
    /// `flatten`: a kernel `[out, in, kh, kw]` over the whole map becomes `[out, in·kh·kw]`: a convolution that is a fully
    /// connected layer.
    Flatten,
    /// `subtract`: subtracted from the parameter that another line sets. A convolution's bias that the paper's
    /// network has not: batch norm takes it away again when it is taken from the running mean.
    Subtract,
    /// `unused`: nothing of ours, whose field is empty. What the file has for training alone, such as auxiliary heads; it may
    /// be missing.
    Unused,
}

impl Transform {
    /// The shape that ours has when the file's tensor has shape `theirs`; None where the transform cannot take it.
    #[must_use]
    pub fn shape(self, theirs: &[usize]) -> Option<Vec<usize>> {
        match (self, theirs) {
            (Transform::None | Transform::Subtract, _) => Some(theirs.to_vec()),
            (Transform::Hwio, &[kh, kw, inputs, outputs]) => Some(vec![outputs, inputs, kh, kw]),
            (Transform::Transpose, &[inputs, outputs]) => Some(vec![outputs, inputs]),
            (Transform::Flatten, &[outputs, inputs, kh, kw]) => {
                Some(vec![outputs, inputs.checked_mul(kh)?.checked_mul(kw)?])
            }
            (Transform::Hwio | Transform::Transpose | Transform::Flatten | Transform::Unused, _) => None,
        }
    }
}

/// A table that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{path}:{line}: {problem}")]
pub struct NamesError {
    /// The table, as it was called.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: NamesProblem,
}

/// What is wrong with a line of the table.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NamesProblem {
    /// The header is missing or another one.
    #[error("the first line must be `{HEADER}`, not `{0}`")]
    Header(String),
    /// Not three fields.
    #[error("expected three fields `{HEADER}`, found {0}")]
    Fields(usize),
    /// A name is empty.
    #[error("both names must be given, or, of an `unused` tensor, only the file's; only the transform may be empty")]
    Empty,
    /// No such transform.
    #[error("unknown transform `{0}`; use nothing, hwio, transpose, flatten, subtract or unused")]
    Transform(String),
    /// A parameter is set twice.
    #[error("`{0}` is set by an earlier line too; only a `subtract` line may name it again")]
    SetTwice(String),
    /// A tensor is used twice.
    #[error("the file's tensor `{0}` is used by an earlier line too")]
    UsedTwice(String),
    /// A `subtract` line stands alone.
    #[error("`subtract` needs an earlier line that sets `{0}`")]
    NothingToSubtractFrom(String),
}

/// Reader of tables of names.
#[derive(Debug, Clone, Copy)]
pub struct Names;

impl Names {
    /// Reads a table; `path` is only named in errors. Empty lines and lines that start with `#`, after blanks or not, are passed
    /// over.
    ///
    /// # Errors
    /// The first line that cannot be used, with `path` and line.
    pub fn parse(text: &str, path: &str) -> Result<Vec<Mapping>, NamesError> {
        let mut lines = text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line.trim_end()))
            .filter(|(_, line)| !line.is_empty() && !line.trim_start().starts_with('#'));
        let wrong = |line, problem| NamesError { path: path.to_owned(), line, problem };
        match lines.next() {
            Some((_, HEADER)) => {}
            Some((line, other)) => return Err(wrong(line, NamesProblem::Header(other.to_owned()))),
            None => return Err(wrong(1, NamesProblem::Header(String::new()))),
        }
        let mut mappings = Vec::new();
        let (mut set, mut used) = (HashSet::new(), HashSet::new());
        for (line, content) in lines {
            let mapping = mapping(content).map_err(|problem| wrong(line, problem))?;
            let ours = mapping.ours.clone();
            if mapping.transform == Transform::Unused {
                // No parameter is set.
            } else if mapping.transform == Transform::Subtract {
                if !set.contains(&ours) {
                    return Err(wrong(line, NamesProblem::NothingToSubtractFrom(ours)));
                }
            } else if !set.insert(ours.clone()) {
                return Err(wrong(line, NamesProblem::SetTwice(ours)));
            }
            if !used.insert(mapping.theirs.clone()) {
                return Err(wrong(line, NamesProblem::UsedTwice(mapping.theirs)));
            }
            mappings.push(mapping);
        }
        Ok(mappings)
    }
}

fn mapping(line: &str) -> Result<Mapping, NamesProblem> {
    let fields: Vec<&str> = line.split(',').map(str::trim).collect();
    let &[ours, theirs, transform] = fields.as_slice() else {
        return Err(NamesProblem::Fields(fields.len()));
    };
    let transform = match transform {
        "" => Transform::None,
        "hwio" => Transform::Hwio,
        "transpose" => Transform::Transpose,
        "flatten" => Transform::Flatten,
        "subtract" => Transform::Subtract,
        "unused" => Transform::Unused,
        other => return Err(NamesProblem::Transform(other.to_owned())),
    };
    if theirs.is_empty() || ours.is_empty() != (transform == Transform::Unused) {
        return Err(NamesProblem::Empty);
    }
    Ok(Mapping { ours: ours.to_owned(), theirs: theirs.to_owned(), transform })
}
