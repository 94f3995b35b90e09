//! What the network says while a grey square hides each part of a photograph in turn, as in Figure 6.
//!
//! Must not choose the square. The photographs have no labels: the class is the network's own best answer.

use engine::drawing::{Heat, LINE, bar, categories, fitting, scaled, text, words};
use engine::error::Result;
use engine::explain::occlusion::{Occluder, Occlusion, Slider, Watched};
use engine::explain::{Method, Place};
use engine::picture::Image;
use images::Crop;
use replications::classes::classes;
use tch::{Kind, Tensor};

use super::projection::{self, projections};
use super::sets::{self, Pictures};
use super::subject::Looked;

/// A panel's side in pixels.
const PANEL: usize = 200;
const GAP: usize = 12;
/// Lines of words below a panel: its title, and a colour bar or a legend.
const LINES: usize = 6;
/// Around a map, where the square's middle never stands.
const NOWHERE: u8 = 235;

/// Draws a row for each photograph; pictures of a list, of which there may be hundreds, have none.
pub(super) fn draw(looked: &Looked<'_, '_>, pictures: &Pictures) -> Result<()> {
    let mut rows = Vec::new();
    let recipe = looked.recipe.occluder;
    let occluder = Occluder { size: recipe.size, stride: recipe.stride };
    if pictures.whole.is_empty() {
        return Ok(());
    }
    let layer = looked.layer(looked.subject.layers.last().map_or("", String::as_str))?;
    let slider = looked.slider(occluder, layer)?;
    for (number, (name, index)) in pictures.whole.iter().enumerate() {
        rows.push(row(looked, (name, &pictures.crops[*index]), (&slider, occluder, layer))?);
        looked.context.emitter().progress(number + 1, pictures.whole.len(), "photographs")?;
    }
    let Some(first) = rows.first() else { return Ok(()) };
    let mut whole = Image::filled(first.width, rows.len() * first.height, 3, 255);
    for (number, row) in rows.iter().enumerate() {
        whole.put(row, 0, number * row.height);
    }
    let last = looked.subject.layers.last().map_or("", String::as_str);
    let caption = format!(
        "{} while a grey square of {} pixels hides each part of a photograph, moved by {} pixels; its size is drawn into each photograph. Maps are drawn where the square's middle stood. From the left: the photograph; the summed activation of that map of {last} which is the strongest in sum without the square; the deconvnet's projection of its strongest activation; the probability of the class that is the best without the square; the best class, by colour.",
        looked.subject.of, occluder.size, occluder.stride
    );
    looked.context.picture(
        &format!("{}-{}-occluded", looked.subject.of, pictures.id),
        &caption,
        &whole,
        pictures.private,
    )
}

/// What the network says of the photograph as it is.
struct Whole {
    class: usize,
    probability: f32,
    channel: usize,
    sum: f32,
    strongest: Place,
}

fn whole(looked: &Looked<'_, '_>, layer: usize, x: &Tensor) -> Result<Whole> {
    let _guard = tch::no_grad_guard();
    let mut map = None;
    let logits = looked.network.forward_watched(&looked.network.prepare(x)?, &mut |node, value| {
        if node == layer {
            map = Some(value.shallow_clone());
        }
    })?;
    let size = |number: i64| usize::try_from(number).unwrap_or(0);
    let map = map.unwrap_or_default().f_to_kind(Kind::Float)?.f_get(0)?;
    let sums = map.f_flatten(1, -1)?.f_sum_dim_intlist([1i64].as_slice(), false, Kind::Float)?;
    let channel = sums.f_argmax(0, false)?.f_int64_value(&[])?;
    let best = size(map.f_get(channel)?.f_reshape([-1])?.f_argmax(0, false)?.f_int64_value(&[])?);
    let width = size(map.size()[2]).max(1);
    let class = logits.f_argmax(1, false)?.f_int64_value(&[0])?;
    Ok(Whole {
        class: size(class),
        probability: logits.f_softmax(1, Kind::Float)?.f_double_value(&[0, class])? as f32,
        channel: size(channel),
        sum: sums.f_double_value(&[channel])? as f32,
        strongest: Place { channel: size(channel), row: best / width, column: best % width },
    })
}

fn row(
    looked: &Looked<'_, '_>,
    (name, crop): (&str, &Crop),
    (slider, occluder, layer): (&Slider, Occluder, usize),
) -> Result<Image> {
    let x = looked.batch(std::slice::from_ref(crop))?;
    let whole = whole(looked, layer, &x)?;
    let watched = Watched { class: whole.class, channel: whole.channel };
    let found = slider.slide((&x, &looked.grey()?), watched, &mut |_, _| Ok(()))?;
    let projected = projections(looked, layer, std::slice::from_ref(crop), &[whole.strongest], &[Method::Deconvnet])?;
    let side = looked.side();
    let at_home = |image: &Image| scaled(&aligned(image, occluder, side), PANEL, PANEL);
    let class =
        |class: i64| usize::try_from(class).ok().and_then(|class| classes().get(class)).map_or("?", |one| one.name);
    let own = class(i64::try_from(whole.class).unwrap_or(-1));
    let Occlusion { columns, probability, activation, best, .. } = &found;
    let (kinds, legend) = categories(best, *columns);

    let mut row = Image::filled(5 * (PANEL + GAP) + GAP, PANEL + GAP + LINES * (LINE + 2), 3, 255);
    let mut column = 0;
    let mut panel = |image: &Image, title: &str| {
        let left = GAP + column * (PANEL + GAP);
        row.put(image, left, GAP / 2);
        text(&mut row, left, GAP / 2 + PANEL + 3, fitting(title, PANEL));
        column += 1;
        left
    };
    panel(&scaled(&marked(crop, occluder), PANEL, PANEL), name);
    let below = GAP / 2 + PANEL + LINE + 7;
    let mut bars = Vec::new();
    for (place, (numbers, title)) in [
        (activation, format!("map {}: {} without", whole.channel, words(whole.sum))),
        (probability, format!("p({own}): {} without", words(whole.probability))),
    ]
    .into_iter()
    .enumerate()
    {
        if place == 1 {
            let picture = projection::picture(looked, &projected[0].f_get(0)?, (0, 0), side, PANEL)?;
            panel(&picture, &format!("map {}, projected", whole.channel));
        }
        let (least, most) = ends(numbers);
        let heat = Heat { numbers, columns: *columns, least, most };
        bars.push((panel(&at_home(&heat.image()), &title), bar(PANEL, least, most)));
    }
    let left = panel(&at_home(&kinds), "best class");
    for (left, bar) in bars {
        row.put(&bar, left, below);
    }
    for (line, (kind, colour)) in legend.iter().take(LINES - 2).enumerate() {
        let top = below + line * (LINE + 2) - 2;
        let mut square = Image::filled(7, 7, 3, 0);
        square.pixels.chunks_exact_mut(3).for_each(|pixel| pixel.copy_from_slice(colour));
        row.put(&square, left, top);
        text(&mut row, left + 11, top, fitting(kind.map_or("others", class), PANEL - 11));
    }
    Ok(row)
}

fn ends(numbers: &[f32]) -> (f32, f32) {
    let fold = |start, choose: fn(f32, f32) -> f32| numbers.iter().copied().fold(start, choose);
    (fold(f32::INFINITY, f32::min), fold(f32::NEG_INFINITY, f32::max))
}

/// The photograph with the square's outline in its corner.
fn marked(crop: &Crop, occluder: Occluder) -> Image {
    let mut image = sets::image(crop);
    let size = occluder.size.min(image.width).min(image.height);
    for along in 0..size {
        for (x, y) in [(along, 0), (along, size - 1), (0, along), (size - 1, along)] {
            for (x, y, value) in [(x, y, 255), (x + 1, y + 1, 0)] {
                if x < image.width && y < image.height {
                    let at = 3 * (y * image.width + x);
                    image.pixels[at..at + 3].fill(value);
                }
            }
        }
    }
    image
}

/// A map over places as a picture of the photograph's size: each number where the square's middle stood.
fn aligned(map: &Image, occluder: Occluder, side: usize) -> Image {
    let mut whole = Image::filled(side, side, 3, NOWHERE);
    let offset = (occluder.size / 2).saturating_sub(occluder.stride / 2);
    let place =
        |at: usize, count: usize| at.checked_sub(offset).map(|at| at / occluder.stride).filter(|at| *at < count);
    for y in 0..side {
        for x in 0..side {
            if let (Some(row), Some(column)) = (place(y, map.height), place(x, map.width)) {
                let (from, to) = (3 * (row * map.width + column), 3 * (y * side + x));
                whole.pixels[to..to + 3].copy_from_slice(&map.pixels[from..from + 3]);
            }
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stands_where_the_squares_middle_stood() {
        let map = Image { width: 2, height: 1, channels: 3, pixels: vec![1, 1, 1, 2, 2, 2] };
        let whole = aligned(&map, Occluder { size: 4, stride: 2 }, 6);
        let at = |x: usize, y: usize| whole.pixels[3 * (y * 6 + x)];
        // The first square covers columns 0 to 3, so that its middle is between 1 and 2; the next is two further on.
        assert_eq!([0, 1, 2, 3, 4, 5].map(|x| at(x, 1)), [NOWHERE, 1, 1, 2, 2, NOWHERE]);
        assert_eq!((at(1, 0), at(1, 3)), (NOWHERE, NOWHERE));
    }
}
