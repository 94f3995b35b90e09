//! The strongest activations of some maps of each layer: their projections, and the patches that made them, as in Figure 2.
//!
//! Must not pick maps by how they look.

use engine::drawing::{LINE, scaled, text, words};
use engine::error::Result;
use engine::explain::{Field, Strongest, Winner};
use engine::picture::Image;
use images::Crop;
use replications::zfnet::recipe::Method;
use tch::Tensor;

use super::projection::{self, projections};
use super::sets::{self, Pictures};
use super::subject::Looked;

/// A patch's side on a sheet, in pixels.
const TILE: usize = 80;
/// Between patches, and between a map's projections and its patches.
const GAP: usize = 2;
/// Between maps.
const SPACE: usize = 14;
/// Maps beside each other.
const COLUMNS: usize = 3;

/// What was found in one layer.
pub(super) struct Layer {
    pub(super) name: String,
    pub(super) node: usize,
    /// The maps on its sheet.
    pub(super) maps: Vec<usize>,
    pub(super) strongest: Strongest,
}

/// Draws a sheet for each layer.
pub(super) fn draw(looked: &Looked<'_, '_>, pictures: &Pictures) -> Result<Vec<Layer>> {
    let names = &looked.subject.layers;
    let nodes = names.iter().map(|name| looked.layer(name)).collect::<Result<Vec<usize>>>()?;
    let found = looked.strongest(&nodes, &pictures.crops)?;
    let mut layers = Vec::new();
    for ((name, node), strongest) in names.iter().zip(nodes).zip(found) {
        let maps = looked.drawn(name, &strongest);
        let layer = Layer { name: name.clone(), node, maps, strongest };
        if layer.maps.is_empty() {
            looked.context.emitter().note(format!(
                "{name}: no map is active in {} of {}; no sheet is drawn",
                looked.recipe.top, pictures.how
            ))?;
        } else {
            sheet(looked, pictures, layers.len() + 1, &layer)?;
        }
        layers.push(layer);
    }
    Ok(layers)
}

fn sheet(looked: &Looked<'_, '_>, pictures: &Pictures, number: usize, layer: &Layer) -> Result<()> {
    let mut blocks = Vec::new();
    let mut sides = Vec::new();
    for map in &layer.maps {
        let (block, side) = block(looked, pictures, layer, *map)?;
        blocks.push(block);
        sides.push(side);
    }
    let sheet = together(&blocks);
    let method = match looked.recipe.method {
        Method::Deconvnet => "the deconvnet's projections",
        Method::Gradient => "gradients",
        Method::Guided => "projections by guided backpropagation",
    };
    let caption = format!(
        "Layer {number} of {}, {}: {} maps drawn at random. Of each, left, {method} of its {} strongest activations, each stretched to its own contrast, grey for zero; right, the patches of {} pixels around them. What an activation depends on is the whole patch, or where that is larger than {} pixels, more. Sought in {}.",
        looked.subject.of,
        layer.name,
        layer.maps.len(),
        looked.recipe.top,
        range(&sides),
        looked.recipe.patch,
        pictures.how,
    );
    let name = format!("{}-{}-layer-{number}", looked.subject.of, pictures.id);
    looked.context.picture(&name, &caption, &sheet, pictures.private)
}

fn range(sides: &[usize]) -> String {
    let (least, most) = (sides.iter().min().copied().unwrap_or(0), sides.iter().max().copied().unwrap_or(0));
    if least == most { format!("{most} × {most}") } else { format!("{least} × {least} to {most} × {most}") }
}

/// A map's projections beside its patches, below its number and its strongest activation; and the patches' side.
fn block(looked: &Looked<'_, '_>, pictures: &Pictures, layer: &Layer, map: usize) -> Result<(Image, usize)> {
    let winners = layer.strongest.of(map);
    let crops: Vec<Crop> = winners.iter().map(|winner| pictures.crops[winner.picture].clone()).collect();
    let places: Vec<_> = winners.iter().map(|winner| winner.place).collect();
    let method = projection::method(looked.recipe.method);
    let projected: Vec<Tensor> = projections(looked, layer.node, &crops, &places, &[method])?;
    let fields = fields(looked, layer.node, winners)?;
    let side = projection::side(&fields).min(looked.recipe.patch);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for (place, (crop, field)) in crops.iter().zip(&fields).enumerate() {
        let one = projected[0].f_get(i64::try_from(place).unwrap_or(0))?;
        let corner = projection::corner(field, side, &one)?;
        left.push(projection::picture(looked, &one, corner, side, TILE)?);
        right.push(scaled(&projection::part(&sets::image(crop), corner, side), TILE, TILE));
    }
    let across = square(looked.recipe.top);
    let [left, right] = [left, right].map(|tiles| tight(&tiles, across));
    let head = LINE + 3;
    let mut block = Image::filled(left.width + right.width + 2 * GAP, left.height.max(right.height) + head, 3, 255);
    let strongest = winners.first().map_or(0.0, |winner| winner.value);
    text(&mut block, 0, 1, &format!("map {map}, strongest {}", words(strongest)));
    block.put(&left, 0, head);
    block.put(&right, left.width + 2 * GAP, head);
    Ok((block, side))
}

/// What each winner sees.
pub(super) fn fields(looked: &Looked<'_, '_>, node: usize, winners: &[Winner]) -> Result<Vec<Field>> {
    let field = |winner: &Winner| Field::of(looked.model.graph(), node, winner.place.row, winner.place.column);
    winners.iter().map(field).collect()
}

/// So many in a row make as many rows.
fn square(count: usize) -> usize {
    (1..=count).find(|side| side * side >= count).unwrap_or(1)
}

/// Tiles in rows, white between them.
fn tight(tiles: &[Image], across: usize) -> Image {
    let down = tiles.len().div_ceil(across.max(1));
    let side = |count: usize| (count * (TILE + GAP)).saturating_sub(GAP);
    let mut grid = Image::filled(side(across), side(down), 3, 255);
    for (place, tile) in tiles.iter().enumerate() {
        grid.put(tile, place % across * (TILE + GAP), place / across * (TILE + GAP));
    }
    grid
}

/// Maps in rows.
fn together(blocks: &[Image]) -> Image {
    let columns = COLUMNS.min(blocks.len()).max(1);
    let (width, height) = blocks.first().map_or((1, 1), |block| (block.width, block.height));
    let down = blocks.len().div_ceil(columns);
    let side = |count: usize, size: usize| count * (size + SPACE) + SPACE;
    let mut sheet = Image::filled(side(columns, width), side(down, height), 3, 255);
    for (place, block) in blocks.iter().enumerate() {
        sheet.put(block, side(place % columns, width), side(place / columns, height));
    }
    sheet
}
