//! The maps of whole pictures: what a detector's trunk makes of a picture whose shorter side has so many pixels. Those of a trunk that
//! stays as it is are computed once, kept in bfloat16, and read again a picture at a time.
//!
//! Must not look into regions.

use std::rc::Rc;

use base::boxes::Bounds;
use images::{Crop, Rgb};
use replications::graph::Graph;
use spec::job::JobWeights;
use spec::protocol::Filter;
use tch::{Device, Kind, Tensor};

use super::Trunk;
use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::input::Opened;
use crate::input::batch::Normalisation;
use crate::input::objects::Annotated;
use crate::net::{How, Network};
use crate::train::Context;
use crate::weights::Parameters;

/// Grows when maps come out otherwise.
const VERSION: &str = "1";

/// How large pictures are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// The shorter side, in pixels …
    pub shorter: u32,
    /// … where the longer then has no more than these.
    pub longest: u32,
}

impl Scale {
    /// What both sides of a picture of that width and height are multiplied by.
    #[must_use]
    pub fn factor(&self, [width, height]: [u32; 2]) -> f64 {
        let (least, most) = (f64::from(width.min(height)), f64::from(width.max(height)));
        (f64::from(self.shorter) / least).min(f64::from(self.longest) / most)
    }

    /// Width and height of a picture as it is looked at: both sides by one factor, rounded.
    #[must_use]
    pub fn of(&self, size: [u32; 2]) -> [u32; 2] {
        let factor = self.factor(size);
        size.map(|side| ((f64::from(side) * factor).round() as u32).max(1))
    }

    /// A picture, or its mirror image, as a trunk reads it, `[1, 3, H, W]`.
    pub(super) fn batch(
        &self,
        picture: &Rgb,
        (normalisation, device): (&Normalisation, Device),
        mirrored: bool,
    ) -> Result<Tensor> {
        let size = self.of([picture.width, picture.height]);
        let scaled = images::stretched(picture, size, Filter::Bilinear, false);
        let scaled = scaled.map_err(|error| Error::Input(error.to_string()))?;
        let crop = Crop { width: scaled.width, height: scaled.height, weight: 1.0, pixels: scaled.pixels };
        let x = normalisation.batch_on(&[crop], device)?;
        Ok(if mirrored { x.f_flip([3])? } else { x })
    }

    /// A map of a picture of that width and height, with what leads from the picture's pixels to it.
    pub(super) fn placed(&self, values: Tensor, own: [u32; 2]) -> Map {
        let size = self.of(own).map(f64::from);
        Map { values, size, scale: [size[0] / f64::from(own[0]), size[1] / f64::from(own[1])] }
    }
}

/// A picture's map.
#[derive(Debug)]
pub struct Map {
    /// `[1, C, H, W]`, f32.
    pub values: Tensor,
    /// Width and height of the picture as it was looked at.
    pub size: [f64; 2],
    /// That over the picture's own, across and down.
    pub scale: [f64; 2],
}

impl Map {
    /// Regions of the picture as RoI pooling takes them, `[R, 5]`, for the map at that place of a batch: first and last pixels of the
    /// picture as it was looked at.
    ///
    /// # Errors
    /// Memory that does not suffice.
    pub fn regions(&self, boxes: &[Bounds], place: usize) -> Result<Tensor> {
        let of = |own: &Bounds| {
            let [left, top, right, bottom] = own.pixels_scaled(self.scale).edges();
            [place as f64, left, top, (right - 1.0).max(left), (bottom - 1.0).max(top)].map(|number| number as f32)
        };
        let numbers: Vec<f32> = boxes.iter().flat_map(of).collect();
        Ok(Tensor::f_from_slice(&numbers)?.f_view([-1, 5])?)
    }
}

/// The trunk.
pub struct Maps<'a, 'e> {
    context: &'a Context<'a, 'e>,
    network: Rc<Network>,
    graph: Graph,
    normalisation: Normalisation,
    scale: Scale,
    /// None where every training has other weights.
    cache: Option<Cache>,
    /// What maps follow from beside the picture and its scale.
    words: [String; 3],
}

impl<'a, 'e> Maps<'a, 'e> {
    /// The layers of a detector up to `layer`, with the weights of a network that begins with them.
    ///
    /// # Errors
    /// Weights that do not fit, or a layer that is not there.
    pub fn new(
        context: &'a Context<'a, 'e>,
        (weights, parameters): (&JobWeights, &Parameters),
        (detector, layer): (&Graph, &str),
        scale: Scale,
    ) -> Result<Maps<'a, 'e>> {
        let missing = || Error::Input(format!("{} has no layer `{layer}`", detector.name));
        let graph = detector.until(layer).ok_or_else(missing)?;
        // The name of a network changes no number.
        let graph_words = Graph { name: String::new(), ..graph.clone() };
        let words = format!("{graph_words:?} {:?} {}", weights.input, context.arithmetic()?);
        Ok(Maps {
            context,
            network: Network::build(&graph, parameters.clone().only(&graph), How::fast(context.device(), 1))?.into(),
            graph,
            normalisation: Normalisation::new(&weights.input),
            scale,
            cache: Some(context.cache()),
            words: [VERSION.to_owned(), weights.hash.clone(), base::hash::sha256(words.as_bytes())],
        })
    }

    /// The same trunk with what it has learned since; its maps are not kept.
    ///
    /// # Errors
    /// A trunk that is not this one's, or memory that does not suffice.
    pub fn tuned(&self, trunk: &Trunk) -> Result<Maps<'a, 'e>> {
        let network = Network::build(trunk.model.graph(), trunk.model.numbers()?, How::fast(self.context.device(), 1))?;
        Ok(Maps { network: network.into(), cache: None, ..self.at(self.scale) })
    }

    /// The same trunk where pictures are looked at at another scale.
    #[must_use]
    pub fn at(&self, scale: Scale) -> Maps<'a, 'e> {
        Maps {
            network: Rc::clone(&self.network),
            graph: self.graph.clone(),
            normalisation: self.normalisation.clone(),
            cache: self.cache.clone(),
            words: self.words.clone(),
            scale,
            ..*self
        }
    }

    /// The map of a picture whose file has that hash, or of its mirror image.
    ///
    /// # Errors
    /// The picture cannot be read or is of another size than its annotation says, a full disk, libtorch's refusal.
    pub fn of(&self, image: &Annotated, sha256: &str, mirrored: bool) -> Result<Map> {
        let kept = self.kept(sha256, mirrored, || self.compute(&Opened::of(image)?.picture, mirrored))?;
        self.placed(&kept, image.size)
    }

    /// Keeps the map of a picture that is open, where it is not kept yet.
    ///
    /// # Errors
    /// A full disk, or libtorch's refusal.
    pub fn keep(&self, opened: &Opened) -> Result<()> {
        self.kept(&opened.sha256, false, || self.compute(&opened.picture, false)).map(drop)
    }

    fn kept(&self, sha256: &str, mirrored: bool, make: impl FnOnce() -> Result<Tensor>) -> Result<Tensor> {
        let [version, weights, graph] = &self.words;
        let scale = format!("{:?}", self.scale);
        let side = if mirrored { "mirrored" } else { "as it is" };
        let Some(cache) = &self.cache else { return make() };
        // What is kept is kept in half the room.
        let make = || Ok(make()?.f_to_kind(Kind::BFloat16)?);
        cache.tensor("maps", &[version, weights, graph, &scale, sha256, side], make)
    }

    /// Multiply-adds of the map of a picture of that width and height.
    ///
    /// # Errors
    /// A picture so small that nothing is left of it.
    pub fn multiply_adds(&self, size: [u32; 2]) -> Result<u64> {
        let [width, height] = self.scale.of(size).map(|side| side as usize);
        Ok(Graph { input: [self.graph.input[0], height, width], ..self.graph.clone() }.multiply_adds()?)
    }

    /// The map of a picture that is at hand, computed and not kept.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn map(&self, picture: &Rgb, mirrored: bool) -> Result<Map> {
        self.placed(&self.compute(picture, mirrored)?, [picture.width, picture.height])
    }

    fn placed(&self, values: &Tensor, own: [u32; 2]) -> Result<Map> {
        Ok(self.scale.placed(values.f_to_kind(Kind::Float)?.f_to_device(self.context.device())?, own))
    }

    /// `[1, C, H, W]`.
    fn compute(&self, picture: &Rgb, mirrored: bool) -> Result<Tensor> {
        let _guard = tch::no_grad_guard();
        let x = self.scale.batch(picture, (&self.normalisation, self.context.device()), mirrored)?;
        Ok(self.network.forward(&self.network.prepare(&x)?)?.f_contiguous()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_side_is_held_too() {
        let scale = Scale { shorter: 600, longest: 1000 };
        assert_eq!(scale.of([500, 375]), [800, 600]);
        assert_eq!(scale.of([375, 500]), [600, 800]);
        assert_eq!(scale.of([500, 200]), [1000, 400]);
        assert_eq!(scale.of([1, 5000]), [1, 1000]);
    }

    #[test]
    fn regions_are_scaled_by_their_pixels() {
        let map = Map { values: Tensor::new(), size: [800.0, 600.0], scale: [1.6, 1.6] };
        let regions = map.regions(&[Bounds::new([10.0, 20.0, 110.0, 21.0]), Bounds::new([5.0; 4])], 1).unwrap();
        let numbers = Vec::<f32>::try_from(regions.view([-1])).unwrap();
        assert_eq!(numbers, [1.0, 16.0, 32.0, 174.4, 32.0, 1.0, 8.0, 8.0, 8.0, 8.0]);
    }
}
