//! The true classes that somebody else's predictions are scored by.
//!
//! Read are CSV with a header (`file,class`, `file,wnid,class` or `file,wnid`, other columns are left alone; `class`
//! alone), a class a line without one, and JSON with `image_filenames`: a list of `[file, wnid]`.
//! Must not put the examples in another order than the file has them in.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::Examples;
use super::given::{class, is_number, lines};
use crate::references::{References, Truth};
use crate::words::thousands;
use crate::{Error, npy};

/// The examples, and how many classes there are where that is known.
pub(super) struct Known {
    pub(super) examples: Examples,
    pub(super) classes: Option<u32>,
}

/// The true classes of the references.
///
/// # Errors
/// A file that says none, says them of another number of examples, twice of one, or out of range; with the line.
pub fn truth(references: &References) -> Result<Examples, Error> {
    Ok(known(references)?.examples)
}

pub(super) fn known(references: &References) -> Result<Known, Error> {
    let names = Names::of(references);
    let (path, examples) = match &references.truth {
        Truth::Classes { files, classes, .. } => {
            (Path::new(&references.name), Examples { files: files.clone(), classes: classes.clone() })
        }
        Truth::File { path, bytes } if npy::is_npy(bytes) || has_ending(path, "npy") => {
            let message =
                "references are not read from .npy files; give them as CSV (`file,class`, or a class a line) or JSON";
            return Err(Error::given(path, None, message));
        }
        Truth::File { path, bytes } if is_json(path, bytes) => (path.as_path(), json(path, bytes, &names, references)?),
        Truth::File { path, bytes } => (path.as_path(), csv(path, bytes, &names, references)?),
    };
    let count = examples.classes.len() as u64;
    if let Some(wanted) = references.count.filter(|wanted| *wanted != count) {
        let message = format!("{} examples, but {} has {}", thousands(count), references.name, thousands(wanted));
        return Err(Error::given(path, None, message));
    }
    if count == 0 {
        return Err(Error::given(path, None, "no examples"));
    }
    if let Some(files) = &examples.files {
        let mut seen = HashSet::new();
        if let Some(twice) = files.iter().find(|file| !seen.insert(file.as_str())) {
            return Err(Error::given(path, None, format!("`{twice}` comes twice")));
        }
    }
    Ok(Known { examples, classes: references.classes })
}

fn is_json(path: &Path, bytes: &[u8]) -> bool {
    has_ending(path, "json") || bytes.trim_ascii_start().first() == Some(&b'{')
}

fn has_ending(path: &Path, wanted: &str) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(wanted))
}

/// Classes by name.
struct Names<'a>(HashMap<&'a str, u32>);

impl<'a> Names<'a> {
    fn of(references: &'a References) -> Names<'a> {
        Names(references.class_names.iter().map(String::as_str).zip(0..).collect())
    }

    fn class(&self, name: &str) -> Result<u32, String> {
        match self.0.get(name) {
            Some(class) => Ok(*class),
            None if self.0.is_empty() => {
                Err(format!("`{name}` names a class, but no list of names is known; add a column `class`"))
            }
            None => Err(format!("`{name}` is none of the {} known classes", thousands(self.0.len() as u64))),
        }
    }
}

fn csv(path: &Path, bytes: &[u8], names: &Names<'_>, references: &References) -> Result<Examples, Error> {
    let lines = lines(path, bytes)?;
    let Some(first) = lines.first() else { return Err(Error::given(path, None, "an empty file")) };
    if first.fields.len() == 1 && is_number(&first.fields[0]) {
        let classes = lines.iter().map(|line| {
            class(&line.fields[0], references.classes).map_err(|message| Error::given(path, Some(line.number), message))
        });
        return Ok(Examples { files: None, classes: classes.collect::<Result<_, _>>()? });
    }
    let column = |name: &str| first.fields.iter().position(|field| field == name);
    let is_twice = |name: &&str| first.fields.iter().filter(|field| field == name).count() > 1;
    if let Some(twice) = ["file", "wnid", "class"].into_iter().find(is_twice) {
        let message = format!("two columns are called `{twice}`; which of them counts cannot be told");
        return Err(Error::given(path, Some(first.number), message));
    }
    let (file, wnid, number) = (column("file"), column("wnid"), column("class"));
    if wnid.is_none() && number.is_none() {
        let header = first.fields.join(",");
        let message = format!(
            "the first line is `{header}`; references are `file,class`, `file,wnid,class`, a class a line, or JSON with `image_filenames`"
        );
        return Err(Error::given(path, Some(first.number), message));
    }
    let mut examples = Examples { files: file.map(|_| Vec::new()), classes: Vec::new() };
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for line in &lines[1..] {
        let field =
            |column: Option<usize>| column.map(|column| line.fields[column].as_str()).filter(|field| !field.is_empty());
        let wrong = |message: String| Error::given(path, Some(line.number), message);
        let by_number = field(number).map(|field| class(field, references.classes)).transpose().map_err(wrong)?;
        // Without a list of names the number has to do.
        let by_name = match field(wnid) {
            Some(name) if by_number.is_none() || !names.0.is_empty() => Some(names.class(name).map_err(wrong)?),
            _ => None,
        };
        if let (Some(number), Some(name)) = (by_number, by_name)
            && number != name
        {
            return Err(wrong(format!(
                "`{}` is class {name}, but the line says {number}",
                field(wnid).unwrap_or_default()
            )));
        }
        examples.classes.push(by_number.or(by_name).ok_or_else(|| wrong("a class is missing".to_owned()))?);
        if let (Some(files), Some(column)) = (&mut examples.files, file) {
            let name = line.fields[column].as_str();
            if let Some(earlier) = seen.insert(name, line.number) {
                return Err(wrong(format!("`{name}` stands in line {earlier} already")));
            }
            files.push(line.fields[column].clone());
        }
    }
    Ok(examples)
}

/// The file of a set of images: whatever else it tells is passed over.
#[derive(serde::Deserialize)]
struct Set {
    image_filenames: Vec<(String, String)>,
}

fn json(path: &Path, bytes: &[u8], known: &Names<'_>, references: &References) -> Result<Examples, Error> {
    let set: Set = serde_json::from_slice(bytes).map_err(|error| {
        let message = format!("no list `image_filenames` of [file, wnid]: {error}");
        Error::given(path, Some(error.line()), message)
    })?;
    // A set that has all of its classes names them all.
    let mut own: Vec<&str> = set.image_filenames.iter().map(|(_, wnid)| wnid.as_str()).collect();
    own.sort_unstable();
    own.dedup();
    let complete = known.0.is_empty() && references.classes.is_some_and(|classes| classes as usize == own.len());
    let own = Names(own.into_iter().zip(0..).collect());
    let names = if complete { &own } else { known };
    let classes = set.image_filenames.iter().enumerate().map(|(index, (_, wnid))| {
        names.class(wnid).map_err(|message| Error::given(path, None, format!("image {}: {message}", index + 1)))
    });
    let classes = classes.collect::<Result<_, _>>()?;
    Ok(Examples { files: Some(set.image_filenames.into_iter().map(|(file, _)| file).collect()), classes })
}
