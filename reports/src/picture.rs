//! Thumbnails inside the page: a picture's file becomes a small JPEG in a `data:` address.
//!
//! Must not fail: a picture that cannot be read becomes a note.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, html};

/// The longer side of a thumbnail, in pixels: twice what is shown, for dense screens.
const SIDE: u32 = 320;

/// An `<img>` with the picture in it, or a note saying why there is none.
pub(crate) fn thumbnail(path: Option<&Path>, alt: &str) -> Markup {
    let Some(path) = path else {
        return html! { p.no-picture { "The picture is not at hand." } };
    };
    match encode(path) {
        Ok(address) => html! { img src=(address) alt=(alt) loading="lazy" decoding="async"; },
        // The path itself stays out of the page: it says where the reader's files lie, and helps nobody else.
        Err(_) => html! { p.no-picture { "The picture " (name(path)) " could not be read." } },
    }
}

fn encode(path: &Path) -> Result<String, images::Error> {
    let picture = images::load(path)?;
    let jpeg = images::thumbnail_jpeg(&picture, SIDE)?;
    Ok(format!("data:image/jpeg;base64,{}", STANDARD.encode(jpeg)))
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
