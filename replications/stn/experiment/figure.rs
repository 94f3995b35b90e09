//! What a transformer looks at, as in the paper's Table 1: distorted digits with the border of the predicted grid, and
//! below them what the classifier gets to see.
//!
//! Must not choose digits by how they come out: the first test digit of each class.

use engine::error::{Error, Result};
use engine::picture::Image;
use engine::train::{Context, Mode, Model};
use engine::warp::Warp;
use replications::graph::{Op, Transform};
use tch::{Kind, Tensor};

use super::{Data, sets};

/// Each pixel is drawn as so many, so that the border is thinner than a pixel.
const ZOOM: usize = 4;
const GAP: usize = 4;
const COLOUR: [u8; 3] = [255, 60, 60];
/// Points that are drawn between two neighbouring places of the grid's border.
const POINTS: usize = 4 * ZOOM;

/// Draws a network's picture; one without a transformer has none.
pub(super) fn draw(context: &Context<'_, '_>, model: &Model, data: &Data) -> Result<()> {
    let graph = model.graph();
    let found = graph.nodes.iter().find_map(|node| match &node.op {
        Op::Transform(transform) => Some((*transform, node.name.clone(), graph.nodes[node.inputs[1].0].name.clone())),
        _ => None,
    });
    let Some((transform, sampler, regression)) = found else { return Ok(()) };
    let x = sets::floats(&data.test.f_index_select(0, &first_of_each(&data.test_classes)?)?)?;
    let (mut warped, mut parameters) = (None, None);
    let _ = tch::no_grad(|| {
        model.forward_watched(&x, Mode::Test, &mut |node, value| {
            if node.name == sampler {
                warped = Some(value.shallow_clone());
            } else if node.name == regression {
                parameters = Some(value.shallow_clone());
            }
        })
    })?;
    let (Some(warped), Some(parameters)) = (warped, parameters) else {
        return Err(Error::Other(format!("network {} hides its transformer", graph.name)));
    };
    let grid = Warp::new(&transform, model.device())?.grid(&parameters)?;
    let side = data.distortion.side();
    let [height, width] = transform.output;
    let mut above = tiles(&x, side, side)?;
    let grids = numbers(&grid)?;
    for (tile, places) in above.iter_mut().zip(grids.chunks_exact(2 * height * width)) {
        outline(tile, &border(places, &transform), side);
    }
    let below = tiles(&warped, height, width)?;
    let columns = above.len();
    let mut rows = above;
    rows.extend(below.iter().map(|tile| padded(tile, side * ZOOM)));
    let caption = format!(
        "{}: distorted test digits, the first of each class, with the border of the predicted grid; below, what the transformer hands on",
        graph.name
    );
    context.picture(&format!("{}-grids", graph.name), &caption, &Image::grid(&rows, columns, GAP), false)
}

/// The first index of each class that there is.
fn first_of_each(classes: &Tensor) -> Result<Tensor> {
    let all = Vec::<i64>::try_from(classes.f_to_device(tch::Device::Cpu)?)?;
    let first: Vec<i64> = (0..10)
        .filter_map(|class| all.iter().position(|found| *found == class))
        .map(|index| i64::try_from(index).unwrap_or(0))
        .collect();
    Ok(Tensor::f_from_slice(&first)?.f_to_device(classes.device())?)
}

fn numbers(tensor: &Tensor) -> Result<Vec<f32>> {
    let flat = tensor.f_to_device(tch::Device::Cpu)?.f_to_kind(Kind::Float)?.f_contiguous()?.f_view([-1])?;
    Ok(Vec::<f32>::try_from(flat)?)
}

/// Grey pictures `[N, 1, H, W]` in colour and zoomed.
fn tiles(pictures: &Tensor, height: usize, width: usize) -> Result<Vec<Image>> {
    let pixels = numbers(pictures)?;
    let tile = |grey: &[f32]| {
        let grey = Image::from_floats(grey, 1, height, width);
        let mut zoomed = Image::filled(width * ZOOM, height * ZOOM, 3, 0);
        for (place, pixel) in zoomed.pixels.chunks_exact_mut(3).enumerate() {
            let (x, y) = (place % (width * ZOOM) / ZOOM, place / (width * ZOOM) / ZOOM);
            pixel.fill(grey.pixels[y * width + x]);
        }
        zoomed
    };
    Ok(pixels.chunks_exact(height * width).map(tile).collect())
}

/// A tile in the middle of a square of `side`, grey around it.
fn padded(tile: &Image, side: usize) -> Image {
    let mut square = Image::filled(side, side, 3, 128);
    square.put(tile, side.saturating_sub(tile.width) / 2, side.saturating_sub(tile.height) / 2);
    square
}

/// Where the grid's border looks, once around, from -1 to 1.
fn border(places: &[f32], transform: &Transform) -> Vec<[f64; 2]> {
    let [height, width] = transform.output;
    let right = (0..width).map(|x| [x, 0]);
    let down = (1..height).map(|y| [width - 1, y]);
    let left = (0..width - 1).rev().map(|x| [x, height - 1]);
    let up = (0..height - 1).rev().map(|y| [0, y]);
    let around = right.chain(down).chain(left).chain(up);
    around.map(|[x, y]| [0, 1].map(|axis| f64::from(places[2 * (y * width + x) + axis]))).collect()
}

/// Draws lines between neighbouring places of the border.
fn outline(tile: &mut Image, border: &[[f64; 2]], side: usize) {
    let pixel = |place: f64| ((place + 1.0) / 2.0 * (side as f64 - 1.0) + 0.5) * ZOOM as f64;
    for pair in border.windows(2) {
        for point in 0..POINTS {
            let share = point as f64 / POINTS as f64;
            let [x, y] = [0, 1].map(|axis| pixel(pair[0][axis] + share * (pair[1][axis] - pair[0][axis])));
            if x >= 0.0 && y >= 0.0 && x < tile.width as f64 && y < tile.height as f64 {
                let at = 3 * (y as usize * tile.width + x as usize);
                tile.pixels[at..at + 3].copy_from_slice(&COLOUR);
            }
        }
    }
}
