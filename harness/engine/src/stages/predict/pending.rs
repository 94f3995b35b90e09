//! Crops that wait for the network, and the images that wait for their answers.
//!
//! Must not know what a batch is for.

use std::collections::VecDeque;

use images::Crop;
use spec::outcomes::Answer as Answered;
use spec::protocol::Average;
use tch::Device;

use crate::answer::Answer;
use crate::error::Result;
use crate::input::batch::Normalisation;
use crate::stages::{Loaded, rows, timed};

/// See the module.
#[derive(Debug)]
pub(super) struct Pending {
    average: Average,
    crops: Vec<Crop>,
    /// Images in order, with how many of their views are still to come.
    images: VecDeque<(Answer, usize)>,
}

impl Pending {
    /// Nothing waits yet; views are joined in this way.
    pub(super) fn new(average: Average) -> Pending {
        Pending { average, crops: Vec::new(), images: VecDeque::new() }
    }

    /// Crops that wait.
    pub(super) fn crops(&self) -> usize {
        self.crops.len()
    }

    /// Whether every image has its answer: the next batch then begins with the next image's first view.
    pub(super) fn is_empty(&self) -> bool {
        self.images.is_empty()
    }

    /// Adds an image's views.
    pub(super) fn push(&mut self, crops: Vec<Crop>) {
        self.images.push_back((Answer::new(self.average), crops.len()));
        self.crops.extend(crops);
    }

    /// Sends at most a batch of crops through the network; seconds of the forward pass.
    pub(super) fn forward(
        &mut self,
        batch: usize,
        loaded: &Loaded,
        normalisation: &Normalisation,
        device: Device,
    ) -> Result<f64> {
        let now = self.crops.len().min(batch);
        let x = loaded.network.prepare(&normalisation.batch_on(&self.crops[..now], device)?)?;
        self.crops.drain(..now);
        let (logits, seconds) = timed(device, || loaded.network.forward(&x))?;
        let mut waiting = self.images.iter_mut().filter(|(_, left)| *left > 0).peekable();
        for row in rows(&logits)? {
            if let Some((answer, left)) = waiting.peek_mut() {
                answer.add(&row);
                *left -= 1;
                if *left == 0 {
                    waiting.next();
                }
            }
        }
        Ok(seconds)
    }

    /// Takes the images at the front whose views are all there.
    pub(super) fn finish(&mut self, answers: &mut Vec<Answered>) {
        while let Some((answer, _)) = self.images.pop_front_if(|(_, left)| *left == 0) {
            let (classes, scores) = answer.top().into_iter().unzip();
            answers.push(Answered { classes, scores });
        }
    }
}
