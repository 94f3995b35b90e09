//! The pictures that activations are sought in, as the network sees them.
//!
//! Must not pick pictures by what comes out.

use std::path::Path;

use engine::error::{Error, Result};
use engine::input::list::{self, Item};
use engine::input::loader::with_loader;
use engine::picture::Image;
use engine::train::Context;
use images::{Crop, Rgb, Window};
use replications::zfnet::recipe::Recipe;
use spec::job::ExperimentData;
use spec::protocol::Filter;

/// A set of pictures of the network's size.
pub(super) struct Pictures {
    /// The data set's id.
    pub(super) id: String,
    /// Whether they may not be shown to others.
    pub(super) private: bool,
    /// The pictures.
    pub(super) crops: Vec<Crop>,
    /// In words, how they were cut.
    pub(super) how: String,
    /// Whole photographs by their names, the middle of each, for what is drawn of one picture at a time.
    pub(super) whole: Vec<(String, usize)>,
}

impl Pictures {
    /// Listed pictures are cut by the job's protocol. Photographs without a list are free to be shown, and since there are few
    /// of them each is cut into windows that do not overlap by much.
    pub(super) fn read(
        context: &Context<'_, '_>,
        data: &ExperimentData,
        recipe: &Recipe,
        side: usize,
    ) -> Result<Pictures> {
        match &data.list {
            Some(listed) => Pictures::listed(context, data, listed),
            None => Pictures::windows(data, &recipe.short_sides, side),
        }
    }

    fn listed(context: &Context<'_, '_>, data: &ExperimentData, listed: &Path) -> Result<Pictures> {
        let stage = context.stage();
        let protocol = stage.protocol.as_ref();
        let protocol = protocol
            .ok_or_else(|| Error::Input(format!("the job of `{}` does not say how pictures are cut", stage.id)))?;
        let items = list::read(listed)?;
        let paths: Vec<&Path> = items.iter().map(|item| item.path.as_path()).collect();
        let mut crops = Vec::with_capacity(items.len());
        with_loader(&paths, protocol, context.loader_threads(), 32, |loader| {
            for loaded in loader {
                crops.extend(loaded?.crops.into_iter().next());
            }
            Ok(())
        })?;
        let how = format!("{} pictures of {}, each cut by {}", crops.len(), data.id, protocol.title);
        Ok(Pictures { id: data.id.clone(), private: true, crops, how, whole: Vec::new() })
    }

    fn windows(data: &ExperimentData, short_sides: &[u32], side: usize) -> Result<Pictures> {
        let files = list::pictures_in(&data.folder)?;
        if files.is_empty() {
            let folder = data.folder.display();
            return Err(Error::Input(format!("{folder}: there are no photographs (png, jpg) in it")));
        }
        let mut crops = Vec::new();
        let mut whole = Vec::new();
        for Item { path, .. } in &files {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let unreadable = |error: images::Error| Error::Input(format!("{}: {error}", path.display()));
            let bytes = fs_err::read(path).map_err(|error| Error::Input(error.to_string()))?;
            let photograph = images::decode(&bytes, &name).map_err(unreadable)?;
            for (scale, short) in short_sides.iter().enumerate() {
                let resized =
                    images::resize_short_side(&photograph, *short, Filter::Bilinear, true).map_err(unreadable)?;
                let (across, down) = (starts(resized.width as usize, side), starts(resized.height as usize, side));
                if across.is_empty() || down.is_empty() {
                    return Err(Error::Input(format!("short_sides: {short} is less than the network's {side} pixels")));
                }
                if scale == 0 {
                    whole.push((name.clone(), crops.len()));
                    let middle = |side_of: u32| (side_of as usize - side) / 2;
                    crops.push(cut(&resized, middle(resized.width), middle(resized.height), side));
                    continue;
                }
                for top in &down {
                    crops.extend(across.iter().map(|left| cut(&resized, *left, *top, side)));
                }
            }
        }
        let scales = short_sides.iter().map(u32::to_string).collect::<Vec<_>>().join(" and ");
        let how = format!(
            "{} windows of {side} × {side} pixels of {} free photographs, at a short side of {scales}",
            crops.len(),
            files.len()
        );
        Ok(Pictures { id: data.id.clone(), private: false, crops, how, whole })
    }
}

/// Where windows begin along a side: as many as fit side by side, spread evenly.
fn starts(length: usize, side: usize) -> Vec<usize> {
    match length / side.max(1) {
        0 => Vec::new(),
        1 => vec![(length - side) / 2],
        count => (0..count).map(|place| place * (length - side) / (count - 1)).collect(),
    }
}

/// A square window of a photograph that holds it.
pub(super) fn cut(photograph: &Rgb, left: usize, top: usize, side: usize) -> Crop {
    let [left, top, side] = [left, top, side].map(|pixels| pixels as u32);
    images::cut(photograph, Window { left, top, width: side, height: side })
}

/// A crop as a picture.
pub(super) fn image(crop: &Crop) -> Image {
    Image { width: crop.width as usize, height: crop.height as usize, channels: 3, pixels: crop.pixels.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_spread_over_the_side() {
        assert!(starts(223, 224).is_empty());
        assert_eq!(starts(301, 224), [38]);
        assert_eq!(starts(512, 224), [0, 288]);
        assert_eq!(starts(768, 224), [0, 272, 544]);
    }

    #[test]
    fn a_window_has_its_own_pixels() {
        let photograph = Rgb { width: 3, height: 2, pixels: (0..18).collect(), note: None };
        assert_eq!(cut(&photograph, 1, 0, 2).pixels, [3, 4, 5, 6, 7, 8, 12, 13, 14, 15, 16, 17]);
    }
}
