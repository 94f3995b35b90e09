//! A network's first convolution as a picture: its filters see red, green and blue, and can be shown as they are.
//!
//! Must not stretch each filter by itself: filters that are weak look weak.

use replications::graph::{Graph, Op};
use spec::protocol::Colour;

use crate::drawing::enlarged;
use crate::picture::Image;
use crate::weights::Parameters;

/// A filter is enlarged by a whole factor to at least so many pixels.
const SIDE: usize = 28;
/// This share of the weights is within the range of the colours; the few beyond it are cut off, so that one weight does not
/// grey out all others.
const KEPT: f64 = 0.995;

/// The first convolution that sees the picture's three colours, as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Filters {
    /// The filters in rows, in their order.
    pub image: Image,
    /// What is to be seen.
    pub caption: String,
}

/// None for a network whose first convolution does not see three colours.
#[must_use]
pub fn first_layer(graph: &Graph, parameters: &Parameters, colour: Colour) -> Option<Filters> {
    let (conv, name) = graph.nodes.iter().find_map(|node| match &node.op {
        Op::Conv(conv) => Some((*conv, &node.name)),
        _ => None,
    })?;
    let weight = parameters.tensors.get(&format!("{name}.weight"))?;
    if conv.inputs != 3 || conv.groups != 1 {
        return None;
    }
    let most = range(&weight.data);
    let (plane, side) = (conv.kernel * conv.kernel, conv.kernel);
    let times = SIDE.div_ceil(side);
    let tile = |filter: &[f32]| {
        let mut shown = vec![0.5; 3 * plane];
        for channel in 0..3 {
            let to = if colour == Colour::Bgr { 2 - channel } else { channel };
            for place in 0..plane {
                shown[to * plane + place] = 0.5 + 0.5 * filter[channel * plane + place] / most;
            }
        }
        enlarged(&Image::from_floats(&shown, 3, side, side), times)
    };
    let tiles: Vec<Image> = weight.data.chunks_exact(3 * plane).map(tile).collect();
    let columns = (1..=tiles.len()).find(|columns| columns * columns >= tiles.len()).unwrap_or(1);
    let caption = format!(
        "The {} filters of {name}, {side} × {side} in red, green and blue: grey is zero, and the colours' range is ±{most:.2} for all of them.",
        tiles.len()
    );
    Some(Filters { image: Image::grid(&tiles, columns, 2), caption })
}

/// What most weights are within.
fn range(weights: &[f32]) -> f32 {
    let mut sizes: Vec<f32> = weights.iter().map(|weight| weight.abs()).collect();
    sizes.sort_by(f32::total_cmp);
    let most = sizes.get((sizes.len() as f64 * KEPT) as usize).or(sizes.last());
    most.copied().filter(|most| *most > 0.0).unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use replications::build::{Builder, Kernel};

    use super::*;
    use crate::weights::RawTensor;

    fn net(channels: usize) -> Graph {
        let mut net = Builder::new("net", [channels, 8, 8]);
        let x = net.input();
        let x = net.conv("c", x, 2, Kernel::square(1));
        net.finish(x)
    }

    #[test]
    fn colours_stand_in_the_pictures_order() {
        let data = vec![1.0, 0.0, -1.0, 0.5, 0.5, 0.5];
        let tensors = [("c.weight".to_owned(), RawTensor { shape: vec![2, 3, 1, 1], data })].into();
        let parameters = Parameters { tensors, ..Parameters::default() };
        let shown = |colour| first_layer(&net(3), &parameters, colour).unwrap().image;
        let first = |image: &Image| {
            let at = (2 * image.width + 2) * 3;
            image.pixels[at..at + 3].to_vec()
        };
        assert_eq!(first(&shown(Colour::Rgb)), [255, 128, 0]);
        assert_eq!(first(&shown(Colour::Bgr)), [0, 128, 255]);
        assert_eq!(shown(Colour::Rgb).width, 2 * (28 + 2) + 2);
        assert_eq!(first_layer(&net(4), &parameters, Colour::Rgb), None);
    }
}
