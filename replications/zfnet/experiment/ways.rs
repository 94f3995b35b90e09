//! Deconvnet, gradient and guided backpropagation of the same activation side by side, since readers ask how they differ.
//!
//! Must not pick an activation by how it looks: of each layer the strongest of the first map on its sheet.

use engine::drawing::{LINE, scaled, text};
use engine::error::Result;
use engine::explain::Method;
use engine::picture::Image;

use super::projection::{self, projections};
use super::sets::{self, Pictures};
use super::sheets::{self, Layer};
use super::subject::Looked;

const TILE: usize = 150;
const GAP: usize = 8;
const METHODS: [(&str, Method); 3] =
    [("deconvnet", Method::Deconvnet), ("gradient", Method::Gradient), ("guided", Method::Guided)];

/// Draws one picture, a row a layer.
pub(super) fn draw(looked: &Looked<'_, '_>, pictures: &Pictures, layers: &[Layer]) -> Result<()> {
    let shown: Vec<(usize, &Layer, usize)> =
        (1..).zip(layers).filter_map(|(number, layer)| Some((number, layer, *layer.maps.first()?))).collect();
    if shown.is_empty() {
        return Ok(());
    }
    let (row, head) = (TILE + LINE + 3 + GAP, 2 * LINE);
    let mut whole = Image::filled(GAP + 4 * (TILE + GAP), head + shown.len() * row + GAP, 3, 255);
    for (column, title) in ["patch"].into_iter().chain(METHODS.map(|(title, _)| title)).enumerate() {
        text(&mut whole, GAP + column * (TILE + GAP), 3, title);
    }
    let mut told = Vec::new();
    for (place, (number, layer, map)) in shown.iter().enumerate() {
        let Some(winner) = layer.strongest.of(*map).first() else { continue };
        let crop = pictures.crops[winner.picture].clone();
        let methods = METHODS.map(|(_, method)| method);
        let found = projections(looked, layer.node, std::slice::from_ref(&crop), &[winner.place], &methods)?;
        let fields = sheets::fields(looked, layer.node, std::slice::from_ref(winner))?;
        let side = projection::side(&fields).min(looked.recipe.patch);
        let Some(field) = fields.first() else { continue };
        let corner = projection::corner(field, side, &found[0].f_get(0)?)?;
        let top = head + place * row;
        text(&mut whole, GAP, top, &format!("layer {number}, map {map}: {side} × {side} pixels"));
        let mut tiles = vec![scaled(&projection::part(&sets::image(&crop), corner, side), TILE, TILE)];
        for projected in &found {
            tiles.push(projection::picture(looked, &projected.f_get(0)?, corner, side, TILE)?);
        }
        for (column, tile) in tiles.iter().enumerate() {
            whole.put(tile, GAP + column * (TILE + GAP), top + LINE + 3);
        }
        told.push(format!("{number}: {}", layer.name));
    }
    let caption = format!(
        "{}, the strongest activation of one map of each layer ({}) in {}: the patch around it, and three ways back from it to the pixels, each stretched to its own contrast, grey for zero. At a ReLU the deconvnet keeps what is given where that is positive, the gradient where the activation was, guided backpropagation where both are; the deconvnet also leaves contrast normalisation alone.",
        looked.subject.of,
        told.join(", "),
        pictures.how
    );
    looked.context.picture(&format!("{}-{}-ways", looked.subject.of, pictures.id), &caption, &whole, pictures.private)
}
