//! What is searched, and which boxes are kept. Must not know a picture.

use crate::colour::ColourSpace;
use crate::error::Error;
use crate::grouping::Similarity;
use crate::texture::Texture;

/// The largest standard deviation of the smoothing, in pixels, that is still a smoothing.
const MAX_SIGMA: f32 = 100.0;

/// One search: a hierarchy for each colour space, each `k` and each similarity.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The colour spaces, each for the first regions and for the histograms.
    pub colours: Vec<ColourSpace>,
    /// The constants k of the graph segmentation; a first region also has at least k pixels.
    pub ks: Vec<f32>,
    /// The standard deviation, in pixels, of the smoothing before the segmentation; 0 for none.
    pub sigma: f32,
    /// By what regions are merged.
    pub similarities: Vec<Similarity>,
    /// Of which channels the texture is.
    pub texture: Texture,
    /// A box with a shorter width or height, in pixels, is dropped.
    pub min_side: u32,
    /// How many boxes at most, the best ranked; all of them if `None`.
    pub at_most: Option<usize>,
}

impl Settings {
    /// The fast mode as R-CNN and Fast R-CNN ran it (`selective_search_boxes.m` of rbgirshick/rcnn@43b0334): HSV and Lab, k of 50
    /// and 100, two similarities, boxes of at least 20 pixels a side.
    ///
    /// It works at the picture's own size, as the boxes of PASCAL VOC were made; a caller that wants the width of 500 of R-CNN's
    /// demo resizes the picture before and calls `Bounds::scaled` after. All boxes are kept: R-CNN takes at most the first 2,000.
    #[must_use]
    pub fn fast() -> Settings {
        Settings {
            colours: vec![ColourSpace::Hsv, ColourSpace::Lab],
            ks: vec![50.0, 100.0],
            sigma: 0.8,
            similarities: vec![Similarity::COLOUR_TEXTURE_SIZE_FILL, Similarity::TEXTURE_SIZE_FILL],
            texture: Texture::FirstChannel,
            min_side: 20,
            at_most: None,
        }
    }

    /// The first version (van de Sande et al., Segmentation as Selective Search for Object Recognition, ICCV 2011; its demo's
    /// settings): RGB, HSV, normalised red and green with intensity, and an opponent space, k of 100 and 200, texture and size,
    /// boxes of any size.
    ///
    /// It made the boxes of PASCAL VOC 2007 that the authors gave away and that R-CNN and Fast R-CNN took for that year, as
    /// Girshick thought (rbgirshick/fast-rcnn, issues 26 and 41): the box of every first region is in them, to the pixel. What is
    /// merged is like theirs, not the same, so their texture differs from the code of 2013 in more than its channels.
    #[must_use]
    pub fn first_version() -> Settings {
        Settings {
            colours: vec![ColourSpace::Rgb, ColourSpace::Hsv, ColourSpace::Rgi, ColourSpace::Opponent],
            ks: vec![100.0, 200.0],
            similarities: vec![Similarity::TEXTURE_SIZE],
            texture: Texture::EveryChannel,
            min_side: 1,
            ..Settings::fast()
        }
    }

    /// Whether there is something to search by.
    ///
    /// # Errors
    ///
    /// Names the first setting that is empty or cannot be.
    pub fn check(&self) -> Result<(), Error> {
        let lists = [
            ("colours", self.colours.is_empty()),
            ("ks", self.ks.is_empty()),
            ("similarities", self.similarities.is_empty()),
        ];
        if let Some((name, _)) = lists.into_iter().find(|(_, empty)| *empty) {
            return Err(Error::Empty(name));
        }
        if let Some(k) = self.ks.iter().find(|k| !k.is_finite() || **k <= 0.0) {
            return Err(Error::Number { name: "ks", value: f64::from(*k), wanted: "finite and more than 0" });
        }
        if !(0.0..=MAX_SIGMA).contains(&self.sigma) {
            return Err(Error::Number { name: "sigma", value: f64::from(self.sigma), wanted: "between 0 and 100" });
        }
        if self.similarities.iter().any(|similarity| similarity.parts() == 0) {
            return Err(Error::Empty("similarities[].parts"));
        }
        if self.at_most == Some(0) {
            return Err(Error::Number { name: "at_most", value: 0.0, wanted: "at least 1, or none for all boxes" });
        }
        Ok(())
    }
}
