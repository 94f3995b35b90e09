//! The user's pictures with parts marked in them: `parts.csv`, `file,part,x,y,width,height` in the file's own pixels.
//!
//! Must not guess a part: every picture must have every part that is compared, in the middle that the network sees.

use std::collections::BTreeMap;
use std::path::Path;

use engine::error::{Error, Result};
use images::{Crop, Rgb};
use replications::zfnet::recipe::Part;
use spec::protocol::Filter;

use super::sets;

/// The shorter side before the middle is cut out.
const SHORT: u32 = 256;
const HEADER: &str = "file,part,x,y,width,height";

/// A rectangle in a picture's own pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
}

/// One picture and its marks.
pub(super) struct Marked {
    name: String,
    picture: Rgb,
    marks: BTreeMap<String, Mark>,
    /// The first mark of the file, whose size the place at random has.
    first: Mark,
}

/// Reads the folder: its pictures by name, and a hash over everything in them that counts.
pub(super) fn read(folder: &Path) -> Result<(Vec<Marked>, String)> {
    let table = folder.join("parts.csv");
    let text = fs_err::read_to_string(&table).map_err(|error| Error::Input(error.to_string()))?;
    let marks = marks(&text, &table.display().to_string())?;
    if marks.len() < 2 {
        return Err(Error::Input(format!(
            "{}: parts are compared between pictures; mark at least two",
            table.display()
        )));
    }
    let mut hashes = base::hash::sha256(text.as_bytes());
    let mut pictures = Vec::new();
    for (name, (first, marks)) in marks {
        let path = folder.join(&name);
        let bytes = fs_err::read(&path).map_err(|error| Error::Input(error.to_string()))?;
        hashes += &base::hash::sha256(&bytes);
        let picture =
            images::decode(&bytes, &name).map_err(|error| Error::Input(format!("{}: {error}", path.display())))?;
        pictures.push(Marked { name, picture, marks, first });
    }
    Ok((pictures, base::hash::sha256(hashes.as_bytes())))
}

/// Each picture's first mark and all of them, by the picture's name.
type Marks = BTreeMap<String, (Mark, BTreeMap<String, Mark>)>;

fn marks(text: &str, path: &str) -> Result<Marks> {
    let wrong = |line: usize, what: String| Error::Input(format!("{path}:{line}: {what}"));
    let mut lines = text.lines().zip(1..);
    match lines.next() {
        Some((header, _)) if header.trim_start_matches('\u{feff}').trim() == HEADER => {}
        _ => return Err(wrong(1, format!("the first line must be `{HEADER}`"))),
    }
    let mut all = Marks::new();
    for (line, number) in lines.filter(|(line, _)| !line.trim().is_empty()) {
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        let &[file, part, x, y, width, height] = fields.as_slice() else {
            return Err(wrong(number, format!("{} fields, not the 6 of `{HEADER}`", fields.len())));
        };
        if [Part::RightEye, Part::LeftEye, Part::Nose].iter().all(|known| known.name() != part) {
            return Err(wrong(number, format!("there is no part `{part}`; parts are right-eye, left-eye and nose")));
        }
        if file.is_empty() || file.contains("..") || Path::new(file).is_absolute() {
            return Err(wrong(number, format!("`{file}` must name a picture in this folder")));
        }
        let pixels = |field: &str| {
            field.parse::<u32>().map_err(|_| wrong(number, format!("`{field}` is no whole number of pixels")))
        };
        let mark = Mark { x: pixels(x)?, y: pixels(y)?, width: pixels(width)?, height: pixels(height)? };
        if mark.width == 0 || mark.height == 0 {
            return Err(wrong(number, "a part of no size".to_owned()));
        }
        let (_, known) = all.entry(file.to_owned()).or_insert_with(|| (mark, BTreeMap::new()));
        if known.insert(part.to_owned(), mark).is_some() {
            return Err(wrong(number, format!("the {part} of {file} is marked twice")));
        }
    }
    Ok(all)
}

impl Marked {
    /// The middle of the picture, as the network sees it.
    pub(super) fn crop(&self, side: usize) -> Result<Crop> {
        self.middle(&self.picture, side)
    }

    /// The same with a part hidden by grey. `unit` gives numbers of 0 to 1 for the place at random.
    pub(super) fn hidden(&self, part: Part, side: usize, unit: &mut dyn FnMut() -> f64) -> Result<Crop> {
        let mark = match part {
            Part::Random => self.at_random(side, unit),
            part => *self.marks.get(part.name()).ok_or_else(|| {
                Error::Input(format!(
                    "{}: its {} is not marked; mark it, or take the picture out",
                    self.name,
                    part.name()
                ))
            })?,
        };
        let Mark { x, y, width, height } = mark;
        let (right, bottom) = (u64::from(x) + u64::from(width), u64::from(y) + u64::from(height));
        if right > u64::from(self.picture.width) || bottom > u64::from(self.picture.height) {
            return Err(Error::Input(format!(
                "{}: its {} ends at {right}, {bottom}, beyond the picture's {} × {}",
                self.name,
                part.name(),
                self.picture.width,
                self.picture.height
            )));
        }
        let mut picture = self.picture.clone();
        for row in y..y + height {
            let start = 3 * (row as usize * picture.width as usize + x as usize);
            picture.pixels[start..start + 3 * width as usize].fill(128);
        }
        let crop = self.middle(&picture, side)?;
        if crop == self.crop(side)? {
            let message = format!(
                "{}: hiding its {} changes nothing in the middle that the network sees; cut the picture so that it does",
                self.name,
                part.name()
            );
            return Err(Error::Input(message));
        }
        Ok(crop)
    }

    /// As large as the first mark, within the middle that the network sees.
    fn at_random(&self, side: usize, unit: &mut dyn FnMut() -> f64) -> Mark {
        let Rgb { width, height, .. } = self.picture;
        let seen = f64::from(width.min(height)) * side as f64 / f64::from(SHORT);
        let mut start = |whole: u32, own: u32| {
            let room = (seen - f64::from(own)).max(0.0);
            let start = (f64::from(whole) - seen) / 2.0 + unit() * room;
            (start.max(0.0) as u32).min(whole.saturating_sub(own))
        };
        let (x, y) = (start(width, self.first.width), start(height, self.first.height));
        Mark { x, y, ..self.first }
    }

    fn middle(&self, picture: &Rgb, side: usize) -> Result<Crop> {
        let resized = images::resize_short_side(picture, SHORT, Filter::Bilinear, true);
        let resized = resized.map_err(|error| Error::Input(format!("{}: {error}", self.name)))?;
        let [left, top] = [resized.width, resized.height].map(|length| (length as usize).saturating_sub(side) / 2);
        Ok(sets::cut(&resized, left, top, side))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        "file,part,x,y,width,height\na.png,nose,10,20,30,40\na.png,left-eye,1,2,3,4\nb.png,nose,5,6,7,8\n";

    #[test]
    fn marks_are_read_by_picture() {
        let found = marks(GOOD, "parts.csv").unwrap();
        assert_eq!(found.keys().collect::<Vec<_>>(), ["a.png", "b.png"]);
        assert_eq!(found["a.png"].0, Mark { x: 10, y: 20, width: 30, height: 40 });
        assert_eq!(found["a.png"].1["left-eye"].x, 1);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let wrong = |from: &str, to: &str| marks(&GOOD.replacen(from, to, 1), "parts.csv").unwrap_err().to_string();
        assert_eq!(wrong("file,", "files,"), "parts.csv:1: the first line must be `file,part,x,y,width,height`");
        assert_eq!(
            wrong("a.png,nose", "a.png,tail"),
            "parts.csv:2: there is no part `tail`; parts are right-eye, left-eye and nose"
        );
        assert_eq!(wrong("30,40", "30"), "parts.csv:2: 5 fields, not the 6 of `file,part,x,y,width,height`");
        assert_eq!(wrong(",10,", ",-1,"), "parts.csv:2: `-1` is no whole number of pixels");
        assert_eq!(wrong("left-eye", "nose"), "parts.csv:3: the nose of a.png is marked twice");
        assert_eq!(wrong("b.png", "../b.png"), "parts.csv:4: `../b.png` must name a picture in this folder");
        assert_eq!(wrong("7,8", "0,8"), "parts.csv:4: a part of no size");
    }

    fn picture(nose: Mark) -> Marked {
        let pixels = (0..300 * 280 * 3).map(|at| (at % 251) as u8).collect();
        let picture = Rgb { width: 300, height: 280, pixels, note: None };
        Marked { name: "dog".to_owned(), picture, marks: [("nose".to_owned(), nose)].into(), first: nose }
    }

    #[test]
    fn a_hidden_part_changes_its_place_and_nothing_else() {
        let dog = picture(Mark { x: 140, y: 130, width: 20, height: 20 });
        let (before, after) = (dog.crop(224).unwrap(), dog.hidden(Part::Nose, 224, &mut || 0.5).unwrap());
        let changed = before.pixels.iter().zip(&after.pixels).filter(|(a, b)| a != b).count();
        assert!(changed > 600 && changed < 3 * 24 * 24, "{changed}");
        let random = dog.hidden(Part::Random, 224, &mut || 0.0).unwrap();
        assert!(random != before && random != after);
        let missing = dog.hidden(Part::LeftEye, 224, &mut || 0.0).unwrap_err().to_string();
        assert_eq!(missing, "dog: its left-eye is not marked; mark it, or take the picture out");
        let beyond = picture(Mark { x: 290, y: 0, width: 20, height: 20 });
        assert!(beyond.hidden(Part::Nose, 224, &mut || 0.0).unwrap_err().to_string().contains("beyond the picture's"));
        let outside = picture(Mark { x: 0, y: 0, width: 3, height: 3 });
        assert!(outside.hidden(Part::Nose, 224, &mut || 0.0).unwrap_err().to_string().contains("changes nothing"));
    }
}
