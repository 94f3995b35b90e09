//! Detections on pictures, for the page: tested ones, free photographs, and the surest mistakes by kind.
//!
//! Must not pick pictures by how well they came out.

use std::path::Path;

use base::boxes::Bounds;
use engine::detection::Found;
use engine::drawing::{Framed, LINE, colour, fitting, framed, scaled, text};
use engine::error::{Error, Result};
use engine::input::list;
use engine::input::objects::Annotated;
use engine::picture::Image;
use engine::train::Context;

use super::mistakes::{Came, of_image};
use super::name;

/// A tile's width and height, in pixels.
const TILE: [usize; 2] = [250, 200];
/// Tiles in a row, and tested pictures that are shown.
const COLUMNS: usize = 4;
const SHOWN: usize = 12;
/// Detections that are drawn on a picture, at most.
const DRAWN: usize = 5;
/// Mistakes of each kind.
const MISTAKES: usize = 4;
/// What surrounds a mistake is shown as far as so many of its sides.
const AROUND: f64 = 0.6;

/// The free photographs of the job's sets: those without a list, with nothing said to be on them.
///
/// # Errors
/// A folder or a photograph that cannot be read.
pub fn photographs(context: &Context<'_, '_>) -> Result<Vec<Annotated>> {
    let mut all = Vec::new();
    for data in context.stage().data.iter().filter(|data| data.list.is_none()) {
        for item in list::pictures_in(&data.folder)? {
            let picture =
                images::load(&item.path).map_err(|error| Error::Input(format!("{}: {error}", item.path.display())))?;
            let size = [picture.width, picture.height];
            all.push(Annotated { path: item.path, file: item.file, list: String::new(), size, objects: Vec::new() });
        }
    }
    Ok(all)
}

/// Draws what was found on free photographs.
///
/// # Errors
/// A photograph that cannot be read, or a full disk.
pub fn of_photographs(
    context: &Context<'_, '_>,
    network: &str,
    images: &[Annotated],
    found: &[Vec<Found>],
) -> Result<()> {
    if images.is_empty() {
        return Ok(());
    }
    let caption = format!(
        "What {network} finds on the free photographs: the {DRAWN} surest detections of each, with their scores. The classes are PASCAL VOC's twenty; what is none of them has no name here."
    );
    let tiles = images.iter().zip(found).map(|(image, found)| tile(image, found));
    let sheet = Image::grid(&tiles.collect::<Result<Vec<_>>>()?, COLUMNS, 6);
    context.picture(&format!("{network}-photographs"), &caption, &sheet, false)
}

/// Draws some tested pictures, evenly spread over the list, and the surest mistakes of each kind. They may not be passed on.
///
/// # Errors
/// A picture that cannot be read, or a full disk.
pub fn of_tested(context: &Context<'_, '_>, network: &str, images: &[Annotated], found: &[Vec<Found>]) -> Result<()> {
    let step = images.len().div_ceil(SHOWN).max(1);
    let some = images.iter().zip(found).step_by(step);
    let tiles = some.map(|(image, found)| tile(image, found)).collect::<Result<Vec<_>>>()?;
    let caption = format!(
        "What {network} finds on tested pictures, every {step}th of the list: the {DRAWN} surest detections of each, with their scores."
    );
    context.picture(&format!("{network}-tested"), &caption, &Image::grid(&tiles, COLUMNS, 6), true)?;
    mistakes(context, network, images, found)
}

/// The surest mistakes of each kind, a row a kind, and how the surest detections divide.
fn mistakes(context: &Context<'_, '_>, network: &str, images: &[Annotated], found: &[Vec<Found>]) -> Result<()> {
    let mut all: Vec<(usize, &Found, Came)> = Vec::new();
    for (index, (image, found)) in images.iter().zip(found).enumerate() {
        let came = of_image(image, found).into_iter().zip(found);
        all.extend(came.filter_map(|(came, found)| Some((index, found, came?))));
    }
    all.sort_by(|(_, one, _), (_, other, _)| other.score.total_cmp(&one.score));
    let objects = images.iter().flat_map(|image| &image.objects).filter(|object| !object.difficult).count();
    let mut tiles = Vec::new();
    for kind in Came::MISTAKES {
        let own: Vec<_> = all.iter().filter(|(_, _, came)| *came == kind).take(MISTAKES).collect();
        for (index, found, came) in &own {
            tiles.push(closer(
                &images[*index],
                found,
                &format!("{}: {} {:.2}", came.words(), name(found.class), found.score),
            )?);
        }
        // A row is a kind, however few there are.
        tiles.extend((own.len()..MISTAKES).map(|_| Image::filled(TILE[0], TILE[1] + LINE + 3, 3, 255)));
    }
    let surest = &all[..all.len().min(objects)];
    let counted = |kind: Came| surest.iter().filter(|(_, _, came)| *came == kind).count();
    let kinds: Vec<String> = Came::MISTAKES.iter().map(|kind| format!("{} {}", counted(*kind), kind.words())).collect();
    let caption = format!(
        "The surest mistakes of {network}, a row a kind (Hoiem et al. 2012): a wrong place, a like class, another class, background. Of the {} surest detections, as many as there are objects, {} are right; mistakes: {}.",
        surest.len(),
        counted(Came::Right),
        kinds.join(", ")
    );
    context.picture(&format!("{network}-mistakes"), &caption, &Image::grid(&tiles, MISTAKES, 6), true)
}

/// A picture, small, with its surest detections.
fn tile(image: &Annotated, found: &[Found]) -> Result<Image> {
    let mut sure: Vec<&Found> = found.iter().collect();
    sure.sort_by(|one, other| other.score.total_cmp(&one.score));
    sure.truncate(DRAWN);
    let (mut small, scale) = fitted(&opened(&image.path)?, TILE);
    let boxes: Vec<Framed> = sure
        .into_iter()
        .map(|one| Framed {
            bounds: one.bounds.scaled(scale),
            colour: colour(one.class as usize),
            words: format!("{} {:.2}", name(one.class), one.score),
        })
        .collect();
    framed(&mut small, &boxes);
    Ok(placed(&small, TILE))
}

/// What surrounds a detection, with words below.
fn closer(image: &Annotated, found: &Found, words: &str) -> Result<Image> {
    let picture = opened(&image.path)?;
    let [width, height] = found.bounds.size();
    let whole = Bounds::new([0.0, 0.0, picture.width as f64, picture.height as f64]);
    let around = Bounds::around(found.bounds.centre(), [width * (1.0 + 2.0 * AROUND), height * (1.0 + 2.0 * AROUND)])
        .within(&whole);
    let [left, top] = [around.left, around.top].map(|edge| edge.floor() as usize);
    let part_size = [(around.right.ceil() as usize - left).max(1), (around.bottom.ceil() as usize - top).max(1)];
    let mut part = Image::filled(part_size[0], part_size[1], 3, 255);
    for row in 0..part.height.min(picture.height - top) {
        let count = part.width.min(picture.width - left) * 3;
        let from = ((top + row) * picture.width + left) * 3;
        part.pixels[row * part.width * 3..][..count].copy_from_slice(&picture.pixels[from..from + count]);
    }
    let (mut small, scale) = fitted(&part, TILE);
    let bounds = found.bounds.moved([-(left as f64), -(top as f64)]).scaled(scale);
    framed(&mut small, &[Framed { bounds, colour: colour(found.class as usize), words: String::new() }]);
    let mut tile = Image::filled(TILE[0], TILE[1] + LINE + 3, 3, 255);
    tile.put(&placed(&small, TILE), 0, 0);
    text(&mut tile, 2, TILE[1] + 2, fitting(words, TILE[0] - 4));
    Ok(tile)
}

/// A picture's pixels.
///
/// # Errors
/// It cannot be read; the message names it.
pub fn opened(path: &Path) -> Result<Image> {
    let picture = images::load(path).map_err(|error| Error::Input(format!("{}: {error}", path.display())))?;
    Ok(Image { width: picture.width as usize, height: picture.height as usize, channels: 3, pixels: picture.pixels })
}

/// The picture as large as fits, and its scale, across and down.
#[must_use]
pub fn fitted(image: &Image, [width, height]: [usize; 2]) -> (Image, [f64; 2]) {
    let scale = (width as f64 / image.width as f64).min(height as f64 / image.height as f64);
    let side = |pixels: usize, most: usize| ((pixels as f64 * scale).round() as usize).clamp(1, most);
    let (across, down) = (side(image.width, width), side(image.height, height));
    let own = [across as f64 / image.width as f64, down as f64 / image.height as f64];
    (scaled(image, across, down), own)
}

/// In the middle of white.
#[must_use]
pub fn placed(image: &Image, [width, height]: [usize; 2]) -> Image {
    let mut tile = Image::filled(width, height, 3, 255);
    tile.put(image, (width - image.width) / 2, (height - image.height) / 2);
    tile
}
