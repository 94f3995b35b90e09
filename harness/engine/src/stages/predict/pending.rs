//! Crops that wait for the network, and the images that wait for their answers.
//!
//! Crops of one size go through together. Where there is one size only, as with square crops, every batch but the last is
//! full; whole images have many, and each size waits until it fills a batch or many images wait.
//!
//! Must not know what a batch is for.

use std::collections::VecDeque;

use images::Crop;
use spec::outcomes::Answer as Answered;
use spec::protocol::Average;

use crate::answer::Answer;
use crate::error::Result;
use crate::stages::Ready;

/// So many images wait at most for crops of the same size to come.
const IMAGES_WAITING: usize = 32;

/// See the module.
#[derive(Debug)]
pub(super) struct Pending {
    average: Average,
    batch: usize,
    /// Pixels of the network's own input.
    area: usize,
    /// Crops by their images' numbers, in order.
    crops: VecDeque<(usize, Crop)>,
    /// Images in order, with how many of their views are still to come.
    images: VecDeque<(Answer, usize)>,
    /// The number of the image at the front.
    first: usize,
    /// Whether what waits is sent through without waiting for more, since too much did.
    flushing: bool,
}

impl Pending {
    /// Nothing waits yet; views are joined in this way, and sent in batches of so many crops of the network's own size.
    pub(super) fn new(average: Average, batch: usize, [_, height, width]: [usize; 3]) -> Pending {
        Pending {
            average,
            batch,
            area: height * width,
            crops: VecDeque::new(),
            images: VecDeque::new(),
            first: 0,
            flushing: false,
        }
    }

    /// Whether every image has its answer: the next batch then begins with the next image's first view.
    pub(super) fn is_empty(&self) -> bool {
        self.images.is_empty()
    }

    /// Adds an image's views.
    pub(super) fn push(&mut self, crops: Vec<Crop>) {
        let image = self.first + self.images.len();
        self.images.push_back((Answer::new(self.average), crops.len()));
        self.crops.extend(crops.into_iter().map(|crop| (image, crop)));
    }

    /// Whether a batch waits that is worth sending. It depends on nothing but what was pushed since all had their answers.
    pub(super) fn is_ready(&mut self) -> bool {
        let size = self.crops.front().map(|(_, crop)| size_of(crop));
        let several = self.crops.iter().any(|(_, crop)| Some(size_of(crop)) != size);
        self.flushing = !self.crops.is_empty() && (self.flushing || several && self.images.len() >= IMAGES_WAITING);
        self.flushing || self.full().is_some()
    }

    /// Sends a batch through every network: the first full one, or what waits of the size at the front. Gives the seconds of
    /// the forward passes and how many crops went.
    pub(super) fn forward(&mut self, members: &[Ready<'_>]) -> Result<(f64, usize)> {
        let Some(size) = self.full().or_else(|| self.crops.front().map(|(_, crop)| size_of(crop))) else {
            return Ok((0.0, 0));
        };
        let (mut going, mut images, mut staying) = (Vec::new(), Vec::new(), VecDeque::new());
        let most = self.most(size);
        for (image, crop) in self.crops.drain(..) {
            if going.len() < most && size_of(&crop) == size {
                images.push(image);
                going.push(crop);
            } else {
                staying.push_back((image, crop));
            }
        }
        self.crops = staying;
        let mut seconds = 0.0;
        for member in members {
            let (logits, time) = member.logits(&going)?;
            seconds += time;
            for ((image, crop), logits) in images.iter().zip(&going).zip(logits) {
                self.images[image - self.first].0.add(&logits, crop.weight);
            }
        }
        images.iter().for_each(|image| self.images[image - self.first].1 -= 1);
        Ok((seconds, going.len()))
    }

    /// Takes the images at the front whose views are all there.
    pub(super) fn finish(&mut self, answers: &mut Vec<Answered>) {
        while let Some((answer, _)) = self.images.pop_front_if(|(_, left)| *left == 0) {
            self.first += 1;
            let (classes, scores) = answer.top().into_iter().unzip();
            answers.push(Answered { classes, scores });
        }
    }

    /// The first size of which a batch is full.
    fn full(&self) -> Option<(u32, u32)> {
        let mut counts: Vec<((u32, u32), usize)> = Vec::new();
        for (_, crop) in &self.crops {
            let size = size_of(crop);
            let place = counts.iter().position(|(other, _)| *other == size).unwrap_or(counts.len());
            if place == counts.len() {
                counts.push((size, 0));
            }
            counts[place].1 += 1;
            if counts[place].1 >= self.most(size) {
                return Some(size);
            }
        }
        None
    }

    /// How many crops of that size have about as many pixels as a batch of the network's own size.
    fn most(&self, (width, height): (u32, u32)) -> usize {
        (self.batch * self.area / (width as usize * height as usize).max(1)).max(1)
    }
}

fn size_of(crop: &Crop) -> (u32, u32) {
    (crop.width, crop.height)
}
